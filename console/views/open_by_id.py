"""Opening an object by its id, for kinds that the API has no list of: then the index knows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from console import access
from console.forms.responses import OpenForm
from console.index import KINDS
from console.index.responses import SETTLING
from console.models import Connection, Item
from console.outbound.errors import NotFound, UpstreamError
from console.responses.opening import read_conversation, read_response
from console.v1.client import Client
from console.views.shared import form_page, wants_json

TEMPLATE = "open_by_id/index.html"


@dataclass(frozen=True)
class Opening:
    """`read` asks for an object and keeps it; `settles` says that a new one can be missing for a while."""

    list_name: str
    title: str
    one: str
    prefix: str
    read: Callable[[Client, Connection, str], Item]
    settles: bool = False


OPENINGS = {
    "response": Opening("responses", "Responses", "response", "resp_…", read_response, settles=True),
    "conversation": Opening("conversations", "Conversations", "conversation", "conv_…", read_conversation),
}


def open_form(request: HttpRequest, kind: str) -> OpenForm:
    """An empty form for the list of a kind."""
    form = OpenForm(connections=openable(request.user, kind))
    form.fields["id"].widget.attrs["placeholder"] = OPENINGS[kind].prefix
    return form


def openable(user: Any, kind: str) -> list[Connection]:
    """The connections that may have an object of a kind, by name; also those that are paused."""
    found = access.connections_for(user).order_by("name")
    return [one for one in found if KINDS[kind].applies(one)]


@require_safe
def index(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for an object; one that was streamed a moment ago is waited for, in place."""
    opening = OPENINGS[kind]
    access.require(request.user, "read")
    form = OpenForm(request.GET or None, connections=openable(request.user, kind))
    context: dict[str, Any] = {"opening": opening, "form": form, "kind": kind}
    if not form.is_valid():
        return form_page(request, TEMPLATE, context, form)
    slug, remote_id = form.cleaned_data["connection"], form.cleaned_data["id"]
    connection = access.connection_for(request.user, slug, may="read")
    try:
        with connection.client(request.user) as client:
            item = opening.read(client, connection, remote_id)
    except NotFound:
        return missing(request, context, connection, remote_id)
    except UpstreamError as error:
        return refused(request, context, error)
    url = reverse(kind, args=[slug, item.remote_id])
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)


def refused(request: HttpRequest, context: dict[str, Any], error: UpstreamError) -> HttpResponse:
    """It could not be asked: said above the form, which keeps what was typed. JSON is told as by any other page."""
    if wants_json(request):
        raise error
    context |= {"error": error}
    if getattr(request, "htmx", False):
        return render(request, f"{TEMPLATE}#answer", context)
    return render(request, TEMPLATE, context, status=error.page_status)


def missing(
    request: HttpRequest, context: dict[str, Any], connection: Connection, remote_id: str
) -> HttpResponse:
    """It does not have it: not yet, for as long as that can be, else not at all."""
    opening: Opening = context["opening"]
    told = request.GET.get("since", "")
    since = int(told) if told.isdecimal() and len(told) < 12 else int(time.time())
    waits = opening.settles and time.time() - since < SETTLING.total_seconds()
    context |= {"connection": connection, "remote_id": remote_id, "since": since, "waits": waits}
    if getattr(request, "htmx", False):
        # htmx would not put an error page in its place.
        return render(request, f"{TEMPLATE}#answer", context)
    if wants_json(request):
        error = {"message": f"The resource does not have this {opening.one}.", "not_there_yet": waits}
        return JsonResponse({"error": error}, status=404)
    return render(request, TEMPLATE, context, status=404)
