"""Jobs: what the console does in the background, how far it is, and how to stop it."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseStopPolling

from console import access
from console.models import Job, audit
from console.views.shared import json_page, paged, wants_json

TRAY = 8


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    page = paged(request, access.jobs_for(request.user))
    if wants_json(request):
        return json_page(page, as_json)
    return render(request, "activity/index.html", {"page": page})


@require_GET
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = access.job_for(request.user, pk, may="read")
    if wants_json(request):
        return JsonResponse(as_json(job))
    template = "activity/show.html#job" if request.htmx else "activity/show.html"  # type: ignore[attr-defined]
    response = render(request, template, {"job": job})
    if request.htmx and not job.is_open:  # type: ignore[attr-defined]
        return HttpResponseStopPolling(response.content)
    return response


@require_GET
def tray(request: HttpRequest) -> HttpResponse:
    """The menu behind the button in the top bar: what runs, and what ended last."""
    found = access.jobs_for(request.user)
    return render(request, "activity/tray.html", {"jobs": found[:TRAY], "open": found.open().count()})


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = access.job_for(request.user, pk, may="operate")
    with transaction.atomic():
        job.cancel()
        audit.record(
            "job.cancelled", target=audit.Target("job", str(job.pk), job.title), connection=job.connection
        )
    messages.info(request, f"Asked to stop: {job.title}.")
    return redirect("job", pk)


def accepted(request: HttpRequest, job: Job, page: str = "") -> HttpResponse:
    """Lead to the job that a form began, or to the page that follows it.

    Who asked for JSON gets the job as it stands: 202 while it is open, and `Location` tells more later on.
    """
    url = reverse("job", args=[job.pk])
    if not wants_json(request):
        return redirect(page or url)
    job.refresh_from_db()
    return JsonResponse(as_json(job), status=202 if job.is_open else 200, headers={"Location": url})


def as_json(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "title": job.title,
        "connection": job.connection.slug if job.connection else None,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "unit": job.unit,
        "note": job.note,
        "url": job.url,
        "outcome": job.outcome,
        "error": {"kind": job.error_kind, "message": job.error_message} if job.error_kind else None,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }
