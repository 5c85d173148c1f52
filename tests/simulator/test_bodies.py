from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from console.simulator.app import create_app
from console.simulator.chat_request import FIELDS as CHAT
from console.simulator.responses_request import FIELDS as RESPONSES
from tests.simulator.conftest import KEY

ROUTES = ["/openai/v1/chat/completions", "/openai/v1/responses", "/openai/v1/embeddings"]
JSON = {"content-type": "application/json"}
PEER = TestClient(create_app(key=KEY, speed=0), headers={"api-key": KEY})

BODIES = [
    b"",
    b"[]",
    b"7",
    b"null",
    b'"text"',
    b"{",
    b'{"model": "gpt-4.1", "messages": ',
    b"\xff\xfe{}",
    b'{"model": "gpt-4.1\\ud800"}',
    b'{"model": NaN}',
    b'{"temperature": 1e999}',
    b'{"seed": ' + b"9" * 5000 + b"}",
    b'{"a":' * 100 + b"1" + b"}" * 100,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b"[" * 100_000,
    b'{"model": "\x00"}',
]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_broken_body_is_a_400(peer: TestClient, route: str, body: bytes) -> None:
    answer = peer.post(route, content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_a_huge_body_is_a_413(peer: TestClient) -> None:
    answer = peer.post(ROUTES[0], content=b" " * (16 * 1024 * 1024 + 1), headers=JSON)

    assert answer.status_code == 413


def test_another_kind_of_body_is_a_415(peer: TestClient) -> None:
    assert peer.post(ROUTES[0], content=b"a=b", headers={"content-type": "text/plain"}).status_code == 415


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
MESSAGES = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "tool", "assistant"]), "content": VALUES}),
    max_size=3,
)
KEYWORDS = (
    "type", "properties", "required", "items", "enum", "anyOf", "allOf", "$ref", "format", "minimum",
    "maximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf", "exclusiveMinimum", "const",
)  # fmt: skip
SCHEMAS = st.dictionaries(st.sampled_from(KEYWORDS), VALUES, max_size=5)
QUIET = settings(max_examples=150)


@QUIET
@given(st.dictionaries(st.sampled_from(sorted(CHAT)), VALUES, max_size=5), MESSAGES)
def test_no_chat_request_breaks_the_server(body: dict[str, Any], messages: list[Any]) -> None:
    whole = {"messages": messages, **body, "model": "gpt-4.1"}

    assert PEER.post(ROUTES[0], json=whole).status_code < 500


@QUIET
@given(st.dictionaries(st.sampled_from(sorted(RESPONSES)), VALUES, max_size=5), VALUES)
def test_no_request_for_a_response_breaks_the_server(body: dict[str, Any], given_input: Any) -> None:
    whole = {"input": given_input, **body, "model": "gpt-4.1"}

    assert PEER.post(ROUTES[1], json=whole).status_code < 500


@QUIET
@given(SCHEMAS, st.text(max_size=60))
def test_no_schema_breaks_the_server(schema: dict[str, Any], prompt: str) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": prompt}], "response_format": form}

    assert PEER.post(ROUTES[0], json=body).status_code < 500


@QUIET
@given(st.text(max_size=300))
def test_no_prompt_breaks_the_writer(prompt: str) -> None:
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": prompt}], "max_tokens": 500}

    assert PEER.post(ROUTES[0], json=body).status_code < 500
