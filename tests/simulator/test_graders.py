from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.formula import calculate
from console.simulator.similarity import METRICS, similarity
from tests.contract.spec import answer_flaws

URL = "/openai/v1/fine_tuning/alpha/graders"
STRING = {
    "type": "string_check", "name": "same", "operation": "eq",
    "input": "{{ sample.output_text }}", "reference": "{{item.answer}}",
}  # fmt: skip
LIKE = {
    "type": "text_similarity", "name": "near", "evaluation_metric": "fuzzy_match",
    "input": "{{sample.output_text}}", "reference": "{{item.answer}}",
}  # fmt: skip
MODEL = {
    "type": "score_model", "name": "judge", "model": "gpt-4.1", "range": [1, 5],
    "input": [{"role": "user", "content": "Is {{sample.output_text}} right for {{item.answer}}?"}],
}  # fmt: skip


def run(
    peer: TestClient, grader: dict[str, Any], sample: str, status: int = 200, **item: Any
) -> dict[str, Any]:
    answer = peer.post(f"{URL}/run", json={"grader": grader, "model_sample": sample, "item": item})
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws("POST", f"{URL}/run", status, told) == []
    return told


@pytest.mark.parametrize(
    ("operation", "sample", "reward"),
    [
        ("eq", "Paris", 1), ("eq", "paris", 0), ("ne", "paris", 1), ("like", "It is Paris.", 1),
        ("like", "It is paris.", 0), ("ilike", "It is paris.", 1),
    ],
)  # fmt: skip
def test_a_string_check_compares(peer: TestClient, operation: str, sample: str, reward: float) -> None:
    assert run(peer, {**STRING, "operation": operation}, sample, answer="Paris")["reward"] == reward


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_a_measure_knows_same_from_other(metric: str) -> None:
    text = "The quick brown fox jumps over the lazy dog today."

    assert similarity(metric, text, text) == pytest.approx(1.0, abs=0.01)
    assert similarity(metric, text, "Ψ") < 0.2
    assert 0 < similarity(metric, text, "The quick brown fox jumps over a lazy cat.") < 1


def test_a_similarity_is_the_reward(peer: TestClient) -> None:
    assert 0.5 < run(peer, LIKE, "Pariss", answer="Paris")["reward"] < 1


def test_a_model_grader_marks_in_its_range_and_costs_tokens(peer: TestClient) -> None:
    good = run(peer, MODEL, "Paris in France", answer="Paris in France")
    bad = run(peer, MODEL, "xyz", answer="Paris in France")

    assert good["reward"] == 5.0 > bad["reward"] >= 1
    assert good["model_grader_token_usage_per_model"]["gpt-4.1"] == good["metadata"]["token_usage"] > 10


def test_a_model_that_is_not_deployed_cannot_grade(peer: TestClient) -> None:
    errors = run(peer, {**MODEL, "model": "nobody"}, "x", answer="y")["metadata"]["errors"]

    assert errors["model_grader_server_error"] is True
    assert "nobody" in errors["model_grader_server_error_details"]


@pytest.mark.parametrize("form", [[STRING, LIKE], {"same": STRING, "near": LIKE}])
def test_many_graders_are_one_by_a_formula(peer: TestClient, form: Any) -> None:
    grader = {
        "type": "multi",
        "name": "both",
        "graders": form,
        "calculate_output": "0.25 * same + 0.75 * near",
    }
    answer = peer.post(
        f"{URL}/run", json={"grader": grader, "model_sample": "a", "item": {"answer": "a"}}
    ).json()

    assert answer["reward"] == 1.0
    assert answer["sub_rewards"] == {"same": 1.0, "near": 1.0}


def test_a_place_without_a_value_is_told(peer: TestClient) -> None:
    assert run(peer, STRING, "a")["metadata"]["errors"]["invalid_variable_error"] is True


def test_a_good_grader_is_valid(peer: TestClient) -> None:
    answer = peer.post(f"{URL}/validate", json={"grader": LIKE})

    assert answer.json() == {"grader": LIKE}
    assert answer_flaws("POST", f"{URL}/validate", 200, answer.json()) == []


@pytest.mark.parametrize(
    ("grader", "param"),
    [
        ({"type": "python", "name": "p", "source": "def grade(): pass"}, "grader.type"),
        ({"type": "oracle", "name": "p"}, "grader.type"),
        ({"name": "p"}, "grader.type"),
        ({**STRING, "operation": "is"}, "grader.operation"),
        ({**LIKE, "evaluation_metric": "taste"}, "grader.evaluation_metric"),
        ({key: value for key, value in STRING.items() if key != "name"}, "grader.name"),
        ({**MODEL, "range": [5, 1]}, "grader.range"),
        ({"type": "endpoint", "name": "e", "url": "http://a"}, "grader.url"),
        (
            {"type": "multi", "name": "m", "graders": [STRING], "calculate_output": "same + nobody"},
            "grader.calculate_output",
        ),
        (
            {"type": "multi", "name": "m", "graders": [STRING], "calculate_output": "__import__('os')"},
            "grader.calculate_output",
        ),
    ],
)
def test_a_bad_grader_is_refused(peer: TestClient, grader: dict[str, Any], param: str) -> None:
    answer = peer.post(f"{URL}/validate", json={"grader": grader})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("text", "value"), [("min(a, 2) + -1", 0.5), ("(a + 1) / 2", 1.25), ("sqrt(4) * a", 3)]
)
def test_a_formula_is_calculated(text: str, value: float) -> None:
    assert calculate(text, {"a": 1.5}) == value


@pytest.mark.parametrize("text", ["a / 0", "a.b", "9 ** 9", "lambda: 1", "", "'a'", "exp(10000)", "(" * 500])
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        calculate(text, {"a": 1})
