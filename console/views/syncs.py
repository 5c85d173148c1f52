"""Listings under way."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console import access
from console.index import KINDS
from console.models import Sync

PAGES = {"model": "models", "deployment": "deployments"}


@require_POST
def cancel(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Stop reading a connection before the next page of its listing; what was read stays."""
    connection = access.connection_for(request.user, slug, may="operate")
    if kind not in KINDS:
        raise Http404("No such list.")
    sync = Sync.objects.filter(connection=connection, kind=kind).first()
    if sync is not None and sync.cancel():
        messages.success(request, f"Stopped reading {connection}. What was read is kept.")
    return redirect(PAGES[kind])
