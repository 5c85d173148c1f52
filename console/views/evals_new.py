"""Making an eval in fields or as JSON, and changing the name and metadata of one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from console import access
from console.evaluation import first_line, known, work
from console.evaluation.work import NewEval
from console.forms.criteria import FORMS
from console.forms.eval_draft import Draft, JsonForm, body_of
from console.forms.evals import EditForm
from console.forms.graders import pretty
from console.index import evals as index
from console.index.evals import KIND
from console.index.keeping import read_again
from console.models import Connection
from console.outbound.errors import UpstreamError
from console.v1 import evals
from console.v1.evals import parse_eval
from console.views import code_calls, code_follows, new_page, object_page
from console.views.activity import accepted
from console.views.evals import Row, as_json, framed, rows
from console.views.shared import failure_of, form_page, refused_fields, wants_json


@dataclass
class Page:
    """What the page shows: fields or JSON; `note` says what a step could not do."""

    draft: Draft | None = None
    as_json: JsonForm | None = None
    faults: tuple[str, ...] = ()
    note: str = ""
    error: UpstreamError | None = None
    status: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an eval; a button inside the form adds, removes or changes over, and makes nothing."""
    connection = access.connection_for(request.user, slug, may="operate")
    if request.method != "POST":
        return page(request, connection, begun(request, connection))
    step, is_json = request.POST.get("do", ""), request.POST.get("mode") == "json"
    if step and not code_follows.is_asked(request):
        shown = back_to_fields(request) if is_json else stepped(request, connection, step)
        return page(request, connection, shown)
    shown, key, body = checked_json(request) if is_json else checked_fields(request)
    if code_follows.is_asked(request):
        return code_follows.answered(request, None if body is None else creating(connection, body))
    if body is None:
        return page(request, connection, shown)
    return made(request, connection, shown, NewEval(key, body))


def begun(request: HttpRequest, connection: Connection) -> Page:
    """A blank form, or another eval's criteria to begin with: `?like=`."""
    if not (like := request.GET.get("like", "")):
        return Page(Draft.blank())
    item = access.item_for(request.user, connection.slug, KIND, like, may="operate")
    body = body_of(parse_eval({"id": item.remote_id, **item.raw}))
    try:
        return Page(Draft.of(body))
    except ValidationError as error:
        return Page(as_json=JsonForm(initial={"body": pretty(body)}), note=" ".join(error.messages))


def stepped(request: HttpRequest, connection: Connection, step: str) -> Page:
    """What was typed, after one step: add:kind, remove:prefix, schema, json."""
    draft = Draft.sent(request.POST, is_bound=False)
    verb, _, what = step.partition(":")
    if verb == "add" and what in FORMS:
        draft.add(what)
    elif verb == "remove":
        draft.remove(what)
    elif verb == "schema":
        return with_schema(request, connection, draft)
    elif verb == "json":
        form = JsonForm(initial={"body": pretty(draft.told())})
        form.initial["key"] = draft.head.initial["key"]
        return Page(as_json=form)
    return Page(draft)


def with_schema(request: HttpRequest, connection: Connection, draft: Draft) -> Page:
    """The schema that the first line of the chosen file tells."""
    file_id = request.POST.get("file", "").strip()
    if not file_id:
        return Page(draft, note="Choose a file first.", status=422)
    try:
        draft.head.initial["schema"] = pretty(first_line.schema(connection, request.user, file_id))
    except first_line.NoRow as reason:
        return Page(draft, note=str(reason), status=422)
    except UpstreamError as error:
        return Page(draft, error=error, status=error.page_status)
    return Page(draft)


def back_to_fields(request: HttpRequest) -> Page:
    form = JsonForm(request.POST)
    if form.is_valid():
        try:
            return Page(Draft.of(form.cleaned_data["body"], key=form.cleaned_data["key"]))
        except ValidationError as error:
            return Page(as_json=form, faults=tuple(error.messages), status=422)
    return Page(as_json=form)


def checked_fields(request: HttpRequest) -> tuple[Page, str, dict[str, Any] | None]:
    draft = Draft.sent(request.POST, is_bound=True)
    if draft.is_valid():
        return Page(draft), draft.head.cleaned_data["key"], draft.told()
    return Page(draft), "", None


def checked_json(request: HttpRequest) -> tuple[Page, str, dict[str, Any] | None]:
    form = JsonForm(request.POST)
    if not form.is_valid():
        return Page(as_json=form), "", None
    try:
        faults = tuple(form.faults())
    except ValidationError as error:
        faults = tuple(error.messages)
    if faults:
        return Page(as_json=form, faults=faults, status=422), "", None
    return Page(as_json=form), form.cleaned_data["key"], form.cleaned_data["body"]


def made(request: HttpRequest, connection: Connection, shown: Page, asked: NewEval) -> HttpResponse:
    job = work.create(connection, request.user, asked)
    if error := failure_of(request, job):
        form = shown.as_json or (shown.draft.head if shown.draft else None)
        if form is not None:
            form.renewed()
        shown.error, shown.status = error, error.page_status
        return page(request, connection, shown)
    if job.is_open:
        return accepted(request, job)
    item = access.item_for(request.user, connection.slug, KIND, job.outcome["eval"], may="operate")
    said = "The eval is there. Run it to judge a model."
    return new_page.arrived(request, item, as_json(rows([item])[0]), said)


def page(request: HttpRequest, connection: Connection, shown: Page) -> HttpResponse:
    if shown.faults and wants_json(request):
        return refused_fields({"body": shown.faults})
    body = (
        shown.draft.told() if shown.draft else {"name": "…", "data_source_config": {}, "testing_criteria": []}
    )
    context = {
        "connection": connection,
        "shown": shown,
        "kinds": list(FORMS.values()),
        "files": known.files_for(connection),
        "deployments": known.deployments_of(connection),
        "samples": creating(connection, body),
    }
    forms = shown.draft.checked_forms if shown.draft else [shown.as_json]
    return form_page(request, "evals/new.html", context, *forms, status=shown.status)


def creating(connection: Connection, body: dict[str, Any]) -> Any:
    return code_calls.calling(connection, "evals.create", "POST", "/evals", body=body)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, eval_id: str) -> HttpResponse:
    """Rename an eval, change its metadata; who comes second gets both versions (409)."""
    item = access.item_for(request.user, slug, KIND, eval_id, may="operate")

    def change(body: dict[str, Any]) -> None:
        with item.connection.client(request.user) as client:
            told = evals.update(client, eval_id, body, label=item.name)
        index.remember(item.connection, told)
        messages.success(request, f"Changed {told.name}.")

    if page := object_page.changing(
        request,
        "evals/edit.html",
        {**framed(request, item), "here": "Edit"},
        stored=Row(item).eval,
        form=lambda sent, stored: EditForm(sent, evaluation=stored),
        read=lambda: read_again(item, request.user, evals.get, index.remember),
        change=change,
        sdk="evals.update",
    ):
        return page
    return redirect("eval", slug, eval_id)
