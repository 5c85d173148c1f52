"""Deleting a tuned model: one that a job of fine-tuning made, or a checkpoint that was copied here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import access
from console.index import keeping
from console.index.models import KIND
from console.training import related
from console.v1 import models
from console.views import code_calls, object_page


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, model_id: str) -> HttpResponse:
    """Delete a tuned model once its name was typed; base models are not anybody's to delete."""
    connection = access.connection_for(request.user, slug, may="operate")
    if not models.parse_model({"id": model_id}).is_fine_tuned:
        messages.info(request, "Only tuned models can be deleted.")
        return redirect("model", slug, model_id)
    path = code_calls.path("models", model_id)
    job = related.job_of(connection, model_id)
    to = reverse("fine-tuning-job", args=[slug, job.remote_id]) if job else reverse("models")
    context = {
        "connection": connection,
        "name": model_id,
        "noun": "model",
        "job": job,
        "back_url": to,
        "deployment": related.deployments_of(connection, [model_id]).get(model_id, ""),
        "samples": code_calls.calling(connection, "models.delete", "DELETE", path, ids=[model_id]),
    }
    if page := object_page.question(request, "models/delete.html", context, typed=model_id):
        return page
    with connection.client(request.user) as client:
        was_there = models.delete_model(client, model_id)
    keeping.forget(connection, KIND, model_id)
    return object_page.gone(request, was_there=was_there, said=f"Deleted {model_id}.", to=to)
