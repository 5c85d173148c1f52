import json
import pickle

import pytest

from console.jsonl import BuildError, Purpose, Template, build, no_column, unclosed

from .examples import report

TEMPLATE = Template(
    endpoint="/v1/chat/completions",
    model="gpt",
    body={
        "messages": [{"role": "user", "content": "Translate {{text}} to {{ language }}."}],
        "max_tokens": 9,
    },
)
CSV = 'text,language\n"a ""big""\nhouse",German\n"{{language}} \\ ä",French\n'.encode()


def built(data, template=TEMPLATE):
    return [json.loads(line) for line in build(template, data)]


def test_each_row_becomes_a_request():
    first, second = built(CSV)

    assert first == {
        "custom_id": "row-1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": "gpt",
            "messages": [{"role": "user", "content": 'Translate a "big"\nhouse to German.'}],
            "max_tokens": 9,
        },
    }
    assert second["body"]["messages"][0]["content"] == "Translate {{language}} \\ ä to French."


def test_what_is_built_passes_the_check():
    assert report(b"".join(build(TEMPLATE, CSV)), Purpose.BATCH).is_clean


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_and_the_byte_order_mark_are_recognised(separator):
    data = "\ufefftext,language\r\na,b\r\n\r\nc,d\r\n".replace(",", separator).encode()

    assert [line["custom_id"] for line in built(data)] == ["row-1", "row-2"]


def test_ids_can_follow_a_template():
    template = Template("/v1/responses", "gpt", {"input": "{{q}}"}, custom_id="q-{{n}}")

    assert [line["custom_id"] for line in built(b"n,q\n7,x\n8,y\n", template)] == ["q-7", "q-8"]
    assert template.columns == {"n", "q"}


@pytest.mark.parametrize(
    ("data", "custom_id", "row", "message"),
    [
        (b"", "", 0, "The CSV is empty."),
        (b"text\na\n", "", 0, 'The CSV has no column "language". Its columns: "text".'),
        (b"text,text\na,b\n", "", 0, "Two columns have the same name."),
        (b"text,,language\n", "", 0, "A column has no name."),
        (b"text,language\na,b\nc\n", "", 2, "The row has 1 cell, the header 2."),
        (b"text,language\na,b\na,c\n", "{{text}}", 2, 'The id "a" was used before.'),
        (b"text,language\n,b\n", "{{text}}", 1, "The id of this row is empty."),
        (b"text,language\n\xff,b\n", "", 0, "Line 2 is not UTF-8; save the CSV as UTF-8."),
        (b'text,language\na,"b\n', "", 1, "The CSV cannot be read: unexpected end of data."),
        (b"x" * 9_000_000, "", 0, "Line 1 is longer than 8 MiB."),
    ],
)
def test_what_does_not_fit_is_named_with_its_row(data, custom_id, row, message):
    template = Template(TEMPLATE.endpoint, TEMPLATE.model, TEMPLATE.body, custom_id)

    with pytest.raises(BuildError) as raised:
        built(data, template)

    assert (raised.value.row, raised.value.message) == (row, message)
    assert pickle.loads(pickle.dumps(raised.value)).row == row


@pytest.mark.parametrize(
    ("value", "piece"),
    [
        ("Is it {{mood", "{{mood"),
        ("{{a}} and {{mood} or more than there is room for", "{{mood} or more than th…"),
        ({"stop": ["{{a}}", "{{b"]}, "{{b"),
        ("{{mood}} {{ mood }} {mood} }}", ""),
        ({"top_p": 0.9}, ""),
    ],
)
def test_a_placeholder_without_an_end_is_found(value, piece):
    assert unclosed(value) == piece


def test_of_many_columns_the_first_are_named():
    names = [f"c{number}" for number in range(23)]

    assert no_column(["mood"], names).endswith('"c19" and 3 more.')


def test_a_template_is_constant_where_only_its_ids_differ():
    assert Template("/v1/responses", "gpt", {"input": "Hi"}, custom_id="{{n}}").is_constant
    assert not TEMPLATE.is_constant


def test_a_batch_of_more_than_100000_rows_is_refused():
    template = Template("/v1/responses", "gpt", {"input": "{{q}}"})

    with pytest.raises(BuildError, match="at most 100,000"):
        sum(1 for _ in build(template, b"q\n" + b"x\n" * 100_001))
