"""Deleting a tuned model: one that a job of fine-tuning made, or a checkpoint that was copied here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.confirm import ConfirmForm
from console.index import keeping
from console.index.models import KIND
from console.models import Connection
from console.training import related
from console.v1 import models
from console.views import code_calls


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, model_id: str) -> HttpResponse:
    """Delete a tuned model once its name was typed; base models are not anybody's to delete."""
    connection = access.connection_for(request.user, slug, may="operate")
    if not models.parse_model({"id": model_id}).is_fine_tuned:
        messages.info(request, "Only tuned models can be deleted.")
        return redirect("model", slug, model_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None, expected=model_id)
    if form.is_bound and form.is_valid():
        return deleted(request, connection, model_id)
    path = code_calls.path("models", model_id)
    context = {
        "connection": connection,
        "form": form,
        "name": model_id,
        "job": related.job_of(connection, model_id),
        "deployment": related.deployments_of(connection, [model_id]).get(model_id, ""),
        "samples": code_calls.calling(connection, "models.delete", "DELETE", path, ids=[model_id]),
    }
    return render(request, "models/delete.html", context, status=422 if form.is_bound else 200)


def deleted(request: HttpRequest, connection: Connection, name: str) -> HttpResponse:
    """Delete it, and go to the job that made it where there is one."""
    with connection.client(request.user) as client:
        was_there = models.delete_model(client, name)
    keeping.forget(connection, KIND, name)
    if was_there:
        messages.success(request, f"Deleted {name}.")
    else:
        messages.info(request, f"{name} was gone already.")
    job = related.job_of(connection, name)
    return redirect("fine-tuning-job", connection.slug, job.remote_id) if job else redirect("models")
