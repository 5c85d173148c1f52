"""Containers of all connections: where code interpreter works; started, followed live and deleted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console import access, container_jobs
from console.container_jobs import NewContainer
from console.forms.containers import ContainerForm
from console.index import containers as known
from console.index.containers import ENDED, KIND
from console.models import Connection, Item, Job, audit
from console.models.audit import Target
from console.outbound.errors import NotFound, UpstreamError
from console.retrieval import contents
from console.v1 import containers
from console.v1.containers import Container, ContainerFile, parse_container
from console.views import code_calls, new_page, object_page
from console.views.fresh import STOP_POLLING, refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_connection, by_label, by_status
from console.views.shared import wants_json

AT_ONCE = 50
STATUSES = {"running": "Running", "active": "Active", "expired": "Expired"}
EXAMPLE = NewContainer("", "analysis", "4g", file_ids=["file-…"])
LIST = Listing(
    kind=KIND,
    noun="containers",
    list_name="containers",
    one="container",
    default_sort="-created",
    rows="containers/_rows.html",
    icon="chip",
    empty="Code interpreter works in containers. Start one to give it files, or to keep it for several calls.",
    columns=(
        SELECT,
        Column("Container", sort="name"),
        Column("Status", "fit", sort="status"),
        Column("Memory", "r p2"),
        Column("Ends", "p3"),
        Column("Connection", "p3", sort="connection"),
        Column("Last used", "p2", sort="used"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={
        "name": "name",
        "status": "status",
        "connection": "connection__name",
        "used": "remote_updated_at",
        "created": "remote_created_at",
    },
    facets=(by_status("status", "Status", STATUSES), by_label("memory", "Memory"), by_connection()),
)


class Row:
    """A container as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.container: Container = parse_container({**item.raw, "id": item.remote_id})

    @property
    def url(self) -> str:
        return reverse("container", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.container.status

    @property
    def memory(self) -> str:
        """The limit as people write it: "4 GB" for "4g"."""
        told = self.container.memory
        return f"{told[:-1]} GB" if told[:-1].isdecimal() and told.endswith("g") else told

    @property
    def has_ended(self) -> bool:
        return bool(self.item.gone_at) or self.container.status in ENDED

    @property
    def ends(self) -> datetime | None:
        """When it ends unless it is used before; None where that is not told."""
        last, minutes = self.container.last_active or self.container.created, self.container.minutes
        return last + timedelta(minutes=minutes) if last and minutes and not self.has_ended else None


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "containers/index.html", rows=rows, as_json=as_json)


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "containers", KIND)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a container; the same form sent again leads to the same one."""
    connection = access.connection_for(request.user, slug, may="operate")
    data = request.POST if request.method == "POST" else None
    form = ContainerForm(data, offered=contents.offered(connection))

    def made(job: Job) -> HttpResponse:
        item = access.item_for(request.user, slug, KIND, job.outcome["container"], may="operate")
        return new_page.arrived(request, item, as_json(Row(item)), f"Started {item.name}.")

    return new_page.making(
        request,
        "containers/new.html",
        {"connection": connection, "samples": creating(connection, EXAMPLE)},
        form,
        code=lambda: creating(connection, form.asked()),
        make=lambda: container_jobs.create(connection, request.user, form.asked()),
        made=made,
    )


def creating(connection: Connection, asked: NewContainer) -> Any:
    return code_calls.calling(connection, "containers.create", "POST", "/containers", body=asked.body())


@require_safe
def show(request: HttpRequest, slug: str, container_id: str) -> HttpResponse:
    """A container from the index at once; its state and files are asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, container_id, may="read")
    if wants_json(request):
        return JsonResponse({**as_json(Row(item)), "raw": item.raw})
    return render(request, "containers/show.html", shown(request, item))


@require_safe
def live(request: HttpRequest, slug: str, container_id: str) -> HttpResponse:
    """What a container is doing now, with a page of its files; it asks again until it has ended (286)."""
    item = access.item_for(request.user, slug, KIND, container_id, may="read")
    after = request.GET.get("after", "")[:256]
    files, following, error = look(item, after)
    item.refresh_from_db(fields=["raw", "status", "name", "gone_at", "seen_at"])
    row = Row(item)
    context = {"files": files, "next": following, "after": after, "error": error, "is_over": row.has_ended}
    if wants_json(request):
        told = [dict(one.raw) for one in files]
        answer = {
            "status": row.state,
            "files": told,
            "next": following,
            "error": error.message if error else "",
        }
        return JsonResponse(answer, status=error.page_status if error else 200)
    if not getattr(request, "htmx", False):
        return render(request, "containers/show.html", {**shown(request, item), **context, "is_told": True})
    context |= {**framed(request, item), "part": True}
    return render(
        request, "containers/_live.html", context, status=STOP_POLLING if row.has_ended or after else 200
    )


def look(item: Item, after: str) -> tuple[list[ContainerFile], str, UpstreamError | None]:
    """A page of the files of a container, and the cursor behind it; the index follows. Errors are told."""
    try:
        with item.connection.client(audit.Actor()) as client:
            known.remember(item.connection, containers.get(client, item.remote_id))
            page = next(containers.file_pages(client, item.remote_id, limit=AT_ONCE, after=after), None)
    except NotFound:
        known.forget(item.connection, item.remote_id)
        return [], "", None
    except UpstreamError as error:
        return [], "", error
    return (list(page.rows), page.after, None) if page else ([], "", None)


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What every page of a container needs."""
    return object_page.framed(request, Row(item), LIST)


def shown(request: HttpRequest, item: Item) -> dict[str, Any]:
    return {
        **framed(request, item),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id, item.name)),
        "samples": code_calls.about(item, "containers.retrieve"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, container_id: str) -> HttpResponse:
    """Delete a container with its files once its name was typed."""
    item = access.item_for(request.user, slug, KIND, container_id, may="operate")
    samples = code_calls.about(item, "containers.delete")
    context = {**framed(request, item), "here": "Delete", "samples": samples}
    if page := object_page.question(request, "containers/delete.html", context, typed=item.name):
        return page
    with item.connection.client(request.user) as client:
        was_there = containers.delete(client, container_id, label=item.name)
    known.forget(item.connection, container_id)
    return object_page.gone(request, was_there=was_there, said=f"Deleted {item.name}.", to="containers")


def as_json(row: Row) -> dict[str, Any]:
    item, container = row.item, row.container
    return {
        "id": item.remote_id,
        "name": container.name,
        "connection": item.connection.slug,
        "status": container.status,
        "memory_limit": container.memory,
        "expires_after_minutes": container.minutes,
        "ends_at": row.ends,
        "last_active_at": container.last_active,
        "created_at": container.created,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
