import pytest

from console.outbound.errors import BadRequest, ProtocolError
from console.v1 import graders
from console.v1.client import Target

GRADER = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.label}}",
    "operation": "eq",
}
GRADE = {
    "reward": 0.5,
    "metadata": {
        "name": "same",
        "type": "string_check",
        "errors": {
            "formula_parse_error": False,
            "sample_parse_error": True,
            "python_grader_runtime_error_details": "Line 3",
            "model_grader_server_error_details": None,
        },
        "execution_time": 0.25,
        "scores": {"same": 0.5},
        "token_usage": 12,
        "sampled_model_name": "o3-mini",
    },
    "sub_rewards": {"same": 1},
    "model_grader_token_usage_per_model": {},
}


def test_a_grader_judges_a_sample(client, upstream, recorder):
    upstream["POST /fine_tuning/alpha/graders/run"] = 200, GRADE

    grade = graders.run(client, graders.body(GRADER, sample="yes", item={"label": "yes"}))

    assert upstream.requests[0].json() == {
        "grader": GRADER,
        "model_sample": "yes",
        "item": {"label": "yes"},
    }
    assert (grade.reward, grade.scores, grade.sub_rewards) == (0.5, {"same": 0.5}, {"same": 1.0})
    assert (grade.errors, grade.details) == (("sample_parse_error",), ("Line 3",))
    assert (grade.seconds, grade.tokens, grade.model) == (0.25, 12, "o3-mini")
    assert recorder.events[0][1]["action"] == "grader.run"
    assert recorder.events[0][1]["target"] == Target("grader", "", "same")


def test_a_grader_is_understood_or_refused(client, upstream, recorder):
    upstream["POST /fine_tuning/alpha/graders/validate"] = [
        (200, {"grader": GRADER}),
        (400, {"error": {"message": "Invalid grader", "param": "grader.operation"}}),
    ]

    assert graders.validate(client, graders.body(GRADER)) == GRADER
    with pytest.raises(BadRequest):
        graders.validate(client, graders.body(GRADER))
    assert recorder.events[0][1]["action"] == "grader.validated"
    assert upstream.requests[0].json() == {"grader": GRADER}


def test_an_answer_without_a_reward_is_no_grade():
    with pytest.raises(ProtocolError):
        graders.parse_grade({"grader": GRADER})
