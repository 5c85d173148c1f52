"""What several views answer in the same way: JSON beside HTML, forms, errors of jobs, and pages of long lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from console.models import Job
from console.once import failure
from console.outbound.errors import UpstreamError

PAGE_SIZE = 50


class BadQuery(BadRequest):
    """The address asks for what the page does not have; the text says it, and becomes a page (400)."""


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller asked for JSON and not for a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def form_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *forms: BaseForm | None, status: int = 0
) -> HttpResponse:
    """The page of forms; with what is wrong in those that were sent it is a 422, and as JSON the fields alone.

    `status` is that of a page which tells more than this.
    """
    wrong = {
        form.add_prefix(name): texts
        for form in forms
        if form is not None
        for name, texts in form.errors.items()
    }
    answer = status or (422 if wrong else 200)
    if answer == 422 and wants_json(request):
        return refused_fields(wrong)
    return render(request, template, context, status=answer)


def refused_fields(
    wrong: Mapping[str, Any], *, status: int = 422, headers: dict[str, str] | None = None
) -> JsonResponse:
    """Tell a caller what is wrong: `{"error": {"fields": {name: [sentence]}}}`, all of a form by the name `__all__`."""
    return JsonResponse({"error": {"fields": wrong}}, status=status, headers=headers)


def failure_of(request: HttpRequest, job: Job) -> UpstreamError | None:
    """The error that ended the job of a form, for its page; who asked for JSON gets it raised."""
    error = failure(job)
    if error is not None and wants_json(request):
        raise error
    return error


def asks_for(request: HttpRequest, *parts: str) -> str:
    """Return which of these elements htmx wants to replace; empty for the whole page, as after "back"."""
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.history_restore_request:
        return ""
    return htmx.target if htmx.target in parts else ""


@dataclass(frozen=True)
class Page:
    """One page of a list: `rows`, the total behind it, and its neighbours' query strings ("" at the ends)."""

    rows: Sequence[Any]
    total: int
    number: int
    previous: str
    next: str

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * PAGE_SIZE + len(self.rows)


def paged(
    request: HttpRequest, rows: "QuerySet[Any]", *, size: int = PAGE_SIZE, total: int | None = None
) -> Page:
    """Cut the page that `?page=` names out of an ordered query.

    What is no number counts as the first page, and what is behind the last one as the last.
    `total` is how many rows there are, where that is known without counting.
    """
    text = request.GET.get("page", "1")
    number = max(int(text), 1) if text.isdecimal() and len(text) < 9 else 1
    found = list(rows[(number - 1) * size : number * size + 1])
    total = rows.count() if total is None else total
    if not found and 0 < total <= (number - 1) * size:
        number = -(-total // size)
        found = list(rows[(number - 1) * size : number * size + 1])

    def query(page: int) -> str:
        return "?" + urlencode([*((k, v) for k, v in request.GET.items() if k != "page"), ("page", page)])

    return Page(
        rows=found[:size],
        total=total,
        number=number,
        previous=query(number - 1) if number > 1 else "",
        next=query(number + 1) if len(found) > size else "",
    )


def json_page(page: Page, row: Callable[[Any], dict[str, Any]], **more: Any) -> JsonResponse:
    """Answer a list as JSON: `{"data": [...], "total": n, "next": "?page=2" or ""}`."""
    told = {"data": [row(one) for one in page.rows], "total": page.total, "next": page.next}
    return JsonResponse({**told, **more})
