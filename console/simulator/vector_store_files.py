"""Files of a vector store, one by one and in batches: attach, list, read, change, detach, content.

Operations: `createVectorStoreFile`, `createVectorStoreFileBatch` and their siblings in the Azure v1 spec of
2026-01-28.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import file_records, store_files, vector_stores
from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.errors import invalid, not_found
from console.simulator.paging import choice, page_of
from console.simulator.shelves import Record, Shelf, shelf
from console.simulator.store_search import chunks_in, results_page
from console.simulator.world import Call, call_of

_MOST = vector_stores.MOST_IN_A_BATCH
_BATCH_FIELDS: dict[str, check.Check] = {
    "file_ids": check.array(_MOST, 1, check.text()),
    "files": check.array(_MOST, 1, check.shape(store_files.FIELDS, ("file_id",), closed=True)),
    "chunking_strategy": store_files.chunking,
    "attributes": store_files.attributes,
}


async def create(request: Request) -> Response:
    """POST /vector_stores/{vector_store_id}/files."""
    call = call_of(request)
    store = vector_stores.living(call, request)
    body = await json_object(request)
    check.check_body(body, store_files.FIELDS, required=("file_id",), refuse_unknown=check.unknown)
    return JSONResponse(store_files.show(call.world, store_files.attach(call, store["id"], body)))


async def index(request: Request) -> Response:
    """GET /vector_stores/{vector_store_id}/files."""
    call = call_of(request)
    return _page(request, call, store_files.entries(call, vector_stores.find(call, request)["id"]))


async def show(request: Request) -> Response:
    """GET /vector_stores/{vector_store_id}/files/{file_id}."""
    call = call_of(request)
    return JSONResponse(store_files.show(call.world, _entry(call, request)))


async def update(request: Request) -> Response:
    """POST /vector_stores/{vector_store_id}/files/{file_id}: new attributes."""
    call = call_of(request)
    entry = _entry(call, request)
    body = await json_object(request)
    if "attributes" not in body:
        raise check.missing("attributes")
    fields: dict[str, check.Check] = {"attributes": store_files.attributes}
    check.check_body(body, fields, required=(), refuse_unknown=check.unknown)
    entry["attributes"] = body["attributes"] or {}
    call.world.store.touch()
    return JSONResponse(store_files.show(call.world, entry))


async def delete(request: Request) -> Response:
    """DELETE /vector_stores/{vector_store_id}/files/{file_id}: the file itself stays."""
    call = call_of(request)
    entry = _entry(call, request)
    del store_files.entries(call, entry["vector_store_id"])[entry["id"]]
    call.world.store.touch()
    return JSONResponse({"id": entry["id"], "object": "vector_store.file.deleted", "deleted": True})


async def content(request: Request) -> Response:
    """GET /vector_stores/{vector_store_id}/files/{file_id}/content: the text as it was cut into chunks."""
    call = call_of(request)
    entry = _entry(call, request)
    if store_files.status(call.world, entry) != "completed":
        raise invalid("file_not_processed", f"File '{entry['id']}' is not processed.", param="file_id")
    return JSONResponse(results_page([], [(entry, 1.0, chunks_in(call, entry))]))


async def create_batch(request: Request) -> Response:
    """POST /vector_stores/{vector_store_id}/file_batches."""
    call = call_of(request)
    store = vector_stores.living(call, request)
    body = await json_object(request)
    check.check_body(body, _BATCH_FIELDS, required=(), refuse_unknown=check.unknown)
    if bool(body.get("file_ids")) == bool(body.get("files")):
        message = "Exactly one of 'file_ids' and 'files' is required."
        raise invalid("invalid_parameter_combination", message, param="file_ids")
    asked = _asked(body)
    for one in asked:
        file_records.find(call, one["file_id"], param="file_ids")
    batch: Record = {
        "id": call.world.clock.identifier("vsfb_", 24),
        "created_at": call.world.clock.seconds(),
        "vector_store_id": store["id"],
        "cancelled": False,
        "files": [one["file_id"] for one in asked],
    }
    _batches(call, store["id"])[batch["id"]] = batch
    for place, one in enumerate(asked):
        store_files.attach(call, store["id"], one, batch=batch["id"], place=place)
    return JSONResponse(_told(call, batch))


async def show_batch(request: Request) -> Response:
    """GET /vector_stores/{vector_store_id}/file_batches/{batch_id}."""
    call = call_of(request)
    return JSONResponse(_told(call, _batch(call, request)))


async def cancel_batch(request: Request) -> Response:
    """POST …/file_batches/{batch_id}/cancel: what is not yet ingested never will be."""
    call = call_of(request)
    batch = _batch(call, request)
    batch["cancelled"] = True
    for entry in _members(call, batch).values():
        entry["cancelled"] = store_files.status(call.world, entry) in ("in_progress", "cancelled")
    call.world.store.touch()
    return JSONResponse(_told(call, batch))


async def batch_files(request: Request) -> Response:
    """GET …/file_batches/{batch_id}/files."""
    call = call_of(request)
    return _page(request, call, _members(call, _batch(call, request)))


def _page(request: Request, call: Call, entries: Shelf) -> Response:
    wanted = choice(request, "filter", store_files.STATUSES)
    ids = [key for key, entry in entries.items() if wanted in (None, store_files.status(call.world, entry))]
    return JSONResponse(page_of(request, ids, lambda key: store_files.show(call.world, entries[key])))


def _entry(call: Call, request: Request) -> Record:
    store = vector_stores.find(call, request)
    file_id = request.path_params["file_id"]
    entry = store_files.entries(call, store["id"]).get(file_id)
    if entry is None:
        raise not_found(f"In vector store '{store['id']}', file", file_id[:200], param="file_id")
    return entry


def _asked(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Each file of a batch with its own or the common settings, once."""
    common = {key: body.get(key) for key in ("chunking_strategy", "attributes")}
    rows = body.get("files") or [{"file_id": file_id, **common} for file_id in body["file_ids"]]
    return list({row["file_id"]: row for row in rows}.values())


def _batches(call: Call, store_id: str) -> Shelf:
    return shelf(call, f"vector_stores/{store_id}/file_batches")


def _batch(call: Call, request: Request) -> Record:
    store = vector_stores.find(call, request)
    identifier = request.path_params["batch_id"]
    batch = _batches(call, store["id"]).get(identifier)
    if batch is None:
        raise not_found("Vector store file batch", identifier[:200], param="batch_id")
    return batch


def _members(call: Call, batch: Record) -> Shelf:
    entries = store_files.entries(call, batch["vector_store_id"])
    return {key: entry for key, entry in entries.items() if entry["batch"] == batch["id"]}


def _told(call: Call, batch: Record) -> dict[str, Any]:
    counts = store_files.counts(call.world, list(_members(call, batch).values()))
    return {
        "id": batch["id"],
        "object": "vector_store.files_batch",
        "created_at": batch["created_at"],
        "vector_store_id": batch["vector_store_id"],
        "status": _status(batch, counts),
        "file_counts": counts,
    }


def _status(batch: Record, counts: dict[str, int]) -> str:
    if batch["cancelled"]:
        return "cancelled"
    if counts["in_progress"]:
        return "in_progress"
    return "failed" if counts["total"] and counts["failed"] == counts["total"] else "completed"


_STORE = "/vector_stores/{vector_store_id}"
ROUTES = [
    Route(_STORE + "/files", index, methods=["GET"]),
    Route(_STORE + "/files", create, methods=["POST"]),
    Route(_STORE + "/files/{file_id}", show, methods=["GET"]),
    Route(_STORE + "/files/{file_id}", update, methods=["POST"]),
    Route(_STORE + "/files/{file_id}", delete, methods=["DELETE"]),
    Route(_STORE + "/files/{file_id}/content", content, methods=["GET"]),
    Route(_STORE + "/file_batches", create_batch, methods=["POST"]),
    Route(_STORE + "/file_batches/{batch_id}", show_batch, methods=["GET"]),
    Route(_STORE + "/file_batches/{batch_id}/cancel", cancel_batch, methods=["POST"]),
    Route(_STORE + "/file_batches/{batch_id}/files", batch_files, methods=["GET"]),
]
