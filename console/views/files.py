"""Files of all connections: what fine-tuning, batches, evals and vector stores read, and what they write."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.index import files as kept
from console.models import Item, audit
from console.outbound.errors import NotFound
from console.v1 import files, parse
from console.views import code_calls, file_code, object_page
from console.views.fresh import refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_condition, by_connection, by_label, by_status
from console.views.shared import asks_for, wants_json
from console.views.uses import Use, told, uses

KIND = kept.KIND
WEEK = timedelta(days=7)
EXPIRES = {
    "week": ("Within a week", lambda: Q(retires_on__lte=timezone.now().date() + WEEK)),
    "later": ("Later", lambda: Q(retires_on__gt=timezone.now().date() + WEEK)),
    "never": ("Never", lambda: Q(retires_on=None)),
}
LIST = Listing(
    kind=KIND,
    noun="files",
    list_name="files",
    one="file",
    default_sort="-created",
    rows="files/_rows.html",
    icon="file",
    empty="What is uploaded here or elsewhere, and what jobs and batches write, appears here.",
    columns=(
        SELECT,
        Column("File", sort="name"),
        Column("Purpose", "p2"),
        Column("Size", "r", sort="size"),
        Column("State", sort="status"),
        Column("Used by", "p3"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
        Column("Expires", "p3", sort="expires"),
    ),
    sorts={
        "name": "name",
        "size": "size",
        "status": "status",
        "connection": "connection__name",
        "created": "remote_created_at",
        "expires": "retires_on",
    },
    facets=(
        by_label("purpose", "Purpose", {}),
        by_status("status", "State", {}),
        by_connection(),
        by_condition("expires", "Expires", EXPIRES),
    ),
)


MEANINGS = {
    "fine-tune": "examples to train on or to validate with",
    "fine-tune-results": "metrics of a fine-tuning job, step by step",
    "batch": "requests of a batch, one a line",
    "batch_output": "answers or errors of a batch",
    "evals": "items of an eval, one a line",
    "assistants": "documents for vector stores and assistants",
    "assistants_output": "what an assistant wrote",
}


@dataclass(frozen=True)
class Row:
    """A file as the table and its page show it."""

    item: Item
    uses: list[Use] = field(default_factory=list)

    @cached_property
    def file(self) -> files.File:
        return files.parse_file({"id": self.item.remote_id, **self.item.raw})

    @cached_property
    def url(self) -> str:
        return reverse("file", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def purpose(self) -> str:
        return parse.text(self.item.raw.get("purpose"))

    @property
    def meaning(self) -> str:
        """What a purpose means, empty for one that the documentation does not name."""
        return MEANINGS.get(self.purpose, "")

    @property
    def expires(self) -> datetime | None:
        return self.file.expires

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.item.status

    @property
    def is_settled(self) -> bool:
        return bool(self.item.gone_at) or self.item.status not in kept.UNSETTLED

    @property
    def is_jsonl(self) -> bool:
        """Whether the doctor can make something of it."""
        return self.item.name.lower().endswith(".jsonl") or self.purpose in {"fine-tune", "batch", "evals"}

    @property
    def is_in_a_store(self) -> bool:
        return any(use.item.kind.startswith("vector_store") for use in self.uses)

    @cached_property
    def used(self) -> list[tuple[str, int]]:
        """How many of what use it: [("batch", 2), …]."""
        return sorted(Counter(use.noun for use in self.uses).items())


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item, using) for item, using in uses(items)]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "files/index.html", rows=rows, as_json=as_json)


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "files", KIND)


@require_safe
def show(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """One file; while the resource still processes it, its facts are asked for anew every few seconds."""
    item = access.item_for(request.user, slug, KIND, file_id, may="read")
    part = asks_for(request, "facts")
    if part:
        item = read_again(item)
    row = rows([item])[0]
    if wants_json(request):
        return JsonResponse({**as_json(row), "raw": item.raw})
    context = {"row": row, "item": item}
    if part:
        return render(request, "files/show.html#facts", context)
    more = {
        "told": told(request, [item.connection]),
        "changes": changes(item),
        "history": access.history_for(request.user, audit.Target("file", file_id)),
        "samples": file_code.reading(item.connection, file_id),
    }
    return render(request, "files/show.html", {**context, **more})


def read_again(item: Item) -> Item:
    """Ask the resource for a file; one that it does not know any more is gone."""
    try:
        with item.connection.client(audit.Actor()) as client:
            return kept.remember(item.connection, files.get(client, item.remote_id))
    except NotFound:
        kept.forget(item.connection, item.remote_id)
        item.refresh_from_db()
        return item


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """Say what uses a file, from lists that are read again where they are outdated, then delete it."""
    item = access.item_for(request.user, slug, KIND, file_id, may="operate")
    context = {
        "told": told(request, [item.connection]),
        **object_page.framed(request, rows([item])[0], LIST),
        "here": "Delete",
        "samples": code_calls.about(item, "files.delete"),
    }
    if page := object_page.question(request, "files/delete.html", context):
        return page
    with item.connection.client(request.user) as client:
        was_there = files.delete(client, file_id, label=item.name)
    kept.forget(item.connection, file_id)
    return object_page.gone(request, was_there=was_there, said=f"Deleted {item.name}.", to="files")


def as_json(row: Row) -> dict[str, Any]:
    item = row.item
    return {
        "id": item.remote_id,
        "name": item.name,
        "connection": item.connection.slug,
        "purpose": row.purpose,
        "status": item.status,
        "bytes": item.size,
        "created_at": item.remote_created_at,
        "expires_at": row.expires,
        "used_by": [{"kind": use.item.kind, "id": use.item.remote_id} for use in row.uses],
        "first_seen_at": item.first_seen_at,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
