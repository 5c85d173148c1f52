"""The loss and accuracy of a fine-tuning job at each of its steps, the same again for the same job.

Columns of the result file: Azure's fine-tuning pages (API notes of 2026-11-23, part a).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from typing import Any

from console.simulator.words import dice

COLUMNS = (
    "step", "train_loss", "train_mean_token_accuracy", "valid_loss", "validation_mean_token_accuracy",
    "full_valid_loss", "full_valid_mean_token_accuracy",
)  # fmt: skip
# The file spells one name otherwise than events and checkpoints do.
_IN_EVENTS = {"validation_mean_token_accuracy": "valid_mean_token_accuracy"}
_EXTRA = {
    "supervised": (),
    "dpo": ("train_rewards_accuracies", "train_rewards_margins"),
    "reinforcement": ("train_reward_mean", "valid_reward_mean", "train_reasoning_tokens_mean"),
}
_VALID_EVERY = 5


def metrics(job: Mapping[str, Any], step: int) -> dict[str, float]:
    """The figures of one step; those of the validation file only where it is measured."""
    rng = dice("curve", job["id"], step)
    smooth = _loss(job, step)
    loss = max(smooth * (1 + rng.gauss(0, 0.06)), 0.005)
    told = {"step": step, "train_loss": round(loss, 4), "train_mean_token_accuracy": _accuracy(loss)}
    if job["validation_file"] and (step % _VALID_EVERY == 0 or step == job["steps"]):
        valid = _valid_loss(job, step) * (1 + rng.gauss(0, 0.04))
        told |= {"valid_loss": round(valid, 4), "valid_mean_token_accuracy": _accuracy(valid)}
    return told | _of_method(job, step, rng.gauss(0, 0.02))


def full_validation(job: Mapping[str, Any], step: int) -> dict[str, float]:
    """The figures over the whole validation file, at the end of an epoch; nothing without such a file."""
    if not job["validation_file"]:
        return {}
    valid = _valid_loss(job, step)
    return {"full_valid_loss": round(valid, 4), "full_valid_mean_token_accuracy": _accuracy(valid)}


def result_file(job: Mapping[str, Any]) -> bytes:
    """The table of all steps as CSV; a cell is blank where nothing was measured."""
    names = (*COLUMNS, *_EXTRA[job["method"]["type"]])
    target = io.StringIO()
    table = csv.writer(target, lineterminator="\n")
    table.writerow(names)
    for step in range(1, job["steps"] + 1):
        figures = metrics(job, step)
        if step in job["epoch_ends"]:
            figures |= full_validation(job, step)
        table.writerow([figures.get(_IN_EVENTS.get(name, name), "") for name in names])
    return target.getvalue().encode()


def _loss(job: Mapping[str, Any], step: int) -> float:
    rng = dice("shape", job["id"])
    start, floor = rng.uniform(1.5, 2.4), rng.uniform(0.18, 0.42)
    if job["method"]["type"] == "dpo":
        start, floor = 0.693, rng.uniform(0.12, 0.3)
    return floor + (start - floor) * math.exp(-_speed(job) * _epochs(job, step))


def _valid_loss(job: Mapping[str, Any], step: int) -> float:
    """Above the training loss, and rising again when the same examples are shown too often."""
    excess = max(_epochs(job, step) - 2.2, 0.0)
    return _loss(job, step) * 1.09 + 0.04 * math.pow(excess, 1.4) * _speed(job)


def _speed(job: Mapping[str, Any]) -> float:
    """How much is learned in an epoch; a higher learning rate learns faster."""
    return 1.15 * math.pow(min(max(float(job["learning_rate"]), 0.05), 8.0), 0.45)


def _epochs(job: Mapping[str, Any], step: int) -> float:
    return float(step * job["epochs"] / max(job["steps"], 1))


def _accuracy(loss: float) -> float:
    return round(min(max(math.exp(-0.62 * loss), 0.02), 0.999), 4)


def _of_method(job: Mapping[str, Any], step: int, noise: float) -> dict[str, float]:
    learned = 1 - math.exp(-_speed(job) * _epochs(job, step))
    if job["method"]["type"] == "dpo":
        accuracy = min(max(0.5 + 0.44 * learned + noise, 0.0), 1.0)
        return {
            "train_rewards_accuracies": round(accuracy, 4),
            "train_rewards_margins": round(1.9 * learned, 4),
        }
    if job["method"]["type"] == "reinforcement":
        reward = min(max(0.22 + 0.6 * learned + noise, 0.0), 1.0)
        return {
            "train_reward_mean": round(reward, 4),
            "valid_reward_mean": round(reward * 0.95, 4),
            "train_reasoning_tokens_mean": round(900 - 350 * learned),
        }
    return {}
