"""Calls as code: what the SDK has no method for, and headers of previews."""

from console.views import code_calls

PATH = "/fine_tuning/jobs/ftjob-1/checkpoints/ftchkpt-1/copy"


def test_a_call_without_a_method_is_made_by_its_path_with_its_preview_header(connection):
    python, curl = code_calls.calling(connection, "", "POST", PATH, body={"region": "swedencentral"})

    assert f'client.post(\n    "{PATH}",' in python.text
    assert "'aoai-copy-ft-checkpoints': 'preview'" in python.text
    assert "-H 'aoai-copy-ft-checkpoints: preview'" in curl.text


def test_a_call_of_a_general_operation_has_no_preview_header(connection):
    texts = [one.text for one in code_calls.calling(connection, "files.list", "GET", "/files")]

    assert not any("preview" in text for text in texts)
