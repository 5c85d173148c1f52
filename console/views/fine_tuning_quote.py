"""Beside the form of a fine-tuning job: what the doctor says of its files, and what the training would cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import access
from console.models import Connection, Item, Job
from console.training import related
from console.training.quote import RULES, quote
from console.v1.fine_tuning import METHODS
from console.views import file_checks, way_back

ROLES = {"training_file": "Training file", "validation_file": "Validation file"}
UNSAID = {"key", "csrfmiddlewaretoken"}
LONGEST = 1500
"""Characters of an entry that a link back to the form can carry."""

Typed = Mapping[str, str]


@dataclass(frozen=True)
class Checked:
    """A chosen file and the doctor's last look at it by the rules of the method, which `report_url` shows."""

    title: str
    file: Item
    url: str
    job: Job | None
    report: dict[str, Any]
    report_url: str

    @property
    def is_open(self) -> bool:
        return self.job is not None and self.job.is_open


def quoting(request: HttpRequest, connection: Connection, typed: Typed) -> dict[str, Any]:
    """What the part of the page shows for these entries."""
    method = method_of(typed)
    files = checked(request, connection, typed)
    report = next((one.report for one in files if one.title == ROLES["training_file"]), {})
    epochs = typed.get("n_epochs", "")
    passes = int(epochs) if epochs.isdecimal() and len(epochs) < 3 and int(epochs) else None
    return {
        "connection": connection,
        "checked": files,
        "is_checking": any(one.is_open for one in files),
        "quote": quote(connection, method, typed.get("model", ""), passes, report),
        "rules": RULES[method].value,
    }


def method_of(typed: Typed) -> str:
    method = typed.get("method", METHODS[0])
    return method if method in METHODS else METHODS[0]


def checked(request: HttpRequest, connection: Connection, typed: Typed) -> list[Checked]:
    """The chosen files that the index knows. A report by other rules does not count."""
    wanted = {typed.get(role, ""): title for role, title in reversed(ROLES.items())}
    rules = RULES[method_of(typed)].value
    found = []
    for item in related.files_by_id(connection, wanted):
        url = reverse("file-check", args=[connection.slug, item.remote_id])
        job = access.last_job(request.user, file_checks.JOB, url=url)
        report = (job.outcome.get("report") or {}) if job else {}
        report_url = url
        if job is None or rules not in (job.arguments["purpose"], report.get("purpose")):
            job = None
            report, report_url = on_its_way(request, item, rules)
        found.append(Checked(wanted[item.remote_id], item, url, job, report, report_url))
    return sorted(found, key=lambda one: one.title)


def on_its_way(request: HttpRequest, file: Item, rules: str) -> tuple[dict[str, Any], str]:
    """What the doctor said of a file before this console sent it, by the same rules, and the page of that."""
    upload = access.upload_behind(request.user, file)
    if upload is None or upload.report.get("purpose") != rules:
        return {}, ""
    return upload.report, reverse("upload", args=[upload.pk])


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The part for what the form says now; it asks again while the doctor is at work."""
    connection = access.connection_for(request.user, slug, may="operate")
    return render(request, "fine_tuning/_quote.html", quoting(request, connection, request.GET.dict()))


@require_POST
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the doctor look at the chosen files by the rules of the method."""
    connection = access.connection_for(request.user, slug, may="operate")
    typed = request.POST.dict()
    for one in checked(request, connection, typed):
        if not one.is_open:
            file_checks.start(request, one.file, RULES[method_of(typed)].value, url=one.url)
    if getattr(request, "htmx", False):
        return render(request, "fine_tuning/_quote.html", quoting(request, connection, typed))
    return redirect(back(connection, typed))


@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Go and upload a file for this method; the uploader leads back to the form as it is now."""
    access.connection_for(request.user, slug, may="operate")
    kind = RULES[method_of(request.POST.dict())].value
    url = reverse("fine-tuning-job-new", args=[slug])
    return way_back.away(request, slug, url=url, kind=kind, roles=tuple(ROLES))


def back(connection: Connection, typed: Typed) -> str:
    """The address of the form with what was typed, but for what is too long for one."""
    kept = {
        name: value for name, value in typed.items() if value and name not in UNSAID and len(value) < LONGEST
    }
    return f"{reverse('fine-tuning-job-new', args=[connection.slug])}?{urlencode(kept)}"
