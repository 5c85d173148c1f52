"""Evals: create, list, read, change, delete. Every operation wants the preview header.

Operations: `createEval` and its siblings in the Azure v1 spec of 2026-01-28; the header as the spec of
2025-09-25 has it.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.graders import EVAL_TYPES, check_grader
from console.simulator.guard import require_preview
from console.simulator.paging import Cursors, choice, page_of
from console.simulator.shelves import Record, found, put, remove, shelf
from console.simulator.world import Call, call_of

KIND = "evals"
PREVIEW = "aoai-evals"
CURSORS = Cursors(order="asc", before=False)


def _criterion(name: str, value: Any) -> None:
    check_grader(name, value, EVAL_TYPES)
    if value["type"] == "text_similarity" and value.get("pass_threshold") is None:
        raise check.missing(f"{name}.pass_threshold")


def _config(name: str, value: Any) -> None:
    types = check.one_of("custom", "logs", "stored_completions")
    check.shape({"type": types}, ("type",))(name, value)
    fields: dict[str, check.Check] = {"type": types}
    if value["type"] == "custom":
        fields |= {"item_schema": check.mapping, "include_sample_schema": check.boolean}
        check.shape(fields, ("item_schema",), closed=True)(name, value)
    else:
        check.shape({**fields, "metadata": check.mapping}, closed=True)(name, value)


_CHANGES: dict[str, check.Check] = {"name": check.text(256), "metadata": check.metadata}
_FIELDS: dict[str, check.Check] = {
    **_CHANGES,
    "data_source_config": _config,
    "testing_criteria": check.array(32, 1, _criterion),
}


async def create(request: Request) -> Response:
    """POST /evals."""
    call = prepared(request)
    body = await json_object(request)
    required = ("data_source_config", "testing_criteria")
    check.check_body(body, _FIELDS, required=required, refuse_unknown=check.unknown)
    now = call.world.clock.seconds()
    record = {
        "id": call.world.clock.identifier("eval_", 32),
        "created_at": now,
        "updated_at": now,
        "name": body.get("name") or "Untitled evaluation",
        "metadata": body.get("metadata"),
        "data_source_config": body["data_source_config"],
        "testing_criteria": body["testing_criteria"],
    }
    return JSONResponse(_told(put(call, KIND, record)))


async def index(request: Request) -> Response:
    """GET /evals."""
    evals = shelf(prepared(request), KIND)
    by = choice(request, "order_by", ("created_at", "updated_at")) or "created_at"
    ids = sorted(evals, key=lambda key: evals[key][by])
    return JSONResponse(page_of(request, ids, lambda key: _told(evals[key]), CURSORS))


async def show(request: Request) -> Response:
    """GET /evals/{eval_id}."""
    return JSONResponse(_told(find(prepared(request), request)))


async def update(request: Request) -> Response:
    """POST /evals/{eval_id}: name and metadata."""
    call = prepared(request)
    record = find(call, request)
    body = await json_object(request)
    check.check_body(body, _CHANGES, required=(), refuse_unknown=check.unknown)
    record.update(body, updated_at=call.world.clock.seconds())
    call.world.store.touch()
    return JSONResponse(_told(record))


async def delete(request: Request) -> Response:
    """DELETE /evals/{eval_id}: with all its runs."""
    call = prepared(request)
    identifier = find(call, request)["id"]
    remove(call, KIND, identifier)
    shelf(call, f"{KIND}/{identifier}/runs").clear()
    return JSONResponse({"object": "eval.deleted", "deleted": True, "eval_id": identifier})


def prepared(request: Request) -> Call:
    """The call, once it has been seen to carry the preview header."""
    require_preview(request.headers, PREVIEW)
    return call_of(request)


def find(call: Call, request: Request) -> Record:
    """The eval that the path names, or 404."""
    return found(call, KIND, request.path_params["eval_id"], "Eval", "eval_id")


def _told(record: Record) -> dict[str, Any]:
    return {
        "id": record["id"],
        "object": "eval",
        "created_at": record["created_at"],
        "name": record["name"],
        "metadata": record["metadata"] or {},
        "data_source_config": _config_told(record["data_source_config"]),
        "testing_criteria": record["testing_criteria"],
    }


def _config_told(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with the schema of its rows spelled out."""
    free = {"type": "object", "additionalProperties": True}
    sampled = config["type"] != "custom" or config.get("include_sample_schema")
    schema = {
        "type": "object",
        "properties": {"item": config.get("item_schema") or free, **({"sample": free} if sampled else {})},
        "required": ["item", "sample"] if sampled else ["item"],
    }
    if config["type"] == "custom":
        return {"type": "custom", "schema": schema}
    return {"type": config["type"], "metadata": config.get("metadata") or {}, "schema": schema}


ROUTES = [
    Route("/evals", index, methods=["GET"]),
    Route("/evals", create, methods=["POST"]),
    Route("/evals/{eval_id}", show, methods=["GET"]),
    Route("/evals/{eval_id}", update, methods=["POST"]),
    Route("/evals/{eval_id}", delete, methods=["DELETE"]),
]
