"""What a fine-tuning job has told so far: messages, and the figures of its steps.

Shape: `OpenAI.FineTuningJobEvent` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.simulator import training_curves
from console.simulator import training_progress as progress
from console.simulator.training_progress import Job
from console.simulator.words import digest
from console.simulator.world import World

_MOST_FIGURES = 200

# When it happened (Unix seconds), its level, message, and figures if it has any.
Told = tuple[int, str, str, dict[str, Any] | None]


def events(world: World, job: Job) -> list[dict[str, Any]]:
    """All events until now, the oldest first."""
    return [_event(job, number, told) for number, told in enumerate(sorted(_told(world, job), key=_when))]


def _when(told: Told) -> int:
    return told[0]


def _event(job: Job, number: int, told: Told) -> dict[str, Any]:
    when, level, message, figures = told
    row = {
        "id": f"ftevent-{digest('event', job['id'], number, message)[:32]}",
        "object": "fine_tuning.job.event",
        "created_at": when,
        "level": level,
        "message": message,
        "type": "message" if figures is None else "metrics",
    }
    return row if figures is None else {**row, "data": figures}


def _told(world: World, job: Job) -> Iterator[Told]:
    done = progress.worked(world, job)
    at = job["created_at"]
    yield at, "info", f"Created fine-tuning job: {job['id']}", None
    yield at, "info", f"Validating training file: {job['training_file']}", None
    if job["validation_file"]:
        yield at, "info", f"Validating validation file: {job['validation_file']}", None
    if done >= progress.VALIDATED_AT:
        yield from _validated(world, job)
    if done >= progress.STARTED_AT and not job["flaw"]:
        yield progress.moment(world, job, progress.STARTED_AT), "info", "Fine-tuning job started", None
        yield from _steps(world, job)
    yield from _ends(world, job)


def _validated(world: World, job: Job) -> Iterator[Told]:
    at = progress.moment(world, job, progress.VALIDATED_AT)
    if job["flaw"]:
        yield at, "error", job["flaw"]["message"], None
    else:
        yield at, "info", f"Files validated: {job['examples']} training examples", None
        yield at, "info", "Job enqueued. Waiting for jobs ahead to complete", None


def _steps(world: World, job: Job) -> Iterator[Told]:
    every = max(job["steps"] // _MOST_FIGURES, 1)
    ends = set(job["epoch_ends"])
    checkpoints = set(progress.checkpoint_steps(world, job))
    for step in range(1, progress.step_of(world, job) + 1):
        at = progress.moment(world, job, progress.seconds_of_step(job, step))
        if step % every == 0 or step in ends or step == 1:
            figures = training_curves.metrics(job, step)
            if step in ends:
                figures |= training_curves.full_validation(job, step)
            message = f"Step {step}/{job['steps']}: training loss={figures['train_loss']:.2f}"
            if "valid_loss" in figures:
                message += f", validation loss={figures['valid_loss']:.2f}"
            yield at, "info", message, {**figures, "total_steps": job["steps"]}
        if step in checkpoints:
            yield at, "info", f"Checkpoint created at step {step}", None


def _ends(world: World, job: Job) -> Iterator[Told]:
    for since, until in job["pauses"]:
        yield int(since), "info", "Job paused", None
        if until is not None:
            yield int(until), "info", "Job resumed", None
    state = progress.status(world, job)
    if state == "cancelled":
        yield int(job["cancelled_at"]), "warn", "Job cancelled", None
    elif state == "succeeded":
        at = progress.moment(world, job, progress.ends_at(job))
        yield at, "info", f"New fine-tuned model created: {progress.finished_model(world, job)}", None
        yield at, "info", "Completed results file: results.csv", None
        yield at, "info", "The job has successfully completed", None
