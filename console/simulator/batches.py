"""Batches: create, list, read, cancel.

Operations: `createBatch` and its siblings in the Azure v1 spec of 2026-01-28; `/v1/responses` as an endpoint
and `output_expires_after` from Azure's batch pages.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import batch_run, file_records
from console.simulator import parameters as check
from console.simulator.batch_input import Input, read_input
from console.simulator.bodies import json_object
from console.simulator.chat_request import named_deployment
from console.simulator.errors import invalid
from console.simulator.paging import Cursors, page_of
from console.simulator.settling import settle
from console.simulator.shelves import Record, found, put, shelf
from console.simulator.world import Call, call_of

KIND = "batches"
_DAY = 86400
_CURSORS = Cursors(fixed=True, before=False)
_ENDPOINTS = tuple(prefix + path for prefix in ("/v1", "") for path in batch_run.ENDPOINTS)
_FIELDS: dict[str, check.Check] = {
    "input_file_id": check.text(),
    "endpoint": check.one_of(*_ENDPOINTS),
    "completion_window": check.one_of("24h"),
    "metadata": check.metadata,
    "output_expires_after": check.shape(
        {"anchor": check.one_of("created_at"), "seconds": check.integer(3600, 30 * _DAY)},
        ("anchor", "seconds"),
        closed=True,
    ),
}


async def create(request: Request) -> Response:
    """POST /batches."""
    call = call_of(request)
    body = await json_object(request)
    check.check_body(
        body,
        _FIELDS,
        required=("input_file_id", "endpoint", "completion_window"),
        refuse_unknown=check.unknown,
    )
    path = file_records.path_of(call.world, _input_file(call, body["input_file_id"]))
    read = await asyncio.to_thread(read_input, path, body["endpoint"])
    if read.model and named_deployment(call, read.model) is None:
        read.wrong("model_not_found", f"The model deployment '{read.model}' does not exist.", 1, "body.model")
    batch = put(call, KIND, _record(call, body, read))
    return JSONResponse(told(call, batch), status_code=201)


async def index(request: Request) -> Response:
    """GET /batches."""
    call = call_of(request)
    settle(call)
    batches = shelf(call, KIND)
    return JSONResponse(page_of(request, list(batches), lambda key: told(call, batches[key]), _CURSORS))


async def show(request: Request) -> Response:
    """GET /batches/{batch_id}."""
    call = call_of(request)
    settle(call)
    return JSONResponse(told(call, _find(call, request)))


async def cancel(request: Request) -> Response:
    """POST /batches/{batch_id}/cancel: what is answered by now stays."""
    call = call_of(request)
    settle(call)
    batch = _find(call, request)
    state = batch_run.status(call, batch)
    if state in ("completed", "failed", "cancelled", "expired"):
        message = f"Cannot cancel a batch with status '{state}'."
        raise invalid("invalid_batch_state", message, param="batch_id")
    if batch["cancelling_at"] is None:
        batch["cancelling_at"] = call.world.clock.now()
        call.world.store.touch()
    settle(call)
    return JSONResponse(told(call, batch))


def told(call: Call, batch: Record) -> dict[str, Any]:
    """A batch as the API tells it now."""
    state = batch_run.status(call, batch)
    row: dict[str, Any] = {
        "id": batch["id"],
        "object": "batch",
        "endpoint": batch["endpoint"],
        "input_file_id": batch["input_file_id"],
        "completion_window": "24h",
        "status": state,
        "created_at": batch["created_at"],
        "expires_at": batch["created_at"] + _DAY,
        "request_counts": _counts(batch, state),
        "metadata": batch["metadata"],
        **_moments(call, batch, state),
    }
    if batch["model"] and state != "validating":
        row["model"] = batch["model"]
    if batch["errors"] and state == "failed":
        row["errors"] = {"object": "list", "data": batch["errors"]}
    if batch["published"]:
        row |= {
            "output_file_id": batch["output_id"],
            "error_file_id": batch["error_id"],
            "usage": batch["usage"],
        }
    return row


def _counts(batch: Record, state: str) -> dict[str, int]:
    total = 0 if state in ("validating", "failed") else batch["lines"]
    return {"total": total, "completed": batch["completed"], "failed": batch["failed"]}


def _moments(call: Call, batch: Record, state: str) -> dict[str, int]:
    """The times that the batch has reached."""
    clock, began = call.world.clock, batch["began"]
    begun = clock.moment(began, batch_run.VALIDATING)
    worked = clock.moment(began, batch_run.VALIDATING + batch["seconds"])
    if state == "validating":
        return {}
    if state == "failed":
        return {"failed_at": begun}
    times = {"in_progress_at": begun}
    if batch["cancelling_at"] is not None:
        asked = int(batch["cancelling_at"])
        times = {**({} if asked < begun else times), "cancelling_at": asked}
        ended = {"cancelled_at": clock.moment(batch["cancelling_at"], batch_run.CANCELLING)}
        return {**times, **(ended if state == "cancelled" else {})}
    if state in ("finalizing", "completed"):
        times["finalizing_at"] = worked
    if state == "completed":
        times["completed_at"] = clock.moment(worked, batch_run.FINALIZING)
    return times


def _input_file(call: Call, identifier: str) -> Record:
    file = file_records.look(call.world, call.account, identifier)
    if file is None:
        message = f"Invalid 'input_file_id': there is no file '{identifier[:100]}'."
        raise invalid("file_not_found", message, param="input_file_id")
    if file["purpose"] != "batch":
        message = f"Invalid 'input_file_id': its purpose must be 'batch', and is '{file['purpose']}'."
        raise invalid("invalid_file_purpose", message, param="input_file_id")
    if not file_records.is_processed(call.world, file):
        message = (
            "Invalid 'input_file_id': the file is not processed yet. Please wait a moment and try again."
        )
        raise invalid("file_not_processed", message, param="input_file_id")
    return file


def _find(call: Call, request: Request) -> Record:
    return found(call, KIND, request.path_params["batch_id"], "Batch", "batch_id")


def _record(call: Call, body: dict[str, Any], read: Input) -> Record:
    clock = call.world.clock
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    return {
        "id": clock.identifier("batch_", 32),
        "began": clock.now(),
        "created_at": clock.seconds(),
        "endpoint": body["endpoint"],
        "input_file_id": body["input_file_id"],
        "metadata": body.get("metadata"),
        "output_seconds": (body.get("output_expires_after") or {}).get("seconds"),
        "model": read.model,
        "lines": read.lines,
        "errors": read.errors,
        "seconds": batch_run.working_seconds(read.lines),
        "cancelling_at": None,
        "answered": 0,
        "completed": 0,
        "failed": 0,
        "offset": 0,
        "usage": {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0, **details},
        "output_id": clock.identifier("file-", 32),
        "error_id": clock.identifier("file-", 32),
        "published": False,
    }


ROUTES = [
    Route("/batches", index, methods=["GET"]),
    Route("/batches", create, methods=["POST"]),
    Route("/batches/{batch_id}", show, methods=["GET"]),
    Route("/batches/{batch_id}/cancel", cancel, methods=["POST"]),
]
