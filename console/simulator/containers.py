"""Containers of the code interpreter and their files: create, list, read, delete.

Operations: `createContainer` and its siblings in the Azure v1 spec of 2026-01-28. Deleting answers with an
empty body, as the spec has it.
"""

from __future__ import annotations

import shutil
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from console.simulator import file_records
from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.conversations import offered
from console.simulator.errors import invalid, not_found
from console.simulator.multipart import read_form
from console.simulator.paging import page_of
from console.simulator.shelves import Record, Shelf, found, put, remove, shelf
from console.simulator.world import Call

KIND = "containers"
_LARGEST = 512 * 1024**2
_MINUTES = 20
_FIELDS: dict[str, check.Check] = {
    "name": check.text(256),
    "file_ids": check.array(100, items=check.text()),
    "expires_after": check.shape(
        {"anchor": check.one_of("last_active_at"), "minutes": check.integer(1, 20)},
        ("anchor", "minutes"),
        closed=True,
    ),
    "memory_limit": check.one_of("1g", "4g", "16g", "64g"),
}


async def create(request: Request) -> Response:
    """POST /containers."""
    call = offered(request)
    body = await json_object(request)
    check.check_body(body, _FIELDS, required=("name",), refuse_unknown=check.unknown)
    files = [
        file_records.find(call, identifier, param="file_ids") for identifier in body.get("file_ids") or ()
    ]
    now = call.world.clock.seconds()
    record: Record = {
        "id": call.world.clock.identifier("cntr_", 32),
        "name": body["name"],
        "created_at": now,
        "last_active_at": now,
        "minutes": (body.get("expires_after") or {}).get("minutes", _MINUTES),
        "memory_limit": body.get("memory_limit") or "1g",
    }
    put(call, KIND, record)
    for file in files:
        _take(call, record, file)
    return JSONResponse(_told(call, record))


async def index(request: Request) -> Response:
    """GET /containers."""
    call = offered(request)
    kept = shelf(call, KIND)
    return JSONResponse(page_of(request, list(kept), lambda key: _told(call, kept[key])))


async def show(request: Request) -> Response:
    """GET /containers/{container_id}."""
    call = offered(request)
    return JSONResponse(_told(call, _find(call, request)))


async def delete(request: Request) -> Response:
    """DELETE /containers/{container_id}."""
    call = offered(request)
    record = _find(call, request)
    for identifier in _files(call, record):
        call.world.blobs.discard(identifier)
    _files(call, record).clear()
    remove(call, KIND, record["id"])
    return Response()


async def create_file(request: Request) -> Response:
    """POST /containers/{container_id}/files: the bytes of a form, or a file of the resource by its id."""
    call = offered(request)
    record = _living(call, request)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return JSONResponse(await _upload(call, record, request))
    body = await json_object(request)
    fields: dict[str, check.Check] = {"file_id": check.text()}
    check.check_body(body, fields, required=("file_id",), refuse_unknown=check.unknown)
    return JSONResponse(_take(call, record, file_records.find(call, body["file_id"])))


async def index_files(request: Request) -> Response:
    """GET /containers/{container_id}/files."""
    call = offered(request)
    files = _files(call, _find(call, request))
    return JSONResponse(page_of(request, list(files), files.__getitem__))


async def show_file(request: Request) -> Response:
    """GET /containers/{container_id}/files/{file_id}."""
    call = offered(request)
    return JSONResponse(_file(call, _find(call, request), request))


async def content(request: Request) -> Response:
    """GET /containers/{container_id}/files/{file_id}/content."""
    call = offered(request)
    file = _file(call, _living(call, request), request)
    return FileResponse(call.world.blobs.path(file["id"]), media_type="application/octet-stream")


async def delete_file(request: Request) -> Response:
    """DELETE /containers/{container_id}/files/{file_id}."""
    call = offered(request)
    record = _find(call, request)
    identifier = _file(call, record, request)["id"]
    del _files(call, record)[identifier]
    call.world.blobs.discard(identifier)
    call.world.store.touch()
    return Response()


async def _upload(call: Call, record: Record, request: Request) -> Record:
    identifier = call.world.clock.identifier("cfile_", 32)
    path = call.world.blobs.path(identifier)
    try:
        form = await read_form(request, lambda: path.open("wb"), _LARGEST)
    except BaseException:
        call.world.blobs.discard(identifier)
        raise
    if form.filename is not None:
        return _keep(call, record, identifier, form.filename, form.size)
    if form.fields.get("file_id"):
        return _take(call, record, file_records.find(call, form.fields["file_id"]))
    raise check.missing("file")


def _take(call: Call, record: Record, file: Record) -> Record:
    """A copy of a file of the resource."""
    identifier = call.world.clock.identifier("cfile_", 32)
    shutil.copyfile(file_records.path_of(call.world, file), call.world.blobs.path(identifier))
    return _keep(call, record, identifier, file["filename"], file["bytes"])


def _keep(call: Call, record: Record, identifier: str, name: str, size: int) -> Record:
    file = {
        "id": identifier,
        "object": "container.file",
        "container_id": record["id"],
        "created_at": call.world.clock.seconds(),
        "bytes": size,
        "path": f"/mnt/data/{name or identifier}",
        "source": "user",
    }
    _files(call, record)[identifier] = file
    record["last_active_at"] = call.world.clock.seconds()
    call.world.store.touch()
    return file


def _told(call: Call, record: Record) -> dict[str, Any]:
    return {
        "id": record["id"],
        "object": "container",
        "name": record["name"],
        "created_at": record["created_at"],
        "status": "expired" if _is_over(call, record) else "running",
        "last_active_at": record["last_active_at"],
        "expires_after": {"anchor": "last_active_at", "minutes": record["minutes"]},
        "memory_limit": record["memory_limit"],
    }


def _is_over(call: Call, record: Record) -> bool:
    return bool(call.world.clock.now() >= record["last_active_at"] + record["minutes"] * 60)


def _find(call: Call, request: Request) -> Record:
    return found(call, KIND, request.path_params["container_id"], "Container", "container_id")


def _living(call: Call, request: Request) -> Record:
    """The container that the path names, in use from now; an expired one refuses."""
    record = _find(call, request)
    if _is_over(call, record):
        raise invalid("container_expired", f"Container '{record['id']}' is expired.", param="container_id")
    record["last_active_at"] = call.world.clock.seconds()
    call.world.store.touch()
    return record


def _files(call: Call, record: Record) -> Shelf:
    return shelf(call, f"{KIND}/{record['id']}/files")


def _file(call: Call, record: Record, request: Request) -> Record:
    identifier = request.path_params["file_id"]
    file = _files(call, record).get(identifier)
    if file is None:
        raise not_found("Container file", identifier[:200], param="file_id")
    return file


_ONE = "/containers/{container_id}"
ROUTES = [
    Route("/containers", index, methods=["GET"]),
    Route("/containers", create, methods=["POST"]),
    Route(_ONE, show, methods=["GET"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(_ONE + "/files", index_files, methods=["GET"]),
    Route(_ONE + "/files", create_file, methods=["POST"]),
    Route(_ONE + "/files/{file_id}", show_file, methods=["GET"]),
    Route(_ONE + "/files/{file_id}", delete_file, methods=["DELETE"]),
    Route(_ONE + "/files/{file_id}/content", content, methods=["GET"]),
]
