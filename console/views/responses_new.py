"""Asking for a response in the background: begun once, then followed on its page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.responses import ResponseForm
from console.index.responses import KIND
from console.models import Connection
from console.responses import work
from console.responses.work import NewResponse
from console.v1.responses import in_background
from console.views import code_calls, code_follows
from console.views.activity import accepted
from console.views.response_rows import Row, as_json
from console.views.shared import failure_of, form_page, wants_json

OFFERED = 200
EXAMPLE = NewResponse("", "gpt-4.1", "…")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a response; the same form sent again leads to the same one, and asks for nothing twice."""
    connection = access.connection_for(request.user, slug, may="operate")
    if request.method != "POST":
        names = ("model", "previous", "conversation", "input")
        given = {name: request.GET[name] for name in names if name in request.GET}
        return page(request, connection, ResponseForm(initial=given))
    form = ResponseForm(request.POST)
    if code_follows.is_asked(request):
        told = starting(connection, form.asked()) if form.is_valid() else None
        return code_follows.answered(request, told)
    if not form.is_valid():
        return page(request, connection, form)
    job = work.start(connection, request.user, form.asked())
    if error := failure_of(request, job):
        return page(request, connection, form.renewed(), status=error.page_status, error=error)
    if job.is_open:
        return accepted(request, job)
    made = job.outcome["response"]
    if wants_json(request):
        item = access.item_for(request.user, slug, KIND, made, may="operate")
        return JsonResponse(as_json(Row(item)), status=201)
    messages.success(request, "It works on. This page follows it, and can be left.")
    return redirect("response", slug, made)


def page(
    request: HttpRequest, connection: Connection, form: Any, *, status: int = 0, error: Any = None
) -> HttpResponse:
    deployments = access.items_for(request.user, "deployment").present().filter(connection=connection)
    context = {
        "connection": connection,
        "form": form,
        "error": error,
        "models": deployments.order_by("name").defer("raw")[:OFFERED],
        "samples": starting(connection, EXAMPLE),
    }
    return form_page(request, "responses/new.html", context, form, status=status)


def starting(connection: Connection, asked: NewResponse) -> Any:
    body = in_background(asked.body(connection))
    return code_calls.calling(connection, "responses.create", "POST", "/responses", body=body)
