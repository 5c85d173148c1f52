"""Stored chat completions: what `store: true` kept can be listed, read, labelled and deleted.

Operations: Azure's page on stored completions (API notes of 2026-11-23, part a); they are in no v1 spec.
Fields: `ChatCompletionList` and `ChatCompletionMessageList` in the OpenAI spec of 2026-08-21.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.paging import Cursors, page_of
from console.simulator.shelves import Record, found, put, remove, shelf
from console.simulator.world import Call, call_of

KIND = "stored_completions"
_KEPT = 5000
_CURSORS = Cursors(order="asc", before=False)
_METADATA: dict[str, check.Check] = {"metadata": check.metadata}
_ASKED: dict[str, Any] = {
    "seed": None, "top_p": 1.0, "temperature": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0,
    "tools": None, "tool_choice": None, "response_format": None, "service_tier": "default",
}  # fmt: skip


def keep(call: Call, body: dict[str, Any], whole: dict[str, Any]) -> None:
    """Remember a completion with what was asked."""
    kept = shelf(call, KIND)
    asked = {name: default if body.get(name) is None else body[name] for name, default in _ASKED.items()}
    told = {
        **whole,
        **asked,
        "request_id": call.request_id,
        "input_user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }
    put(
        call,
        KIND,
        {"id": whole["id"], "told": told, "messages": body["messages"], "deployment": body["model"]},
    )
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]


async def index(request: Request) -> Response:
    """GET /chat/completions: by model (its id or its deployment) and by pairs of metadata."""
    call = call_of(request)
    kept = shelf(call, KIND)
    ids = [
        key
        for key, record in kept.items()
        if matches(record, request.query_params.get("model"), _pairs(request))
    ]
    return JSONResponse({**page_of(request, ids, lambda key: kept[key]["told"], _CURSORS), "total": len(ids)})


async def show(request: Request) -> Response:
    """GET /chat/completions/{completion_id}."""
    return JSONResponse(_find(call_of(request), request)["told"])


async def update(request: Request) -> Response:
    """POST /chat/completions/{completion_id}: its metadata."""
    call = call_of(request)
    record = _find(call, request)
    body = await json_object(request)
    if "metadata" not in body:
        raise check.missing("metadata")
    check.check_body(body, _METADATA, required=(), refuse_unknown=check.unrecognized)
    record["told"]["metadata"] = body["metadata"] or {}
    call.world.store.touch()
    return JSONResponse(record["told"])


async def delete(request: Request) -> Response:
    """DELETE /chat/completions/{completion_id}."""
    call = call_of(request)
    identifier = _find(call, request)["id"]
    remove(call, KIND, identifier)
    return JSONResponse({"object": "chat.completion.deleted", "id": identifier, "deleted": True})


async def messages(request: Request) -> Response:
    """GET /chat/completions/{completion_id}/messages: what was asked."""
    record = _find(call_of(request), request)
    rows = {
        f"{record['id']}-{number}": _message(f"{record['id']}-{number}", message)
        for number, message in enumerate(record["messages"])
    }
    return JSONResponse({**page_of(request, list(rows), rows.__getitem__, _CURSORS), "total": len(rows)})


def matches(record: Record, model: str | None, pairs: dict[str, str]) -> bool:
    """Whether a completion is of a model and has all the pairs in its metadata."""
    known = record["told"]["metadata"]
    of_model = model in (None, record["told"]["model"], record["deployment"])
    return of_model and all(known.get(key) == value for key, value in pairs.items())


def _pairs(request: Request) -> dict[str, str]:
    return {
        name.removeprefix("metadata[").removesuffix("]"): value
        for name, value in request.query_params.items()
        if name.startswith("metadata[") and name.endswith("]")
    }


def _message(identifier: str, message: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    text = content if parts is None else "".join(str(part.get("text") or "") for part in parts)
    return {"name": None, **message, "id": identifier, "content": text, "content_parts": parts}


def _find(call: Call, request: Request) -> Record:
    return found(call, KIND, request.path_params["completion_id"], "Chat completion", "completion_id")


ROUTES = [
    Route("/chat/completions", index, methods=["GET"]),
    Route("/chat/completions/{completion_id}", show, methods=["GET"]),
    Route("/chat/completions/{completion_id}", update, methods=["POST"]),
    Route("/chat/completions/{completion_id}", delete, methods=["DELETE"]),
    Route("/chat/completions/{completion_id}/messages", messages, methods=["GET"]),
]
