"""The console's own error pages: a template, or JSON for those who ask for it; never a stack trace."""

import logging
import sys
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from console import access
from console.context import theme
from console.index.kinds import KINDS as OBJECTS
from console.index.meeting import can_meet, met
from console.models import audit
from console.outbound.errors import UpstreamError
from console.views.shared import BadQuery, wants_json
from console.views.shown_kinds import SHOWN

REQUEST_ID = "console.request_id"
KINDS = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "bad_request",
    429: "rate_limited",
    500: "internal_error",
    503: "unavailable",
}
SENTENCES = {
    400: "The console could not read this request. Nothing was changed.",
    403: "Your role does not include what this page does. Nothing was changed.",
    404: "There is no such page, or it belongs to something that you cannot see.",
    405: "This address does not take that kind of request. Nothing was changed.",
    429: "Too many requests. Wait a minute, then try again.",
    500: "The console broke on this request. What you did may not be finished.",
    503: "The console cannot reach its database. Try again in a moment.",
}
logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    reason = str(exception) if isinstance(exception, BadQuery) else ""
    return alone(request, 400, sentence=reason, reason=reason)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse, and tell the audit trail who tried what."""
    audit.record_denial(request.method or "", request.path)
    return framed(request, 403, reason=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, access.UnknownItem):
        return unknown(request, exception)
    return framed(request, 404)


def unknown(request: HttpRequest, item: access.UnknownItem) -> HttpResponse:
    """An object that the index does not know is asked for; where that is no help, say why and what to do."""
    where = item.connection
    how, list_url, list_title = way_to(item)
    why = f". What was made elsewhere is known once it is {how}."
    if request.method in ("GET", "HEAD") and can_meet(where, item.kind):
        try:
            if met(where, request.user, item.kind, item.remote_id):
                return redirect(request.get_full_path())
            why = (
                ", and neither does the resource: it was deleted, it has expired, or another resource has it."
            )
        except UpstreamError as error:
            why = f", and the resource could not be asked: {error}"
    reason = f"The index of {where.name} does not know this id{why}"
    return framed(request, 404, reason=reason, list_url=list_url, list_title=list_title)


def way_to(item: access.UnknownItem) -> tuple[str, str, str]:
    """How an object can yet be known, and the page for it with its title."""
    place = {"connection": item.connection.slug}
    if OBJECTS[item.kind].is_listed:
        shown = SHOWN[item.kind]
        return "read anew by its list", f"{reverse(shown.list_name)}?{urlencode(place)}", shown.title
    place["id"] = item.remote_id
    return "opened by its id", f"{reverse(f'{item.kind}-open')}?{urlencode(place)}", "Open it by its id"


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Refuse a method; `allowed` are those that the address takes."""
    response = alone(request, 405)
    response.headers["Allow"] = allowed
    return response


@login_not_required
def too_many(request: HttpRequest) -> HttpResponse:
    response = alone(request, 429)
    response.headers["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Tell a database that is away (503) from a fault of ours (500); the page needs no database itself."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    logger.error("Request %s to %s broke.", incident(request), request.path)
    response = alone(request, 503 if away else 500)
    if away:
        response.headers["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    sentence = "The form had expired, or you are signed out. Nothing was changed: reload the page."
    return alone(request, 403, template="403_csrf.html", sentence=sentence)


def cross_site(request: HttpRequest) -> HttpResponse:
    reason = "The request came from a page of another site. Nothing was changed."
    return alone(request, 403, template="403.html", sentence=reason, reason=reason)


def framed(request: HttpRequest, status: int, *, reason: str = "", **more: str) -> HttpResponse:
    """Answer with a page that keeps the navigation for those who are signed in."""
    if wants_json(request):
        return as_json(request, status, reason or SENTENCES[status])
    context = {"reason": reason, "incident": incident(request), **more}
    return render(request, f"{status}.html", context, status=status)


def alone(
    request: HttpRequest, status: int, *, template: str = "", sentence: str = "", reason: str = ""
) -> HttpResponse:
    """Answer with a page that needs neither user nor database."""
    if wants_json(request):
        return as_json(request, status, sentence or SENTENCES[status])
    context = {"reason": reason, "incident": incident(request), "theme": theme(request)}
    return HttpResponse(render_to_string(template or f"{status}.html", context), status=status)


def as_json(request: HttpRequest, status: int, sentence: str) -> JsonResponse:
    told = {"kind": KINDS[status], "message": sentence, "request_id": incident(request)}
    return JsonResponse({"error": told}, status=status)


def incident(request: HttpRequest) -> str:
    """Return the id under which the log and the audit trail know this request."""
    found: str = request.META.get(REQUEST_ID, "")
    return found
