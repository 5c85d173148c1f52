from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

URL = "/openai/v1/chat/completions"


def chat(peer: TestClient, prompt: str, model: str = "gpt-4.1-nano", **more: Any) -> str:
    messages = [{"role": "user", "content": prompt}]
    answer = peer.post(URL, json={"model": model, "messages": messages, "store": True, **more})
    return str(answer.json().get("id"))


def ids(peer: TestClient, **query: Any) -> list[str]:
    return [row["id"] for row in peer.get(URL, params=query).json()["data"]]


def test_only_what_was_to_be_stored_is_kept(peer: TestClient) -> None:
    kept = chat(peer, "echo: a")
    chat(peer, "echo: b", store=False)

    assert ids(peer) == [kept]
    assert peer.get(URL).json()["total"] == 1


def test_a_stored_completion_tells_what_was_asked(peer: TestClient) -> None:
    kept = chat(peer, "echo: a", seed=7, temperature=0.5, user="u1", metadata={"set": "x"})
    told = peer.get(f"{URL}/{kept}").json()

    assert told["choices"][0]["message"]["content"] == "a"
    assert (told["seed"], told["temperature"], told["top_p"]) == (7, 0.5, 1.0)
    assert (told["input_user"], told["metadata"]) == ("u1", {"set": "x"})
    assert told["request_id"]


def test_a_streamed_completion_is_stored_too(peer: TestClient) -> None:
    body = {"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": "echo: a"}]}
    peer.post(URL, json={**body, "store": True, "stream": True})

    (kept,) = peer.get(URL).json()["data"]
    assert kept["choices"][0]["message"]["content"] == "a"


def test_completions_are_found_by_model_and_metadata(peer: TestClient) -> None:
    one = chat(peer, "echo: a", metadata={"set": "x", "who": "me"})
    two = chat(peer, "echo: b", model="gpt-4.1", metadata={"set": "x"})

    assert ids(peer, **{"metadata[set]": "x"}) == [one, two]
    assert ids(peer, **{"metadata[set]": "x", "metadata[who]": "me"}) == [one]
    assert ids(peer, model="gpt-4.1") == ids(peer, model="gpt-4.1-2025-04-14") == [two]
    assert ids(peer, order="desc", limit=1) == [two]
    assert ids(peer, after=one) == [two]


def test_messages_are_those_that_were_asked(peer: TestClient) -> None:
    parts = [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://a/b.png"}}]
    body = {"messages": [{"role": "system", "content": "Be short"}, {"role": "user", "content": parts}]}
    kept = peer.post(URL, json={"model": "gpt-4.1-nano", "store": True, **body}).json()["id"]
    told = peer.get(f"{URL}/{kept}/messages").json()

    assert [row["id"] for row in told["data"]] == [f"{kept}-0", f"{kept}-1"]
    assert [row["content"] for row in told["data"]] == ["Be short", "Look"]
    assert told["data"][1]["content_parts"] == parts
    assert (told["total"], told["has_more"]) == (2, False)


def test_metadata_can_be_changed(peer: TestClient) -> None:
    kept = chat(peer, "echo: a", metadata={"set": "x"})
    peer.post(f"{URL}/{kept}", json={"metadata": {"set": "y"}})

    assert peer.get(f"{URL}/{kept}").json()["metadata"] == {"set": "y"}
    assert peer.post(f"{URL}/{kept}", json={}).json()["error"]["param"] == "metadata"


def test_a_deleted_completion_is_gone(peer: TestClient) -> None:
    kept = chat(peer, "echo: a")

    assert peer.delete(f"{URL}/{kept}").json() == {
        "object": "chat.completion.deleted", "id": kept, "deleted": True,
    }  # fmt: skip
    assert peer.get(f"{URL}/{kept}").status_code == 404
