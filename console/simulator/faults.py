"""Faults on demand: by the header `x-simulator-fault: NAME[;argument]`, or by a deployment `fault-NAME`.

A fault either answers instead of the simulator (a status, a page of HTML) or is let at the bytes of the
normal answer (silence, a cut, a missing end).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from starlette.responses import JSONResponse, Response
from starlette.types import Message, Send

from console.simulator.errors import Instead, invalid, refused
from console.simulator.wires import WIRES, ConnectionCut, Wire
from console.simulator.world import Call

__all__ = ["FAULTS", "ConnectionCut", "Fault", "apply", "by_deployment"]

_PAGE = (
    "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>"
    "<p>This page is a simulated fault.</p></body></html>"
)


class Fault:
    """A fault that is let at the messages of one answer."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def pass_on(self, message: Message, send: Send) -> None:
        await self._wire.pass_on(message, send)


def apply(call: Call, wanted: str) -> None:
    """Answer by the fault (raises) or arm the call with it; an unknown name is a 400."""
    name, argument = [*re.split("[;:]", wanted, maxsplit=1), ""][:2]
    name, argument = name.strip().lower(), argument.strip()
    if name in ANSWERS:
        raise Instead(ANSWERS[name](argument))
    if name in WIRES:
        call.fault = Fault(WIRES[name](argument, call))
    elif name == LATE_GET:
        call.late_get = float(argument) if argument.isdecimal() else 2.0
    else:
        raise invalid("unknown_fault", f"The simulator knows no fault '{name}'.", param="x-simulator-fault")


def by_deployment(call: Call, model: str) -> None:
    """Apply the fault that a deployment named `fault-NAME` asks for; nothing for any other name."""
    if model.startswith("fault-"):
        apply(call, model.removeprefix("fault-"))


def _status(status: int, code: str, message: str) -> Callable[[str], Response]:
    return lambda _argument: refused(status, code, message).response()


def _invalid(argument: str) -> Response:
    return invalid(
        "invalid_value", "A simulated refusal of the request.", param=argument or "messages"
    ).response()


def _too_many(argument: str) -> Response:
    wait = _milliseconds(argument, 2500)
    return refused(
        429,
        "RateLimitReached",
        "Your requests have exceeded the call rate limit of your current tier. "
        f"Please retry after {max(wait // 1000, 1)} seconds.",
        headers={"retry-after-ms": str(wait), "retry-after": str(max(wait // 1000, 1))},
    ).response()


def _retry_after(argument: str) -> Response:
    """429 whose `retry-after` is whatever the argument says, or absent."""
    headers = {"retry-after": argument} if argument else {}
    return refused(429, "RateLimitReached", "Please retry later.", headers=headers).response()


def _claims(_argument: str) -> Response:
    challenge = 'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    return refused(
        401, "InvalidAuthenticationToken", "Continuous access evaluation refused the token.",
        headers={"www-authenticate": challenge},
    ).response()  # fmt: skip


def _redirect(argument: str) -> Response:
    return Response(status_code=307, headers={"location": argument or "https://elsewhere.invalid/openai/v1/"})


def _html(status: int, title: str) -> Callable[[str], Response]:
    return lambda _argument: Response(_PAGE.format(title=title), status, media_type="text/html")


def _bare(content: bytes, media: str = "application/json") -> Callable[[str], Response]:
    return lambda _argument: Response(content, media_type=media)


def _big(argument: str) -> Response:
    size = _milliseconds(argument, 2) * 1024 * 1024
    return Response(b'{"text":"' + b"x" * size + b'"}', media_type="application/json")


def _milliseconds(argument: str, default: int) -> int:
    return min(int(argument), 600_000) if argument.isdecimal() else default


_NESTED = b'{"a":' * 2000 + b"1" + b"}" * 2000

ANSWERS: dict[str, Callable[[str], Response]] = {
    "400": _invalid,
    "401": _status(401, "401", "Access denied due to invalid subscription key or wrong API endpoint."),
    "401-claims": _claims,
    "403": _status(403, "403", "Access denied due to Virtual Network/Firewall rules."),
    "403-html": _html(403, "403 Forbidden"),
    "404": _status(404, "404", "Resource not found"),
    "408": _status(408, "Timeout", "The operation was timeout."),
    "409": _status(409, "Conflict", "The resource is in a state that does not allow this operation."),
    "413": _status(413, "RequestEntityTooLarge", "The request body is too large."),
    "422": lambda _argument: JSONResponse({"detail": [{"loc": ["body"], "msg": "invalid"}]}, 422),
    "424": _status(424, "FailedDependency", "The model did not answer."),
    "429": _too_many,
    "429-retry-after": _retry_after,
    "500": _status(500, "InternalServerError", "The server had an error while processing your request."),
    "502-html": _html(502, "502 Bad Gateway"),
    "503": _status(503, "ServiceUnavailable", "The service is temporarily unable to process your request."),
    "504": _html(504, "504 Gateway Timeout"),
    "html": _html(200, "Welcome"),
    "text": _bare(b"Service is up.", "text/plain"),
    "empty": _bare(b""),
    "bad-json": _bare(b'{"id": "chatcmpl-1", "choices": [{"index": 0, "message": '),
    "nan": _bare(b'{"id": NaN, "value": Infinity}'),
    "deep": _bare(_NESTED),
    "two-documents": _bare(b'{"id":"a"}{"id":"b"}'),
    "array": _bare(json.dumps([1, 2, 3]).encode()),
    "huge": _big,
    "redirect": _redirect,
}  # fmt: skip

# A response made by this call is not to be found for some seconds after its end (responses.py).
LATE_GET = "late-get"

FAULTS: tuple[str, ...] = (*ANSWERS, *WIRES, LATE_GET)
