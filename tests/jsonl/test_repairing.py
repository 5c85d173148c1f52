import io
import json

import pytest

from console.jsonl import REPAIRS, Cancelled, Change, Expected, Purpose, repair
from console.jsonl.lines import BOM

from .examples import ASSISTANT, CALL, EVALS, TOOL, USER, chat, good_file, line, report, request

ITEM = line(EVALS)


def repaired(data: bytes, purpose: Purpose = Purpose.EVALS, codes=frozenset(REPAIRS), **options) -> bytes:
    out = io.BytesIO()
    repair(data, out, purpose, frozenset(codes), **options)
    return out.getvalue()


@pytest.mark.parametrize("purpose", Purpose)
def test_a_good_file_stays_as_it_is(purpose):
    assert repaired(good_file(purpose), purpose) == good_file(purpose)


@pytest.mark.parametrize(
    ("code", "purpose", "before", "after"),
    [
        ("bom_missing", Purpose.SUPERVISED, b"{}\n", BOM + b"{}\n"),
        ("bom_present", Purpose.BATCH, BOM + b"{}\n", b"{}\n"),
        ("bom_unneeded", Purpose.EVALS, BOM + b"{}\n", b"{}\n"),
        ("bom_misplaced", Purpose.EVALS, b"{}\n" + BOM + b"{}\n", b"{}\n{}\n"),
        ("line_ending_crlf", Purpose.EVALS, b"{}\r\n{}\r", b"{}\n{}\n"),
        ("line_ending_cr", Purpose.EVALS, b"{}\r\n{}\r", b"{}\n{}\n"),
        ("line_ending_mixed", Purpose.EVALS, b"{}\r\n{}\r", b"{}\n{}\n"),
        ("line_empty", Purpose.EVALS, b"\n{}\n \t\n{}\n\n", b"{}\n{}\n"),
        ("final_newline_missing", Purpose.EVALS, b"{}\n{}", b"{}\n{}\n"),
        ("comma_trailing", Purpose.EVALS, b'{"item": {"a": ",}", }, }\n', b'{"item": {"a": ",}" } }\n'),
        ("garbage_trailing", Purpose.EVALS, b'{"item": {}} , ;\n', b'{"item": {}}\n'),
        ("garbage_trailing", Purpose.EVALS, b'{"item": {}} x\n', b'{"item": {}} x\n'),
        ("item_missing", Purpose.EVALS, b' {"a": 1.50} \n', b' {"item": {"a": 1.50}} \n'),
        ("method_missing", Purpose.BATCH, b'{"url":"/a"}\n', b'{"method": "POST", "url":"/a"}\n'),
        ("method_missing", Purpose.BATCH, b"{ }\n", b'{"method": "POST" }\n'),
        ("method_invalid", Purpose.BATCH, b'{"method":"post"}\n', b'{"method":"POST"}\n'),
        ("method_invalid", Purpose.BATCH, b'{"method":"GET"}\n', b'{"method":"GET"}\n'),
        ("custom_id_not_text", Purpose.BATCH, b'{"custom_id":7}\n', b'{"custom_id":"7"}\n'),
        (
            "stream_present",
            Purpose.BATCH,
            b'{"body":{"a":1 , "stream":true,"stream_options":{"b":[1]}}}\n',
            b'{"body":{"a":1 }}\n',
        ),
        (
            "stream_present",
            Purpose.BATCH,
            b'{"body":{"stream":true, "a":"\\u00e4"}}\n',
            b'{"body":{"a":"\\u00e4"}}\n',
        ),
    ],
)
def test_a_repair_changes_nothing_else(code, purpose, before, after):
    assert repaired(before, purpose, {code}) == after


@pytest.mark.parametrize(
    ("message", "after"),
    [
        ({"role": "human", "content": "hi"}, {"role": "user", "content": "hi"}),
        ({"role": " Assistant", "content": "hi"}, {"role": "assistant", "content": "hi"}),
        ({"role": "bot", "content": "hi"}, {"role": "assistant", "content": "hi"}),
        ({"role": "user", "content": None}, {"role": "user", "content": ""}),
        ({"role": "user", "content": "hi", "weight": 1}, {"role": "user", "content": "hi"}),
        (
            {"role": "assistant", "content": "hi", "weight": "0"},
            {"role": "assistant", "content": "hi", "weight": 0},
        ),
        (
            {"role": "assistant", "content": "hi", "weight": True},
            {"role": "assistant", "content": "hi", "weight": 1},
        ),
        (
            {"role": "assistant", "content": "hi", "weight": 2},
            {"role": "assistant", "content": "hi", "weight": 2},
        ),
    ],
)
def test_a_message_is_mended(message, after):
    result = repaired(line(chat(message, ASSISTANT)), Purpose.SUPERVISED)

    assert json.loads(result.removeprefix(BOM)) == chat(after, ASSISTANT)


def test_tool_calls_are_mended():
    call = {"id": "c1", "function": {"name": "add", "arguments": {"a": 2}}}
    calling = {"role": "assistant", "tool_calls": [call]}
    result = {"role": "Tool", "content": None}

    mended = repaired(line(chat(USER, calling, result, ASSISTANT, tools=[TOOL])), Purpose.SUPERVISED)

    assert json.loads(mended.removeprefix(BOM))["messages"] == [
        USER,
        {"role": "assistant", "tool_calls": [CALL]},
        {"tool_call_id": "c1", "role": "tool", "content": ""},
        ASSISTANT,
    ]


def test_duplicate_ids_get_the_next_free_number():
    data = b"".join(line(request(name)) for name in ("a", "a-2", "a", "a", "b", 7, "7"))

    mended = repaired(data, Purpose.BATCH)

    ids = [json.loads(text)["custom_id"] for text in mended.splitlines()]
    assert ids == ["a", "a-2", "a-3", "a-4", "b", "7", "7-2"]


def test_mixed_deployments_become_the_first_or_the_chosen_one():
    data = line(request("a")) + line(request("b", model="mini"))

    first = repaired(data, Purpose.BATCH)
    chosen = repaired(data, Purpose.BATCH, expected=Expected(model="mini"))

    assert [json.loads(text)["body"]["model"] for text in first.splitlines()] == ["gpt", "gpt"]
    assert [json.loads(text)["body"]["model"] for text in chosen.splitlines()] == ["mini", "mini"]


def test_the_same_endpoint_in_another_form_is_aligned():
    data = line(request("a")) + line({**request("b"), "url": "/chat/completions"})

    assert report(repaired(data, Purpose.BATCH), Purpose.BATCH).is_clean


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1, "a": 2}\n',
        b'{"a": NaN}\n',
        b'{"a": "\\ud800"}\n',
        b'{"a": "\xff"}\n',
        b'{"a": "\x00"}\n',
        b"x" * 9_000_000 + b"\n",
    ],
)
def test_what_readers_may_understand_differently_is_left_alone(data):
    assert repaired(data) == data


def test_a_file_that_is_not_utf8_is_left_alone():
    data = ITEM.decode().encode("utf-16")

    assert repaired(data) == data


def test_only_the_chosen_repairs_are_made():
    data = BOM + b'\r\n{"a": 1,}\r\n'

    assert repaired(data, codes={"line_empty"}) == BOM + b'{"a": 1,}\r\n'


def test_the_report_says_what_was_done_where():
    out = io.BytesIO()

    result = repair(b"\n" + line({**request(7), "method": "post"}) * 2, out, Purpose.BATCH)

    assert result.changes == (
        Change(1, "$", "line_empty"),
        Change(2, "$.custom_id", "custom_id_not_text", "7", "7"),
        Change(2, "$.method", "method_invalid", "post", "POST"),
        Change(3, "$.custom_id", "custom_id_not_text", "7", "7"),
        Change(3, "$.custom_id", "custom_id_duplicate", "7", "7-2"),
        Change(3, "$.method", "method_invalid", "post", "POST"),
    )
    assert result.totals == {
        "line_empty": 1,
        "custom_id_not_text": 2,
        "method_invalid": 2,
        "custom_id_duplicate": 1,
    }
    assert (result.lines_read, result.lines_written, result.bytes_written) == (3, 2, len(out.getvalue()))


def test_the_changes_are_capped_and_the_totals_exact():
    result = repair(b"\n" * 5000, io.BytesIO(), Purpose.EVALS)

    assert (len(result.changes), result.totals) == (200, {"line_empty": 5000})


def test_the_original_is_untouched_and_cannot_be_the_target(tmp_path):
    source, target = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    source.write_bytes(b"\n" + ITEM)

    repair(source, target, Purpose.EVALS)

    assert (source.read_bytes(), target.read_bytes()) == (b"\n" + ITEM, ITEM)
    with pytest.raises(ValueError, match="cannot take the place"):
        repair(source, tmp_path / "." / "a.jsonl", Purpose.EVALS)
    assert source.read_bytes() == b"\n" + ITEM


def test_an_unknown_repair_is_refused():
    with pytest.raises(ValueError, match="no repair for json_invalid"):
        repair(ITEM, io.BytesIO(), Purpose.EVALS, {"json_invalid"})


def test_a_repair_can_be_cancelled():
    with pytest.raises(Cancelled):
        repair(ITEM, io.BytesIO(), Purpose.EVALS, cancel=lambda: True)
