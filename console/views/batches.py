"""Batches of all connections: listed from the index, followed live, cancelled."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.batching import progress, related
from console.batching.saving import Saving, savings
from console.index.batches import KIND
from console.models import Item
from console.models.audit import Target
from console.once import without_mark
from console.v1.batches import Batch, RequestCounts, parse_batch
from console.views import code_calls, object_page
from console.views.fresh import STOP_POLLING, refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_connection, by_label, by_status
from console.views.shared import wants_json

LIST = Listing(
    kind=KIND,
    noun="batches",
    list_name="batches",
    one="batch",
    default_sort="-created",
    rows="batches/_rows.html",
    icon="stack",
    empty="A batch answers a file of requests within a day, at half the price.",
    columns=(
        SELECT,
        Column("Batch", sort="name"),
        Column("State", "fit", sort="status"),
        Column("Requests", "r", sort="requests"),
        Column("Failed", "r p2"),
        Column("Model", "p3"),
        Column("Saved", "r p3"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={
        "name": "name",
        "status": "status",
        "requests": "size",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    facets=(
        by_status("status", "State", {}),
        by_label("endpoint", "Endpoint"),
        by_label("model", "Model"),
        by_connection(),
    ),
)


class Row:
    """A batch as pages show it, from the index."""

    def __init__(self, item: Item, files: dict[related.Key, Item], saving: Saving | None) -> None:
        self.item = item
        self.batch = read(item)
        self.saving = saving
        self._files = files

    @property
    def url(self) -> str:
        return reverse("batch", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.batch.status

    @property
    def metadata(self) -> dict[str, str]:
        return without_mark(self.batch.metadata)

    @property
    def counts(self) -> RequestCounts | None:
        """None where nothing is counted yet; a batch that is being looked over says 0 of 0."""
        counts = self.batch.counts
        return counts if counts and counts.total else None

    @property
    def done(self) -> int:
        return self.counts.completed + self.counts.failed if self.counts else 0

    @property
    def tone(self) -> str:
        """The tone of the bar: of the state while it works, of what came of it afterwards."""
        if self.batch.status == "completed":
            return "warn" if self.counts and self.counts.failed else "ok"
        return "bad" if self.batch.status == "failed" else "info"

    @property
    def input(self) -> Item | None:
        """The file of its requests, where the index knows it."""
        return self._files.get((self.item.connection_id, self.batch.input_file))

    @property
    def input_name(self) -> str:
        return self.input.name if self.input else ""

    @cached_property
    def files(self) -> list[tuple[str, str, Item | None]]:
        """What each file is for, its id, and the file where the index knows it."""
        batch = self.batch
        wanted = [("Input", batch.input_file), ("Output", batch.output_file), ("Errors", batch.error_file)]
        return [(title, one, self._files.get((self.item.connection_id, one))) for title, one in wanted if one]

    @property
    def moments(self) -> list[tuple[str, datetime | None]]:
        batch = self.batch
        steps = [("Created", batch.created), ("Started", batch.started), ("Finalizing", batch.finalizing)]
        last = ("Ended", batch.ended) if batch.has_ended else ("Expires", batch.expires)
        return [*steps, last]

    @property
    def took(self) -> timedelta | None:
        """From its creation to its end, or to now."""
        until = self.batch.ended or (None if self.batch.has_ended else timezone.now())
        return until - self.batch.created if until and self.batch.created else None

    @property
    def can_cancel(self) -> bool:
        ending = self.batch.has_ended or self.batch.status == "cancelling"
        return not self.item.gone_at and not ending

    @property
    def has_results(self) -> bool:
        return bool(self.batch.output_file or self.batch.error_file)


def read(item: Item) -> Batch:
    return parse_batch({"id": item.remote_id, **item.raw})


def rows(items: Iterable[Item]) -> list[Row]:
    found = [(item, read(item)) for item in items]
    files, saved = related.named_files(found), savings(found)
    return [Row(item, files, saved.get(item.pk)) for item, _ in found]


def row_of(item: Item) -> Row:
    return rows([item])[0]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "batches/index.html", rows=rows, as_json=as_json)


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "batches", KIND, "file")


@require_safe
def show(request: HttpRequest, slug: str, batch_id: str) -> HttpResponse:
    """A batch from the index at once; how far it is, is asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="read")
    if wants_json(request):
        return JsonResponse({**as_json(row_of(item)), "raw": item.raw})
    return render(request, "batches/show.html", shown(request, item))


@require_safe
def live(request: HttpRequest, slug: str, batch_id: str) -> HttpResponse:
    """How far a batch is now; the part asks again until the batch has ended, which 286 tells it."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="read")
    error = progress.look(item, request.user)
    item.refresh_from_db(fields=["raw", "status", "name", "gone_at", "seen_at"])
    if wants_json(request):
        return JsonResponse({**as_json(row_of(item)), "error": error.message if error else ""})
    if not getattr(request, "htmx", False):
        return render(request, "batches/show.html", {**shown(request, item), "error": error})
    context = {**framed(request, item), "error": error, "part": True}
    return render(request, "batches/_live.html", context, status=STOP_POLLING if context["is_over"] else 200)


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head and the live part of a batch's page need."""
    row = row_of(item)
    return {
        **object_page.framed(request, row, LIST),
        "is_over": row.batch.has_ended or item.gone_at is not None,
        "pause": progress.pause(item),
    }


def shown(request: HttpRequest, item: Item) -> dict[str, Any]:
    frame = framed(request, item)
    return {
        **frame,
        "parent": related.parent(item, frame["row"].batch),
        "retries": related.retries(item),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id, item.name)),
        "samples": code_calls.about(item, "batches.retrieve"),
    }


def as_json(row: Row) -> dict[str, Any]:
    item, batch, saving = row.item, row.batch, row.saving
    counts = batch.counts
    return {
        "id": item.remote_id,
        "name": item.name,
        "connection": item.connection.slug,
        "status": batch.status,
        "endpoint": batch.endpoint,
        "model": batch.model,
        "counts": {"total": counts.total, "completed": counts.completed, "failed": counts.failed}
        if counts
        else None,
        "input_file": batch.input_file,
        "output_file": batch.output_file,
        "error_file": batch.error_file,
        "tokens": {"input": batch.usage.input, "output": batch.usage.output} if batch.usage else None,
        "dollars": {"online": saving.online, "batch": saving.batch, "source": saving.source}
        if saving
        else None,
        "errors": [{"code": one.code, "message": one.message, "line": one.line} for one in batch.problems],
        "metadata": dict(batch.metadata),
        "created_at": batch.created,
        "started_at": batch.started,
        "finalizing_at": batch.finalizing,
        "ended_at": batch.ended,
        "expires_at": batch.expires,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
