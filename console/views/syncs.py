"""Listings under way."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from console import access
from console.index import KINDS
from console.models import Sync

PLURALS = {"batch": "batches", "fine_tuning_job": "fine-tuning-jobs", "eval_run": "evals"}
"""The lists whose names are not the kind's with an s."""


@require_POST
def cancel(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Stop reading a connection before the next page of its listing; what was read stays."""
    connection = access.connection_for(request.user, slug, may="operate")
    if kind not in KINDS:
        raise Http404("No such list.")
    sync = Sync.objects.filter(connection=connection, kind=kind).first()
    if sync is not None and sync.cancel():
        messages.success(request, f"Stopped reading {connection}. What was read is kept.")
    return redirect(list_of(kind) or reverse("connection", args=[slug]))


def list_of(kind: str) -> str:
    """The address of the list that shows a kind; empty for one without a page."""
    try:
        return reverse(PLURALS.get(kind, f"{kind.replace('_', '-')}s"))
    except NoReverseMatch:
        return ""
