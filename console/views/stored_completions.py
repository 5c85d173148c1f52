"""Stored chat completions of all connections: what was asked with `store`, shown, marked and deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.forms.metadata import MetadataForm
from console.index import stored_completions as known
from console.index.keeping import read_again
from console.index.stored_completions import KIND
from console.models import Item, audit
from console.models.audit import Target
from console.outbound.errors import NotFound, UpstreamError
from console.v1 import stored_completions
from console.v1.stored_completions import StoredMessage
from console.views import code_calls, object_page
from console.views.fresh import refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_connection, by_label, by_metadata
from console.views.shared import wants_json
from console.views.stored_completion_rows import FINISHES, Row, as_json, cost, rows

AT_ONCE = 50
LIST = Listing(
    kind=KIND,
    noun="stored completions",
    list_name="stored-completions",
    one="stored completion",
    default_sort="-created",
    rows="stored_completions/_rows.html",
    icon="archive",
    empty=(
        "Chat completions that were asked for with “store” appear here. In the playground it is among the "
        "parameters of a pane."
    ),
    search="Filter by answer or id",
    every_name="stored-completions-dataset",
    every_words="Dataset of all…",
    columns=(
        SELECT,
        Column("Answer", sort="name"),
        Column("Model", "p2"),
        Column("Metadata", "p3"),
        Column("Tokens", "r p2", sort="tokens"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={
        "name": "name",
        "tokens": "size",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    facets=(
        by_label("model", "Model"),
        by_label("finish", "Ending", FINISHES),
        by_connection(),
        by_metadata(),
    ),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "stored_completions/index.html", rows=rows, as_json=as_json)


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "stored-completions", KIND)


@require_safe
def show(request: HttpRequest, slug: str, completion_id: str) -> HttpResponse:
    """A stored completion from the index at once; what was asked is fetched by a part of the page."""
    item = access.item_for(request.user, slug, KIND, completion_id, may="read")
    if wants_json(request):
        return JsonResponse({**as_json(Row(item)), "raw": item.raw})
    return render(request, "stored_completions/show.html", shown(request, item))


@require_safe
def asked(request: HttpRequest, slug: str, completion_id: str) -> HttpResponse:
    """The messages that were answered, page by page: `?after=` is where one begins."""
    item = access.item_for(request.user, slug, KIND, completion_id, may="read")
    after = request.GET.get("after", "")[:256]
    told: list[StoredMessage] = []
    following, error = "", None
    try:
        with item.connection.client(audit.Actor()) as client:
            pages = stored_completions.message_pages(client, completion_id, limit=AT_ONCE, after=after)
            if page := next(pages, None):
                told, following = list(page.rows), page.after
    except UpstreamError as reason:
        error = reason
        if isinstance(reason, NotFound):
            known.forget(item.connection, completion_id)
    if wants_json(request):
        rows = [dict(one.raw) for one in told]
        return JsonResponse(
            {"data": rows, "next": following, "error": error.message if error else ""},
            status=error.page_status if error else 200,
        )
    context = {"told": told, "next": following, "after": after, "error": error}
    if getattr(request, "htmx", False):
        return render(request, "stored_completions/_asked.html", {"item": item, **context})
    return render(
        request, "stored_completions/show.html", {**shown(request, item), **context, "is_told": True}
    )


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head of every page of a stored completion needs."""
    return object_page.framed(request, Row(item), LIST)


def shown(request: HttpRequest, item: Item) -> dict[str, Any]:
    frame = framed(request, item)
    return {
        **frame,
        "cost": cost(frame["row"]),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id)),
        "samples": code_calls.about(item, "chat.completions.retrieve"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, completion_id: str) -> HttpResponse:
    """Change the metadata; who comes second gets both versions (409)."""
    item = access.item_for(request.user, slug, KIND, completion_id, may="operate")

    def change(body: dict[str, Any]) -> None:
        with item.connection.client(request.user) as client:
            changed = stored_completions.update(client, completion_id, body)
        known.remember(item.connection, changed)

    if page := object_page.changing(
        request,
        "stored_completions/edit.html",
        {**framed(request, item), "here": "Edit metadata"},
        stored=Row(item).completion,
        form=lambda sent, stored: MetadataForm(sent, stored=stored.metadata),
        read=lambda: read_again(item, request.user, stored_completions.get, known.remember),
        change=change,
        sdk="chat.completions.update",
    ):
        return page
    item.refresh_from_db()
    if wants_json(request):
        return JsonResponse(as_json(Row(item)))
    messages.success(request, "Changed the metadata.")
    return redirect("stored-completion", slug, completion_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, completion_id: str) -> HttpResponse:
    """Ask once, then delete."""
    item = access.item_for(request.user, slug, KIND, completion_id, may="operate")
    samples = code_calls.about(item, "chat.completions.delete")
    context = {**framed(request, item), "here": "Delete", "samples": samples}
    if page := object_page.question(request, "stored_completions/delete.html", context):
        return page
    with item.connection.client(request.user) as client:
        was_there = stored_completions.delete(client, completion_id)
    known.forget(item.connection, completion_id)
    said = "Deleted the stored completion."
    return object_page.gone(request, was_there=was_there, said=said, to="stored-completions")
