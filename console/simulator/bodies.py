"""Reading a JSON request body so that no bytes whatever can break the server."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from starlette.requests import Request

from console.simulator.errors import Refusal, invalid

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89abAB]")


async def json_object(request: Request) -> dict[str, Any]:
    """The request's JSON object; refuses (400, 413, 415) everything else."""
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media and media != "application/json":
        raise Refusal(
            415,
            {
                "error": {
                    "message": f"Unsupported content type: '{media}'. This API method only accepts "
                    "'application/json' requests, but you specified the header 'Content-Type: "
                    f"{media}'. Please try again with a supported content type.",
                    "type": "invalid_request_error",
                    "param": None,
                    "code": "unsupported_content_type",
                }
            },
        )
    return parse_object(await _read(request))


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`, at most 64 levels deep, without NaN, infinity or lone surrogates."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
        if _ESCAPED_SURROGATE.search(raw):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise _unparsable() from error
    if not isinstance(value, dict):
        raise _unparsable()
    if _too_deep(value):
        raise invalid("invalid_json", f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value


async def _read(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES:
            raise invalid("request_too_large", "The request body is too large.", status=413)
        chunks.append(chunk)
    return b"".join(chunks)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def _unparsable() -> Refusal:
    return invalid(
        "invalid_json",
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your "
        "HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)",
    )


def _too_deep(value: object) -> bool:
    level: list[object] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(child for child in item.values() if isinstance(child, (dict, list)))
            elif isinstance(item, list):
                below.extend(child for child in item if isinstance(child, (dict, list)))
        level = below
    return False
