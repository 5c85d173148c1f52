"""Responses of all connections that the console has met: listed, shown, cancelled and deleted."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access
from console.index import responses as known
from console.index.deployments import has_deployments
from console.index.origins import WAYS, Origin
from console.index.responses import KIND
from console.models import Item
from console.models.audit import Target
from console.playground import pricing
from console.responses import drafts
from console.responses.looking import Look, look
from console.responses.thread import has_thread
from console.v1 import parse, responses
from console.v1.responses import Response, parse_response
from console.views import code_calls
from console.views.history import changes
from console.views.item_blocks import Shown, shown
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
from console.views.shared import wants_json

STATUSES = {
    "completed": "Completed",
    "in_progress": "In progress",
    "queued": "Queued",
    "incomplete": "Incomplete",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


ASKED = (
    "temperature",
    "top_p",
    "max_output_tokens",
    "max_tool_calls",
    "tool_choice",
    "truncation",
    "service_tier",
)
"""What of the call is told in a word or a number."""


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


class Row:
    """A response as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        told = {"status": item.status or "unknown", **item.raw, "id": item.remote_id}
        self.response: Response = parse_response(told)
        self.origin = Origin.of(item)

    @property
    def url(self) -> str:
        return reverse("response", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.response.status

    @property
    def is_under_way(self) -> bool:
        return not self.item.gone_at and not self.response.has_ended

    @property
    def can_cancel(self) -> bool:
        return self.is_under_way and self.response.is_background

    @property
    def deployment(self) -> str:
        """The deployment that was asked, where there are any."""
        return self.origin.deployment if has_deployments(self.item.connection) else ""

    @property
    def way(self) -> str:
        return WAYS.get(self.origin.way, self.origin.way)

    @property
    def output(self) -> list[Shown]:
        return shown(self.response.output)

    @property
    def filtered(self) -> list[dict[str, Any]]:
        """What the content filter found, beyond that it looked."""
        return [one for one in self.response.finished.filters if one["filtered"] or one["detected"]]

    @property
    def reason(self) -> str:
        """Why it is incomplete, as the service says it."""
        return self.response.finished.reason if self.response.status == "incomplete" else ""

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The parameters of the call, as far as they are plain."""
        raw = self.response.raw
        told = [(name, raw.get(name)) for name in ASKED]
        told += [("reasoning", parse.path(raw, "reasoning", "effort"))]
        told += [("text format", parse.path(raw, "text", "format", "type"))]
        return [
            (name, str(value)) for name, value in told if isinstance(value, str | int | float) and value != ""
        ]

    @property
    def instructions(self) -> str:
        return parse.text(self.response.raw.get("instructions"))

    @property
    def tools(self) -> Any:
        return self.response.raw.get("tools")

    @cached_property
    def price(self) -> pricing.Price | None:
        """What it cost; None where the tokens are not known yet."""
        usage, item = self.response.usage, self.item
        if usage is None:
            return None
        what = pricing.sold(
            item.connection_id,
            item.connection.kind,
            self.origin.deployment or self.response.model,
            served=self.response.model,
            region=item.connection.region,
            tier=self.response.finished.service_tier,
        )
        return pricing.price(
            what, input_tokens=usage.input, output_tokens=usage.output, cached_tokens=usage.cached
        )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index: there is none at the API."""
    more = {"open_form": open_form(request, KIND)}
    return list_page(request, LIST, "responses/index.html", rows=rows, as_json=as_json, more=more)


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


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
    return {
        "item": item,
        "row": Row(item),
        "noun": "response",
        "list_url": reverse("responses"),
        "list_title": "Responses",
        "may": access.verbs(request.user, item.connection.workspace_id),
    }


def living(request: HttpRequest, item: Item, found: Look | None = None) -> dict[str, Any]:
    """What the live part needs: `asks` is when it asks again, `follows` whether it reads the events instead."""
    row = Row(item)
    follows = row.is_under_way and row.response.is_background and "poll" not in request.GET
    follows = follows and not (found and (found.is_settling or found.error))
    return {
        "look": found,
        "follows": follows,
        "asks": asks(row, found, follows=follows),
        "draft": drafts.draft_of(item) if row.is_under_way else None,
        "comparison": access.comparison_behind(request.user, row.origin.comparison),
    }


def asks(row: Row, found: Look | None, *, follows: bool) -> str:
    """When the live part asks for a response again, as htmx takes it; "" for never."""
    if row.item.gone_at or follows:
        return ""
    if found is None:
        return "load"
    if found.error:
        return "every 30s"
    return "every 3s" if found.is_settling or row.is_under_way else ""


def page(request: HttpRequest, item: Item, found: Look | None = None) -> dict[str, Any]:
    url_path = code_calls.path("responses", item.remote_id)
    return {
        **framed(request, item),
        **living(request, item, found),
        "has_thread": has_thread(item),
        "changes": changes(item),
        "history": access.history_for(request.user, target(item)),
        "samples": code_calls.calling(
            item.connection, "responses.retrieve", "GET", url_path, ids=[item.remote_id]
        ),
    }


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
    if request.method != "POST":
        return render(request, "responses/delete.html", deleting(request, item))
    with item.connection.client(request.user) as client:
        was_there = responses.delete(client, response_id)
    known.forget(item.connection, response_id)
    drafts.drop(item)
    messages.success(request, "Deleted the response." if was_there else "The response was gone already.")
    return redirect("responses")


def deleting(request: HttpRequest, item: Item) -> dict[str, Any]:
    url_path = code_calls.path("responses", item.remote_id)
    samples = code_calls.calling(
        item.connection, "responses.delete", "DELETE", url_path, ids=[item.remote_id]
    )
    following = Item.objects.uses_of([item], by=KIND).get((item.connection_id, item.remote_id), [])
    return {**framed(request, item), "following": rows(following), "samples": samples}


def as_json(row: Row) -> dict[str, Any]:
    item, response = row.item, row.response
    usage = response.usage
    return {
        "id": item.remote_id,
        "title": row.origin.title,
        "connection": item.connection.slug,
        "status": response.status,
        "model": response.model,
        "text": response.text,
        "background": response.is_background,
        "previous_response_id": response.previous,
        "conversation": response.conversation,
        "usage": {
            "input_tokens": usage.input if usage else None,
            "output_tokens": usage.output if usage else None,
            "reasoning_tokens": usage.reasoning if usage else None,
            "cached_tokens": usage.cached if usage else None,
        },
        "error": response.error,
        "metadata": dict(response.metadata),
        "made_by": row.origin.by,
        "way": row.origin.way,
        "created_at": response.created,
        "completed_at": response.completed,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }


def look_as_json(found: Look) -> dict[str, Any]:
    told = as_json(Row(found.item))
    error = {"kind": found.error.kind, "message": found.error.message} if found.error else None
    return {**told, "not_there_yet": found.is_settling, "problem": error}
