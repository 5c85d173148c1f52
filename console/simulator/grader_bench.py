"""Trying a grader out: run and validate.

Operations: `runGrader` and `validateGrader` in the Azure v1 spec of 2026-01-28; preview by their path.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.graders import Mark, check_grader, grade
from console.simulator.world import call_of

_FLAGS = (
    "formula_parse_error", "sample_parse_error", "truncated_observation_error", "unresponsive_reward_error",
    "invalid_variable_error", "other_error", "python_grader_server_error", "python_grader_runtime_error",
    "model_grader_server_error", "model_grader_refusal_error", "model_grader_parse_error",
)  # fmt: skip
_DETAILS = (
    "python_grader_server_error_type", "python_grader_runtime_error_details",
    "model_grader_server_error_details",
)  # fmt: skip
_FIELDS: dict[str, check.Check] = {
    "grader": check_grader,
    "item": check.mapping,
    "model_sample": check.text(),
}


async def run(request: Request) -> Response:
    """POST /fine_tuning/alpha/graders/run."""
    call = call_of(request)
    body = await json_object(request)
    check.check_body(body, _FIELDS, required=("grader", "model_sample"), refuse_unknown=check.unknown)
    grader = body["grader"]
    mark = grade(call, grader, body.get("item") or {}, body["model_sample"])
    return JSONResponse(
        {
            "reward": mark.score,
            "metadata": {
                "name": grader["name"],
                "type": grader["type"],
                "errors": _errors(mark),
                "execution_time": round(mark.seconds, 6),
                "scores": mark.parts or {grader["name"]: mark.score},
                "token_usage": mark.tokens or None,
                "sampled_model_name": mark.model,
            },
            "sub_rewards": mark.parts,
            "model_grader_token_usage_per_model": {mark.model: mark.tokens} if mark.model else {},
        }
    )


async def validate(request: Request) -> Response:
    """POST /fine_tuning/alpha/graders/validate."""
    body = await json_object(request)
    fields: dict[str, check.Check] = {"grader": check_grader}
    check.check_body(body, fields, required=("grader",), refuse_unknown=check.unknown)
    return JSONResponse({"grader": body["grader"]})


def _errors(mark: Mark) -> dict[str, Any]:
    flags = {name: bool(mark.errors.get(name)) for name in _FLAGS}
    return {**flags, **{name: mark.errors.get(name) for name in _DETAILS}}


ROUTES = [
    Route("/fine_tuning/alpha/graders/run", run, methods=["POST"]),
    Route("/fine_tuning/alpha/graders/validate", validate, methods=["POST"]),
]
