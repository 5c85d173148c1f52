from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.simulator.conftest import KEY, Hands

V1 = "/openai/v1"
HEADERS = {"api-key": KEY, "aoai-evals": "preview"}


@pytest.fixture
def furnished(hands: Hands) -> Iterator[TestClient]:
    app = create_app(key=KEY, seed=1, speed=1, now=hands, furnished=True)
    with TestClient(app, headers=HEADERS) as peer:
        yield peer


def rows(peer: TestClient, path: str) -> list[dict[str, Any]]:
    answer = peer.get(f"{V1}{path}")
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def test_there_are_files_of_every_purpose_from_days_before(furnished: TestClient, hands: Hands) -> None:
    files = rows(furnished, "/files")

    assert len(files) >= 20
    purposes = {"assistants", "fine-tune", "batch", "evals", "batch_output", "fine-tune-results"}
    assert {row["purpose"] for row in files} == purposes
    assert min(row["created_at"] for row in files) < hands.time - 5 * 86400


def test_the_handbook_can_be_searched(furnished: TestClient) -> None:
    (store,) = rows(furnished, "/vector_stores")
    body = {"query": "When are refunds paid?"}
    hits = furnished.post(f"{V1}/vector_stores/{store['id']}/search", json=body).json()["data"]

    assert hits[0]["filename"] == "returns-and-refunds.md"
    assert store["file_counts"]["failed"] == 1


def test_jobs_are_in_different_states(furnished: TestClient) -> None:
    jobs = rows(furnished, "/fine_tuning/jobs")

    assert [job["status"] for job in jobs] == [
        "running",
        "paused",
        "succeeded",
        "failed",
        "succeeded",
        "succeeded",
    ]
    assert "Line 17" in jobs[3]["error"]["message"]
    assert jobs[2]["method"]["type"] == "reinforcement"
    assert rows(furnished, f"/fine_tuning/jobs/{jobs[4]['id']}/checkpoints")


def test_batches_have_lines_that_failed(furnished: TestClient) -> None:
    batches = rows(furnished, "/batches")

    assert [row["status"] for row in batches] == ["in_progress", "failed", "completed", "completed"]
    assert batches[2]["request_counts"] == {"total": 10, "completed": 6, "failed": 4}
    assert batches[1]["errors"]["data"][0]["code"] == "duplicate_custom_id"


def test_evals_have_runs_that_can_be_compared(furnished: TestClient) -> None:
    first, second = rows(furnished, "/evals")
    runs = rows(furnished, f"/evals/{first['id']}/runs")

    assert [run["result_counts"]["passed"] for run in runs] == [34, 40, 53]
    near = [run["per_testing_criteria_results"][1]["passed"] for run in runs]
    assert near == [40, 46, 58]
    assert runs[0]["created_at"] < runs[1]["created_at"] < runs[2]["created_at"]
    sampled = rows(furnished, f"/evals/{second['id']}/runs")
    assert all(0 < run["result_counts"]["passed"] <= 15 for run in sampled[:2])


def test_a_run_of_an_eval_is_under_way(furnished: TestClient, hands: Hands) -> None:
    second = rows(furnished, "/evals")[1]
    hands.time += 20

    states = [run["status"] for run in rows(furnished, f"/evals/{second['id']}/runs")]

    assert states == ["completed", "completed", "in_progress"]


def test_the_rest_is_there_too(furnished: TestClient) -> None:
    assert [one["status"] for one in rows(furnished, "/containers")] == ["running", "expired"]
    running = rows(furnished, "/containers")[0]["id"]
    assert [one["path"] for one in rows(furnished, f"/containers/{running}/files")] == [
        "/mnt/data/analysis-notes.md",
        "/mnt/data/orders-47.csv",
    ]


def test_stored_completions_differ_in_what_they_can_be_found_by(furnished: TestClient) -> None:
    kept = rows(furnished, "/chat/completions?limit=100")

    assert len(kept) == 18
    assert len(rows(furnished, "/chat/completions?metadata[channel]=mail")) == 6
    assert {one["choices"][0]["finish_reason"] for one in kept} == {"stop", "tool_calls", "length"}
    assert len({one["model"] for one in kept}) == 2


def test_the_clock_is_put_back(furnished: TestClient, hands: Hands) -> None:
    made = furnished.post(f"{V1}/vector_stores", json={}).json()

    assert made["created_at"] == int(hands.time)


def test_a_second_start_adds_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    counts = []
    for _ in range(2):
        app = create_app(key=KEY, speed=0, state=state, furnished=True)
        with TestClient(app, headers=HEADERS) as peer:
            counts.append(len(rows(peer, "/files?limit=10000")))

    assert counts[0] == counts[1] > 20


def test_nothing_is_there_unless_asked_for(peer: TestClient) -> None:
    assert rows(peer, "/files") == rows(peer, "/vector_stores") == rows(peer, "/batches") == []
