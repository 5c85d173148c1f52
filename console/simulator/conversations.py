"""Conversations and their items: create, read, change, delete, and growing by responses.

Operations: `createConversation` and its siblings in the Azure v1 spec of 2026-01-28. There is no list of
conversations, and resources of the older kind do not offer them at all.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.errors import invalid, not_found, path_not_found
from console.simulator.paging import Cursors, page
from console.simulator.response_items import ITEM
from console.simulator.response_items import named as named_item
from console.simulator.shelves import Record, found, put, remove, shelf
from console.simulator.world import Call, call_of

KIND = "conversations"
_CURSORS = Cursors(before=False)
_ITEMS: dict[str, check.Check] = {"items": check.array(20, items=ITEM)}
_FIELDS: dict[str, check.Check] = {**_ITEMS, "metadata": check.metadata}


async def create(request: Request) -> Response:
    """POST /conversations."""
    call = offered(request)
    body = await json_object(request)
    check.check_body(body, _FIELDS, required=(), refuse_unknown=check.unknown)
    record: Record = {
        "id": call.world.clock.identifier("conv_", 48),
        "created_at": call.world.clock.seconds(),
        "metadata": body.get("metadata") or {},
        "items": [named_item(call, item) for item in body.get("items") or ()],
    }
    return JSONResponse(_told(put(call, KIND, record)))


async def show(request: Request) -> Response:
    """GET /conversations/{conversation_id}."""
    return JSONResponse(_told(_find(offered(request), request)))


async def update(request: Request) -> Response:
    """POST /conversations/{conversation_id}: its metadata."""
    call = offered(request)
    record = _find(call, request)
    body = await json_object(request)
    if "metadata" not in body:
        raise check.missing("metadata")
    check.check_body(body, {"metadata": check.metadata}, required=(), refuse_unknown=check.unknown)
    record["metadata"] = body["metadata"] or {}
    call.world.store.touch()
    return JSONResponse(_told(record))


async def delete(request: Request) -> Response:
    """DELETE /conversations/{conversation_id}: its items go too."""
    call = offered(request)
    identifier = _find(call, request)["id"]
    remove(call, KIND, identifier)
    return JSONResponse({"id": identifier, "object": "conversation.deleted", "deleted": True})


async def index_items(request: Request) -> Response:
    """GET /conversations/{conversation_id}/items."""
    return JSONResponse(page(request, _find(offered(request), request)["items"], _CURSORS))


async def create_items(request: Request) -> Response:
    """POST /conversations/{conversation_id}/items: at most twenty at once."""
    call = offered(request)
    record = _find(call, request)
    body = await json_object(request)
    check.check_body(body, _ITEMS, required=("items",), refuse_unknown=check.unknown)
    made = [named_item(call, item) for item in body["items"]]
    record["items"] += made
    call.world.store.touch()
    ends = {"first_id": made[0]["id"] if made else None, "last_id": made[-1]["id"] if made else None}
    return JSONResponse({"object": "list", "data": made, **ends, "has_more": False})


async def show_item(request: Request) -> Response:
    """GET /conversations/{conversation_id}/items/{item_id}."""
    return JSONResponse(_item(_find(offered(request), request), request))


async def delete_item(request: Request) -> Response:
    """DELETE /conversations/{conversation_id}/items/{item_id}: answers with the conversation."""
    call = offered(request)
    record = _find(call, request)
    record["items"].remove(_item(record, request))
    call.world.store.touch()
    return JSONResponse(_told(record))


def named(body: dict[str, Any]) -> str | None:
    """The id of the conversation that a request for a response names."""
    given = body.get("conversation")
    return given.get("id") if isinstance(given, dict) else given


def items_before(call: Call, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of the conversation that a request for a response goes on with, else 404."""
    if body.get("conversation") is None:
        return []
    record = shelf(call, KIND).get(str(named(body)))
    if record is None:
        message = f"Conversation with id '{named(body)}' not found."
        raise invalid("conversation_not_found", message, param="conversation", status=404)
    items: list[dict[str, Any]] = record["items"]
    return items


def extend(call: Call, body: dict[str, Any], items: list[dict[str, Any]]) -> None:
    """Add what a response took and gave to the conversation it belongs to."""
    record = shelf(call, KIND).get(named(body) or "")
    if record is not None:
        record["items"] += items
        call.world.store.touch()


def offered(request: Request) -> Call:
    """The call, if its resource has conversations and containers at all; else 404 as for any unknown path."""
    call = call_of(request)
    if call.account.kind == "OpenAI" and not call.project:
        raise path_not_found()
    return call


def _told(record: Record) -> dict[str, Any]:
    told = {name: record[name] for name in ("id", "created_at", "metadata")}
    return {**told, "object": "conversation"}


def _find(call: Call, request: Request) -> Record:
    return found(call, KIND, request.path_params["conversation_id"], "Conversation", "conversation_id")


def _item(record: Record, request: Request) -> dict[str, Any]:
    wanted = request.path_params["item_id"]
    for item in record["items"]:
        if item["id"] == wanted:
            one: dict[str, Any] = item
            return one
    raise not_found("Item", wanted[:200], param="item_id")


_ONE = "/conversations/{conversation_id}"
ROUTES = [
    Route("/conversations", create, methods=["POST"]),
    Route(_ONE, show, methods=["GET"]),
    Route(_ONE, update, methods=["POST"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(_ONE + "/items", index_items, methods=["GET"]),
    Route(_ONE + "/items", create_items, methods=["POST"]),
    Route(_ONE + "/items/{item_id}", show_item, methods=["GET"]),
    Route(_ONE + "/items/{item_id}", delete_item, methods=["DELETE"]),
]
