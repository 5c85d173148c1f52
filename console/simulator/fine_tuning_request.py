"""Reading a request for a fine-tuning job, and the record that its whole life follows from.

Fields: `OpenAI.CreateFineTuningJobRequest` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

import asyncio
import math
from typing import Any

from console.simulator import file_records
from console.simulator import parameters as check
from console.simulator import training_progress as progress
from console.simulator.errors import Refusal, invalid
from console.simulator.graders import check_grader
from console.simulator.shelves import Record
from console.simulator.training_files import LEAST_EXAMPLES, Reading, read_training
from console.simulator.tuned_models import base_model, find_tuned
from console.simulator.world import Call

METHODS = ("supervised", "dpo", "reinforcement")
_MOST_STEPS = 20_000


def _or_auto(wanted: check.Check) -> check.Check:
    return check.either(wanted, check.one_of("auto"))


_BASIC: dict[str, check.Check] = {
    "n_epochs": _or_auto(check.integer(1, 50)),
    "batch_size": _or_auto(check.integer(1, 256)),
    "learning_rate_multiplier": _or_auto(check.number(0.0001, 10)),
}
_HYPERPARAMETERS: dict[str, dict[str, check.Check]] = {
    "supervised": _BASIC,
    "dpo": {**_BASIC, "beta": _or_auto(check.number(0.0001, 2))},
    "reinforcement": {
        **_BASIC,
        "compute_multiplier": _or_auto(check.number(0.00001, 10)),
        "eval_interval": _or_auto(check.integer(1)),
        "eval_samples": _or_auto(check.integer(1)),
        "reasoning_effort": check.one_of("default", "low", "medium", "high"),
    },
}
_AUTO: dict[str, Any] = {
    "beta": 0.1, "compute_multiplier": 1.0, "eval_interval": 5, "eval_samples": 3, "reasoning_effort": "default",
}  # fmt: skip


def _settings(method: str) -> check.Check:
    return check.shape(_HYPERPARAMETERS[method], closed=True)


_METHOD = check.shape(
    {
        "type": check.one_of(*METHODS),
        "supervised": check.shape({"hyperparameters": _settings("supervised")}, closed=True),
        "dpo": check.shape({"hyperparameters": _settings("dpo")}, closed=True),
        "reinforcement": check.shape(
            {
                "grader": check_grader,
                "response_format": check.mapping,
                "hyperparameters": _settings("reinforcement"),
            },
            ("grader",),
            closed=True,
        ),
    },
    ("type",),
    closed=True,
)
_WANDB = check.shape(
    {
        "project": check.text(),
        "name": check.text(),
        "entity": check.text(),
        "tags": check.array(50, items=check.text(64)),
    },
    ("project",),
)
FIELDS: dict[str, check.Check] = {
    "model": check.text(),
    "training_file": check.text(),
    "validation_file": check.text(),
    "hyperparameters": check.shape(_BASIC, closed=True),
    "suffix": check.text(40),
    "seed": check.integer(0, 2**31 - 1),
    "method": _METHOD,
    "integrations": check.array(
        1, items=check.shape({"type": check.one_of("wandb"), "wandb": _WANDB}, ("type", "wandb"))
    ),
    "metadata": check.metadata,
}


async def read_job(call: Call, body: dict[str, Any]) -> Record:
    """The record of a new job; refuses what the service refuses before it looks into the files."""
    check.check_body(body, FIELDS, required=("model", "training_file"), refuse_unknown=check.unknown)
    method = _method(body)
    model = _model(call, body["model"], method["type"])
    training = await _reading(call, body, "training_file", method["type"])
    validation = await _reading(call, body, "validation_file", method["type"])
    return _record(call, body, method, model, training, validation)


def _method(body: dict[str, Any]) -> dict[str, Any]:
    """The method with its hyperparameters, wherever they were given."""
    given = body.get("method") or {"type": "supervised"}
    kind = given["type"]
    if kind == "reinforcement" and not given.get("reinforcement"):
        raise check.missing("method.reinforcement.grader")
    if given.get(kind) and given[kind].get("hyperparameters") and body.get("hyperparameters"):
        message = "Give the hyperparameters either in 'method' or in 'hyperparameters', not in both."
        raise invalid("invalid_parameter_combination", message, param="hyperparameters")
    inner = given.get(kind) or {}
    chosen = inner.get("hyperparameters") or body.get("hyperparameters") or {}
    return {"type": kind, kind: {**inner, "hyperparameters": chosen}}


def _model(call: Call, name: str, method: str) -> str:
    """The id of the base model that is named, also by a fine-tuned model that is to learn more."""
    tuned = find_tuned(call.world, call.account, name)
    base = base_model(call.account, tuned.job["model"] if tuned else name)
    if base is None:
        raise _cannot(f"The model '{name[:100]}' does not exist or cannot be fine-tuned.")
    methods = ("reinforcement",) if base.name.startswith("o") else METHODS
    if method not in methods or (method == "reinforcement" and not base.name.startswith(("o", "gpt-5"))):
        raise _cannot(f"The model '{base.id}' cannot be fine-tuned with the method '{method}'.")
    return base.id


def _cannot(message: str) -> Refusal:
    return invalid("model_not_available", message, param="model")


async def _reading(call: Call, body: dict[str, Any], name: str, method: str) -> Reading | None:
    if not body.get(name):
        return None
    file = file_records.look(call.world, call.account, body[name])
    if file is None:
        raise invalid(
            "file_not_found", f"Invalid '{name}': there is no file '{body[name][:100]}'.", param=name
        )
    if file["purpose"] != "fine-tune":
        message = f"Invalid '{name}': its purpose must be 'fine-tune', and is '{file['purpose']}'."
        raise invalid("invalid_file_purpose", message, param=name)
    return await asyncio.to_thread(read_training, file_records.path_of(call.world, file), method)


def _record(
    call: Call,
    body: dict[str, Any],
    method: dict[str, Any],
    model: str,
    training: Reading | None,
    validation: Reading | None,
) -> Record:
    clock = call.world.clock
    identifier = clock.identifier("ftjob-", 32)
    read = training or Reading()
    chosen = method[method["type"]]["hyperparameters"]
    resolved = _resolved(chosen, method["type"], read.examples)
    per_epoch = max(math.ceil(read.examples / resolved["batch_size"]), 1)
    steps = min(per_epoch * resolved["n_epochs"], _MOST_STEPS)
    return {
        "id": identifier,
        "began": clock.now(),
        "created_at": clock.seconds(),
        "model": model,
        "training_file": body["training_file"],
        "validation_file": body.get("validation_file"),
        "suffix": body.get("suffix") or "",
        "seed": clock.seconds() % 2**31 if body.get("seed") is None else body["seed"],
        "method": method,
        "resolved": resolved,
        "integrations": body.get("integrations") or [],
        "metadata": body.get("metadata"),
        "flaw": _flaw("training_file", training) or _flaw("validation_file", validation),
        "examples": read.examples,
        "tokens": read.tokens,
        "lessons": read.lessons,
        "epochs": resolved["n_epochs"],
        "learning_rate": resolved["learning_rate_multiplier"],
        "steps": steps,
        "epoch_ends": [min(per_epoch * epoch, steps) for epoch in range(1, resolved["n_epochs"] + 1)],
        "seconds": progress.training_seconds(steps),
        "pauses": [],
        "paused_steps": [],
        "cancelled_at": None,
        "result_file": None,
    }


def _resolved(chosen: dict[str, Any], method: str, examples: int) -> dict[str, Any]:
    """The hyperparameters with a number for every `auto`."""
    auto = {
        **_AUTO,
        "n_epochs": 3 if examples < 5000 else 2,
        "batch_size": max(min(examples // 50, 64), 1),
        "learning_rate_multiplier": 1.0 if method == "dpo" else 2.0,
    }
    return {
        name: auto[name] if chosen.get(name) in (None, "auto") else chosen[name]
        for name in _HYPERPARAMETERS[method]
    }


def _flaw(name: str, reading: Reading | None) -> dict[str, str] | None:
    if reading is None:
        return None
    noun = name.replace("_", " ")
    if reading.flaw:
        message = f"The job failed due to an invalid {noun}. Invalid file format. {reading.flaw}"
    elif name == "training_file" and reading.examples < LEAST_EXAMPLES:
        message = (
            f"The job failed due to an invalid {noun}. It has {reading.examples} example(s), "
            f"but must have at least {LEAST_EXAMPLES}."
        )
    elif reading.examples == 0:
        message = f"The job failed due to an invalid {noun}. It has no examples."
    else:
        return None
    return {"code": f"invalid_{name}", "message": message, "param": name}
