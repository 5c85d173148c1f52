"""Graders of reinforcement fine-tuning, tried on one sample before a job pays for them (preview).

Shapes from the GA specification of 2026-01-28 (RunGraderRequest, RunGraderResponse, ValidateGraderResponse).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.outbound.errors import ProtocolError
from console.outbound.limits import ANSWER
from console.v1 import parse
from console.v1.client import Client, Target

TYPES = ("string_check", "text_similarity", "score_model", "python", "multi", "endpoint")

_PATH = "/fine_tuning/alpha/graders"


@dataclass(frozen=True, slots=True)
class Grade:
    """What a grader gave a sample. `errors` are the names of what went wrong, `details` the texts about it;
    `seconds` is how long it took, `tokens` what its models used.
    """

    reward: float | None
    errors: tuple[str, ...]
    details: tuple[str, ...]
    scores: Mapping[str, float]
    sub_rewards: Mapping[str, float]
    seconds: float | None
    tokens: int | None
    model: str
    raw: parse.Json


def body(
    grader: Mapping[str, Any], *, sample: str | None = None, item: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The JSON that has a grader run on a model's answer `sample` and a line `item` of the dataset, or validated."""
    return parse.present({"grader": grader, "model_sample": sample, "item": item})


def run(client: Client, body: Mapping[str, Any]) -> Grade:
    """Grade an answer. Model graders cost money."""
    answer = client.change(
        "POST",
        f"{_PATH}/run",
        action="grader.run",
        target=_target(body["grader"]),
        json=dict(body),
        limits=ANSWER,
    )
    return parse_grade(answer.json())


def validate(client: Client, body: Mapping[str, Any]) -> parse.Json:
    """The grader as the service understands it; raises `BadRequest` with its reason when it does not."""
    answer = client.change(
        "POST",
        f"{_PATH}/validate",
        action="grader.validated",
        target=_target(body["grader"]),
        json=dict(body),
    )
    return parse.mapping(parse.mapping(answer.json()).get("grader"))


def parse_grade(value: object) -> Grade:
    """The result of a run; `ProtocolError` when it is none."""
    raw = parse.mapping(value)
    if "reward" not in raw and "metadata" not in raw:
        raise ProtocolError("The answer is not the result of a grader.")
    about = parse.mapping(raw.get("metadata"))
    flags = parse.mapping(about.get("errors"))
    return Grade(
        reward=parse.number(raw.get("reward")),
        errors=tuple(name for name, each in flags.items() if each is True),
        details=tuple(each for each in flags.values() if isinstance(each, str) and each),
        scores=parse.numbers(about.get("scores")),
        sub_rewards=parse.numbers(raw.get("sub_rewards")),
        seconds=parse.number(about.get("execution_time")),
        tokens=parse.integer(about.get("token_usage")),
        model=parse.text(about.get("sampled_model_name")),
        raw=raw,
    )


def _target(grader: Mapping[str, Any]) -> Target:
    return Target("grader", label=parse.text(grader.get("name")))
