"""Evals of all connections: what is judged and how, their runs, and how the pass rate went."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console import access
from console.evaluation import known, progress
from console.evaluation.known import Latest
from console.index import eval_runs as runs_index
from console.index import evals as index_of
from console.index.evals import KIND
from console.models import Item
from console.models.audit import Target
from console.once import without_mark
from console.v1 import evals, parse
from console.v1.evals import Eval, parse_eval
from console.views import code_calls, object_page
from console.views.eval_rows import CRITERIA, RunRow, criterion_title, model_of, operation_of
from console.views.fresh import STOP_POLLING, refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_connection, by_label
from console.views.shared import wants_json

SOURCES = {
    "custom": "Rows of a file",
    "stored_completions": "Stored completions",
    "logs": "Logs",
}
LIST = Listing(
    kind=KIND,
    noun="evals",
    list_name="evals",
    one="eval",
    rows="evals/_rows.html",
    icon="checklist",
    empty="An eval judges answers by criteria. Its runs tell which model or prompt does better.",
    columns=(
        SELECT,
        Column("Eval", sort="name"),
        Column("Criteria", "p2", sort="criteria"),
        Column("Data source", "p3"),
        Column("Last run", "fit"),
        Column("Passed", "r"),
        Column("Runs", "r p3"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={
        "name": "name",
        "criteria": "size",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    facets=(
        by_label("source", "Data source", SOURCES),
        by_label("criterion", "Criterion", CRITERIA),
        by_connection(),
    ),
)


class Row:
    """An eval as pages show it, from the index."""

    def __init__(self, item: Item, latest: Latest | None = None) -> None:
        self.item = item
        self.eval: Eval = parse_eval({"id": item.remote_id, **item.raw})
        self.latest = latest or Latest()

    @property
    def url(self) -> str:
        return reverse("eval", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else ""

    @property
    def source(self) -> str:
        return SOURCES.get(self.eval.source, self.eval.source)

    @property
    def metadata(self) -> dict[str, str]:
        return without_mark(self.eval.metadata)

    @property
    def rate(self) -> float | None:
        return known.rate(self.latest.run) if self.latest.run else None

    @cached_property
    def criteria(self) -> list[tuple[str, str, str, str, parse.Json]]:
        """Name, kind in words, model, comparison in words and JSON of each criterion."""
        return [
            (parse.text(one.get("name")), criterion_title(one), model_of(one), operation_of(one), one)
            for one in self.eval.criteria
        ]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of a row of the data, each with its type."""
        item = parse.path(self.eval.schema, "properties", "item")
        told = parse.mapping(parse.path(item or self.eval.schema, "properties"))
        return [(name, str(parse.mapping(value).get("type") or "any")) for name, value in told.items()]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "evals/index.html", rows=rows, as_json=as_json)


def rows(items: Iterable[Item]) -> list[Row]:
    found = list(items)
    latest = known.latest(found)
    return [Row(item, latest.get(item.pk)) for item in found]


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "evals", KIND, runs_index.KIND)


@require_safe
def show(request: HttpRequest, slug: str, eval_id: str) -> HttpResponse:
    """An eval from the index at once; its runs are asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, eval_id, may="read")
    if wants_json(request):
        runs = [RunRow(one).as_json() for one in known.runs_of(item)]
        return JsonResponse({**as_json(rows([item])[0]), "runs": runs, "raw": item.raw})
    return render(request, "evals/show.html", shown(request, item))


@require_safe
def live(request: HttpRequest, slug: str, eval_id: str) -> HttpResponse:
    """The runs as they are now; the part asks again while one is under way, until 286 tells it to stop."""
    item = access.item_for(request.user, slug, KIND, eval_id, may="read")
    told = progress.look_at_eval(item.connection, request.user, item)
    item.refresh_from_db(fields=["raw", "name", "gone_at", "seen_at"])
    context = {**framed(request, item), **runs_shown(item), "error": told.error, "is_asked": True}
    if wants_json(request):
        data = [row.as_json() for row in context["runs"]]
        return JsonResponse({"data": data, "error": str(told.error or "")}, status=502 if told.error else 200)
    if not getattr(request, "htmx", False):
        return render(request, "evals/show.html", {**shown(request, item), **context})
    is_over = item.gone_at is not None or (not context["is_working"] and not told.error)
    return render(request, "evals/_live.html", context, status=STOP_POLLING if is_over else 200)


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head of every page of an eval needs."""
    return object_page.framed(request, Row(item), LIST)


def runs_shown(item: Item) -> dict[str, Any]:
    found = [RunRow(one) for one in known.runs_of(item)]
    return {
        "runs": found,
        "is_working": any(one.is_working for one in found) and not item.gone_at,
        "chart": progress.pass_rates([one.run for one in found]),
    }


def shown(request: HttpRequest, item: Item) -> dict[str, Any]:
    return {
        **framed(request, item),
        **runs_shown(item),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id, item.name)),
        "samples": code_calls.about(item, "evals.retrieve"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, eval_id: str) -> HttpResponse:
    """Delete an eval with its runs, once its name was typed."""
    item = access.item_for(request.user, slug, KIND, eval_id, may="operate")
    context = {
        **object_page.framed(request, rows([item])[0], LIST),
        "here": "Delete",
        "samples": code_calls.about(item, "evals.delete"),
    }
    if page := object_page.question(request, "evals/delete.html", context, typed=item.name):
        return page
    with item.connection.client(request.user) as client:
        was_there = evals.delete(client, eval_id, label=item.name)
    index_of.forget(item.connection, eval_id)
    return object_page.gone(
        request, was_there=was_there, said=f"Deleted {item.name} with its runs.", to="evals"
    )


def as_json(row: Row) -> dict[str, Any]:
    item, latest = row.item, row.latest
    return {
        "id": item.remote_id,
        "name": item.name,
        "connection": item.connection.slug,
        "data_source": row.eval.source,
        "criteria": [dict(one) for one in row.eval.criteria],
        "metadata": row.metadata,
        "run_count": latest.count,
        "last_run": latest.run.id if latest.run else "",
        "last_run_status": latest.run.status if latest.run else "",
        "pass_rate": row.rate,
        "created_at": row.eval.created,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
