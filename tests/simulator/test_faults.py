from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from console.simulator.faults import ANSWERS, FAULTS
from tests.simulator.conftest import KEY, running
from tests.simulator.streams import data_of, names_of

CHAT = "/openai/v1/chat/completions"
RESPONSES = "/openai/v1/responses"
STATUSES = [400, 401, 403, 404, 408, 409, 413, 422, 424, 429, 500, 503]


def body(model: str = "gpt-4.1", **more: Any) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [{"role": "user", "content": "echo: one two three four five"}],
        **more,
    }


def fault(name: str) -> dict[str, str]:
    return {"x-simulator-fault": name}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_on_demand_by_header_or_by_deployment(peer: TestClient, status: int) -> None:
    by_header = peer.get("/openai/v1/models", headers=fault(str(status)))
    by_name = peer.post(CHAT, json=body(f"fault-{status}"))

    assert by_header.status_code == by_name.status_code == status
    assert by_name.headers["apim-request-id"]


def test_too_many_requests_tells_how_long_to_wait(peer: TestClient) -> None:
    headers = peer.get("/openai/v1/models", headers=fault("429;7000")).headers

    assert (headers["retry-after-ms"], headers["retry-after"]) == ("7000", "7")


def test_any_retry_after_can_be_asked_for(peer: TestClient) -> None:
    headers = peer.get("/openai/v1/models", headers=fault("429-retry-after;-1")).headers

    assert headers["retry-after"] == "-1"


@pytest.mark.parametrize(
    ("name", "status", "media", "start"),
    [
        ("502-html", 502, "text/html", "<!DOCTYPE html>"),
        ("html", 200, "text/html", "<!DOCTYPE html>"),
        ("text", 200, "text/plain", "Service"),
        ("empty", 200, "application/json", ""),
        ("bad-json", 200, "application/json", '{"id"'),
    ],
)
def test_a_body_that_is_not_json(peer: TestClient, name: str, status: int, media: str, start: str) -> None:
    answer = peer.post(CHAT, json=body(), headers=fault(name))

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(media)
    assert answer.text.startswith(start)


def test_a_redirect_leads_where_it_is_told(peer: TestClient) -> None:
    headers = fault("redirect;http://elsewhere.invalid/")

    answer = peer.post(CHAT, json=body(), headers=headers, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (307, "http://elsewhere.invalid/")


def test_a_challenge_for_claims(peer: TestClient) -> None:
    answer = peer.get("/openai/v1/models", headers=fault("401-claims"))

    assert 'error="insufficient_claims"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("name", ["nonsense", "", "429;" * 50])
def test_an_unknown_fault_is_a_400_or_known(peer: TestClient, name: str) -> None:
    assert peer.get("/openai/v1/models", headers=fault(name)).status_code in (200, 400, 429)


def test_every_fault_is_listed_at_the_door(nobody: TestClient) -> None:
    assert set(ANSWERS) < set(FAULTS)
    assert nobody.get("/").json()["faults"]["names"] == list(FAULTS)


def stream(base: str, name: str, path: str = CHAT, **more: Any) -> bytes:
    """What arrives of a stream, to its end or to its cut."""
    request = (
        body(stream=True) if path == CHAT else {"model": "gpt-4.1", "input": "echo: a b c d", "stream": True}
    )
    received = b""
    headers = {"api-key": KEY, **fault(name)}
    with (
        httpx.Client(timeout=more.get("timeout", 10)) as client,
        client.stream("POST", base + path, json=request, headers=headers) as answer,
    ):
        for chunk in answer.iter_raw():
            received += chunk
            more.get("seen", []).append(chunk)
    return received


def test_a_cut_comes_in_the_middle_of_an_event(served: str) -> None:
    seen: list[bytes] = []
    with pytest.raises(httpx.RemoteProtocolError):
        stream(served, "cut", seen=seen)

    assert b"".join(seen).count(b"\n\n") == 3
    assert not b"".join(seen).endswith(b"\n\n")


def test_a_cut_of_a_json_answer_breaks_it(served: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(served + CHAT, json=body(), headers={"api-key": KEY, **fault("cut")})


def test_a_stall_is_silent_until_the_reader_gives_up(served: str) -> None:
    seen: list[bytes] = []
    with pytest.raises(httpx.ReadTimeout):
        stream(served, "stall;2", timeout=0.3, seen=seen)

    assert b"".join(seen).count(b"\n\n") == 2


def test_a_slow_first_byte_is_late(served: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        stream(served, "slow-first-byte;20", timeout=0.3)


@pytest.mark.parametrize("path", [CHAT, RESPONSES])
def test_a_stream_without_its_end_ends_in_good_order(peer: TestClient, path: str) -> None:
    request = (
        {**body(stream=True)} if path == CHAT else {"model": "gpt-4.1", "input": "echo: a", "stream": True}
    )
    text = peer.post(path, json=request, headers=fault("no-done")).text

    assert text.endswith("\n\n")
    assert "[DONE]" not in text
    assert "response.completed" not in text
    assert '"finish_reason":"' not in text


def test_an_error_comes_in_the_middle_of_a_chat(peer: TestClient) -> None:
    events = data_of(peer.post(CHAT, json=body(stream=True), headers=fault("error-event")).text)

    assert events[-1]["error"]["code"] == "server_error"
    assert len(events) == 4


def test_an_error_comes_in_the_middle_of_a_response(peer: TestClient) -> None:
    request = {"model": "gpt-4.1", "input": "echo: a b c", "stream": True}

    assert names_of(peer.post(RESPONSES, json=request, headers=fault("error-event;2")).text)[-1] == "error"


def test_a_huge_line_has_the_size_asked_for(served: str) -> None:
    received = stream(served, "huge-line;1")

    assert len(received) > 1024 * 1024
    assert b"\n" not in received


def test_comments_only_carry_no_event(served: str) -> None:
    assert stream(served, "comments-only;3") == b": keep-alive\n\n" * 3


@pytest.mark.parametrize("name", ["byte-by-byte", "whole-body", "crlf"])
def test_the_same_events_come_in_another_shape(served: str, name: str) -> None:
    contents = [
        event["choices"][0]["delta"].get("content", "")
        for event in data_of(stream(served, name).decode())
        if event != "[DONE]" and event["choices"]
    ]

    assert "".join(contents) == "one two three four five"


def test_done_can_come_twice(served: str) -> None:
    assert data_of(stream(served, "done-twice").decode())[-2:] == ["[DONE]", "[DONE]"]


def test_a_reader_who_leaves_ends_the_stream() -> None:
    app = create_app(key=KEY, speed=1)
    request = body("bench-50", stream=True, max_completion_tokens=5000)
    with running(app) as base, httpx.Client() as client:
        with client.stream("POST", base + CHAT, json=request, headers={"api-key": KEY}) as answer:
            next(answer.iter_raw())
        deadline = time.monotonic() + 10
        while app.world.open_streams and time.monotonic() < deadline:
            time.sleep(0.02)
        counts = client.get(base + "/statistics").json()

    assert (counts["open_streams"], counts["dropped_streams"]) == (0, 1)
    assert counts["calls"]["deployment contoso-eastus2/bench-50"] == 1


def test_a_foreground_response_is_cancelled_when_its_reader_leaves() -> None:
    app = create_app(key=KEY, speed=1)
    request = {"model": "gpt-4o", "input": "Explain tides", "stream": True}
    headers = {"api-key": KEY}
    with running(app) as base, httpx.Client(headers=headers) as client:
        with client.stream("POST", base + RESPONSES, json=request) as answer:
            first = next(answer.iter_text())
        response_id = data_of(first)[0]["response"]["id"]
        deadline = time.monotonic() + 10
        while app.world.open_streams and time.monotonic() < deadline:
            time.sleep(0.02)
        status = client.get(f"{base}{RESPONSES}/{response_id}").json()["status"]

    assert status == "cancelled"
