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
from console.once import is_begun, unmarked
from console.outbound.errors import NotFound, UpstreamError
from console.v1.batches import ENDPOINTS
from console.views import code_calls, code_follows, new_page
from console.views.batches import as_json, row_of
from console.views.shared import form_page, wants_json

TEMPLATE = "batches/new.html"
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
    if error := looked_at(request, connection, form):
        context |= {"form": form, "error": error}
        return form_page(request, TEMPLATE, context, status=error.page_status)
    return new_page.making(
        request,
        TEMPLATE,
        context,
        form,
        code=lambda: creating(connection, form.asked()),
        make=lambda: started(request, connection, form.asked()),
        made=made,
    )


def looked_at(request: HttpRequest, connection: Connection, form: BatchForm) -> UpstreamError | None:
    """Look at the file before anything is started: one that is not there is told at its field.

    Returns why the resource could not be asked; who asked for JSON gets that raised.
    """
    try:
        if form.is_valid() and is_news(request, connection, form.asked()):
            work.look(connection, request.user, form.asked().input_file)
    except NotFound as error:
        form.add_error("input_file", f"{error.message} {error.remedy}")
    except UpstreamError as error:
        if wants_json(request):
            raise
        return error
    return None


def is_news(request: HttpRequest, connection: Connection, asked: NewBatch) -> bool:
    """Whether a batch is to be started now, of a file that is not known to be fit for it."""
    if code_follows.is_asked(request) or is_begun(request.user, asked.key):
        return False
    return not related.is_processed(connection, asked.input_file)


def started(request: HttpRequest, connection: Connection, asked: NewBatch) -> Job:
    """Start it within this request, unless its file has to be waited for: then a worker does."""
    if not related.is_unsettled(connection, asked.input_file):
        return work.create(connection, request.user, asked, at_once=True)
    with transaction.atomic():
        job = work.create(connection, request.user, asked, at_once=False)
        if job.is_open:
            tasks.run_job.delay_on_commit(str(job.pk))  # type: ignore[attr-defined]
    return job


def creating(connection: Connection, asked: NewBatch) -> Any:
    body = unmarked(asked.body(asked.input_file))
    return code_calls.calling(connection, "batches.create", "POST", "/batches", body=body)
