"""Starting a run of an eval: a model answers the rows of a file, or answers that there are are judged."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access
from console.evaluation import known, work
from console.evaluation.work import NewRun
from console.forms.eval_runs import RunDraft
from console.forms.graders import pretty
from console.index.eval_runs import KIND as RUN
from console.index.evals import KIND
from console.models import Item
from console.outbound.errors import UpstreamError
from console.views import code_calls, code_follows, new_page, way_back
from console.views.activity import accepted
from console.views.eval_rows import RunRow
from console.views.evals import Row, framed
from console.views.shared import failure_of, form_page

FIRST = {"stored_completions": "stored", "logs": "responses"}
"""The kind of run that each data source asks for; rows of a file are answered by a model."""


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str, eval_id: str) -> HttpResponse:
    """Start a run; a button inside the form adds or removes a message, or leads to the uploader, and starts nothing."""
    item = access.item_for(request.user, slug, KIND, eval_id, may="operate")
    if request.method != "POST":
        return page(request, item, begun(request, item))
    step = request.POST.get("do", "")
    if step == "upload":
        url = reverse("eval-run-new", args=[slug, eval_id])
        return way_back.away(request, slug, url=url, kind="evals", roles=["file"])
    if step and not code_follows.is_asked(request):
        return page(request, item, stepped(request, step))
    draft = RunDraft.sent(request.POST, is_bound=True)
    if code_follows.is_asked(request):
        return code_follows.answered(request, creating(item, draft) if draft.is_valid() else None)
    if not draft.is_valid():
        return page(request, item, draft)
    asked = NewRun(draft.form.cleaned_data["key"], eval_id, item.name, draft.told())
    return started(request, item, draft, asked)


def begun(request: HttpRequest, item: Item) -> RunDraft:
    """A blank form, what was typed before a file was uploaded, or what another run was asked for: `?like=`."""
    if "kept" in request.GET and "kind" in (typed := way_back.typed(request)):
        return RunDraft.sent(typed, is_bound=False)
    if not (like := request.GET.get("like", "")):
        row = Row(item)
        fields = [name for name, _ in row.fields]
        draft = RunDraft.blank(
            FIRST.get(row.eval.source, "sample"), field=fields[0] if fields else "question"
        )
        draft.form.initial["file"] = request.GET.get("file", "")
        return draft
    run = RunRow(access.item_for(request.user, item.connection.slug, RUN, like, may="operate"))
    return RunDraft.of(run.run.source, run.metadata)


def stepped(request: HttpRequest, step: str) -> RunDraft:
    """What was typed, after one step: add, remove:prefix, json."""
    draft = RunDraft.sent(request.POST, is_bound=False)
    verb, _, what = step.partition(":")
    if verb == "add":
        draft.add()
    elif verb == "remove":
        draft.remove(what)
    elif verb == "json":
        draft.form.initial["body"] = pretty(draft.source())
        draft.form.initial["kind"] = "json"
    return draft


def started(request: HttpRequest, item: Item, draft: RunDraft, asked: NewRun) -> HttpResponse:
    job = work.start(item.connection, request.user, asked)
    if error := failure_of(request, job):
        draft.form.renewed()
        return page(request, item, draft, status=error.page_status, error=error)
    if job.is_open:
        return accepted(request, job)
    run = access.item_for(request.user, item.connection.slug, RUN, job.outcome["run"], may="operate")
    return new_page.arrived(request, run, RunRow(run).as_json(), "The run is under way.")


def page(
    request: HttpRequest,
    item: Item,
    draft: RunDraft,
    *,
    status: int = 0,
    error: UpstreamError | None = None,
) -> HttpResponse:
    frame = framed(request, item)
    context: dict[str, Any] = {
        **frame,
        "form": draft.form,
        "messages_typed": draft.messages,
        "error": error,
        "fields": frame["row"].fields,
        "files": known.files_for(item.connection),
        "deployments": known.deployments_of(item.connection),
        "samples": creating(item, draft),
    }
    return form_page(request, "eval_runs/new.html", context, *draft.checked_forms, status=status)


def creating(item: Item, draft: RunDraft) -> Any:
    return code_calls.calling(
        item.connection,
        "evals.runs.create",
        "POST",
        code_calls.path("evals", item.remote_id, "runs"),
        ids=[item.remote_id],
        body=draft.told(),
    )
