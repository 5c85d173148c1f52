"""How far a fine-tuning job is: a function of its record and the clock, with its pauses left out.

Nothing works in the background, so that a job survives a restart of the simulator.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from console.simulator.words import digest
from console.simulator.world import World

# Seconds of simulated time.
VALIDATED_AT = 6.0
STARTED_AT = 12.0
FINISHING = 4.0
_SECONDS_A_STEP, _SHORTEST, _LONGEST = 0.6, 30.0, 900.0

Job = Mapping[str, Any]


def training_seconds(steps: int) -> float:
    """How long so many steps take."""
    return min(max(steps * _SECONDS_A_STEP, _SHORTEST), _LONGEST)


def status(world: World, job: Job) -> str:
    """validating_files, queued, running, paused, succeeded, failed or cancelled."""
    done = worked(world, job)
    if job["flaw"] and done >= VALIDATED_AT:
        return "failed"
    if job["cancelled_at"] is not None:
        return "cancelled"
    if done < VALIDATED_AT:
        return "validating_files"
    if done < STARTED_AT:
        return "queued"
    if is_paused(job):
        return "paused"
    return "running" if done < ends_at(job) else "succeeded"


def is_paused(job: Job) -> bool:
    return bool(job["pauses"]) and job["pauses"][-1][1] is None


def ends_at(job: Job) -> float:
    """The seconds of work after which a job has succeeded."""
    return STARTED_AT + float(job["seconds"]) + FINISHING


def worked(world: World, job: Job) -> float:
    """Seconds of work so far."""
    now = world.clock.now()
    end = now if job["cancelled_at"] is None else job["cancelled_at"]
    if world.clock.speed <= 0:
        return math.inf
    rest = sum((end if until is None else until) - since for since, until in job["pauses"])
    return float((end - job["began"] - rest) / world.clock.speed)


def moment(world: World, job: Job, seconds: float) -> int:
    """The Unix second at which a job has worked so long."""
    at = job["began"] + seconds * world.clock.speed
    for since, until in job["pauses"]:
        if until is not None and since < at:
            at += until - since
    return int(at)


def step_of(world: World, job: Job) -> int:
    """The last step that is done."""
    share = (worked(world, job) - STARTED_AT) / job["seconds"]
    return int(job["steps"] * min(max(share, 0.0), 1.0)) if not job["flaw"] else 0


def seconds_of_step(job: Job, step: int) -> float:
    return STARTED_AT + float(job["seconds"] * step / max(job["steps"], 1))


def checkpoint_steps(world: World, job: Job) -> list[int]:
    """The steps at which there is a checkpoint by now: the ends of epochs, and each pause."""
    done = step_of(world, job)
    return sorted({step for step in (*job["epoch_ends"], *job["paused_steps"]) if 0 < step <= done})


def model_at(job: Job, step: int) -> str:
    """The name of the model that a checkpoint is; that of the last step is the job's."""
    suffix = f"-{job['suffix']}" if job["suffix"] else ""
    return f"{job['model']}.ft-{digest(job['id'], step)[:32]}{suffix}"


def checkpoint_id(job: Job, step: int) -> str:
    return f"ftchkpt-{digest('checkpoint', job['id'], step)[:32]}"


def finished_model(world: World, job: Job) -> str | None:
    """The name of the job's model once there is one."""
    return model_at(job, job["steps"]) if status(world, job) == "succeeded" else None
