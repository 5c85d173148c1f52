"""Starting a fine-tuning job in a form for its method."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.fine_tuning import JobForm
from console.forms.graders import EXACT, KINDS
from console.index.fine_tuning import KIND
from console.models import Connection
from console.once import unmarked
from console.training import related, work
from console.training.work import NewJob
from console.v1.fine_tuning import METHODS
from console.views import code_calls, code_follows, way_back
from console.views.activity import accepted
from console.views.fine_tuning_quote import method_of, quoting
from console.views.fine_tuning_rows import METHODS as TITLES
from console.views.fine_tuning_rows import Row, as_json
from console.views.shared import failure_of, form_page, wants_json

PURPOSES = {
    "supervised": "Examples of questions with the answer you want.",
    "dpo": "Pairs of answers, one preferred over the other.",
    "reinforcement": "Questions alone: a grader rewards the model's own answers. For reasoning models.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a job; the same form sent again leads to the same job. What was typed survives another method.

    A button inside the form that changes its grader starts nothing.
    """
    connection = access.connection_for(request.user, slug, may="operate")
    form = form_of(request, connection)
    if not form.is_bound:
        return page(request, connection, form)
    if code_follows.is_asked(request):
        told = creating(connection, form.asked()) if form.is_valid() else None
        return code_follows.answered(request, told)
    if not form.is_valid():
        return page(request, connection, form)
    job = work.create(connection, request.user, form.asked())
    if error := failure_of(request, job):
        return page(request, connection, form.renewed(), status=error.page_status, error=error)
    if job.is_open:
        return accepted(request, job)
    return started(request, slug, job.outcome["fine_tuning_job"])


def form_of(request: HttpRequest, connection: Connection) -> JobForm:
    """The form that was sent, or one with what the address proposes."""
    typed: dict[str, Any] = (request.POST if request.method == "POST" else way_back.typed(request)).dict()
    is_step = typed.get("do") and not code_follows.is_asked(request)
    return JobForm(
        request.POST if request.method == "POST" and not is_step else None,
        kind=method_of(typed),
        models=related.tunable_models(connection),
        files=related.training_files(connection),
        grader_kind=typed.get("grader_kind", ""),
        initial={name: value for name, value in typed.items() if name not in {"method", "key"}},
    )


def started(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    if wants_json(request):
        item = access.item_for(request.user, slug, KIND, job_id, may="operate")
        return JsonResponse(as_json(Row(item)), status=201)
    messages.success(request, "The job is under way. Its files are checked first.")
    return redirect("fine-tuning-job", slug, job_id)


def page(
    request: HttpRequest, connection: Connection, form: JobForm, *, status: int = 0, error: Any = None
) -> HttpResponse:
    url = reverse("fine-tuning-job-new", args=[connection.slug])
    names = ("model", "training_file", "validation_file", "n_epochs")
    typed = {name: str(form[name].value() or "") for name in names}
    context = {
        "form": form,
        "error": error,
        "methods": [(name, TITLES[name], f"{url}?method={name}") for name in METHODS],
        "kinds": [
            (name, title, f"{url}?method={form.kind}&grader_kind={name}") for name, title in KINDS.items()
        ],
        "purpose": PURPOSES[form.kind],
        "samples": creating(connection, example(form.kind)),
        **quoting(request, connection, {**typed, "method": form.kind}),
    }
    return form_page(request, "fine_tuning/new.html", context, *form.checked_forms, status=status)


def example(method: str) -> NewJob:
    return NewJob(
        key="",
        model="o4-mini-2025-04-16" if method == "reinforcement" else "gpt-4.1-mini-2025-04-14",
        training_file="file-…",
        method=method,
        hyperparameters={"n_epochs": 3},
        grader=EXACT if method == "reinforcement" else {},
    )


def creating(connection: Connection, asked: NewJob) -> Any:
    body = unmarked(asked.body())
    return code_calls.calling(connection, "fine_tuning.jobs.create", "POST", "/fine_tuning/jobs", body=body)
