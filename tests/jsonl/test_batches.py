import pytest

from console.jsonl import Expected, Purpose

from .examples import USER, found, line, only, report, request

BATCH = Purpose.BATCH


def with_body(url, **body):
    return {**request(), "url": url, "body": {"model": "gpt", **body}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"custom_id": None}, [("custom_id_missing", "$.custom_id")]),
        ({"custom_id": ""}, [("custom_id_empty", "$.custom_id")]),
        ({"custom_id": 7}, [("custom_id_not_text", "$.custom_id")]),
        ({"custom_id": True}, [("custom_id_not_text", "$.custom_id")]),
        ({"method": "post"}, [("method_invalid", "$.method")]),
        ({"method": "GET"}, [("method_invalid", "$.method")]),
        ({"url": ""}, [("url_missing", "$.url")]),
        ({"url": "/v1/images"}, [("url_unknown", "$.url")]),
        ({"body": []}, [("body_missing", "$.body")]),
        ({"body": {"messages": [USER]}}, [("model_missing", "$.body")]),
        ({"body": {"model": 4, "messages": [USER]}}, [("model_invalid", "$.body.model")]),
        ({"body": {"model": "gpt"}}, [("messages_missing", "$.body")]),
    ],
)
def test_a_request_is_held_to_the_rules(change, expected):
    assert found({**request(), **change}, BATCH) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (with_body("/v1/embeddings", input=["a", "b"]), []),
        (with_body("/v1/embeddings", input=[[1, 2], [3]]), []),
        (with_body("/v1/embeddings"), [("input_absent", "$.body")]),
        (with_body("/v1/embeddings", input=""), [("input_empty", "$.body.input")]),
        (with_body("/v1/embeddings", input={}), [("input_invalid", "$.body.input")]),
        (with_body("/v1/embeddings", input=["a", 1]), [("input_invalid", "$.body.input[1]")]),
        (with_body("/v1/embeddings", input=["a"] * 2049), [("inputs_too_many", "$.body.input")]),
        (with_body("/v1/responses", input="hi"), []),
        (with_body("/v1/responses", prompt={"id": "p"}), []),
        (with_body("/v1/responses", input=7), [("input_invalid", "$.body.input")]),
        (request(stream=True), [("stream_present", "$.body.stream")]),
        (request(stream=False), []),
        (request(max_tokens=0), [("limit_invalid", "$.body.max_tokens")]),
    ],
)
def test_the_body_fits_the_endpoint(value, expected):
    assert found(value, BATCH) == expected


def test_a_duplicate_id_names_the_line_of_the_first():
    problem = only(report(line(request("a")) + line(request("b")) + line(request("a")), BATCH).problems)

    assert (problem.line, problem.column, problem.code) == (3, 15, "custom_id_duplicate")
    assert problem.message == 'The `custom_id` "a" was already used in line 1.'


def test_two_deployments_in_one_file_are_found_and_counted():
    result = report(line(request("a")) + line(request("b", model="mini")), BATCH)

    assert only(result.problems).message == (
        'The deployment "mini" differs from "gpt"; a batch goes to one deployment.'
    )
    assert result.models == {"gpt": 1, "mini": 1}


def test_the_file_must_name_the_batch_s_own_deployment_and_endpoint():
    expected = Expected(endpoint="/v1/responses", model="mini")

    codes = [code for code, _ in found(request(), BATCH, expected=expected)]

    assert codes == ["url_mismatch", "model_mixed"]


def test_two_endpoints_in_one_file_are_found():
    second = {**request("b"), "url": "/chat/completions"}

    result = report(line(request("a")) + line(second), BATCH)

    assert only(result.problems).code == "url_mismatch"
    assert result.urls == {"/v1/chat/completions": 1, "/chat/completions": 1}
