"""Calls as code: what the SDK has no method for, headers of previews, and JSON as Python."""

import ast
import inspect
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import OpenAI

from console.models import Item
from console.models.seen import Seen
from console.views import code_calls
from tests.conftest import connect

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


@pytest.mark.parametrize(
    "name",
    [
        "chat.completions.delete",
        "containers.delete",
        "containers.files.delete",
        "conversations.delete",
        "conversations.items.delete",
        "evals.delete",
        "evals.runs.delete",
        "files.delete",
        "models.delete",
        "responses.delete",
        "vector_stores.delete",
        "vector_stores.files.delete",
    ],
)
def test_a_deletion_that_the_sdk_says_nothing_of_is_not_printed(name):
    with OpenAI(base_url="http://127.0.0.1/openai/v1/", api_key="k") as client:
        method = attrgetter(name)(client)

    says_nothing = inspect.signature(method).return_annotation in (None, "None")
    assert ("print" in code_calls.python(name, ["a"], {}, {})) == (not says_nothing)


def test_objects_of_two_connections_are_each_called_where_they_are(connection, workspace):
    other = connect(workspace, "other", "127.0.0.1:9", "/openai/v1", "other-key")
    for place, name in ((connection, "a"), (other, "b"), (connection, "c")):
        Item.objects.take_in(place.pk, "file", [Seen(name, name, {})])

    python, curl = code_calls.about_each(Item.objects.order_by("remote_id"), "files.delete")

    assert [line for line in python.text.splitlines() if "for one in" in line or "base_url" in line] == [
        f'    base_url="{connection.url}/",',
        'for one in ["a", "c"]:',
        '    base_url="http://127.0.0.1:9/openai/v1/",',
        'for one in ["b"]:',
    ]
    assert [call.split()[3] for call in curl.text.split("\n\n")] == [
        f"{connection.url}/files/a",
        f"{connection.url}/files/c",
        "http://127.0.0.1:9/openai/v1/files/b",
    ]


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

    assert [one.title for one in both] == ["Python", "curl", "Python: take out", "curl: take out"]
    assert len({one.id for one in both}) == 4
