"""The checker itself: what it lets pass, what it refuses, and that every exception of its lists is needed."""

import re

import pytest

from console.v1.routes import ROUTES
from tests.contract import spec
from tests.contract.deviations import DOCUMENTED, EMPTY_PROBES

CHAT = "/openai/v1/chat/completions"
MESSAGES = [{"role": "user", "content": "Hi"}]
PARTS = [{"type": "text", "text": "Hi"}]
MODEL = {"id": "m", "object": "model", "created": 1, "owned_by": "x"}
ABSENT = "console-probe-absent"


def probes():
    """Every harmless probe as a request: route, path, query, headers, body."""
    for route in ROUTES:
        if route.probe is not None:
            path = "/openai/v1" + re.sub(r"\{[^}]+\}", ABSENT, route.path)
            query = {name: [value] for name, value in (*route.probe.query, *route.query)}
            headers = dict([route.header]) if route.header else {}
            yield route, path, query, headers, {} if route.probe.body else None


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/openai/v1/models", {}, None),
        ("GET", "/openai/v1/models", {"api-version": ["preview"]}, None),
        ("GET", "/openai/v1/models/meta%2Fllama", {}, None),
        ("GET", "/openai/v1/files", {"limit": ["20"], "order": ["asc"], "purpose": ["batch"]}, None),
        ("GET", "/openai/v1/responses/resp_1", {"stream": ["true"], "starting_after": ["3"]}, None),
        ("GET", "/openai/v1/responses/resp_1", {"include[]": ["reasoning.encrypted_content"]}, None),
        ("POST", CHAT, {}, {"model": "m", "messages": MESSAGES, "service_tier": "flex"}),
        ("POST", CHAT, {}, {"model": "m", "messages": [{"role": "user", "content": PARTS}]}),
        ("POST", "/openai/v1/responses", {}, {"model": "m", "input": MESSAGES, "metadata": {"any": "name"}}),
        ("POST", "/openai/v1/batches/batch_1/cancel", {}, None),
        ("POST", "/openai/v1/files", {}, None),
    ],
)  # fmt: skip
def test_a_right_request_passes(method, path, query, body):
    assert spec.request_flaws(method, path, query, body) == []


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "flaw"),
    [
        ("GET", "/openai/v1/model", {}, None, "not in the specification"),
        ("PUT", "/openai/v1/models", {}, None, "not in the specification"),
        ("GET", "/openai/v1/models/meta/llama", {}, None, "not in the specification"),
        ("GET", "/openai/v1/models/", {}, None, "not in the specification"),
        ("GET", "/openai/v1/models", {"limit": ["1"]}, None, "unknown query parameter limit"),
        ("GET", "/openai/v1/models", {"api-version": ["2024-10-21"]}, None, "query parameter api-version"),
        ("GET", "/openai/v1/files", {"limit": ["many"]}, None, "query parameter limit"),
        ("GET", "/openai/v1/files", {"order": ["up"]}, None, "query parameter order"),
        ("GET", "/openai/v1/files", {"limit": ["1", "2"]}, None, "query parameter limit"),
        ("GET", "/openai/v1/models", {}, {"a": 1}, "a JSON body where the specification has none"),
        ("POST", CHAT, {}, None, "the body is missing"),
        ("POST", CHAT, {}, [], "is not of type 'object'"),
        ("POST", CHAT, {}, {"model": "m"}, "'messages' is a required property"),
        ("POST", CHAT, {}, {"model": "m", "messages": []}, "should be non-empty"),
        ("POST", CHAT, {}, {"model": "m", "messages": MESSAGES, "temperature": "hot"}, "$.temperature"),
        ("POST", CHAT, {}, {"model": "m", "messages": MESSAGES, "top": 1}, "unknown member $.top"),
        ("POST", CHAT, {}, {"model": "m", "messages": [{"role": "bogus", "content": "x"}]}, "$.messages[0]"),
        (
            "POST",
            CHAT,
            {},
            {"model": "m", "messages": [{**MESSAGES[0], "colour": "red"}]},
            "unknown member $.messages[0].colour",
        ),
        (
            "POST",
            CHAT,
            {},
            {"model": "m", "messages": MESSAGES, "tools": [{"type": "function", "function": {"nam": "x"}}]},
            "'name' is a required property",
        ),
        ("POST", "/openai/v1/responses", {}, {"model": "m", "input": 3}, "$.input"),
        (
            "POST",
            "/openai/v1/responses",
            {},
            {"model": "m", "messages": MESSAGES},
            "unknown member $.messages",
        ),
        (
            "POST",
            "/openai/v1/responses",
            {},
            {"model": "m", "input": "x", "reasoning": {"efort": "low"}},
            "unknown member $.reasoning.efort",
        ),
        ("POST", "/openai/v1/embeddings", {}, {"model": "m"}, "'input' is a required property"),
        ("POST", "/openai/v1/images/generations", {}, {"colour": 1}, "unknown member $.colour"),
        ("GET", "/openai/v1/videos", {"colour": ["red"]}, None, "unknown query parameter colour"),
    ],
)
def test_a_wrong_request_is_refused(method, path, query, body, flaw):
    flaws = spec.request_flaws(method, path, query, body)

    assert any(flaw in one for one in flaws), flaws


def test_a_preview_operation_needs_its_header():
    path = "/openai/v1/fine_tuning/jobs/j/checkpoints/c/copy"

    assert spec.request_flaws("GET", path, {}, None, {"aoai-copy-ft-checkpoints": "preview"}) == []
    assert spec.request_flaws("GET", path, {}, None, {}) != []


@pytest.mark.parametrize(
    ("status", "body", "flaw"),
    [
        (200, {"object": "list"}, "'data' is a required property"),
        (200, {"object": "list", "data": [{**MODEL, "created": "now"}]}, "created"),
        (200, {"object": "list", "data": [], "colour": "red"}, "unknown member $.colour"),
        (404, {"detail": "no"}, "no error envelope"),
        (404, {"error": {"code": 404, "message": "no"}}, "error.code is not a text"),
        (404, {"error": {"code": "404"}}, "error.message is not a text"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused(status, body, flaw):
    flaws = spec.answer_flaws("GET", "/openai/v1/models", status, body)

    assert any(flaw in one for one in flaws), flaws


def test_every_harmless_probe_is_in_the_specification_or_listed():
    flaws = [
        flaw
        for route, path, query, headers, body in probes()
        for flaw in spec.request_flaws(route.method, path, query, body, headers)
    ]

    assert flaws == []


def test_every_listed_probe_is_one_and_needs_to_be_listed(monkeypatch):
    monkeypatch.setattr(spec, "EMPTY_PROBES", frozenset())
    refused = {
        path
        for route, path, query, headers, body in probes()
        if spec.request_flaws(route.method, path, query, body, headers)
    }

    assert refused == EMPTY_PROBES


def test_a_probe_is_excused_with_an_empty_body_only():
    assert spec.request_flaws("POST", CHAT, {}, {}) == []
    assert spec.request_flaws("POST", CHAT, {}, {"model": "m"}) != []
    assert spec.request_flaws("POST", f"/openai/v1/evals/{ABSENT}/runs", {}, {}) == []
    assert spec.request_flaws("POST", "/openai/v1/evals/eval_1/runs", {}, {}) != []


def test_what_is_documented_only_is_not_in_the_specification():
    assert [key for key in DOCUMENTED if spec.operation(*key) is not None] == []
