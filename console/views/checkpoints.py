"""A checkpoint of a fine-tuning job: copying it to another resource, and who may use it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import access
from console.forms.checkpoints import CopyForm, PermitForm
from console.index.fine_tuning import KIND
from console.models import Connection, Item
from console.models.audit import Target
from console.outbound.errors import NotFound
from console.training import checkpoints as training
from console.training import copying, related
from console.training.copying import NewCopy
from console.v1 import checkpoints
from console.v1.routes import preview_headers
from console.views import code_calls, code_follows
from console.views.activity import accepted
from console.views.fine_tuning import framed
from console.views.fresh import STOP_POLLING
from console.views.shared import failure_of, form_page, wants_json


@require_safe
def show(request: HttpRequest, slug: str, job_id: str, checkpoint_id: str) -> HttpResponse:
    """The forms at once; what the resource knows of the checkpoint is asked for by a part of the page."""
    item = access.item_for(request.user, slug, KIND, job_id, may="read")
    if wants_json(request):
        return JsonResponse(as_json(training.look(item.connection, request.user, job_id, checkpoint_id)))
    return page(request, item, checkpoint_id)


@require_safe
def live(request: HttpRequest, slug: str, job_id: str, checkpoint_id: str) -> HttpResponse:
    """How far its copies are now; the part asks again until they have ended, which 286 tells it."""
    item = access.item_for(request.user, slug, KIND, job_id, may="read")
    kept = training.look(item.connection, request.user, job_id, checkpoint_id)
    is_over = not kept.is_copying and (kept.error is None or isinstance(kept.error, NotFound))
    told: dict[str, Any] = {"kept": kept, "is_over": is_over, "compare_url": compare_url(item, kept)}
    if not getattr(request, "htmx", False):
        return page(request, item, checkpoint_id, **told)
    context = {**framed(request, item), "checkpoint_id": checkpoint_id, **told}
    return render(request, "checkpoints/_live.html", context, status=STOP_POLLING if is_over else 200)


def compare_url(item: Item, kept: training.Kept) -> str:
    """The playground with the base model, the tuned one, and this checkpoint."""
    if kept.checkpoint is None:
        return ""
    tuned = str(item.raw.get("fine_tuned_model") or "")
    wanted = [str(item.raw.get("model") or ""), tuned, kept.checkpoint.model]
    return related.playground_url(item.connection, wanted)


@require_POST
def copy(request: HttpRequest, slug: str, job_id: str, checkpoint_id: str) -> HttpResponse:
    """Begin a copy; a job follows it until it has ended. The same form sent again begins no second."""
    item = access.item_for(request.user, slug, KIND, job_id, may="operate")
    form = CopyForm(request.POST, connections=destinations(request, item.connection))
    if code_follows.is_asked(request):
        told = copying_to(item, form.asked(job_id, checkpoint_id)) if form.is_valid() else None
        return code_follows.answered(request, told)
    if not form.is_valid():
        return page(request, item, checkpoint_id, copy_form=form)
    asked = form.asked(job_id, checkpoint_id)
    job = copying.copy(item.connection, request.user, asked, item.name)
    if error := failure_of(request, job):
        more = {"copy_form": form.renewed(), "error": error}
        return page(request, item, checkpoint_id, status=error.page_status, **more)
    if not wants_json(request):
        messages.success(request, f"The copy to {asked.place} is under way.")
    return accepted(request, job, reverse("checkpoint", args=[slug, job_id, checkpoint_id]))


@require_POST
def permit(request: HttpRequest, slug: str, job_id: str, checkpoint_id: str) -> HttpResponse:
    """Let projects use the checkpoint; the same form sent again permits nothing twice."""
    item = access.item_for(request.user, slug, KIND, job_id, may="operate")
    form = PermitForm(request.POST)
    if not form.is_valid():
        return page(request, item, checkpoint_id, permit_form=form)
    model = model_of(request, item, checkpoint_id)
    job = copying.permit(item.connection, request.user, form.asked(job_id, checkpoint_id, model), item.name)
    if error := failure_of(request, job):
        more = {"permit_form": form.renewed(), "error": error}
        return page(request, item, checkpoint_id, status=error.page_status, **more)
    if job.is_open:
        return accepted(request, job)
    messages.success(request, "Permitted.")
    return redirect("checkpoint", slug, job_id, checkpoint_id)


@require_POST
def forbid(
    request: HttpRequest, slug: str, job_id: str, checkpoint_id: str, permission_id: str
) -> HttpResponse:
    """Take a permission back."""
    item = access.item_for(request.user, slug, KIND, job_id, may="operate")
    model = model_of(request, item, checkpoint_id)
    with item.connection.client(request.user) as client:
        was_there = checkpoints.forbid(client, model, permission_id)
    messages.success(request, "Took the permission back." if was_there else "It was gone already.")
    return redirect("checkpoint", slug, job_id, checkpoint_id)


def model_of(request: HttpRequest, item: Item, checkpoint_id: str) -> str:
    with item.connection.client(request.user) as client:
        return training.find(client, item.remote_id, checkpoint_id).model


def destinations(request: HttpRequest, source: Connection) -> list[Connection]:
    """The other resources whose ARM id and region the console knows."""
    return [
        one
        for one in access.connections_for(request.user)
        if one.account_id and one.region and one.account_id.casefold() != source.account_id.casefold()
    ]


def page(
    request: HttpRequest, item: Item, checkpoint_id: str, *, status: int = 0, **more: Any
) -> HttpResponse:
    example = NewCopy(
        "", item.remote_id, checkpoint_id, "/subscriptions/…/accounts/…", "swedencentral", "Sweden"
    )
    copy_form = more.get("copy_form") or CopyForm(connections=destinations(request, item.connection))
    permit_form = more.get("permit_form") or PermitForm()
    context = {
        **framed(request, item),
        "checkpoint_id": checkpoint_id,
        "preview": next(iter(preview_headers("POST", copy_path(example)).items())),
        "history": access.history_for(request.user, Target("checkpoint", checkpoint_id)),
        "samples": copying_to(item, example),
        **more,
        "copy_form": copy_form,
        "permit_form": permit_form,
    }
    return form_page(request, "checkpoints/show.html", context, copy_form, permit_form, status=status)


def copy_path(asked: NewCopy) -> str:
    return code_calls.path("fine_tuning", "jobs", asked.job, "checkpoints", asked.checkpoint, "copy")


def copying_to(item: Item, asked: NewCopy) -> Any:
    return code_calls.calling(item.connection, "", "POST", copy_path(asked), body=asked.body())


def as_json(kept: training.Kept) -> dict[str, Any]:
    return {
        "checkpoint": dict(kept.checkpoint.raw) if kept.checkpoint else None,
        "copies": dict(kept.copies.raw) if kept.copies else None,
        "permissions": None if kept.permissions is None else [dict(one.raw) for one in kept.permissions],
        "error": kept.error.message if kept.error else "",
    }
