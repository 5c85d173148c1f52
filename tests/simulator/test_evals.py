from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.contract.spec import answer_flaws
from tests.simulator.conftest import KEY, Hands

V1 = "/openai/v1"
URL = f"{V1}/evals"
PREVIEW = {"aoai-evals": "preview"}
CONFIG = {"type": "custom", "item_schema": {"type": "object", "properties": {"question": {"type": "string"}}}}
EXACT = {
    "type": "string_check", "name": "exact", "operation": "eq",
    "input": "{{sample.output_text}}", "reference": "{{item.answer}}",
}  # fmt: skip
NEAR = {
    "type": "text_similarity", "name": "near", "evaluation_metric": "fuzzy_match", "pass_threshold": 0.7,
    "input": "{{sample.output_text}}", "reference": "{{item.answer}}",
}  # fmt: skip
TONE = {
    "type": "label_model", "name": "tone", "model": "gpt-4.1", "labels": ["polite", "rude"],
    "passing_labels": ["polite"], "input": [{"role": "user", "content": "{{sample.output_text}}"}],
}  # fmt: skip
CONTENT = [
    {"item": {"question": "echo: Paris", "answer": "Paris"}, "sample": {"output_text": "Paris"}},
    {"item": {"question": "echo: Pariss", "answer": "Paris"}, "sample": {"output_text": "Pariss"}},
    {"item": {"question": "echo: Rome", "answer": "Paris"}, "sample": {"output_text": "Rome"}},
]
JSONL = {"type": "jsonl", "source": {"type": "file_content", "content": CONTENT}}
SAMPLED = {
    "type": "completions", "model": "gpt-4.1-nano", "source": {"type": "file_content", "content": CONTENT},
    "input_messages": {"type": "template", "template": [{"role": "user", "content": "{{item.question}}"}]},
}  # fmt: skip


@pytest.fixture
def timed(hands: Hands) -> TestClient:
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def call(peer: TestClient, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = peer.request(method, url, json=body, headers=PREVIEW)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws(method, url.partition("?")[0], status, told) == []
    return told


def evaluation(peer: TestClient, *criteria: dict[str, Any], **more: Any) -> str:
    body = {"name": "Capitals", "data_source_config": CONFIG, "testing_criteria": criteria or [EXACT], **more}
    return str(call(peer, "POST", URL, body)["id"])


def run(peer: TestClient, made: str, source: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    begun = call(peer, "POST", f"{URL}/{made}/runs", {"data_source": source or JSONL, **more}, status=201)
    return call(peer, "GET", f"{URL}/{made}/runs/{begun['id']}")


def items(peer: TestClient, done: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    url = f"{URL}/{done['eval_id']}/runs/{done['id']}/output_items{query}"
    rows: list[dict[str, Any]] = call(peer, "GET", url)["data"]
    return rows


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/a"), ("GET", "/a/runs")])
def test_nothing_answers_without_the_preview_header(peer: TestClient, method: str, path: str) -> None:
    answer = peer.request(method, URL + path, json={} if method == "POST" else None)

    assert answer.status_code == 400
    assert "aoai-evals" in answer.json()["error"]["message"]


def test_an_eval_tells_the_schema_of_its_rows(peer: TestClient) -> None:
    made = evaluation(peer, EXACT, metadata={"team": "a"})
    told = call(peer, "GET", f"{URL}/{made}")

    assert told["data_source_config"]["schema"]["properties"]["item"] == CONFIG["item_schema"]
    assert (told["testing_criteria"], told["metadata"]) == ([EXACT], {"team": "a"})
    assert call(peer, "POST", f"{URL}/{made}", {"name": "Towns"})["name"] == "Towns"


def test_a_run_lives_through_its_states(timed: TestClient, hands: Hands) -> None:
    made = evaluation(timed)
    begun = run(timed, made)
    states, totals = [begun["status"]], []
    for seconds in (4, 3, 10):
        hands.time += seconds
        told = call(timed, "GET", f"{URL}/{made}/runs/{begun['id']}")
        states.append(told["status"])
        totals.append(told["result_counts"]["total"])

    assert states == ["queued", "in_progress", "in_progress", "completed"]
    assert totals == [0, 2, 3]


def test_rows_are_really_graded(peer: TestClient) -> None:
    done = run(peer, evaluation(peer, EXACT, NEAR))

    assert done["result_counts"] == {"total": 3, "errored": 0, "failed": 2, "passed": 1}
    assert done["per_testing_criteria_results"] == [
        {"testing_criteria": "exact", "passed": 1, "failed": 2},
        {"testing_criteria": "near", "passed": 2, "failed": 1},
    ]
    rows = items(peer, done)
    assert [row["status"] for row in rows] == ["pass", "fail", "fail"]
    assert [row["results"][1]["passed"] for row in rows] == [True, True, False]
    assert [row["datasource_item_id"] for row in items(peer, done, "?status=fail&order=desc")] == [2, 1]
    one = call(peer, "GET", f"{URL}/{done['eval_id']}/runs/{done['id']}/output_items/{rows[0]['id']}")
    assert one == rows[0]


def test_a_model_is_asked_and_its_usage_counted(peer: TestClient) -> None:
    done = run(peer, evaluation(peer, EXACT), SAMPLED)

    assert (done["model"], done["result_counts"]["passed"]) == ("gpt-4.1-nano", 1)
    (usage,) = done["per_model_usage"]
    assert usage["invocation_count"] == 3
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    sample = items(peer, done)[0]["sample"]
    assert sample["input"] == [{"role": "user", "content": "echo: Paris"}]
    assert sample["output"] == [{"role": "assistant", "content": "Paris"}]


def test_a_label_passes_or_does_not(peer: TestClient) -> None:
    content = [{"item": {}, "sample": {"output_text": text}} for text in ("that was polite", "how rude")]
    source = {"type": "jsonl", "source": {"type": "file_content", "content": content}}
    done = run(peer, evaluation(peer, TONE), source)

    assert [row["status"] for row in items(peer, done)] == ["pass", "fail"]
    assert items(peer, done)[1]["results"][0]["sample"]["label"] == "rude"
    assert done["per_model_usage"][0]["model_name"] == "gpt-4.1"


def test_rows_come_from_a_file(peer: TestClient) -> None:
    text = "\n".join(json.dumps(row) for row in CONTENT)
    answer = peer.post(f"{V1}/files", files={"file": ("rows.jsonl", text)}, data={"purpose": "evals"})
    source = {"type": "jsonl", "source": {"type": "file_id", "id": answer.json()["id"]}}

    assert run(peer, evaluation(peer), source)["result_counts"]["total"] == 3


def test_rows_come_from_stored_completions(peer: TestClient) -> None:
    for text in ("Paris", "Rome"):
        body = {"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": f"echo: {text}"}]}
        peer.post(f"{V1}/chat/completions", json={**body, "store": True, "metadata": {"set": "a"}})
    made = evaluation(
        peer, {**EXACT, "reference": "Paris"}, data_source_config={"type": "stored_completions"}
    )
    source = {"type": "completions", "source": {"type": "stored_completions", "metadata": {"set": "a"}}}

    assert run(peer, made, source)["result_counts"] == {"total": 2, "errored": 0, "failed": 1, "passed": 1}


def test_a_file_that_is_no_data_makes_the_run_fail(peer: TestClient) -> None:
    answer = peer.post(f"{V1}/files", files={"file": ("a.jsonl", '{"item": 5}')}, data={"purpose": "evals"})
    source = {"type": "jsonl", "source": {"type": "file_id", "id": answer.json()["id"]}}
    done = run(peer, evaluation(peer), source)

    assert (done["status"], done["error"]["message"]) == ("failed", "Line 1 has no object 'item'.")


def test_a_model_that_is_not_deployed_makes_the_run_fail(peer: TestClient) -> None:
    done = run(peer, evaluation(peer), {**SAMPLED, "model": "nobody"})

    assert (done["status"], done["error"]["code"]) == ("failed", "DeploymentNotFound")


def test_a_row_whose_answer_does_not_come_is_an_error(peer: TestClient) -> None:
    done = run(peer, evaluation(peer), {**SAMPLED, "model": "fault-500"})

    assert done["result_counts"]["errored"] == 3
    assert items(peer, done)[0]["sample"]["error"]["code"] == "500"


def test_a_cancelled_run_keeps_what_is_graded(timed: TestClient, hands: Hands) -> None:
    made = evaluation(timed)
    begun = run(timed, made)
    hands.time += 7
    url = f"{URL}/{made}/runs/{begun['id']}"

    assert call(timed, "POST", url)["status"] == "canceled"
    hands.time += 60
    assert call(timed, "GET", url)["result_counts"]["total"] == 2
    call(timed, "POST", url, status=400)
    assert len(call(timed, "GET", f"{URL}/{made}/runs?status=canceled")["data"]) == 1
    assert call(timed, "DELETE", url)["eval_run_id"] == begun["id"]
    call(timed, "GET", url, status=404)


def test_evals_are_listed_oldest_first_or_by_their_change(timed: TestClient, hands: Hands) -> None:
    first, second = evaluation(timed), evaluation(timed)
    hands.time += 5
    call(timed, "POST", f"{URL}/{first}", {"name": "Changed"})

    assert [row["id"] for row in call(timed, "GET", URL)["data"]] == [first, second]
    assert [row["id"] for row in call(timed, "GET", f"{URL}?order_by=updated_at")["data"]] == [second, first]
    assert [row["id"] for row in call(timed, "GET", f"{URL}?order=desc&limit=1")["data"]] == [second]
    assert call(timed, "DELETE", f"{URL}/{first}")["eval_id"] == first
    call(timed, "GET", f"{URL}/{first}", status=404)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"testing_criteria": []}, "testing_criteria"),
        ({"testing_criteria": [{**EXACT, "type": "python"}]}, "testing_criteria[0].type"),
        (
            {"testing_criteria": [{key: NEAR[key] for key in NEAR if key != "pass_threshold"}]},
            "testing_criteria[0].pass_threshold",
        ),
        ({"testing_criteria": [{**TONE, "passing_labels": ["x"]}]}, "testing_criteria[0].passing_labels"),
        ({"data_source_config": {"type": "custom"}}, "data_source_config.item_schema"),
        ({"data_source_config": {"type": "dream"}}, "data_source_config.type"),
        ({"data_source_config": None}, "data_source_config"),
        ({"statusCode": 200}, "statusCode"),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, change: dict[str, Any], param: str) -> None:
    body = {"data_source_config": CONFIG, "testing_criteria": [EXACT], **change}

    assert call(peer, "POST", URL, body, status=400)["error"]["param"] == param


@pytest.mark.parametrize(
    ("source", "param"),
    [
        ({"type": "jsonl"}, "data_source.source"),
        ({"type": "jsonl", "source": {"type": "file_id"}}, "data_source.source.id"),
        ({"type": "jsonl", "source": {"type": "file_id", "id": "file-none"}}, "data_source.source.id"),
        ({"type": "jsonl", "source": {"type": "responses"}}, "data_source.source.type"),
        ({**SAMPLED, "input_messages": None}, "data_source.input_messages"),
        ({"type": "guess", "source": {}}, "data_source.type"),
    ],
)
def test_a_wrong_source_is_named(peer: TestClient, source: dict[str, Any], param: str) -> None:
    url = f"{URL}/{evaluation(peer)}/runs"

    assert call(peer, "POST", url, {"data_source": source}, status=400)["error"]["param"] == param
