"""Testing a connection step by step, and asking it route by route what it offers; both are recorded."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from django.utils import timezone

from console.models import audit
from console.models.audit_recorder import Recorder
from console.models.connection import Connection
from console.models.route_probe import RouteProbe
from console.models.secret import auth_for
from console.outbound.errors import UpstreamError
from console.outbound.probe import STEPS, Step, probe_steps
from console.v1 import probe
from console.v1.client import Client, NullRecorder, Target
from console.v1.routes import ROUTES, Route, groups_of, route

FIRST = "models.list"
AT_ONCE = 4
BUDGET = 120.0  # seconds for all routes together


def test(connection: Connection, actor: Any) -> Iterator[Step]:
    """Return the steps of a test, each as it finishes; the verdict is stored before the last one.

    Raises BlockedByPolicy while the connection is paused, and AuditUnavailable; then nothing is sent.
    """
    connection.check_running()
    recorder = Recorder(connection, actor_of(actor))
    token = recorder.intent("connection.tested", connection.target, "GET", "/models")
    return recorded_steps(connection, recorder, token)


def recorded_steps(connection: Connection, recorder: Recorder, token: str) -> Iterator[Step]:
    started = time.monotonic()
    done: list[Step] = []
    try:
        for step in steps(connection):
            done.append(step)
            if step.name == STEPS[-1]:
                keep(connection, done)
            yield step
    finally:
        failed = next((step for step in done if step.state == "failed"), None)
        is_whole = len(done) == len(STEPS)
        recorder.outcome(
            token,
            outcome="cancelled" if not is_whole else "failure" if failed else "success",
            error_kind=failed.kind if failed else "",
            request_id=next((step.request_id for step in reversed(done) if step.request_id), ""),
            duration_ms=round((time.monotonic() - started) * 1000),
        )


def steps(connection: Connection) -> Iterator[Step]:
    """The steps of outbound's probe; without a usable credential nothing is sent."""
    try:
        auth = auth_for(connection)
    except UpstreamError as error:
        skipped = "Not tried, because the stored credential cannot be used."
        yield Step("dns", "skipped", skipped)
        yield Step("tls", "skipped", skipped)
        yield Step("authentication", "failed", error.message, error.remedy, kind=error.kind)
        yield Step("models", "skipped", skipped)
        return
    yield from probe_steps(connection.url, auth)


def keep(connection: Connection, done: list[Step]) -> None:
    """Store the verdict, unless the connection was changed while it was being tested."""
    failed = next((step for step in done if step.state == "failed"), None)
    region = next((step.region for step in done if step.region), "")
    connection.checked_at = timezone.now()
    connection.error_kind = failed.kind if failed else ""
    connection.error_message = f"{failed.sentence} {failed.remedy}".strip() if failed else ""
    connection.region = region[:60] or connection.region
    Connection.objects.filter(pk=connection.pk, version=connection.version).update(
        checked_at=connection.checked_at,
        error_kind=connection.error_kind,
        error_message=connection.error_message,
        region=connection.region,
    )


def probe_routes(connection: Connection, actor: Any, names: list[str] | None = None) -> Iterator[RouteProbe]:
    """Return what each route is found to be, one by one: all routes of the provider, or the named ones.

    Raises BlockedByPolicy while the connection is paused, CredentialUnreadable, AuditUnavailable and KeyError
    for a name that is none; then nothing is sent.
    """
    connection.check_running()
    offered = groups_of(connection.kind)
    routes = [route(name) for name in names] if names else [one for one in ROUTES if one.group in offered]
    routes.sort(key=lambda one: one.name != FIRST)
    client = Client(connection.endpoint, auth_for(connection), NullRecorder(), provider=connection.kind)
    recorder = Recorder(connection, actor_of(actor))
    path = routes[0].path if len(routes) == 1 else f"{len(routes)} routes"
    token = recorder.intent("connection.probed", connection.target, "PROBE", path)
    return recorded_probes(connection, client, routes, recorder, token)


def recorded_probes(
    connection: Connection, client: Client, routes: list[Route], recorder: Recorder, token: str
) -> Iterator[RouteProbe]:
    """A probe changes nothing, so that all of them are one event and not one each."""
    started = time.monotonic()
    count = 0
    try:
        for found in probed(client, routes):
            yield RouteProbe.keep(connection, found)
            count += 1
    finally:
        recorder.outcome(
            token,
            outcome="success" if count == len(routes) else "cancelled",
            duration_ms=round((time.monotonic() - started) * 1000),
            routes=count,
        )


def probed(client: Client, routes: list[Route]) -> Iterator[probe.ProbeResult]:
    """Ask the first route alone: where nobody answers or the key is refused, the others are not asked."""
    target = Target("connection")
    first = probe.run(client, routes[0], target)
    yield first
    rest = routes[1:]
    if first.result != "not_probed" and first.status in (None, 401):
        for one in rest:
            yield probe.ProbeResult(
                one, "unknown", f"Not asked, because {routes[0].path} failed: {first.sentence}"
            )
        return
    until = time.monotonic() + BUDGET
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe") as pool:
        waiting = [pool.submit(asked_in_time, client, one, target, until) for one in rest]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def asked_in_time(client: Client, one: Route, target: Target, until: float) -> probe.ProbeResult:
    if time.monotonic() > until:
        return probe.ProbeResult(one, "unknown", "Not asked: the time for all routes together was used up.")
    return probe.run(client, one, target)


def actor_of(actor: Any) -> audit.Actor:
    return actor if isinstance(actor, audit.Actor) else audit.Actor.of(actor)
