"""Starting a fine-tuning job in a form for its method."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.fine_tuning import JobForm
from console.forms.graders import EXACT, KINDS
from console.index.fine_tuning import KIND
from console.models import Connection, Job
from console.once import unmarked
from console.training import related, work
from console.training.work import NewJob
from console.v1.fine_tuning import METHODS
from console.views import code_calls, code_follows, new_page, way_back
from console.views.fine_tuning_quote import method_of, quoting
from console.views.fine_tuning_rows import METHODS as TITLES
from console.views.fine_tuning_rows import Row, as_json

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

    def made(job: Job) -> HttpResponse:
        item = access.item_for(request.user, slug, KIND, job.outcome["fine_tuning_job"], may="operate")
        said = "The job is under way. Its files are checked first."
        return new_page.arrived(request, item, as_json(Row(item)), said)

    return new_page.making(
        request,
        "fine_tuning/new.html",
        shown(request, connection, form),
        form,
        code=lambda: creating(connection, form.asked()),
        make=lambda: work.create(connection, request.user, form.asked()),
        made=made,
    )


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


def shown(request: HttpRequest, connection: Connection, form: JobForm) -> dict[str, Any]:
    """What the page shows beside the form."""
    url = reverse("fine-tuning-job-new", args=[connection.slug])
    names = ("model", "training_file", "validation_file", "n_epochs")
    typed = {name: str(form[name].value() or "") for name in names}
    return {
        "methods": [(name, TITLES[name], f"{url}?method={name}") for name in METHODS],
        "kinds": [
            (name, title, f"{url}?method={form.kind}&grader_kind={name}") for name, title in KINDS.items()
        ],
        "purpose": PURPOSES[form.kind],
        "samples": creating(connection, example(form.kind)),
        **quoting(request, connection, {**typed, "method": form.kind}),
    }


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
