"""A run of an eval: followed live, with its counts by criterion and model; cancelled and deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access
from console.evaluation import known, progress
from console.index import eval_runs as index
from console.index.eval_runs import KIND
from console.models import Item
from console.models.audit import Target
from console.v1 import eval_runs
from console.views import code_calls, object_page
from console.views.code import Sample
from console.views.eval_rows import RunRow
from console.views.fresh import STOP_POLLING
from console.views.history import changes
from console.views.shared import wants_json


@require_safe
def show(request: HttpRequest, slug: str, run_id: str) -> HttpResponse:
    """A run from the index at once; how far it is and its items are asked for by parts of the page."""
    item = access.item_for(request.user, slug, KIND, run_id, may="read")
    if wants_json(request):
        return JsonResponse({**RunRow(item).as_json(), "raw": item.raw})
    return render(request, "eval_runs/show.html", shown(request, item))


@require_safe
def live(request: HttpRequest, slug: str, run_id: str) -> HttpResponse:
    """How far a run is; the part asks again until it has ended, which 286 tells it."""
    item = access.item_for(request.user, slug, KIND, run_id, may="read")
    told = progress.look_at_run(item.connection, request.user, known.run_of(item).eval, run_id)
    item.refresh_from_db(fields=["raw", "status", "name", "gone_at", "seen_at"])
    row = RunRow(item)
    if wants_json(request):
        answer = {**row.as_json(), "problem": str(told.error or "")}
        return JsonResponse(answer, status=502 if told.error else 200)
    context = {"live_error": told.error, "is_over": not row.is_working, "is_asked": True}
    if not getattr(request, "htmx", False):
        return render(request, "eval_runs/show.html", {**shown(request, item), **context})
    context |= {**framed(request, item), "part": True}
    status = 200 if row.is_working else STOP_POLLING
    response = render(request, "eval_runs/_live.html", context, status=status)
    if not row.is_working:
        response.headers["HX-Trigger"] = "run-ended"
    return response


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head of every page of a run needs."""
    evaluation = known.eval_of(item)
    return {
        "item": item,
        "row": RunRow(item),
        "eval": evaluation,
        "eval_url": reverse("eval", args=[item.connection.slug, evaluation.remote_id]) if evaluation else "",
        "noun": "run",
        "may": access.verbs(request.user, item.connection.workspace_id),
    }


def shown(request: HttpRequest, item: Item) -> dict[str, Any]:
    return {
        **framed(request, item),
        "file": known.file_of(item),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id, item.name)),
        "samples": samples(item),
    }


def samples(item: Item) -> list[Sample]:
    """Reading a run as code, and cancelling one that works.

    Cancelling is called by its path: openai 3.54 has a method for it, which posts to `/cancel` below the run, and the
    specification of 2026-01-28 has no such path.
    """
    found = calling(item, "evals.runs.retrieve", "GET")
    is_working = RunRow(item).is_working
    return [*found, *code_calls.titled("Cancel", calling(item, "", "POST"))] if is_working else found


def calling(item: Item, name: str, method: str) -> list[Sample]:
    """A call about the run as code; `name` is the method of the SDK."""
    eval_id = known.run_of(item).eval
    return code_calls.calling(
        item.connection,
        name,
        method,
        code_calls.path("evals", eval_id, "runs", item.remote_id),
        ids=[item.remote_id],
        named={"eval_id": eval_id},
    )


@require_POST
def cancel(request: HttpRequest, slug: str, run_id: str) -> HttpResponse:
    """Stop a run; what was judged stays."""
    item = access.item_for(request.user, slug, KIND, run_id, may="operate")
    with item.connection.client(request.user) as client:
        run = eval_runs.cancel(client, known.run_of(item).eval, run_id, label=item.name)
    item = index.remember(item.connection, run)
    if wants_json(request):
        return JsonResponse(RunRow(item).as_json())
    messages.success(request, f"Cancelled {item.name}. What was judged stays.")
    return redirect("eval-run", slug, run_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, run_id: str) -> HttpResponse:
    """Delete a run with its items, once its name was typed."""
    item = access.item_for(request.user, slug, KIND, run_id, may="operate")
    samples = calling(item, "evals.runs.delete", "DELETE")
    context = {**framed(request, item), "here": "Delete", "samples": samples}
    if page := object_page.question(request, "eval_runs/delete.html", context, typed=item.name):
        return page
    eval_id = known.run_of(item).eval
    with item.connection.client(request.user) as client:
        was_there = eval_runs.delete(client, eval_id, run_id, label=item.name)
    index.forget(item.connection, run_id)
    said = f"Deleted {item.name} with its items."
    return object_page.gone(request, was_there=was_there, said=said, to=context["eval_url"] or "evals")
