"""Conversations of all connections that the console has met: listed, read as transcripts, marked and deleted."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.forms.metadata import MetadataForm
from console.index import conversations as known
from console.index.conversations import KIND
from console.index.keeping import read_again
from console.index.origins import WAYS, Origin
from console.models import Item
from console.models.audit import Target
from console.outbound.errors import NotFound, UpstreamError
from console.responses.transcript import SIZE, Stretch, stretch
from console.v1 import conversations
from console.v1.client import Client
from console.v1.conversations import Conversation, parse_conversation
from console.views import code_calls, object_page
from console.views.history import changes
from console.views.item_blocks import shown
from console.views.list_page import list_page, places
from console.views.listing import SELECT, Column, Listing, by_connection, by_metadata
from console.views.open_by_id import open_form
from console.views.shared import wants_json

LIST = Listing(
    kind=KIND,
    noun="conversations",
    list_name="conversations",
    one="conversation",
    rows="conversations/_rows.html",
    icon="message",
    empty="A conversation keeps its items on the resource, so that any model can go on with it.",
    search="Filter by title or id",
    columns=(
        SELECT,
        Column("Conversation", sort="name"),
        Column("Metadata", "p2"),
        Column("By", "p3"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={"name": "name", "connection": "connection__name", "created": "remote_created_at"},
    default_sort="-created",
    facets=(by_connection(), by_metadata()),
)


class Row:
    """A conversation as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.conversation: Conversation = parse_conversation({**item.raw, "id": item.remote_id})
        self.origin = Origin.of(item)

    @property
    def url(self) -> str:
        return reverse("conversation", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else ""

    @property
    def way(self) -> str:
        return WAYS.get(self.origin.way, self.origin.way)

    @property
    def metadata(self) -> dict[str, str]:
        return dict(self.conversation.metadata)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index: there is none at the API."""
    unoffered = access.without(request.user, "conversations.get")
    offering = [one for one in places(request.user, KIND) if one not in unoffered]
    more = {"open_form": open_form(request, KIND), "unoffered": unoffered, "places": offering}
    return list_page(request, LIST, "conversations/index.html", rows=rows, as_json=as_json, more=more)


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


@require_safe
def show(request: HttpRequest, slug: str, conversation_id: str) -> HttpResponse:
    """A conversation from the index at once; what was said is asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="read")
    if wants_json(request):
        return JsonResponse({**as_json(Row(item)), "raw": item.raw})
    return render(request, "conversations/show.html", page(request, item))


@require_safe
def items(request: HttpRequest, slug: str, conversation_id: str) -> HttpResponse:
    """What was said, a stretch at a time, the latest first asked for: `?before=` and `?after=` lead on."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="read")
    told, error = Stretch(()), None
    try:
        with item.connection.client(request.user) as client:
            told = read(client, request, item)
    except UpstreamError as reason:
        error = reason
        if isinstance(reason, NotFound):
            known.forget(item.connection, conversation_id)
            item.refresh_from_db(fields=["gone_at"])
    if wants_json(request):
        found = {"data": [dict(one.raw) for one in told.items], "before": told.earlier, "after": told.later}
        found["error"] = error.message if error else ""
        return JsonResponse(found, status=error.page_status if error else 200)
    context = {"asked": told, "said": shown(told.items), "items_error": error, "is_told": True}
    if getattr(request, "htmx", False):
        return render(request, "conversations/_items.html", {**framed(request, item), **context})
    return render(request, "conversations/show.html", {**page(request, item), **context})


def read(client: Client, request: HttpRequest, item: Item) -> Stretch:
    """A stretch of the items, and on the way what the conversation itself is now."""
    before, after = request.GET.get("before", "")[:256], request.GET.get("after", "")[:256]
    told = stretch(
        lambda order, cursor: conversations.item_pages(
            client, item.remote_id, order=order, limit=SIZE, after=cursor
        ),
        before=before,
        after=after,
        from_end=True,
    )
    if not before and not after:
        known.remember(item.connection, conversations.get(client, item.remote_id))
        item.refresh_from_db()
    return told


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head of every page of a conversation needs."""
    return object_page.framed(request, Row(item), LIST)


def page(request: HttpRequest, item: Item) -> dict[str, Any]:
    return {
        **framed(request, item),
        "asked_in_it": asked_in(item),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id)),
        "samples": code_calls.about(item, "conversations.retrieve"),
    }


def asked_in(item: Item) -> list[Item]:
    """The responses that belong to a conversation, as far as the index knows."""
    return Item.objects.uses_of([item], by="response").get((item.connection_id, item.remote_id), [])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, conversation_id: str) -> HttpResponse:
    """Change the metadata; who comes second gets both versions (409)."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="operate")

    def change(body: dict[str, Any]) -> None:
        with item.connection.client(request.user) as client:
            changed = conversations.update(client, conversation_id, body)
        known.remember(item.connection, changed)

    if page := object_page.changing(
        request,
        "conversations/edit.html",
        {**framed(request, item), "here": "Edit metadata"},
        stored=Row(item).conversation,
        form=lambda sent, stored: MetadataForm(sent, stored=stored.metadata),
        read=lambda: read_again(item, request.user, conversations.get, known.remember),
        change=change,
        sdk="conversations.update",
    ):
        return page
    messages.success(request, "Changed the metadata.")
    return redirect("conversation", slug, conversation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, conversation_id: str) -> HttpResponse:
    """Say what belongs to a conversation, then delete it."""
    item = access.item_for(request.user, slug, KIND, conversation_id, may="operate")
    context = {
        **framed(request, item),
        "here": "Delete",
        "asked_in_it": asked_in(item),
        "samples": code_calls.about(item, "conversations.delete"),
    }
    if asking := object_page.question(request, "conversations/delete.html", context):
        return asking
    with item.connection.client(request.user) as client:
        was_there = conversations.delete(client, conversation_id)
    known.forget(item.connection, conversation_id)
    said = "Deleted the conversation."
    return object_page.gone(request, was_there=was_there, said=said, to="conversations")


def as_json(row: Row) -> dict[str, Any]:
    item = row.item
    return {
        "id": item.remote_id,
        "title": item.name,
        "connection": item.connection.slug,
        "metadata": row.metadata,
        "made_by": row.origin.by,
        "way": row.origin.way,
        "created_at": row.conversation.created,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
