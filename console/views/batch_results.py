"""The results of a batch, each beside its request: to look through, to keep, and to repeat what failed."""

from contextlib import ExitStack
from dataclasses import asdict
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from console import access, tasks
from console.batching import exports, results
from console.batching.saving import saved_by
from console.batching.store import Asked, Cause, ResultLine, Store
from console.index.batches import KIND
from console.models import Item, audit
from console.outbound.json_text import clean_text
from console.views.activity import accepted
from console.views.batches import Row, framed, row_of
from console.views.downloads import attachment
from console.views.shared import BadQuery, Page, paged, wants_json

OUTCOMES = {"succeeded": "Answered", "failed": "Failed", "unanswered": "No answer"}
FORMATS = {"jsonl": exports.as_jsonl, "csv": exports.as_csv}
MAX_QUERY = 200


class Lines:
    """The lines that fit, cut into pages as `paged` cuts a query."""

    def __init__(self, store: Store, asked: Asked) -> None:
        self.store, self.numbers = store, store.found(asked)

    def __getitem__(self, part: slice) -> list[ResultLine]:
        return self.store.lines(self.numbers[part])

    def count(self) -> int:
        return len(self.numbers)


class Shown:
    """What the page tells of all lines."""

    def __init__(self, store: Store, row: Row) -> None:
        self.store, self.row = store, row

    @cached_property
    def totals(self) -> list[tuple[str, str, int]]:
        found = self.store.totals()
        return [(name, title, found.get(name, 0)) for name, title in OUTCOMES.items()]

    @cached_property
    def causes(self) -> list[Cause]:
        return self.store.causes()

    @cached_property
    def tokens(self) -> tuple[int | None, int | None, int | None]:
        return self.store.tokens()

    @cached_property
    def saving(self) -> Any:
        """By the usage of the batch where it tells one, else by what its answers counted."""
        return self.row.saving or saved_by(self.row.item, self.row.batch, self.tokens)

    @cached_property
    def missing(self) -> list[str]:
        return self.store.facts.get("missing", "").split()

    @property
    def can_retry(self) -> bool:
        left = sum(count for name, _, count in self.totals if name != "succeeded")
        return left > 0 and "input" not in self.missing


@require_safe
def index(request: HttpRequest, slug: str, batch_id: str) -> HttpResponse:
    """A page of the lines; where they are not read yet, the page has that done and waits for it."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="read")
    asked = asked_for(request)
    row = row_of(item)
    store = results.stored(item, row.batch)
    context = {**framed(request, item), "asked": asked, "outcomes": OUTCOMES}
    if store is None:
        return waiting(request, item, context)
    page = paged(request, Lines(store, asked))  # type: ignore[arg-type]
    shown = Shown(store, row)
    if wants_json(request):
        return JsonResponse(as_json(shown, page))
    context |= {"shown": shown, "page": page, "query": query(asked)}
    is_part = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "batches/_results.html" if is_part else "batches/results.html", context)


def waiting(request: HttpRequest, item: Item, context: dict[str, Any]) -> HttpResponse:
    job = access.last_job(request.user, results.READ, url=results_url(item))
    if wants_json(request):
        told = {"state": job.state, "error": job.error_message} if job else None
        return JsonResponse({"data": [], "total": None, "job": told}, status=202)
    context |= {"job": job, "is_read": False}
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "batches/_results.html" if is_part else "batches/results.html", context)


def asked_for(request: HttpRequest) -> Asked:
    outcome = request.GET.get("outcome", "")
    if outcome and outcome not in OUTCOMES:
        raise BadQuery(f"Lines are {', '.join(OUTCOMES)}, not “{outcome[:40]}”.")
    cause = clean_text(request.GET.get("cause", ""))[:16]
    return Asked(outcome, cause, clean_text(request.GET.get("q", ""))[:MAX_QUERY].strip())


def query(asked: Asked) -> str:
    """What the address narrows by, to be given on to a download and to a line."""
    return urlencode({name: value for name, value in asdict(asked).items() if value})


def results_url(item: Item) -> str:
    return reverse("batch-results", args=[item.connection.slug, item.remote_id])


@require_POST
def read(request: HttpRequest, slug: str, batch_id: str) -> HttpResponse:
    """Have a worker read the results; who looks at the same time waits for the same job."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="read")
    with transaction.atomic():
        job = access.last_job(request.user, results.READ, url=results_url(item))
        if job is None or not job.is_open:
            job = results.start(item, request.user)
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return accepted(request, job, results_url(item))


@require_safe
def line(request: HttpRequest, slug: str, batch_id: str, number: int) -> HttpResponse:
    """One line in full: its request and its result, as the files have them."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="read")
    store = known(item)
    found = store.whole(number)
    if found is None:
        raise Http404("No such line.")
    told, whole = found
    if wants_json(request):
        return JsonResponse(exports.as_row(whole))
    context = {**framed(request, item), "line": told, "whole": whole, "full": exports.texts(whole)}
    context |= beside(store, item, number, asked_for(request))
    return render(request, "batches/line.html", context)


def beside(store: Store, item: Item, number: int, asked: Asked) -> dict[str, str]:
    """Where the lines before and after are, of those that the list showed, and the list; "" at an end."""
    narrowed = f"?{query(asked)}".rstrip("?")
    near = [
        reverse("batch-line", args=[item.connection.slug, item.remote_id, one]) + narrowed if one else ""
        for one in store.beside(number, asked)
    ]
    before, after = near
    told = {"before_url": before, "after_url": after, "fitting_url": f"{results_url(item)}{narrowed}"}
    return {**told, "query": query(asked)}


def known(item: Item) -> Store:
    store = results.stored(item, row_of(item).batch)
    if store is None:
        raise Http404("The results of this batch are not in the console.")
    return store


@require_GET
def download(request: HttpRequest, slug: str, batch_id: str, form: str) -> StreamingHttpResponse:
    """The lines that fit as JSONL or CSV, written while they are read; to be saved and never to be shown."""
    item = access.item_for(request.user, slug, KIND, batch_id, may="read")
    if form not in FORMATS:
        raise Http404("No such format.")
    pieces = FORMATS[form](known(item).joined(asked_for(request)))
    target = audit.Target(KIND, batch_id, item.name)
    audit.record("batch.downloaded", target=target, connection=item.connection)
    closing = ExitStack()
    closing.callback(pieces.close)  # type: ignore[attr-defined]
    return attachment(pieces, f"{item.name}-results.{form}", closing=closing)


def as_json(shown: Shown, page: Page) -> dict[str, Any]:
    return {
        "data": [one._asdict() for one in page.rows],
        "total": page.total,
        "next": page.next,
        "totals": {name: count for name, _, count in shown.totals},
        "causes": [one._asdict() for one in shown.causes],
        "missing": shown.missing,
    }
