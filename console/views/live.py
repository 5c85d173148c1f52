"""Results while they come: a POST that answers line by line, for static/js/live.js.

Each line is a JSON object: `id` and `html` replace an element of the page, `say` is read out.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string

NDJSON = "application/x-ndjson"


def wants_lines(request: HttpRequest) -> bool:
    """Whether the caller is a page that puts results in their place as they come."""
    return request.get_preferred_type(["text/html", "application/json", NDJSON]) == NDJSON


def part(element_id: str, template: str, context: dict[str, Any]) -> dict[str, str]:
    """Return a line that replaces one element by a rendered template."""
    return {"id": element_id, "html": render_to_string(template, context).strip()}


def stream(lines: Iterator[dict[str, str]]) -> StreamingHttpResponse:
    """Answer `lines` one by one; made in the request's own thread, and closed when the reader leaves.

    Sent by an asynchronous iterator: a synchronous one would be read to its end before the first line.
    """

    async def sent() -> AsyncIterator[bytes]:
        try:
            while (line := await sync_to_async(advance)(lines)) is not None:
                yield json.dumps(line).encode() + b"\n"
        finally:
            await sync_to_async(close)(lines)

    response = StreamingHttpResponse(sent(), content_type=NDJSON)
    # Compression would hold lines back until its window is full; a proxy would hold them back too.
    response.headers["Content-Encoding"] = "identity"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def advance(lines: Iterator[dict[str, str]]) -> dict[str, str] | None:
    """Return the next line, None after the last: StopIteration cannot cross from a thread to a coroutine."""
    return next(lines, None)


def close(lines: Iterator[Any]) -> None:
    """Let a generator run its `finally` blocks now."""
    if hasattr(lines, "close"):
        lines.close()
