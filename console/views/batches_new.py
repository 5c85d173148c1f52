"""Starting a batch from a file that the resource has."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from console import access, tasks
from console.batching import related, work
from console.batching.work import NewBatch
from console.forms.batches import BatchForm
from console.index.batches import KIND
from console.models import Connection, Job
from console.once import unmarked
from console.v1.batches import ENDPOINTS
from console.views import code_calls, new_page
from console.views.batches import as_json, row_of

EXAMPLE = NewBatch("", ENDPOINTS[0], "file-…")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a batch; the same form sent again leads to the same batch. `?file=` proposes one."""
    connection = access.connection_for(request.user, slug, may="operate")
    proposed = {"input_file": request.GET.get("file", "")}
    form = BatchForm(request.POST if request.method == "POST" else None, initial=proposed)

    def made(job: Job) -> HttpResponse:
        item = access.item_for(request.user, slug, KIND, job.outcome["batch"], may="operate")
        said = "The batch is under way. Its lines are looked over first."
        return new_page.arrived(request, item, as_json(row_of(item)), said)

    context = {
        "connection": connection,
        "files": related.input_files(connection),
        "endpoints": ENDPOINTS,
        "samples": creating(connection, EXAMPLE),
    }
    return new_page.making(
        request,
        "batches/new.html",
        context,
        form,
        code=lambda: creating(connection, form.asked()),
        make=lambda: started(request, connection, form.asked()),
        made=made,
    )


def started(request: HttpRequest, connection: Connection, asked: NewBatch) -> Job:
    """Start it within this request, unless its file may have to be waited for: then a worker does."""
    if related.is_processed(connection, asked.input_file):
        return work.create(connection, request.user, asked, at_once=True)
    with transaction.atomic():
        job = work.create(connection, request.user, asked, at_once=False)
        if job.is_open:
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return job


def creating(connection: Connection, asked: NewBatch) -> Any:
    body = unmarked(asked.body(asked.input_file))
    return code_calls.calling(connection, "batches.create", "POST", "/batches", body=body)
