"""Jobs of fine-tuning side by side: their curves over each other, and what was set differently."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access
from console.index.fine_tuning import KIND
from console.outbound.errors import UpstreamError
from console.training import progress
from console.training.curves import overlaid
from console.views.fine_tuning_quote import ROLES
from console.views.fine_tuning_rows import Row, as_json
from console.views.shared import asks_for, wants_json

MOST_JOBS = 6


@dataclass(frozen=True)
class Difference:
    """A setting with its value in each job; `differs` when they are not all the same. A count is written as one."""

    name: str
    values: list[Any] = field(default_factory=list)
    is_count: bool = False

    @property
    def differs(self) -> bool:
        return len({str(one) for one in self.values}) > 1


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Jobs side by side, `?job=connection/id` repeated: settings from the index, curves by a part of the page.

    A POST of rows that were selected in the list leads there.
    """
    if request.method == "POST":
        return redirect(f"{reverse('fine-tuning-compare')}?{urlencode(selected(request))}")
    rows = chosen(request)
    context: dict[str, Any] = {"rows": rows, "differences": differences(rows)}
    context["query"] = request.GET.urlencode()
    part = asks_for(request, "curves")
    if part or wants_json(request) or "curves" in request.GET:
        read = [(row, progress.look(row.item.connection, request.user, row.item.remote_id)) for row in rows]
        context["charts"] = overlaid([(row.item.name, training.curves) for row, training in read])
        context["failed"] = [(row, training.error) for row, training in read if training.error]
        context["is_read"] = True
    if wants_json(request):
        return JsonResponse(compared(rows, context["charts"], context["failed"]))
    template = "fine_tuning/_curves.html" if part else "fine_tuning/compare.html"
    return render(request, template, context)


def selected(request: HttpRequest) -> list[tuple[str, str]]:
    """The jobs that were selected, as the address names them."""
    keys = [int(key) for key in request.POST.getlist("item") if key.isdecimal() and len(key) < 19]
    items = access.items_by_key(request.user, KIND, keys, may="read")
    if len(items) > MOST_JOBS:
        messages.warning(request, f"Only {MOST_JOBS} jobs can be compared at once; these are the first.")
    return [("job", f"{one.connection.slug}/{one.remote_id}") for one in items[:MOST_JOBS]]


def chosen(request: HttpRequest) -> list[Row]:
    """The jobs that the address names and the user may see, in its order."""
    found = []
    for text in dict.fromkeys(request.GET.getlist("job")):
        slug, _, job_id = text.partition("/")
        items = access.items_for(request.user, KIND).filter(connection__slug=slug, remote_id=job_id)
        found += [Row(item) for item in items]
    return found[:MOST_JOBS]


def differences(rows: list[Row]) -> list[Difference]:
    """What was asked for and what came of it, setting by setting; those that differ come first."""
    files = [{title: file.name if file else name for title, name, file in row.files} for row in rows]
    names = dict.fromkeys(name for row in rows for name in row.job.hyperparameters)
    told = [
        Difference("Base model", [row.job.model for row in rows]),
        Difference("Method", [row.method for row in rows]),
        *(Difference(role, [each.get(role, "") for each in files]) for role in ROLES.values()),
        *(Difference(name, [row.job.hyperparameters.get(name, "") for row in rows]) for name in names),
        Difference("Seed", ["" if row.job.seed is None else row.job.seed for row in rows]),
        Difference("Trained tokens", [row.job.trained_tokens or "" for row in rows], is_count=True),
    ]
    return sorted(told, key=lambda one: not one.differs)


def compared(rows: list[Row], charts: list[Any], failed: list[tuple[Row, UpstreamError]]) -> dict[str, Any]:
    return {
        "data": [as_json(row) for row in rows],
        "differences": {one.name: one.values for one in differences(rows) if one.differs},
        "charts": [
            {"title": one.title, "lines": [{"job": line.label, "points": line.points} for line in one.lines]}
            for one in charts
        ],
        "errors": [{"job": row.item.remote_id, "message": error.message} for row, error in failed],
    }
