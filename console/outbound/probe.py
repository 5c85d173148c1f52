"""The connection test, step by step: name, TLS, authentication, models. Never raises."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .auth import Auth
from .endpoint import Endpoint
from .errors import AuthFailed, Forbidden, UpstreamError
from .limits import PROBE
from .sync_pool import open_socket, secure
from .transport import Answer, Door, get_door

__all__ = ["STEPS", "Step", "probe_steps"]

STEPS = ("dns", "tls", "authentication", "models")


@dataclass(frozen=True)
class Step:
    """One finished step. `elapsed` is in seconds; `kind` is the error kind of a failed step, else empty."""

    name: str
    state: Literal["ok", "failed", "skipped"]
    sentence: str
    remedy: str = ""
    elapsed: float = 0.0
    kind: str = ""
    request_id: str = ""
    region: str = ""
    detail: str = ""


def probe_steps(url: str, auth: Auth, *, door: Door | None = None) -> Iterator[Step]:
    """The four steps of STEPS in order, each as it finishes; after a failure the rest is skipped.

    An address that the policy refuses by its spelling fails the first step without any look-up, so that the
    result tells nothing about what listens there.
    """
    done: set[str] = set()
    for step in _steps(url, auth, door or get_door()):
        done.add(step.name)
        yield step
    for name in STEPS:
        if name not in done:
            yield Step(name, "skipped", "Not tried, because an earlier step failed.")


def _steps(url: str, auth: Auth, door: Door) -> Iterator[Step]:
    started = time.monotonic()
    try:
        endpoint = door.policy.check_url(url)
        door.resolver.addresses(endpoint.host, endpoint.port, seconds=PROBE.connect)
    except UpstreamError as error:
        yield _failed("dns", error, started)
        return
    yield Step("dns", "ok", f"{endpoint.host} is known and allowed.", elapsed=_since(started))
    connected = _connected(endpoint, door)
    yield connected
    if connected.state == "ok":
        yield from _asked(endpoint, auth, door)


def _connected(endpoint: Endpoint, door: Door) -> Step:
    started = time.monotonic()
    by = started + PROBE.connect
    sock: socket.socket | None = None
    try:
        sock = open_socket(door.resolver, endpoint.host, endpoint.port, by=by)
        if endpoint.scheme == "http":
            return Step(
                "tls", "ok", "Connected without encryption, as allowed here.", elapsed=_since(started)
            )
        secured = secure(sock, door.context, endpoint.host, by=by)
        version, sock = secured.version(), secured
        return Step("tls", "ok", f"The certificate is valid ({version}).", elapsed=_since(started))
    except UpstreamError as error:
        return _failed("tls", error, started)
    finally:
        if sock is not None:
            sock.close()


def _asked(endpoint: Endpoint, auth: Auth, door: Door) -> Iterator[Step]:
    """Authentication and models are told by one answer: the list of models."""
    started = time.monotonic()
    try:
        answer = door.request("GET", f"{endpoint.url}/models", auth=auth, limits=PROBE)
    except UpstreamError as error:
        if isinstance(error, AuthFailed | Forbidden):
            yield _failed("authentication", error, started)
        elif error.status is not None and error.status < 500:
            yield _accepted(started, error.request_id, error.region)
            yield _failed("models", error, started)
        else:
            yield _failed("authentication", error, started)
        return
    yield _accepted(started, answer.request_id, answer.region)
    yield _listed(answer, started)


def _accepted(started: float, request_id: str, region: str) -> Step:
    return Step(
        "authentication",
        "ok",
        "The credential was accepted.",
        elapsed=_since(started),
        request_id=request_id,
        region=region,
    )


def _listed(answer: Answer, started: float) -> Step:
    try:
        value = answer.json()
    except UpstreamError as error:
        return _failed("models", error, started)
    models = value.get("data") if isinstance(value, dict) else None
    if not isinstance(models, list):
        shown = json.dumps(value)[:200]
        return Step(
            "models",
            "failed",
            "The answer is JSON, but not a list of models.",
            "Check the path of the address; it mostly ends in /openai/v1.",
            _since(started),
            "protocol_error",
            answer.request_id,
            answer.region,
            shown,
        )
    return Step(
        "models",
        "ok",
        f"{len(models)} models are listed.",
        elapsed=_since(started),
        request_id=answer.request_id,
        region=answer.region,
    )


def _failed(name: str, error: UpstreamError, started: float) -> Step:
    return Step(
        name,
        "failed",
        error.message,
        error.remedy,
        _since(started),
        error.kind,
        error.request_id,
        error.region,
        error.detail,
    )


def _since(started: float) -> float:
    return time.monotonic() - started
