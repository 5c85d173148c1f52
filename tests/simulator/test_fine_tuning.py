from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.contract.spec import answer_flaws
from tests.simulator.conftest import KEY, Hands

V1 = "/openai/v1"
JOBS = f"{V1}/fine_tuning/jobs"
MODEL = "gpt-4.1-mini-2025-04-14"
PREVIEW = {"aoai-copy-ft-checkpoints": "preview"}
SWEDEN = (
    "/subscriptions/5a1d0000-0000-4000-8000-000000000001/resourceGroups/contoso-ai"
    "/providers/Microsoft.CognitiveServices/accounts/contoso-sweden"
)
GRADER = {
    "type": "string_check", "name": "exact", "operation": "eq",
    "input": "{{sample.output_text}}", "reference": "{{item.answer}}",
}  # fmt: skip


@pytest.fixture
def timed(hands: Hands) -> TestClient:
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def call(
    peer: TestClient, method: str, url: str, body: Any = None, status: int = 200, **headers: str
) -> dict[str, Any]:
    answer = peer.request(method, url, json=body, headers=headers)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws(method, url.partition("?")[0], status, told) == []
    return told


def talk(question: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


EXAMPLES = [talk(f"What is the code of shelf {number}?", f"Code {number * 7}.") for number in range(40)]


def file(peer: TestClient, rows: list[Any], purpose: str = "fine-tune", bom: bool = False) -> str:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    raw = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    answer = peer.post(f"{V1}/files", files={"file": ("train.jsonl", raw)}, data={"purpose": purpose})
    return str(answer.json()["id"])


def start(peer: TestClient, **more: Any) -> dict[str, Any]:
    body = {"model": MODEL, "training_file": file(peer, EXAMPLES), "suffix": "shelves", **more}
    return call(peer, "POST", JOBS, body)


def test_a_job_lives_through_its_states(timed: TestClient, hands: Hands) -> None:
    job = start(timed, validation_file=file(timed, EXAMPLES[:5]), seed=7, metadata={"team": "a"})
    url = f"{JOBS}/{job['id']}"
    assert job["hyperparameters"]["n_epochs"] == "auto"

    seen = [job["status"]]
    for seconds in (7, 7, 30, 60):
        hands.time += seconds
        seen.append(call(timed, "GET", url)["status"])

    assert seen == ["validating_files", "queued", "running", "running", "succeeded"]
    done = call(timed, "GET", url)
    assert done["fine_tuned_model"].startswith(f"{MODEL}.ft-")
    assert done["fine_tuned_model"].endswith("-shelves")
    assert done["hyperparameters"] == {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 2.0}
    assert (done["seed"], done["metadata"]) == (7, {"team": "a"})
    assert done["trained_tokens"] > 1000
    assert job["created_at"] < done["finished_at"] < hands.time


def test_the_loss_falls_and_is_told_in_events(peer: TestClient) -> None:
    job = start(peer, validation_file=file(peer, EXAMPLES[:5]))
    events: list[dict[str, Any]] = []
    page = call(peer, "GET", f"{JOBS}/{job['id']}/events?limit=100")
    while page["has_more"]:
        events += page["data"]
        page = call(peer, "GET", f"{JOBS}/{job['id']}/events?limit=100&after={events[-1]['id']}")
    events += page["data"]

    figures = [event["data"] for event in reversed(events) if event["type"] == "metrics"]
    assert "first_id" not in page
    assert len({event["id"] for event in events}) == len(events)
    assert [row["step"] for row in figures] == list(range(1, 121))
    assert figures[0]["train_loss"] > 2 * figures[-1]["train_loss"]
    assert figures[-1]["full_valid_loss"] > 0
    assert events[0]["message"] == "The job has successfully completed"
    assert events[-1]["message"] == f"Created fine-tuning job: {job['id']}"


def test_the_result_file_has_a_row_for_each_step(peer: TestClient) -> None:
    job = start(peer, validation_file=file(peer, EXAMPLES[:5]))
    rows = peer.get(f"{V1}/files", params={"purpose": "fine-tune-results"}).json()["data"]
    done = call(peer, "GET", f"{JOBS}/{job['id']}")

    assert done["result_files"] == [rows[0]["id"]]
    table = list(csv.DictReader(io.StringIO(peer.get(f"{V1}/files/{rows[0]['id']}/content").text)))
    assert len(table) == 120
    assert list(table[0]) == [
        "step", "train_loss", "train_mean_token_accuracy", "valid_loss", "validation_mean_token_accuracy",
        "full_valid_loss", "full_valid_mean_token_accuracy",
    ]  # fmt: skip
    assert table[0]["valid_loss"] == ""
    assert float(table[4]["valid_loss"]) > 0
    assert float(table[39]["full_valid_loss"]) > 0


def test_each_epoch_leaves_a_checkpoint(peer: TestClient) -> None:
    job = call(peer, "GET", f"{JOBS}/{start(peer)['id']}")
    page = call(peer, "GET", f"{JOBS}/{job['id']}/checkpoints")

    assert [row["step_number"] for row in page["data"]] == [120, 80, 40]
    assert page["data"][0]["fine_tuned_model_checkpoint"] == job["fine_tuned_model"]
    assert page["data"][0]["id"].startswith("ftchkpt-")
    assert page["first_id"] == page["data"][0]["id"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([*EXAMPLES, "{no json"], "Line 41: it is not valid JSON."),
        ([*EXAMPLES[:20], "[]"], "Line 21: it is not a JSON object."),
        ([talk("q", "a"), {"messages": []}], "Line 2: 'messages' is missing"),
        ([{"messages": [{"role": "bot", "content": "x"}]}], "message 1: the role 'bot' is not one of"),
        ([{"messages": [{"role": "user", "content": "x"}]}], "no message of the assistant"),
        ([{"messages": [{"role": "user", "content": 5}]}], "'content' is missing or not text"),
        (EXAMPLES[:9], "It has 9 example(s)"),
        ([], "It has 0 example(s)"),
    ],
)
def test_a_bad_training_file_makes_the_job_fail(
    timed: TestClient, hands: Hands, rows: list[Any], words: str
) -> None:
    job = start(timed, training_file=file(timed, rows))
    assert job["status"] == "validating_files"
    hands.time += 7

    failed = call(timed, "GET", f"{JOBS}/{job['id']}")

    assert (failed["status"], failed["fine_tuned_model"]) == ("failed", None)
    assert (failed["error"]["code"], failed["error"]["param"]) == ("invalid_training_file", "training_file")
    assert words in failed["error"]["message"]
    (last, *_) = call(timed, "GET", f"{JOBS}/{job['id']}/events")["data"]
    assert (last["level"], words in last["message"]) == ("error", True)


def test_a_byte_order_mark_is_welcome(peer: TestClient) -> None:
    job = start(peer, training_file=file(peer, EXAMPLES, bom=True))

    assert call(peer, "GET", f"{JOBS}/{job['id']}")["status"] == "succeeded"


def test_a_bad_validation_file_is_told_apart(peer: TestClient) -> None:
    job = start(peer, validation_file=file(peer, ["nothing"]))

    assert call(peer, "GET", f"{JOBS}/{job['id']}")["error"]["param"] == "validation_file"


def test_a_paused_job_makes_no_steps_and_keeps_a_checkpoint(timed: TestClient, hands: Hands) -> None:
    job = start(timed)
    url = f"{JOBS}/{job['id']}"
    call(timed, "POST", f"{url}/pause", status=400)
    hands.time += 30

    assert call(timed, "POST", f"{url}/pause")["status"] == "paused"
    before = call(timed, "GET", f"{url}/events")["data"]
    hands.time += 3600
    assert call(timed, "GET", f"{url}/events")["data"] == before
    assert [row["step_number"] for row in call(timed, "GET", f"{url}/checkpoints")["data"]] == [30]

    assert call(timed, "POST", f"{url}/resume")["status"] == "running"
    call(timed, "POST", f"{url}/resume", status=400)
    hands.time += 75
    assert call(timed, "GET", url)["status"] == "succeeded"
    rows = call(timed, "GET", f"{url}/checkpoints")["data"]
    assert [row["step_number"] for row in rows] == [120, 80, 40, 30]
    assert rows[2]["created_at"] - rows[3]["created_at"] > 3600


def test_a_cancelled_job_stays_as_it_was(timed: TestClient, hands: Hands) -> None:
    job = start(timed)
    hands.time += 50
    cancelled = call(timed, "POST", f"{JOBS}/{job['id']}/cancel")
    hands.time += 5000

    assert cancelled["status"] == "cancelled"
    assert call(timed, "GET", f"{JOBS}/{job['id']}") == cancelled
    assert (
        call(timed, "POST", f"{JOBS}/{job['id']}/cancel", status=400)["error"]["code"] == "invalid_job_state"
    )


def test_a_tuned_model_answers_as_it_was_taught(peer: TestClient) -> None:
    job = call(peer, "GET", f"{JOBS}/{start(peer)['id']}")
    asked = {"messages": [{"role": "user", "content": "What is the code of shelf 39?"}]}

    tuned = call(peer, "POST", f"{V1}/chat/completions", {"model": job["fine_tuned_model"], **asked})
    base = call(peer, "POST", f"{V1}/chat/completions", {"model": "gpt-4.1", **asked})
    early = call(peer, "GET", f"{JOBS}/{job['id']}/checkpoints")["data"][-1]["fine_tuned_model_checkpoint"]
    half = call(peer, "POST", f"{V1}/chat/completions", {"model": early, **asked})

    assert tuned["choices"][0]["message"]["content"] == "Code 273."
    assert tuned["model"] == job["fine_tuned_model"]
    assert "Code 273" not in base["choices"][0]["message"]["content"]
    assert "Code 273" not in half["choices"][0]["message"]["content"]


def test_a_tuned_model_is_listed_and_can_be_deleted(peer: TestClient) -> None:
    name = call(peer, "GET", f"{JOBS}/{start(peer)['id']}")["fine_tuned_model"]
    assert name in [row["id"] for row in call(peer, "GET", f"{V1}/models")["data"]]
    assert call(peer, "GET", f"{V1}/models/{name}")["id"] == name

    told = call(peer, "DELETE", f"{V1}/models/{name}")

    assert told == {"id": name, "object": "model", "deleted": True}
    call(peer, "GET", f"{V1}/models/{name}", status=404)
    body = {"model": name, "messages": [{"role": "user", "content": "hi"}]}
    call(peer, "POST", f"{V1}/chat/completions", body, status=404)


def test_preferences_have_figures_of_their_own(peer: TestClient) -> None:
    rows = [
        {
            "input": {"messages": [{"role": "user", "content": f"Greet guest {number}"}]},
            "preferred_output": [{"role": "assistant", "content": "Good evening."}],
            "non_preferred_output": [{"role": "assistant", "content": "Yo."}],
        }
        for number in range(12)
    ]
    method = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.3, "n_epochs": 2}}}
    job = start(peer, training_file=file(peer, rows), method=method)
    done = call(peer, "GET", f"{JOBS}/{job['id']}")
    events = call(peer, "GET", f"{JOBS}/{job['id']}/events?limit=100")["data"]

    assert done["method"]["dpo"]["hyperparameters"]["beta"] == 0.3
    assert done["hyperparameters"]["n_epochs"] == 2
    assert any("train_rewards_margins" in event.get("data", {}) for event in events)


def test_reinforcement_is_for_models_that_reason_and_has_a_grader(peer: TestClient) -> None:
    rows = [{"messages": [{"role": "user", "content": f"{n} + 1?"}], "answer": str(n + 1)} for n in range(12)]
    method = {"type": "reinforcement", "reinforcement": {"grader": GRADER}}
    body = {"training_file": file(peer, rows), "method": method}

    done = call(peer, "GET", f"{JOBS}/{start(peer, model='o4-mini-2025-04-16', **body)['id']}")

    assert done["status"] == "succeeded"
    assert done["method"]["reinforcement"]["grader"] == GRADER
    assert call(peer, "POST", JOBS, {"model": MODEL, **body}, status=400)["error"]["param"] == "model"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"model": "gpt-5.4"}, "model"),
        ({"model": None}, "model"),
        ({"training_file": "file-none"}, "training_file"),
        ({"training_file": None}, "training_file"),
        ({"suffix": "x" * 41}, "suffix"),
        ({"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs"),
        ({"method": {"type": "magic"}}, "method.type"),
        ({"method": {"type": "reinforcement"}}, "method.reinforcement.grader"),
        (
            {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": -1}}}},
            "method.dpo.hyperparameters.beta",
        ),
        ({"integrations": [{"type": "wandb"}]}, "integrations[0].wandb"),
        ({"epochs": 3}, "epochs"),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, change: dict[str, Any], param: str) -> None:
    body = {"model": MODEL, "training_file": file(peer, EXAMPLES), **change}

    assert call(peer, "POST", JOBS, body, status=400)["error"]["param"] == param


def test_a_file_of_another_purpose_is_refused(peer: TestClient) -> None:
    body = {"model": MODEL, "training_file": file(peer, EXAMPLES, "batch")}

    assert call(peer, "POST", JOBS, body, status=400)["error"]["code"] == "invalid_file_purpose"


def test_jobs_are_paged_by_the_last_row(peer: TestClient) -> None:
    ids = [start(peer)["id"] for _ in range(3)][::-1]
    first = call(peer, "GET", f"{JOBS}?limit=2")
    second = call(peer, "GET", f"{JOBS}?after={ids[1]}")

    assert set(first) == {"object", "data", "has_more"}
    assert [row["id"] for row in first["data"] + second["data"]] == ids
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_a_checkpoint_is_copied_to_another_resource(timed: TestClient, hands: Hands) -> None:
    job = start(timed)
    hands.time += 100
    (row, *_) = call(timed, "GET", f"{JOBS}/{job['id']}/checkpoints")["data"]
    url = f"{JOBS}/{job['id']}/checkpoints/{row['id']}/copy"
    body = {"destinationResourceId": SWEDEN, "region": "swedencentral"}
    assert call(timed, "POST", url, body, status=400)["error"]["code"] == "invalid_request"

    begun = call(timed, "POST", url, body, **PREVIEW)
    hands.time += 11
    ended = call(timed, "GET", url, **PREVIEW)

    assert begun["copiedAccountDetails"][0]["status"] == "InProgress"
    assert ended["copiedAccountDetails"] == [{**body, "status": "Completed"}]
    assert ended["checkpointedModelName"] == row["fine_tuned_model_checkpoint"]
    token = _token(timed)
    there = timed.get(
        f"/resources/contoso-sweden{V1}/models/{row['fine_tuned_model_checkpoint']}",
        headers={"api-key": "", "authorization": f"Bearer {token}"},
    )
    assert there.status_code == 200


def test_a_copy_to_nowhere_fails(peer: TestClient) -> None:
    job = start(peer)
    (row, *_) = call(peer, "GET", f"{JOBS}/{job['id']}/checkpoints")["data"]
    url = f"{JOBS}/{job['id']}/checkpoints/{row['id']}/copy"

    told = call(peer, "POST", url, {"destinationResourceId": SWEDEN, "region": "eastus"}, **PREVIEW)

    assert told["copiedAccountDetails"][0]["status"] == "Failed"


def test_permissions_of_a_checkpoint_come_and_go(peer: TestClient) -> None:
    model = call(peer, "GET", f"{JOBS}/{start(peer)['id']}")["fine_tuned_model"]
    url = f"{V1}/fine_tuning/checkpoints/{model}/permissions"
    made = call(peer, "POST", url, {"project_ids": ["proj_a", "proj_b"]})

    assert [row["project_id"] for row in call(peer, "GET", f"{url}?order=ascending")["data"]] == [
        "proj_a",
        "proj_b",
    ]
    assert len(call(peer, "GET", f"{url}?project_id=proj_b")["data"]) == 1
    call(peer, "GET", f"{url}?order=asc", status=400)
    assert call(peer, "DELETE", f"{url}/{made['first_id']}")["deleted"] is True
    assert len(call(peer, "GET", url)["data"]) == 1


def _token(peer: TestClient) -> str:
    form = {
        "grant_type": "client_credentials", "client_id": "a", "client_secret": KEY,
        "scope": "https://ai.azure.com/.default",
    }  # fmt: skip
    return str(peer.post("/contoso.example/oauth2/v2.0/token", data=form).json()["access_token"])
