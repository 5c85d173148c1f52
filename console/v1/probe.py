"""Asks a resource whether it offers an operation, without creating, changing or paying for anything.

A list is read one row long; an object is asked for by an id that none can have; a create is sent without its
parameters, so that it must be refused.
"""

import re
import time
from dataclasses import dataclass
from typing import Literal

from console.outbound.errors import AuthFailed, Forbidden, UpstreamError
from console.outbound.limits import PROBE
from console.v1.client import Client, Target
from console.v1.operations import Probe
from console.v1.routes import Route, groups_of

ABSENT_ID = "console-probe-absent"
"""An id that no object has: services make their own ids, and none of them contains this word."""

ACTION = "connection.probed"
Result = Literal["supported", "not_offered", "refused", "unknown", "not_probed"]

_PLACEHOLDER = re.compile(r"\{[^}]+\}")
# What servers say when the path itself is unknown to them, as opposed to an object on it.
_NO_SUCH_PATH = re.compile(
    r"^(?:resource not found|not found|file not found|404 page not found|no route|unknown (?:request )?url|"
    r"invalid url|no static resource|cannot (?:get|post|delete)|the requested url|unrecognized request url)",
    re.IGNORECASE,
)
_NO_SUCH_PATH_CODES = frozenset({"unknown_url", "invalid_url", "404"})
_NOT_THERE = frozenset({404, 405, 501})


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What one probe found; `elapsed` is in seconds, `status` the HTTP status or None when no answer came."""

    route: Route
    result: Result
    sentence: str
    status: int | None = None
    elapsed: float | None = None
    request_id: str = ""


def run(client: Client, route: Route, target: Target) -> ProbeResult:
    """Probe one operation; never raises for what the resource answers. All but reads are recorded."""
    if route.group not in groups_of(client.provider):
        return ProbeResult(route, "not_probed", "This provider does not have this part of the API.")
    if route.probe is None:
        return ProbeResult(route, "not_probed", route.note)
    started = time.monotonic()
    try:
        status, request_id = _ask(client, route, route.probe, target)
    except UpstreamError as error:
        result, sentence = _refusal(route.probe, error)
        return ProbeResult(
            route, result, sentence, error.status, time.monotonic() - started, error.request_id
        )
    return ProbeResult(
        route, "supported", _welcome(route.probe), status, time.monotonic() - started, request_id
    )


def _ask(client: Client, route: Route, probe: Probe, target: Target) -> tuple[int, str]:
    path = _PLACEHOLDER.sub(ABSENT_ID, route.path)
    if route.method == "GET":
        answer = client.get(path, params=dict(probe.query), limits=PROBE)
    else:
        answer = client.change(
            route.method, path, json={} if probe.body else None, action=ACTION, target=target, limits=PROBE
        )
    return answer.status, answer.request_id


def _welcome(probe: Probe) -> str:
    if probe.kind == "list":
        return "It answered with its list."
    return "It answered, even to a request that should have been refused."


def _refusal(probe: Probe, error: UpstreamError) -> tuple[Result, str]:
    if error.status is None:
        return "unknown", error.message
    if isinstance(error, AuthFailed | Forbidden):
        return "refused", error.message
    if error.status in _NOT_THERE:
        return _missing(probe, error)
    if error.status == 429 or error.status >= 500 or error.status < 400:
        return "unknown", error.message
    if error.code.lower() in _NO_SUCH_PATH_CODES:
        return "not_offered", "The resource does not know this path."
    if probe.kind == "list":
        return "unknown", error.message
    return "supported", "It is there: it refused the empty request, as it should."


def _missing(probe: Probe, error: UpstreamError) -> tuple[Result, str]:
    """A 404 speaks of the object when one was asked for and the words are not those of an unknown path."""
    said = error.detail.strip()
    generic = not said or _NO_SUCH_PATH.match(said) is not None or error.code.lower() in _NO_SUCH_PATH_CODES
    if error.status == 404 and not generic and (probe.kind == "absent" or _speaks_of_a_model(error)):
        return "supported", "It is there: it looked for an object that does not exist."
    return "not_offered", "The resource does not know this path."


def _speaks_of_a_model(error: UpstreamError) -> bool:
    """A create without a model may be answered by "no such deployment"."""
    return "deployment" in error.code.lower() or "model" in error.code.lower()
