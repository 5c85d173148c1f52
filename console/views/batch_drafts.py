"""Drafts of batches: requests that were built here, with their check and their price, until somebody starts them."""

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from console import access, tasks
from console.batching import building, related, work
from console.jsonl import preview
from console.models import Connection, Job, Upload
from console.views import batch_code
from console.views.activity import accepted
from console.views.shared import asks_for, wants_json

SHOWN = 5
SAME = frozenset({"method", "url"})
"""What every line of a batch has alike; the page tells it once."""

MODEL = "model"
"""The column of a preview that tells which deployment a request asks."""


def draft_for(request: HttpRequest, slug: str, draft_id: uuid.UUID | str) -> Job:
    """Raises Http404 for a job that is no draft of a batch on this connection."""
    connection = access.connection_for(request.user, slug, may="operate")
    try:
        job = access.job_for(request.user, uuid.UUID(str(draft_id)), may="operate")
    except ValueError:
        raise Http404("No such draft.") from None
    if job.kind not in building.DRAFTS or job.connection != connection:
        raise Http404("No such draft.")
    return job


@require_safe
def show(request: HttpRequest, slug: str, draft: uuid.UUID) -> HttpResponse:
    """How far the building is, then what would be sent, what the doctor says and what it would cost."""
    job = draft_for(request, slug, draft)
    upload = access.upload_for(request.user, job.arguments["upload"], may="operate")
    if wants_json(request):
        return JsonResponse(as_json(job, upload))
    connection: Connection = job.connection  # type: ignore[assignment]
    wanted = building.batch_of(job)
    lines = first_lines(upload)
    context = {
        "connection": connection,
        "job": job,
        "upload": upload,
        "wanted": wanted,
        "lines": lines,
        "is_constant": building.is_constant(job),
        "unknown": related.unknown_deployments(connection, models_of(lines)),
        "samples": batch_code.starting(connection, upload.name, wanted),
    }
    part = asks_for(request, "draft")
    return render(request, "batches/draft.html#draft" if part else "batches/draft.html", context)


def first_lines(upload: Upload) -> dict[str, Any]:
    """A few requests as a table; empty where there are none (yet, or any more)."""
    if upload.state != Upload.State.RECEIVED or not upload.path.exists():
        return {}
    page = preview(upload.path, rows=SHOWN)
    columns = [name for name in page.columns if name not in SAME]
    rows = [(row.line, [row.cells.get(name, "") for name in columns]) for row in page.rows]
    return {"columns": columns, "rows": rows}


def models_of(lines: dict[str, Any]) -> list[str]:
    """Which deployments the first requests ask."""
    if MODEL not in lines.get("columns", []):
        return []
    place = lines["columns"].index(MODEL)
    return [cells[place] for _, cells in lines["rows"] if cells[place]]


@require_POST
def start(request: HttpRequest, slug: str, draft: uuid.UUID) -> HttpResponse:
    """Send the requests and start the batch: one job, however often and by whomever this is asked for."""
    job = draft_for(request, slug, draft)
    connection: Connection = job.connection  # type: ignore[assignment]
    upload = access.upload_for(request.user, job.arguments["upload"], may="operate")
    with transaction.atomic():
        if upload.is_idle() and upload.begin_sending():
            made = work.create(connection, request.user, building.batch_of(job), at_once=False)
            upload.attach(made)
            tasks.run_job.delay_on_commit(str(made.pk))  # type: ignore[attr-defined]
    upload.refresh_from_db()
    return accepted(request, upload.job) if upload.job else redirect("batch-draft", slug, draft)


def as_json(job: Job, upload: Upload) -> dict[str, Any]:
    started = upload.job if upload.job and upload.job.pk != job.pk else None
    return {
        "id": str(job.pk),
        "state": job.state,
        "error": job.error_message,
        "requests": job.outcome.get("requests"),
        "upload": str(upload.pk),
        "bytes": upload.size,
        "report": upload.report,
        "started": {"job": str(started.pk), "state": started.state, "batch": started.outcome.get("batch")}
        if started and started.kind == work.CREATE
        else None,
    }
