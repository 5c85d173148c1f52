"""The parts of a response's page that are asked of the resource: its input, its thread, its events."""

import json
from collections.abc import AsyncIterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console import access
from console.index.responses import KIND, is_settling
from console.models import Item
from console.outbound.errors import NotFound, UpstreamError
from console.responses.following import lines
from console.responses.thread import thread
from console.responses.transcript import Stretch, stretch
from console.v1 import responses
from console.v1.client import Client
from console.views.item_blocks import shown
from console.views.live import NDJSON
from console.views.response_rows import as_json, rows
from console.views.responses import page
from console.views.shared import wants_json


@require_safe
def input_items(request: HttpRequest, slug: str, response_id: str) -> HttpResponse:
    """What was asked, a stretch at a time: `?after=` and `?before=` are where one begins and ends."""
    item = access.item_for(request.user, slug, KIND, response_id, may="read")
    asked, waits = Stretch(()), False
    error: UpstreamError | None = None
    try:
        with item.connection.client(request.user) as client:
            asked = read_input(client, request, response_id)
    except NotFound as reason:
        waits = is_settling(item)
        error = None if waits else reason
    except UpstreamError as reason:
        error = reason
    if wants_json(request):
        told = {"data": [dict(one.raw) for one in asked.items], "before": asked.earlier, "after": asked.later}
        told["error"] = error.message if error else ""
        return JsonResponse(told, status=error.page_status if error else 200)
    context = {"asked": asked, "said": shown(asked.items), "input_error": error, "waits": waits}
    return part(request, item, "responses/_input.html", context)


def read_input(client: Client, request: HttpRequest, response_id: str) -> Stretch:
    return stretch(
        lambda order, after: responses.input_items(client, response_id, order=order, limit=20, after=after),
        before=request.GET.get("before", "")[:256],
        after=request.GET.get("after", "")[:256],
    )


@require_safe
def thread_of(request: HttpRequest, slug: str, response_id: str) -> HttpResponse:
    """The chain that a response belongs to."""
    item = access.item_for(request.user, slug, KIND, response_id, may="read")
    found, error = None, None
    try:
        found = thread(item, request.user)
    except UpstreamError as reason:
        error = reason
    steps = rows(found.all) if found else []
    if wants_json(request):
        told = {"data": [as_json(step) for step in steps], "error": error.message if error else ""}
        return JsonResponse(told, status=error.page_status if error else 200)
    context = {"thread": found, "steps": steps, "thread_error": error}
    return part(request, item, "responses/_thread.html", context)


def part(request: HttpRequest, item: Item, template: str, context: dict[str, Any]) -> HttpResponse:
    """The part alone for htmx, else the page of the response with it."""
    if getattr(request, "htmx", False):
        return render(request, template, {"item": item, **context})
    return render(request, "responses/show.html", {**page(request, item), **context})


@require_safe
def events(request: HttpRequest, slug: str, response_id: str) -> HttpResponseBase:
    """What a response says from event number `?after=` on, line by line (console/responses/following.py)."""
    item = access.item_for(request.user, slug, KIND, response_id, may="read")
    text = request.GET.get("after", "-1")
    after = int(text) if text.isdecimal() and len(text) < 10 else -1
    client = item.connection.client(request.user)

    async def sent() -> AsyncIterator[bytes]:
        async for line in lines(client, item, after=after):
            yield json.dumps(line).encode() + b"\n"

    response = StreamingHttpResponse(sent(), content_type=NDJSON)
    # Compression would hold lines back until its window is full; a proxy would hold them back too.
    response.headers["Content-Encoding"] = "identity"
    response.headers["X-Accel-Buffering"] = "no"
    return response
