"""Calls as code: what the SDK has no method for, headers of previews, and JSON as Python."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from console.views import code_calls

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)

PATH = "/fine_tuning/jobs/ftjob-1/checkpoints/ftchkpt-1/copy"


def test_a_call_without_a_method_is_made_by_its_path_with_its_preview_header(connection):
    python, curl = code_calls.calling(connection, "", "POST", PATH, body={"region": "swedencentral"})

    assert f'client.post(\n    "{PATH}",' in python.text
    assert '"aoai-copy-ft-checkpoints": "preview"' in python.text
    assert "-H 'aoai-copy-ft-checkpoints: preview'" in curl.text


def test_a_call_of_a_general_operation_has_no_preview_header(connection):
    texts = [one.text for one in code_calls.calling(connection, "files.list", "GET", "/files")]

    assert not any("preview" in text for text in texts)


@given(JSON)
def test_any_json_is_written_as_the_same_python(value):
    assert ast.literal_eval(code_calls.literal(value)) == value


def test_long_json_is_a_line_for_each_member():
    value = {
        "type": "string_check",
        "input": "{{sample.output_text}}",
        "reference": "{{item.reference_answer}}",
    }

    assert code_calls.literal(value).splitlines() == [
        "{",
        '        "type": "string_check",',
        '        "input": "{{sample.output_text}}",',
        '        "reference": "{{item.reference_answer}}",',
        "    }",
    ]


def test_an_action_beside_another_has_a_title_and_ids_of_its_own(connection):
    reading = code_calls.calling(connection, "files.retrieve", "GET", "/files/a", ids=["a"])
    both = [*reading, *code_calls.titled("Take out", code_calls.calling(connection, "x", "POST", "/x"))]

    assert [one.title for one in both] == ["Python", "curl", "Take out: Python", "Take out: curl"]
    assert len({one.id for one in both}) == 4
