"""Starting a fine-tuning job in a form for its method."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.fine_tuning import JobForm
from console.index.fine_tuning import KIND
from console.models import Connection
from console.once import failure
from console.training import related, work
from console.training.work import NewJob
from console.v1.fine_tuning import METHODS
from console.views import code_calls
from console.views.fine_tuning import METHODS as TITLES
from console.views.fine_tuning import Row, as_json
from console.views.shared import wants_json

PURPOSES = {
    "supervised": "Examples of questions with the answer you want.",
    "dpo": "Pairs of answers, one preferred over the other.",
    "reinforcement": "Questions alone: a grader rewards the model's own answers. For reasoning models.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a job; the same form sent again leads to the same job. What was typed survives another method."""
    connection = access.connection_for(request.user, slug, may="operate")
    method = (request.POST if request.method == "POST" else request.GET).get("method", METHODS[0])
    method = method if method in METHODS else METHODS[0]
    if request.method != "POST":
        typed = {name: value for name, value in request.GET.items() if name not in {"method", "key"}}
        return page(request, connection, JobForm(method=method, initial=typed))
    form = JobForm(request.POST, method=method)
    if not form.is_valid():
        if wants_json(request):
            return JsonResponse({"error": {"fields": form.errors}}, status=422)
        return page(request, connection, form, status=422)
    job = work.create(connection, request.user, form.asked())
    error = failure(job)
    if error is not None and wants_json(request):
        raise error
    if error is not None:
        return page(request, connection, form.renewed(), status=error.page_status, error=error)
    if job.is_open:
        return redirect("job", job.pk)
    made = job.outcome["fine_tuning_job"]
    if wants_json(request):
        item = access.item_for(request.user, slug, KIND, made, may="operate")
        return JsonResponse(as_json(Row(item)), status=201)
    messages.success(request, "The job is under way. Its files are checked first.")
    return redirect("fine-tuning-job", slug, made)


def page(
    request: HttpRequest, connection: Connection, form: JobForm, *, status: int = 200, error: Any = None
) -> HttpResponse:
    context = {
        "connection": connection,
        "form": form,
        "error": error,
        "methods": [(name, TITLES[name]) for name in METHODS],
        "purpose": PURPOSES[form.method],
        "models": related.tunable_models(connection),
        "files": related.training_files(connection),
        "samples": creating(connection, form.method),
    }
    return render(request, "fine_tuning/new.html", context, status=status)


def creating(connection: Connection, method: str) -> Any:
    asked = NewJob("", "gpt-4.1-mini-2025-04-14", "file-…", method, hyperparameters={"n_epochs": 3})
    body = {name: value for name, value in asked.body().items() if name != "metadata"}
    return code_calls.calling(connection, "fine_tuning.jobs.create", "POST", "/fine_tuning/jobs", body=body)
