"""Responses of all connections that the console has met: listed, shown, cancelled and deleted."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access
from console.index import responses as known
from console.index.origins import WAYS
from console.index.responses import KIND
from console.models import Item
from console.models.audit import Target
from console.responses import drafts
from console.responses.looking import Look, look
from console.responses.thread import has_thread
from console.v1 import responses
from console.views import code_calls, object_page
from console.views.code import Sample
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import (
    SELECT,
    Column,
    Listing,
    by_condition,
    by_connection,
    by_family,
    by_metadata,
    by_status,
)
from console.views.open_by_id import open_form
from console.views.response_rows import Row, as_json, look_as_json, rows
from console.views.shared import wants_json

STATUSES = {
    "completed": "Completed",
    "in_progress": "In progress",
    "queued": "Queued",
    "incomplete": "Incomplete",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


def labelled(label: str) -> Any:
    return lambda: Q(labels__contains=f" {label} ")


LIST = Listing(
    kind=KIND,
    noun="responses",
    list_name="responses",
    one="response",
    rows="responses/_rows.html",
    icon="bolt",
    empty="What the playground asks through the Responses API appears here, and what runs in the background.",
    search="Filter by what was asked, or by id",
    columns=(
        SELECT,
        Column("Asked", sort="name"),
        Column("State", "fit", sort="status"),
        Column("Model", "p2", sort="model"),
        Column("Tokens", "r p2", sort="tokens"),
        Column("By", "p3"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={
        "name": "name",
        "status": "status",
        "model": "family",
        "tokens": "size",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    default_sort="-created",
    facets=(
        by_status("status", "State", STATUSES),
        by_family("Model"),
        by_connection(),
        by_condition("way", "Made by", {way: (title, labelled(f"way:{way}")) for way, title in WAYS.items()}),
        by_condition("kind", "Kind", {
            "background": ("In the background", labelled("background:yes")),
            "tools": ("Calls tools", labelled("tools:used")),
        }),
        by_metadata(),
    ),
)  # fmt: skip


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index: there is none at the API."""
    more = {"open_form": open_form(request, KIND)}
    return list_page(request, LIST, "responses/index.html", rows=rows, as_json=as_json, more=more)


@require_safe
def show(request: HttpRequest, slug: str, response_id: str) -> HttpResponse:
    """A response from the index at once; how it is now is asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, response_id, may="read")
    if wants_json(request):
        return JsonResponse({**as_json(Row(item)), "raw": item.raw})
    return render(request, "responses/show.html", page(request, item))


@require_safe
def live(request: HttpRequest, slug: str, response_id: str) -> HttpResponse:
    """How a response is now. The part asks again while there is something to wait for."""
    item = access.item_for(request.user, slug, KIND, response_id, may="read")
    found = look(item, request.user)
    if found.error is None and not Row(found.item).is_under_way:
        drafts.drop(found.item)
    if wants_json(request):
        return JsonResponse(look_as_json(found), status=found.error.page_status if found.error else 200)
    if not getattr(request, "htmx", False):
        return render(request, "responses/show.html", page(request, found.item, found))
    context = {**framed(request, found.item), **living(request, found.item, found), "part": True}
    return render(request, "responses/_live.html", context)


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head of every page of a response needs."""
    return object_page.framed(request, Row(item), LIST)


def living(request: HttpRequest, item: Item, found: Look | None = None) -> dict[str, Any]:
    """What the live part needs: `asks` is when it asks again, `streams` whether it reads the events instead."""
    row = Row(item)
    streams = row.is_under_way and row.response.is_background and "poll" not in request.GET
    streams = streams and not (found and (found.is_settling or found.error))
    return {
        "look": found,
        "streams": streams,
        "asks": asks(row, found, streams=streams),
        "draft": drafts.draft_of(item) if row.is_under_way else None,
        "comparison": access.comparison_behind(request.user, row.origin.comparison),
    }


def asks(row: Row, found: Look | None, *, streams: bool) -> str:
    """When the live part asks for a response again, as htmx takes it; "" for never."""
    if row.item.gone_at or streams:
        return ""
    if found is None:
        return "load"
    if found.error:
        return "every 30s"
    return "every 3s" if found.is_settling or row.is_under_way else ""


def page(request: HttpRequest, item: Item, found: Look | None = None) -> dict[str, Any]:
    return {
        **framed(request, item),
        **living(request, item, found),
        "has_thread": has_thread(item),
        "changes": changes(item),
        "history": access.history_for(request.user, target(item)),
        "samples": samples(item),
    }


def samples(item: Item) -> list[Sample]:
    """Reading a response as code, and cancelling one that works."""
    found = code_calls.about(item, "responses.retrieve")
    if not Row(item).can_cancel:
        return found
    return [*found, *code_calls.titled("Cancel", code_calls.about(item, "responses.cancel"))]


def target(item: Item) -> Target:
    return Target(KIND, item.remote_id)


@require_POST
def cancel(request: HttpRequest, slug: str, response_id: str) -> HttpResponse:
    """Stop a response that runs in the background; harmless when it has ended."""
    item = access.item_for(request.user, slug, KIND, response_id, may="operate")
    with item.connection.client(request.user) as client:
        item = known.remember(item.connection, responses.cancel(client, response_id))
    if wants_json(request):
        return JsonResponse(as_json(Row(item)))
    if item.status == "cancelled":
        messages.success(request, "Cancelled.")
    else:
        messages.info(request, "It had ended before it could be cancelled.")
    return redirect("response", slug, response_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, response_id: str) -> HttpResponse:
    """Say what follows a response, then delete it."""
    item = access.item_for(request.user, slug, KIND, response_id, may="operate")
    following = Item.objects.uses_of([item], by=KIND).get((item.connection_id, item.remote_id), [])
    context = {
        **framed(request, item),
        "here": "Delete",
        "following": rows(following),
        "samples": code_calls.about(item, "responses.delete"),
    }
    if asking := object_page.question(request, "responses/delete.html", context):
        return asking
    with item.connection.client(request.user) as client:
        was_there = responses.delete(client, response_id)
    known.forget(item.connection, response_id)
    drafts.drop(item)
    return object_page.gone(request, was_there=was_there, said="Deleted the response.", to="responses")
