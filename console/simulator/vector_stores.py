"""Vector stores: create, list, read, change, delete.

Operations: `createVectorStore` and its siblings in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import file_records, store_files
from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.errors import invalid
from console.simulator.paging import page_of
from console.simulator.shelves import Record, found, put, remove, shelf
from console.simulator.world import Call, call_of

KIND = "vector_stores"
MOST_IN_A_BATCH = 500
_DAY = 86400

_EXPIRY = check.shape(
    {"anchor": check.one_of("last_active_at"), "days": check.integer(1, 365)}, ("anchor", "days"), closed=True
)
_CHANGES: dict[str, check.Check] = {
    "name": check.text(256),
    "expires_after": _EXPIRY,
    "metadata": check.metadata,
}
_FIELDS: dict[str, check.Check] = {
    **_CHANGES,
    "description": check.text(512),
    "file_ids": check.array(MOST_IN_A_BATCH, items=check.text()),
    "chunking_strategy": store_files.chunking,
}


async def create(request: Request) -> Response:
    """POST /vector_stores."""
    call = call_of(request)
    body = await json_object(request)
    check.check_body(body, _FIELDS, required=(), refuse_unknown=check.unknown)
    if body.get("chunking_strategy") and not body.get("file_ids"):
        message = "'chunking_strategy' is only applicable when 'file_ids' is not empty."
        raise invalid("invalid_value", message, param="chunking_strategy")
    for file_id in body.get("file_ids") or ():
        file_records.find(call, file_id, param="file_ids")
    store = put(call, KIND, _record(call, body))
    for place, file_id in enumerate(body.get("file_ids") or ()):
        asked = {"file_id": file_id, "chunking_strategy": body.get("chunking_strategy")}
        store_files.attach(call, store["id"], asked, place=place)
    return JSONResponse(told(call, store))


async def index(request: Request) -> Response:
    """GET /vector_stores."""
    call = call_of(request)
    stores = shelf(call, KIND)
    return JSONResponse(page_of(request, list(stores), lambda key: told(call, stores[key])))


async def show(request: Request) -> Response:
    """GET /vector_stores/{vector_store_id}."""
    call = call_of(request)
    return JSONResponse(told(call, find(call, request)))


async def update(request: Request) -> Response:
    """POST /vector_stores/{vector_store_id}: null takes the expiry or the name away."""
    call = call_of(request)
    store = find(call, request)
    body = await json_object(request)
    check.check_body(body, _CHANGES, required=(), refuse_unknown=check.unknown)
    store.update(body)
    touch(call, store)
    return JSONResponse(told(call, store))


async def delete(request: Request) -> Response:
    """DELETE /vector_stores/{vector_store_id}: its files stay in the resource."""
    call = call_of(request)
    identifier = find(call, request)["id"]
    remove(call, KIND, identifier)
    store_files.entries(call, identifier).clear()
    return JSONResponse({"id": identifier, "object": "vector_store.deleted", "deleted": True})


def find(call: Call, request: Request) -> Record:
    """The store that the path names, or 404."""
    return found(call, KIND, request.path_params["vector_store_id"], "Vector store", "vector_store_id")


def living(call: Call, request: Request) -> Record:
    """The same, for what an expired store refuses; the store is active now."""
    store = find(call, request)
    if _is_over(call, store):
        message = f"Vector store {store['id']} is expired."
        raise invalid("vector_store_expired", message, param="vector_store_id")
    touch(call, store)
    return store


def touch(call: Call, store: Record) -> None:
    """Note that the store is used: its expiry counts from here."""
    if not _is_over(call, store):
        store["last_active_at"] = call.world.clock.seconds()
    call.world.store.touch()


def told(call: Call, store: Record) -> dict[str, Any]:
    """A store as the API tells it now."""
    files = list(store_files.entries(call, store["id"]).values())
    counts = store_files.counts(call.world, files)
    rows = [entry for entry in files if store_files.status(call.world, entry) == "completed"]
    row = {
        "id": store["id"],
        "object": "vector_store",
        "created_at": store["created_at"],
        "name": store["name"] or "",
        "usage_bytes": sum(entry["bytes"] for entry in rows),
        "file_counts": counts,
        "status": _status(call, store, counts),
        "expires_at": _expires_at(store),
        "last_active_at": store["last_active_at"],
        "metadata": store["metadata"] or {},
    }
    return {**row, "expires_after": store["expires_after"]} if store["expires_after"] else row


def _status(call: Call, store: Record, counts: dict[str, int]) -> str:
    if _is_over(call, store):
        return "expired"
    return "in_progress" if counts["in_progress"] else "completed"


def _is_over(call: Call, store: Record) -> bool:
    ends = _expires_at(store)
    return ends is not None and ends <= call.world.clock.now()


def _expires_at(store: Record) -> int | None:
    after = store["expires_after"]
    return store["last_active_at"] + after["days"] * _DAY if after else None


def _record(call: Call, body: dict[str, Any]) -> Record:
    now = call.world.clock.seconds()
    return {
        "id": call.world.clock.identifier("vs_", 24),
        "created_at": now,
        "last_active_at": now,
        "name": body.get("name"),
        "description": body.get("description"),
        "expires_after": body.get("expires_after"),
        "metadata": body.get("metadata"),
    }


ROUTES = [
    Route("/vector_stores", index, methods=["GET"]),
    Route("/vector_stores", create, methods=["POST"]),
    Route("/vector_stores/{vector_store_id}", show, methods=["GET"]),
    Route("/vector_stores/{vector_store_id}", update, methods=["POST"]),
    Route("/vector_stores/{vector_store_id}", delete, methods=["DELETE"]),
]
