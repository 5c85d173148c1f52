"""Files: upload, list, read, download, delete.

Operations: `createFile` and its siblings in the Azure v1 spec of 2026-01-28. There is no `/uploads` on v1.
"""

from __future__ import annotations

from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from console.simulator import file_records, store_files
from console.simulator.errors import invalid
from console.simulator.multipart import Form, read_form
from console.simulator.paging import Cursors, page_of
from console.simulator.parameters import integer, missing, one_of
from console.simulator.settling import settle
from console.simulator.world import Call, call_of

LARGEST = 2 * 1024**3
_ACCEPTED = ("assistants", "batch", "fine-tune", "evals")
_SHORTEST_LIFE, _LONGEST_LIFE = 3600, 30 * 86400
_CURSORS = Cursors(limit=10_000, most=10_000, before=False)


async def create(request: Request) -> Response:
    """POST /files: the body goes to disk as it comes."""
    call = call_of(request)
    identifier = call.world.clock.identifier("file-", 32)
    try:
        form = await read_form(request, lambda: _open(call, identifier), LARGEST)
        record = file_records.keep(
            call.world,
            call.account,
            identifier,
            filename=_filename(form),
            purpose=_purpose(form),
            size=form.size,
            expires_after=_expiry(form),
        )
    except BaseException:
        call.world.blobs.discard(identifier)
        raise
    return JSONResponse(file_records.show(call.world, record))


async def index(request: Request) -> Response:
    """GET /files."""
    call = call_of(request)
    settle(call)
    ids = file_records.identifiers(call.world, call.account, request.query_params.get("purpose"))
    return JSONResponse(
        page_of(
            request,
            ids,
            lambda identifier: file_records.show(call.world, file_records.find(call, identifier)),
            _CURSORS,
        )
    )


async def show(request: Request) -> Response:
    """GET /files/{file_id}."""
    call = call_of(request)
    settle(call)
    return JSONResponse(
        file_records.show(call.world, file_records.find(call, request.path_params["file_id"]))
    )


async def content(request: Request) -> Response:
    """GET /files/{file_id}/content: the bytes, or the range of them that is asked for."""
    call = call_of(request)
    settle(call)
    record = file_records.find(call, request.path_params["file_id"])
    path = file_records.path_of(call.world, record)
    return FileResponse(path, media_type="application/octet-stream", filename=record["filename"])


async def delete(request: Request) -> Response:
    """DELETE /files/{file_id}: also out of every vector store."""
    call = call_of(request)
    identifier = file_records.find(call, request.path_params["file_id"])["id"]
    file_records.forget(call.world, call.account, identifier)
    store_files.forget_file(call, identifier)
    return JSONResponse({"id": identifier, "object": "file", "deleted": True})


def _open(call: Call, identifier: str) -> BinaryIO:
    return call.world.blobs.path(identifier).open("wb")


def _filename(form: Form) -> str:
    if form.filename is None:
        raise missing("file")
    return form.filename or "upload"


def _purpose(form: Form) -> str:
    purpose = form.fields.get("purpose")
    if not purpose:
        raise missing("purpose")
    one_of(*_ACCEPTED)("purpose", purpose)
    return purpose


def _expiry(form: Form) -> int | None:
    """Seconds to live, from either spelling of the form's fields."""
    seconds, anchor = (
        form.fields.get(f"expires_after[{name}]", form.fields.get(f"expires_after.{name}"))
        for name in ("seconds", "anchor")
    )
    if seconds is None and anchor is None:
        return None
    if seconds is None:
        raise missing("expires_after.seconds")
    if anchor is None:
        raise missing("expires_after.anchor")
    one_of("created_at")("expires_after.anchor", anchor)
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        raise invalid(
            "invalid_type", "Invalid type for 'expires_after.seconds': expected an integer.",
            param="expires_after.seconds",
        )  # fmt: skip
    integer(_SHORTEST_LIFE, _LONGEST_LIFE)("expires_after.seconds", int(seconds))
    return int(seconds)


ROUTES = [
    Route("/files", index, methods=["GET"]),
    Route("/files", create, methods=["POST"]),
    Route("/files/{file_id}", show, methods=["GET"]),
    Route("/files/{file_id}", delete, methods=["DELETE"]),
    Route("/files/{file_id}/content", content, methods=["GET"]),
]
