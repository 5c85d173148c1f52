"""Fine-tuning jobs: create, list, read, cancel, pause, resume, events.

Operations: `createFineTuningJob` and its siblings in the Azure v1 spec of 2026-01-28. The state `paused` is
Azure's, and not in the spec's list of states.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import training_progress as progress
from console.simulator.bodies import json_object
from console.simulator.errors import invalid
from console.simulator.fine_tuning_request import read_job
from console.simulator.paging import Cursors, page, page_of
from console.simulator.settling import settle
from console.simulator.shelves import Record, found, put, shelf
from console.simulator.training_events import events
from console.simulator.tuned_models import JOBS
from console.simulator.world import Call, World, call_of

_CURSORS = Cursors(fixed=True, before=False, ends=False)
_OVER = ("succeeded", "failed", "cancelled")


async def create(request: Request) -> Response:
    """POST /fine_tuning/jobs."""
    call = call_of(request)
    job = put(call, JOBS, await read_job(call, await json_object(request)))
    return JSONResponse(told(call.world, job))


async def index(request: Request) -> Response:
    """GET /fine_tuning/jobs."""
    call = call_of(request)
    settle(call)
    jobs = shelf(call, JOBS)
    return JSONResponse(page_of(request, list(jobs), lambda key: told(call.world, jobs[key]), _CURSORS))


async def show(request: Request) -> Response:
    """GET /fine_tuning/jobs/{fine_tuning_job_id}."""
    call = call_of(request)
    settle(call)
    return JSONResponse(told(call.world, find_job(call, request)))


async def cancel(request: Request) -> Response:
    """POST /fine_tuning/jobs/{fine_tuning_job_id}/cancel."""
    call = call_of(request)
    job = find_job(call, request)
    state = progress.status(call.world, job)
    if state in _OVER:
        raise _wrong_state(job, state, "cancelled")
    now = call.world.clock.now()
    job["pauses"] = [[since, now if until is None else until] for since, until in job["pauses"]]
    job["cancelled_at"] = now
    call.world.store.touch()
    return JSONResponse(told(call.world, job))


async def pause(request: Request) -> Response:
    """POST /fine_tuning/jobs/{fine_tuning_job_id}/pause: while it runs, after its first step."""
    call = call_of(request)
    job = find_job(call, request)
    state, step = progress.status(call.world, job), progress.step_of(call.world, job)
    if state != "running" or step < 1:
        raise _wrong_state(job, state, "paused before it has trained a step, or unless it runs")
    job["pauses"].append([call.world.clock.now(), None])
    job["paused_steps"].append(step)
    call.world.store.touch()
    return JSONResponse(told(call.world, job))


async def resume(request: Request) -> Response:
    """POST /fine_tuning/jobs/{fine_tuning_job_id}/resume."""
    call = call_of(request)
    job = find_job(call, request)
    state = progress.status(call.world, job)
    if state != "paused":
        raise _wrong_state(job, state, "resumed unless it is paused")
    job["pauses"][-1][1] = call.world.clock.now()
    call.world.store.touch()
    return JSONResponse(told(call.world, job))


async def index_events(request: Request) -> Response:
    """GET /fine_tuning/jobs/{fine_tuning_job_id}/events."""
    call = call_of(request)
    settle(call)
    return JSONResponse(page(request, events(call.world, find_job(call, request)), _CURSORS))


def find_job(call: Call, request: Request) -> Record:
    """The job that the path names, or 404."""
    wanted = request.path_params["fine_tuning_job_id"]
    return found(call, JOBS, wanted, "Fine-tuning job", "fine_tuning_job_id")


def told(world: World, job: Record) -> dict[str, Any]:
    """A job as the API tells it now."""
    state = progress.status(world, job)
    kind = job["method"]["type"]
    inner = job["method"][kind]
    if state != "validating_files":
        inner = {**inner, "hyperparameters": job["resolved"]}
    shown = inner["hyperparameters"]
    names = ("n_epochs", "batch_size", "learning_rate_multiplier")
    return {
        "id": job["id"],
        "object": "fine_tuning.job",
        "created_at": job["created_at"],
        "error": job["flaw"] if state == "failed" else None,
        "estimated_finish": progress.moment(world, job, progress.ends_at(job))
        if state == "running"
        else None,
        "fine_tuned_model": progress.finished_model(world, job),
        "finished_at": _finished_at(world, job, state),
        "hyperparameters": {name: shown.get(name, "auto") for name in names},
        "integrations": job["integrations"],
        "metadata": job["metadata"],
        "method": {"type": kind, kind: inner},
        "model": job["model"],
        "organization_id": "",
        "result_files": [job["result_file"]] if job["result_file"] else [],
        "seed": job["seed"],
        "status": state,
        "trained_tokens": job["tokens"] * job["epochs"] if state == "succeeded" else None,
        "training_file": job["training_file"],
        "validation_file": job["validation_file"],
    }


def _finished_at(world: World, job: Record, state: str) -> int | None:
    if state == "cancelled":
        return int(job["cancelled_at"])
    if state in ("succeeded", "failed"):
        ends = progress.ends_at(job) if state == "succeeded" else progress.VALIDATED_AT
        return progress.moment(world, job, ends)
    return None


def _wrong_state(job: Record, state: str, what: str) -> Exception:
    message = f"The fine-tuning job '{job['id']}' is {state}; it cannot be {what}."
    return invalid("invalid_job_state", message, param="fine_tuning_job_id")


_JOB = "/fine_tuning/jobs/{fine_tuning_job_id}"
ROUTES = [
    Route("/fine_tuning/jobs", index, methods=["GET"]),
    Route("/fine_tuning/jobs", create, methods=["POST"]),
    Route(_JOB, show, methods=["GET"]),
    Route(_JOB + "/cancel", cancel, methods=["POST"]),
    Route(_JOB + "/pause", pause, methods=["POST"]),
    Route(_JOB + "/resume", resume, methods=["POST"]),
    Route(_JOB + "/events", index_events, methods=["GET"]),
]
