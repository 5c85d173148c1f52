"""Fine-tuning jobs of all connections: listed from the index, followed live, paused, resumed and cancelled."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access
from console.index import fine_tuning as known
from console.index.fine_tuning import KIND
from console.models import Item
from console.models.audit import Target
from console.training import progress, related
from console.v1 import fine_tuning
from console.v1.client import Client
from console.v1.fine_tuning import FineTuningJob
from console.views import code_calls, object_page
from console.views.code import Sample
from console.views.fine_tuning_rows import METHODS, Row, again_url, as_json, progress_as_json, rows
from console.views.fresh import STOP_POLLING, refreshed
from console.views.history import changes
from console.views.list_page import list_page
from console.views.listing import SELECT, Column, Listing, by_connection, by_label, by_status
from console.views.shared import wants_json

LIST = Listing(
    kind=KIND,
    noun="jobs",
    list_name="fine-tuning-jobs",
    one="job",
    default_sort="-created",
    rows="fine_tuning/_rows.html",
    icon="curve",
    empty="A job trains a base model on a file of examples, and makes a model of your own.",
    columns=(
        SELECT,
        Column("Job", sort="name"),
        Column("State", "fit", sort="status"),
        Column("Base model", "p2"),
        Column("Method", "p2"),
        Column("Trained tokens", "r p3", sort="tokens"),
        Column("Connection", "p3", sort="connection"),
        Column("Created", "p2", sort="created"),
    ),
    sorts={
        "name": "name",
        "status": "status",
        "tokens": "size",
        "connection": "connection__name",
        "created": "remote_created_at",
    },
    facets=(
        by_status("status", "State", {}),
        by_label("method", "Method", METHODS),
        by_label("base", "Base model"),
        by_connection(),
    ),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, from the index at once; it has itself read again where it is outdated."""
    return list_page(request, LIST, "fine_tuning/index.html", rows=rows, as_json=as_json)


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest) -> HttpResponse:
    return refreshed(request, "fine-tuning-jobs", KIND)


@require_safe
def show(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    """A job from the index at once; how far it is, is asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, job_id, may="read")
    if wants_json(request):
        return JsonResponse({**as_json(Row(item)), "raw": item.raw})
    return render(request, "fine_tuning/show.html", shown(request, item))


@require_safe
def live(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    """How far a job is now; the part asks again until the job has ended, which 286 tells it."""
    item = access.item_for(request.user, slug, KIND, job_id, may="read")
    training = progress.look(item.connection, request.user, job_id)
    item.refresh_from_db(fields=["raw", "status", "name", "gone_at", "seen_at"])
    if wants_json(request):
        return JsonResponse(progress_as_json(training), status=200 if training.job else 502)
    is_over = Row(item).job.has_ended or item.gone_at is not None
    told = {"training": training, "is_over": is_over, "compare_url": compare_url(item, training)}
    if not getattr(request, "htmx", False):
        return render(request, "fine_tuning/show.html", {**shown(request, item), **told})
    context = {**framed(request, item), **told, "part": True}
    status = STOP_POLLING if is_over else 200
    return render(request, "fine_tuning/_live.html", context, status=status)


def compare_url(item: Item, training: progress.Training) -> str:
    """The playground with the base model, the tuned one and the latest checkpoints, as soon as one is trained."""
    job = training.job
    trained = [job.fine_tuned_model, *(one.model for one in training.checkpoints[:2])] if job else []
    return related.playground_url(item.connection, [job.model, *trained]) if job and any(trained) else ""


def framed(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What the head and the live part of a job's page need."""
    frame = object_page.framed(request, Row(item), LIST)
    return {**frame, "noun": "fine-tuning job", "list_title": "Fine-tuning"}


def shown(request: HttpRequest, item: Item) -> dict[str, Any]:
    row = Row(item)
    tuned = row.job.fine_tuned_model
    return {
        **framed(request, item),
        "deployment": related.deployments_of(item.connection, [tuned]).get(tuned, "") if tuned else "",
        "again_url": again_url(row),
        "changes": changes(item),
        "history": access.history_for(request.user, Target(KIND, item.remote_id, item.name)),
        "samples": [*code_calls.about(item, "fine_tuning.jobs.retrieve"), *clicking(row)],
    }


def clicking(row: Row) -> list[Sample]:
    """What the buttons of a job's page do, as code."""
    if row.can_pause:
        return code_calls.titled("Pause", code_calls.about(row.item, "fine_tuning.jobs.pause"))
    if row.can_resume:
        return code_calls.titled("Resume", code_calls.about(row.item, "fine_tuning.jobs.resume"))
    return []


@require_POST
def pause(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    return told(request, slug, job_id, fine_tuning.pause, "Paused {}.")


@require_POST
def resume(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    return told(request, slug, job_id, fine_tuning.resume, "{} goes on.")


def told(
    request: HttpRequest,
    slug: str,
    job_id: str,
    verb: Callable[[Client, str], FineTuningJob],
    sentence: str,
) -> HttpResponse:
    """Tell the resource what a job shall do, and remember what it answered."""
    item = access.item_for(request.user, slug, KIND, job_id, may="operate")
    with item.connection.client(request.user) as client:
        job = verb(client, job_id)
    item = known.remember(item.connection, job)
    if wants_json(request):
        return JsonResponse(as_json(Row(item)))
    messages.success(request, sentence.format(item.name))
    return redirect("fine-tuning-job", slug, job_id)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    """Stop a job for good once its name was typed; its checkpoints stay."""
    item = access.item_for(request.user, slug, KIND, job_id, may="operate")
    samples = code_calls.about(item, "fine_tuning.jobs.cancel")
    context = {**framed(request, item), "here": "Cancel", "samples": samples}
    if page := object_page.question(request, "fine_tuning/cancel.html", context, typed=item.name):
        return page
    return told(request, slug, job_id, fine_tuning.cancel, "Cancelled {}. Its checkpoints stay.")
