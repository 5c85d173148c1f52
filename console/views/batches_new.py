"""Starting a batch from a file that the resource has."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from console import access, tasks
from console.batching import related, work
from console.batching.work import NewBatch
from console.forms.batches import BatchForm
from console.index.batches import KIND
from console.models import Connection, Job
from console.once import unmarked
from console.v1.batches import ENDPOINTS
from console.views import code_calls, code_follows
from console.views.activity import accepted
from console.views.batches import as_json, row_of
from console.views.shared import failure_of, form_page, wants_json

EXAMPLE = NewBatch("", ENDPOINTS[0], "file-…")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a batch; the same form sent again leads to the same batch. `?file=` proposes one."""
    connection = access.connection_for(request.user, slug, may="operate")
    if request.method != "POST":
        return page(request, connection, BatchForm(initial={"input_file": request.GET.get("file", "")}))
    form = BatchForm(request.POST)
    if code_follows.is_asked(request):
        told = creating(connection, form.asked()) if form.is_valid() else None
        return code_follows.answered(request, told)
    if not form.is_valid():
        return page(request, connection, form)
    job = started(request, connection, form.asked())
    if error := failure_of(request, job):
        return page(request, connection, form.renewed(), status=error.page_status, error=error)
    return reached(request, connection, job)


def started(request: HttpRequest, connection: Connection, asked: NewBatch) -> Job:
    """Start it within this request, unless its file may have to be waited for: then a worker does."""
    if related.is_processed(connection, asked.input_file):
        return work.create(connection, request.user, asked, at_once=True)
    with transaction.atomic():
        job = work.create(connection, request.user, asked, at_once=False)
        if job.is_open:
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return job


def reached(request: HttpRequest, connection: Connection, job: Job) -> HttpResponse:
    """The batch that was started, or the job that is about to."""
    made = job.outcome.get("batch")
    if made is None:
        return accepted(request, job)
    if wants_json(request):
        item = access.item_for(request.user, connection.slug, KIND, made, may="operate")
        return JsonResponse(as_json(row_of(item)), status=201)
    messages.success(request, "The batch is under way. Its lines are looked over first.")
    return redirect("batch", connection.slug, made)


def page(
    request: HttpRequest, connection: Connection, form: Any, *, status: int = 0, error: Any = None
) -> HttpResponse:
    context = {
        "connection": connection,
        "form": form,
        "error": error,
        "files": related.input_files(connection),
        "endpoints": ENDPOINTS,
        "samples": creating(connection, EXAMPLE),
    }
    return form_page(request, "batches/new.html", context, form, status=status)


def creating(connection: Connection, asked: NewBatch) -> Any:
    body = unmarked(asked.body(asked.input_file))
    return code_calls.calling(connection, "batches.create", "POST", "/batches", body=body)
