"""Asking for a response in the background: begun once, then followed on its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from console import access
from console.forms.responses import ResponseForm
from console.index.responses import KIND
from console.models import Connection, Job
from console.responses import work
from console.responses.work import NewResponse
from console.v1.responses import in_background
from console.views import code_calls, new_page
from console.views.response_rows import Row, as_json

OFFERED = 200
EXAMPLE = NewResponse("", "gpt-4.1", "…")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a response; the same form sent again leads to the same one, and asks for nothing twice."""
    connection = access.connection_for(request.user, slug, may="operate")
    names = ("model", "previous", "conversation", "input")
    given = {name: request.GET[name] for name in names if name in request.GET}
    form = ResponseForm(request.POST if request.method == "POST" else None, initial=given)
    deployments = access.items_for(request.user, "deployment").present().filter(connection=connection)

    def made(job: Job) -> HttpResponse:
        item = access.item_for(request.user, slug, KIND, job.outcome["response"], may="operate")
        said = "It works on. This page follows it, and can be left."
        return new_page.arrived(request, item, as_json(Row(item)), said)

    context = {
        "connection": connection,
        "models": deployments.order_by("name").defer("raw")[:OFFERED],
        "samples": starting(connection, EXAMPLE),
    }
    return new_page.making(
        request,
        "responses/new.html",
        context,
        form,
        code=lambda: starting(connection, form.asked()),
        make=lambda: work.start(connection, request.user, form.asked()),
        made=made,
    )


def starting(connection: Connection, asked: NewResponse) -> Any:
    body = in_background(asked.body(connection))
    return code_calls.calling(connection, "responses.create", "POST", "/responses", body=body)
