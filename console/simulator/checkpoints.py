"""Checkpoints of fine-tuning jobs: list, copy to another resource, permissions.

Operations: `listFineTuningJobCheckpoints`, `FineTuning_CopyCheckpoint` (preview) and
`createFineTuningCheckpointPermission` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import parameters as check
from console.simulator import training_curves
from console.simulator import training_progress as progress
from console.simulator.accounts import Account
from console.simulator.bodies import json_object
from console.simulator.errors import not_found
from console.simulator.fine_tuning import find_job
from console.simulator.guard import require_preview
from console.simulator.paging import Cursors, page
from console.simulator.shelves import Record, Shelf, shelf, shelf_of
from console.simulator.tuned_models import COPIED_IN, COPIES, find_tuned
from console.simulator.world import Call, World, call_of

PREVIEW = "aoai-copy-ft-checkpoints"
_CURSORS = Cursors(limit=10, fixed=True, before=False)
_PERMISSIONS = Cursors(limit=10, order="descending", orders=("ascending", "descending"), before=False)
_COPY_FIELDS: dict[str, check.Check] = {"destinationResourceId": check.text(), "region": check.text()}
_PERMISSION_FIELDS: dict[str, check.Check] = {"project_ids": check.array(100, 1, check.text())}


async def index(request: Request) -> Response:
    """GET /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints."""
    call = call_of(request)
    job = find_job(call, request)
    rows = [_row(call.world, job, step) for step in progress.checkpoint_steps(call.world, job)]
    return JSONResponse(page(request, rows, _CURSORS))


async def copy(request: Request) -> Response:
    """POST …/checkpoints/{fine_tuning_checkpoint_id}/copy: the destination is another resource by its ARM id."""
    require_preview(request.headers, PREVIEW)
    call = call_of(request)
    job, step = _checkpoint(call, request)
    body = await json_object(request)
    check.check_body(body, _COPY_FIELDS, required=tuple(_COPY_FIELDS), refuse_unknown=check.unknown)
    target = _destination(call.world, body)
    copies = job.setdefault("copies", [])
    record = {"step": step, "began": call.world.clock.now(), "arrives": target is not None, **body}
    copies.append(record)
    if target is not None:
        arrived = {"id": progress.model_at(job, step), "job": job, "step": step, "began": record["began"]}
        shelf_of(call.world, target, COPIES)[arrived["id"]] = arrived
    call.world.store.touch()
    return JSONResponse(_copies(call.world, job, step))


async def show_copy(request: Request) -> Response:
    """GET …/checkpoints/{fine_tuning_checkpoint_id}/copy: how far each copy is."""
    require_preview(request.headers, PREVIEW)
    call = call_of(request)
    job, step = _checkpoint(call, request)
    return JSONResponse(_copies(call.world, job, step))


async def permissions(request: Request) -> Response:
    """GET /fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions."""
    rows = _permissions(call_of(request), request)
    project = request.query_params.get("project_id")
    shown = [row for row in rows.values() if project in (None, row["project_id"])]
    return JSONResponse(page(request, shown, _PERMISSIONS))


async def permit(request: Request) -> Response:
    """POST /fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions: one for each project."""
    call = call_of(request)
    known = _permissions(call, request)
    body = await json_object(request)
    check.check_body(body, _PERMISSION_FIELDS, required=("project_ids",), refuse_unknown=check.unknown)
    made = [
        {
            "id": call.world.clock.identifier("cp_", 24),
            "object": "checkpoint.permission",
            "created_at": call.world.clock.seconds(),
            "project_id": project,
        }
        for project in body["project_ids"]
    ]
    known |= {row["id"]: row for row in made}
    call.world.store.touch()
    ends = {"first_id": made[0]["id"], "last_id": made[-1]["id"]}
    return JSONResponse({"object": "list", "data": made, **ends, "has_more": False})


async def forbid(request: Request) -> Response:
    """DELETE /fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions/{permission_id}."""
    call = call_of(request)
    identifier = request.path_params["permission_id"]
    if _permissions(call, request).pop(identifier, None) is None:
        raise not_found("Checkpoint permission", identifier[:200], param="permission_id")
    call.world.store.touch()
    return JSONResponse({"id": identifier, "object": "checkpoint.permission", "deleted": True})


def _row(world: World, job: Record, step: int) -> dict[str, Any]:
    figures = {**training_curves.metrics(job, step), **training_curves.full_validation(job, step)}
    return {
        "id": progress.checkpoint_id(job, step),
        "object": "fine_tuning.job.checkpoint",
        "created_at": progress.moment(world, job, progress.seconds_of_step(job, step)),
        "fine_tuned_model_checkpoint": progress.model_at(job, step),
        "fine_tuning_job_id": job["id"],
        "step_number": step,
        "metrics": {name: value for name, value in figures.items() if name in _SPECIFIED},
    }


def _checkpoint(call: Call, request: Request) -> tuple[Record, int]:
    """The job and the step of the checkpoint that the path names, by its id or by its model."""
    job = find_job(call, request)
    wanted = request.path_params["fine_tuning_checkpoint_id"]
    for step in progress.checkpoint_steps(call.world, job):
        if wanted in (progress.checkpoint_id(job, step), progress.model_at(job, step)):
            return job, step
    raise not_found("Fine-tuning checkpoint", wanted[:200], param="fine_tuning_checkpoint_id")


def _destination(world: World, body: dict[str, Any]) -> Account | None:
    """The resource with that ARM id in that region, or None; nothing can be copied to nowhere."""
    region = body["region"].replace(" ", "").casefold()
    for account in world.accounts.values():
        if account.id.casefold() == body["destinationResourceId"].casefold():
            return account if account.location == region else None
    return None


def _copies(world: World, job: Record, step: int) -> dict[str, Any]:
    return {
        "checkpointedModelName": progress.model_at(job, step),
        "fineTuningJobId": job["id"],
        "copiedAccountDetails": [
            {
                "destinationResourceId": one["destinationResourceId"],
                "region": one["region"],
                "status": _copy_status(world, one),
            }
            for one in job.get("copies", ())
            if one["step"] == step
        ],
    }


def _copy_status(world: World, record: Record) -> str:
    if world.clock.elapsed(record["began"]) < COPIED_IN:
        return "InProgress"
    return "Completed" if record["arrives"] else "Failed"


def _permissions(call: Call, request: Request) -> Shelf:
    name = request.path_params["fine_tuned_model_checkpoint"]
    if find_tuned(call.world, call.account, name) is None:
        raise not_found("Fine-tuned model checkpoint", name[:200], param="fine_tuned_model_checkpoint")
    return shelf(call, f"checkpoint_permissions/{name}")


_SPECIFIED = (
    "step", "train_loss", "train_mean_token_accuracy", "valid_loss", "valid_mean_token_accuracy",
    "full_valid_loss", "full_valid_mean_token_accuracy",
)  # fmt: skip
_JOB = "/fine_tuning/jobs/{fine_tuning_job_id}"
_CHECKPOINT = "/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}"
ROUTES = [
    Route(_JOB + "/checkpoints", index, methods=["GET"]),
    Route(_JOB + "/checkpoints/{fine_tuning_checkpoint_id}/copy", copy, methods=["POST"]),
    Route(_JOB + "/checkpoints/{fine_tuning_checkpoint_id}/copy", show_copy, methods=["GET"]),
    Route(_CHECKPOINT + "/permissions", permissions, methods=["GET"]),
    Route(_CHECKPOINT + "/permissions", permit, methods=["POST"]),
    Route(_CHECKPOINT + "/permissions/{permission_id}", forbid, methods=["DELETE"]),
]
