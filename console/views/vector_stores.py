"""Vector stores of all connections: what file search reads; created, shown, changed and deleted."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.forms.vector_stores import EditForm, StoreForm
from console.index import vector_stores as known
from console.index.keeping import read_again
from console.index.vector_stores import KIND
from console.models import Connection, Item, Job
from console.models.audit import Target
from console.once import unmarked, without_mark
from console.retrieval import contents, work
from console.retrieval.work import NewStore
from console.v1 import vector_stores
from console.v1.vector_stores import VectorStore, parse_store
from console.views import code_calls, new_page, object_page
from console.views.fresh import refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_condition, by_connection, by_status
from console.views.shared import wants_json

STATUSES = {"completed": "Completed", "in_progress": "In progress", "expired": "Expired"}
EXPIRY = {
    "set": ("After its last use", lambda: Q(labels__contains=" expiry:set ")),
    "none": ("Never", lambda: Q(labels__contains=" expiry:none ")),
}
TROUBLE = {"failed": ("Some failed", lambda: Q(labels__contains=" files:failed "))}
EXAMPLE = NewStore("", "runbooks", days=30, file_ids=["file-…"])
LIST = Listing(
    kind=KIND,
    noun="vector stores",
    list_name="vector-stores",
    one="vector store",
    rows="vector_stores/_rows.html",
    icon="layers",
    empty="Create one, put files into it, and search them by meaning.",
    columns=(
        SELECT,
        Column("Vector store", sort="name"),
        Column("Status", "fit", sort="status"),
        Column("Files", "r p2"),
        Column("Size", "r p2", sort="size"),
        Column("Connection", "p3", sort="connection"),
        Column("Last used", "p3", sort="used"),
        Column("Created", "p3", sort="created"),
    ),
    sorts={
        "name": "name",
        "status": "status",
        "size": "size",
        "connection": "connection__name",
        "used": "remote_updated_at",
        "created": "remote_created_at",
    },
    facets=(
        by_status("status", "Status", STATUSES),
        by_connection(),
        by_condition("expiry", "Expires", EXPIRY),
        by_condition("files", "Files", TROUBLE),
    ),
)


class Row:
    """A store as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.store: VectorStore = parse_store({"id": item.remote_id, **item.raw})

    @property
    def url(self) -> str:
        return reverse("vector-store", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.store.status

    @property
    def metadata(self) -> dict[str, str]:
        return without_mark(self.store.metadata)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "vector_stores/index.html", rows=rows, as_json=as_json)


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "vector-stores", KIND)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Create a store; the same form sent again leads to the same store."""
    connection = access.connection_for(request.user, slug, may="operate")
    form = StoreForm(request.POST if request.method == "POST" else None, offered=contents.offered(connection))

    def made(job: Job) -> HttpResponse:
        item = access.item_for(request.user, slug, KIND, job.outcome["store"], may="operate")
        return new_page.arrived(request, item, as_json(Row(item)), f"Created {item.name}.")

    return new_page.making(
        request,
        "vector_stores/new.html",
        {"connection": connection, "samples": creating(connection, EXAMPLE)},
        form,
        code=lambda: creating(connection, form.asked()),
        make=lambda: work.create(connection, request.user, form.asked()),
        made=made,
    )


def creating(connection: Connection, asked: NewStore) -> Any:
    body = unmarked(asked.body())
    return code_calls.calling(connection, "vector_stores.create", "POST", "/vector_stores", body=body)


@require_safe
def show(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """A store from the index at once; its files are asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, store_id, may="read")
    row = Row(item)
    if wants_json(request):
        return JsonResponse({**as_json(row), "raw": item.raw})
    context = {
        **framed(request, item),
        "tab": "files",
        "samples": code_calls.about(item, "vector_stores.retrieve"),
        "changes": changes(item),
        "history": access.history_for(request.user, target(item)),
        "batches": contents.batches(access.jobs_for(request.user), item.connection, store_id),
    }
    return render(request, "vector_stores/show.html", context)


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head of every page of a store needs."""
    return {**object_page.framed(request, Row(item), LIST), "connection": item.connection}


def target(item: Item) -> Target:
    return Target("vector_store", item.remote_id, item.name)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """Rename a store, change its life and metadata; who comes second gets both versions (409)."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")

    def change(body: dict[str, Any]) -> None:
        with item.connection.client(request.user) as client:
            told = vector_stores.update(client, store_id, body, label=item.name)
        known.remember(item.connection, told)
        messages.success(request, f"Changed {told.name}.")

    if page := object_page.changing(
        request,
        "vector_stores/edit.html",
        {**framed(request, item), "here": "Edit"},
        stored=Row(item).store,
        form=lambda sent, stored: EditForm(sent, store=stored),
        read=lambda: read_again(item, request.user, vector_stores.get, known.remember),
        change=change,
        sdk="vector_stores.update",
    ):
        return page
    return redirect("vector-store", slug, store_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, store_id: str) -> HttpResponse:
    """Delete a store once its name was typed; its files stay."""
    item = access.item_for(request.user, slug, KIND, store_id, may="operate")
    samples = code_calls.about(item, "vector_stores.delete")
    context = {**framed(request, item), "here": "Delete", "samples": samples}
    if page := object_page.question(request, "vector_stores/delete.html", context, typed=item.name):
        return page
    with item.connection.client(request.user) as client:
        was_there = vector_stores.delete(client, store_id, label=item.name)
    known.forget(item.connection, store_id)
    said = f"Deleted {item.name}. Its files are still there."
    return object_page.gone(request, was_there=was_there, said=said, to="vector-stores")


def as_json(row: Row) -> dict[str, Any]:
    item, store = row.item, row.store
    return {
        "id": item.remote_id,
        "name": store.name,
        "description": store.description,
        "connection": item.connection.slug,
        "status": store.status,
        "files": {
            "total": store.counts.total,
            "completed": store.counts.completed,
            "in_progress": store.counts.in_progress,
            "failed": store.counts.failed,
            "cancelled": store.counts.cancelled,
        },
        "bytes": store.size,
        "expires_after_days": store.days,
        "expires_at": store.expires,
        "last_active_at": store.last_active,
        "created_at": store.created,
        "metadata": row.metadata,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
