from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.contract.spec import answer_flaws
from tests.simulator.conftest import KEY, Hands

V1 = "/openai/v1"
URL = f"{V1}/batches"
CHAT = "/v1/chat/completions"


@pytest.fixture
def timed(hands: Hands) -> TestClient:
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def call(peer: TestClient, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = peer.request(method, url, json=body)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws(method, url.partition("?")[0], status, told) == []
    return told


def line(number: int, prompt: str = "Say hello", **more: Any) -> dict[str, Any]:
    body = {"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": prompt}], **more}
    return {"custom_id": f"task-{number}", "method": "POST", "url": CHAT, "body": body}


def file(peer: TestClient, rows: list[Any], purpose: str = "batch", head: bytes = b"") -> str:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    files = {"file": ("in.jsonl", head + text.encode())}
    return str(peer.post(f"{V1}/files", files=files, data={"purpose": purpose}).json()["id"])


def start(peer: TestClient, rows: list[Any], hands: Hands | None = None, **more: Any) -> dict[str, Any]:
    identifier = file(peer, rows)
    if hands is not None:
        hands.time += 2
    body = {"input_file_id": identifier, "endpoint": CHAT, "completion_window": "24h", **more}
    return call(peer, "POST", URL, body, status=201)


def lines_of(peer: TestClient, identifier: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in peer.get(f"{V1}/files/{identifier}/content").text.splitlines()]


def test_a_batch_lives_through_its_states(timed: TestClient, hands: Hands) -> None:
    batch = start(timed, [line(number) for number in range(20)], hands, metadata={"job": "night"})
    states, counts = [batch["status"]], [batch["request_counts"]["completed"]]
    for seconds in (6, 3, 5, 3):
        hands.time += seconds
        told = call(timed, "GET", f"{URL}/{batch['id']}")
        states.append(told["status"])
        counts.append(told["request_counts"]["completed"])

    assert states == ["validating", "in_progress", "in_progress", "finalizing", "completed"]
    assert counts == [0, 2, 10, 20, 20]
    assert told["created_at"] < told["in_progress_at"] < told["finalizing_at"] < told["completed_at"]
    assert (told["metadata"], told["model"]) == ({"job": "night"}, "gpt-4.1-nano")


def test_every_line_is_really_answered(peer: TestClient) -> None:
    batch = start(peer, [line(1, "echo: one"), line(2, "echo: two")])
    done = call(peer, "GET", f"{URL}/{batch['id']}")

    rows = lines_of(peer, done["output_file_id"])
    texts = {row["custom_id"]: row["response"]["body"]["choices"][0]["message"]["content"] for row in rows}
    assert texts == {"task-1": "one", "task-2": "two"}
    assert {row["response"]["status_code"] for row in rows} == {200}
    tokens = sum(row["response"]["body"]["usage"]["total_tokens"] for row in rows)
    assert done["usage"]["total_tokens"] == tokens
    assert lines_of(peer, done["error_file_id"]) == []
    assert call(peer, "GET", f"{V1}/files/{done['error_file_id']}")["bytes"] == 0


def test_lines_that_fail_are_in_the_error_file(peer: TestClient) -> None:
    rows = [line(1), line(2, temperature=9), line(3, stream=True), line(4, n=0)]
    done = call(peer, "GET", f"{URL}/{start(peer, rows)['id']}")

    assert done["request_counts"] == {"total": 4, "completed": 1, "failed": 3}
    failed = {row["custom_id"]: row["response"] for row in lines_of(peer, done["error_file_id"])}
    assert sorted(failed) == ["task-2", "task-3", "task-4"]
    assert failed["task-2"]["status_code"] == 400
    assert failed["task-2"]["body"]["error"]["param"] == "temperature"
    assert [row["custom_id"] for row in lines_of(peer, done["output_file_id"])] == ["task-1"]


@pytest.mark.parametrize(
    ("rows", "endpoint", "code", "at"),
    [
        ([line(1), "{nonsense"], CHAT, "invalid_json_line", 2),
        ([line(1), "[1]"], CHAT, "invalid_json_line", 2),
        ([line(1), line(1)], CHAT, "duplicate_custom_id", 2),
        ([line(1), line(2)], "/v1/embeddings", "url_mismatch", 1),
        ([line(1), line(2, model="gpt-5")], CHAT, "model_mismatch", 2),
        ([line(1, model="nobody")], CHAT, "model_not_found", 1),
        ([{"custom_id": "a"}], CHAT, "invalid_request", 1),
        ([], CHAT, "empty_file", None),
    ],
)
def test_a_bad_input_makes_the_batch_fail(
    peer: TestClient, rows: list[Any], endpoint: str, code: str, at: int | None
) -> None:
    done = call(peer, "GET", f"{URL}/{start(peer, rows, endpoint=endpoint)['id']}")

    first = done["errors"]["data"][0]
    assert (done["status"], first["code"], first["line"]) == ("failed", code, at)
    assert "output_file_id" not in done
    assert done["failed_at"] >= done["created_at"]


def test_a_byte_order_mark_makes_the_first_line_invalid(peer: TestClient) -> None:
    identifier = file(peer, [line(1)], head=b"\xef\xbb\xbf")
    body = {"input_file_id": identifier, "endpoint": CHAT, "completion_window": "24h"}
    batch = call(peer, "POST", URL, body, status=201)

    error = call(peer, "GET", f"{URL}/{batch['id']}")["errors"]["data"][0]

    assert (error["code"], error["line"]) == ("invalid_json_line", 1)
    assert "byte order mark" in error["message"]


def test_a_cancelled_batch_keeps_what_it_has(timed: TestClient, hands: Hands) -> None:
    batch = start(timed, [line(number) for number in range(20)], hands)
    hands.time += 9
    url = f"{URL}/{batch['id']}"

    assert call(timed, "POST", f"{url}/cancel")["status"] == "cancelling"
    hands.time += 60
    ended = call(timed, "GET", url)

    assert ended["status"] == "cancelled"
    assert ended["request_counts"] == {"total": 20, "completed": 10, "failed": 0}
    assert len(lines_of(timed, ended["output_file_id"])) == 10
    assert ended["in_progress_at"] < ended["cancelling_at"] < ended["cancelled_at"]
    call(timed, "POST", f"{url}/cancel", status=400)


def test_a_batch_embeds_and_responds_too(peer: TestClient) -> None:
    vectors = {"model": "text-embedding-3-small", "input": "tides", "dimensions": 8}
    row = {"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": vectors}
    done = call(peer, "GET", f"{URL}/{start(peer, [row], endpoint='/v1/embeddings')['id']}")
    (told,) = lines_of(peer, done["output_file_id"])
    assert len(told["response"]["body"]["data"][0]["embedding"]) == 8
    assert done["usage"]["output_tokens"] == 0

    asked = {"model": "gpt-4.1-nano", "input": "echo: hi"}
    row = {"custom_id": "a", "method": "POST", "url": "/responses", "body": asked}
    done = call(peer, "GET", f"{URL}/{start(peer, [row], endpoint='/v1/responses')['id']}")
    (told,) = lines_of(peer, done["output_file_id"])
    assert told["response"]["body"]["output"][0]["content"][0]["text"] == "hi"


def test_output_files_appear_among_files_and_expire(timed: TestClient, hands: Hands) -> None:
    start(timed, [line(1)], hands, output_expires_after={"anchor": "created_at", "seconds": 3600})
    hands.time += 30
    url = f"{V1}/files?purpose=batch_output"

    assert len(call(timed, "GET", url)["data"]) == 2
    hands.time += 3601
    assert timed.get(url).json()["data"] == []


def test_a_batch_whose_input_is_deleted_fails(timed: TestClient, hands: Hands) -> None:
    batch = start(timed, [line(number) for number in range(20)], hands)
    timed.delete(f"{V1}/files/{batch['input_file_id']}")
    hands.time += 9

    told = call(timed, "GET", f"{URL}/{batch['id']}")

    assert (told["status"], told["errors"]["data"][0]["code"]) == ("failed", "input_modified")


def test_an_input_must_be_processed_and_for_batches(timed: TestClient, hands: Hands) -> None:
    body = {"endpoint": CHAT, "completion_window": "24h"}
    early = call(timed, "POST", URL, {**body, "input_file_id": file(timed, [line(1)])}, status=400)
    wrong = call(
        timed, "POST", URL, {**body, "input_file_id": file(timed, [line(1)], "fine-tune")}, status=400
    )
    none = call(timed, "POST", URL, {**body, "input_file_id": "file-none"}, status=400)

    codes = [one["error"]["code"] for one in (early, wrong, none)]
    assert codes == ["file_not_processed", "invalid_file_purpose", "file_not_found"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"endpoint": "/v1/images"}, "endpoint"),
        ({"completion_window": "1h"}, "completion_window"),
        ({"completion_window": None}, "completion_window"),
        ({"output_expires_after": {"anchor": "created_at", "seconds": 1}}, "output_expires_after.seconds"),
        ({"priority": 1}, "priority"),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, change: dict[str, Any], param: str) -> None:
    body = {"input_file_id": file(peer, [line(1)]), "endpoint": CHAT, "completion_window": "24h", **change}

    assert call(peer, "POST", URL, body, status=400)["error"]["param"] == param


def test_batches_are_paged_newest_first(peer: TestClient) -> None:
    ids = [start(peer, [line(1)])["id"] for _ in range(3)][::-1]
    first = call(peer, "GET", f"{URL}?limit=2")

    assert [row["id"] for row in first["data"]] == ids[:2]
    assert first["has_more"] is True
    assert [row["id"] for row in call(peer, "GET", f"{URL}?after={ids[1]}")["data"]] == ids[2:]


def test_a_long_batch_is_answered_over_several_looks(peer: TestClient) -> None:
    batch = start(peer, [line(number, "echo: x") for number in range(1200)])
    seen = [call(peer, "GET", f"{URL}/{batch['id']}") for _ in range(3)]

    assert [one["request_counts"]["completed"] for one in seen] == [500, 1000, 1200]
    assert [one["status"] for one in seen] == ["in_progress", "in_progress", "completed"]
