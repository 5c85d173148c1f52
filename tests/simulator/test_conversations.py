from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.contract.spec import answer_flaws

V1 = "/openai/v1"
URL = f"{V1}/conversations"
SAID = {"role": "user", "content": "echo: hello"}


def call(peer: TestClient, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = peer.request(method, url, json=body)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws(method, url.partition("?")[0], status, told) == []
    return told


def conversation(peer: TestClient, *items: dict[str, Any], **more: Any) -> str:
    return str(call(peer, "POST", URL, {"items": list(items), **more})["id"])


def test_a_conversation_comes_changes_and_goes(peer: TestClient) -> None:
    made = conversation(peer, metadata={"topic": "a"})
    assert call(peer, "GET", f"{URL}/{made}")["metadata"] == {"topic": "a"}
    assert call(peer, "POST", f"{URL}/{made}", {"metadata": {"topic": "b"}})["metadata"] == {"topic": "b"}

    assert call(peer, "DELETE", f"{URL}/{made}")["deleted"] is True

    call(peer, "GET", f"{URL}/{made}", status=404)


def test_items_are_added_listed_and_deleted(peer: TestClient) -> None:
    made = conversation(peer, SAID)
    more = [{"role": "assistant", "content": "hello"}, {"type": "message", "role": "user", "content": "bye"}]
    call(peer, "POST", f"{URL}/{made}/items", {"items": more})

    rows = call(peer, "GET", f"{URL}/{made}/items?order=asc")["data"]
    assert [row["content"][0]["text"] for row in rows] == ["echo: hello", "hello", "bye"]
    assert [row["content"][0]["type"] for row in rows] == ["input_text", "output_text", "input_text"]
    page = call(peer, "GET", f"{URL}/{made}/items?limit=1")
    assert (page["data"], page["has_more"]) == ([rows[2]], True)
    assert call(peer, "GET", f"{URL}/{made}/items/{rows[1]['id']}") == rows[1]

    assert call(peer, "DELETE", f"{URL}/{made}/items/{rows[1]['id']}")["id"] == made
    call(peer, "GET", f"{URL}/{made}/items/{rows[1]['id']}", status=404)


@pytest.mark.parametrize("as_object", [True, False])
def test_a_response_goes_on_with_its_conversation(peer: TestClient, as_object: bool) -> None:
    made = conversation(peer, {"role": "user", "content": "My name is Ada."})
    given = {"id": made} if as_object else made
    body = {"model": "gpt-4.1-nano", "input": "echo: so be it", "conversation": given}

    told = call(peer, "POST", f"{V1}/responses", body)

    assert told["conversation"] == {"id": made}
    rows = call(peer, "GET", f"{URL}/{made}/items?order=asc")["data"]
    assert [row["content"][0]["text"] for row in rows] == ["My name is Ada.", "echo: so be it", "so be it"]
    assert rows[2]["id"] == told["output"][0]["id"]


def test_an_unknown_conversation_is_not_gone_on_with(peer: TestClient) -> None:
    body = {"model": "gpt-4.1-nano", "input": "hi", "conversation": "conv_none"}

    told = call(peer, "POST", f"{V1}/responses", body, status=404)

    assert told["error"]["param"] == "conversation"


def test_too_many_items_at_once_are_refused(peer: TestClient) -> None:
    told = call(peer, "POST", URL, {"items": [SAID] * 21}, status=400)

    assert told["error"]["param"] == "items"


@pytest.mark.parametrize("path", ["conversations", "containers"])
def test_a_resource_of_the_older_kind_has_none(peer: TestClient, path: str) -> None:
    answer = peer.post(f"/resources/contoso-legacy{V1}/{path}", json={"name": "a"})

    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "Resource not found"
