"""Testing a connection and probing its routes: what is sent, what is kept, what is recorded."""

import pytest

from console.models import AuditEvent, Connection, RouteProbe, Secret, audit, checkup
from console.outbound.errors import BlockedByPolicy
from console.v1.routes import ROUTES, groups_of
from tests.conftest import SIMULATOR_KEY, connect

pytestmark = pytest.mark.django_db
SYSTEM = audit.Actor()


def states_of(connection: Connection) -> dict[str, str]:
    return {step.name: step.state for step in checkup.test(connection, SYSTEM)}


def again(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def test_a_good_test_is_kept_with_the_region(connection, upstream):
    upstream["GET /models"] = 200, {"object": "list", "data": []}, {"x-ms-region": "Sweden Central"}

    assert set(states_of(connection).values()) == {"ok"}
    assert (again(connection).state, again(connection).region) == ("healthy", "Sweden Central")


def test_a_refused_key_is_kept_as_the_error_of_the_connection(connection, upstream):
    upstream["GET /models"] = 401, {"error": {"code": "401", "message": "Access denied"}}

    assert states_of(connection)["authentication"] == "failed"
    found = again(connection)
    assert (found.state, found.error_kind) == ("failed", "auth_failed")
    assert found.error_message


def test_a_test_is_recorded_with_its_outcome(connection, upstream):
    upstream["GET /models"] = 401, {"error": {"message": "no"}}, {"apim-request-id": "request-7"}

    states_of(connection)

    intent, outcome = AuditEvent.objects.filter(action="connection.tested").order_by("seq")
    assert (intent.phase, outcome.phase, outcome.parent) == ("intent", "outcome", intent.event_id)
    assert (outcome.outcome, outcome.error_kind, outcome.upstream_request_id) == (
        "failure",
        "auth_failed",
        "request-7",
    )


def test_a_test_that_nobody_waits_for_is_recorded_as_stopped(connection, upstream):
    steps = checkup.test(connection, SYSTEM)
    next(steps)
    steps.close()

    assert AuditEvent.objects.latest().outcome == "cancelled"
    assert again(connection).checked_at is None


def test_an_unreadable_credential_sends_nothing(connection, upstream):
    Secret.objects.update(ciphertext="AAAA")

    states = states_of(again(connection))

    assert states == {"dns": "skipped", "tls": "skipped", "authentication": "failed", "models": "skipped"}
    assert again(connection).error_kind == "credential_unreadable"
    assert upstream.hits == 0


def test_a_paused_connection_is_not_tested(connection, upstream):
    connection.pause()

    with pytest.raises(BlockedByPolicy):
        checkup.test(again(connection), SYSTEM)
    with pytest.raises(BlockedByPolicy):
        checkup.probe_routes(again(connection), SYSTEM)
    assert upstream.hits == 0


def test_a_verdict_about_old_settings_is_not_kept(connection, upstream):
    upstream["GET /models"] = 200, {"object": "list", "data": []}
    Connection.objects.update(version=7)

    states_of(connection)

    assert again(connection).checked_at is None


def test_every_route_is_probed_once_and_kept(workspace, simulator):
    connection = connect(workspace, "sim", simulator.removeprefix("http://"), "/openai/v1", SIMULATOR_KEY)

    found = list(checkup.probe_routes(connection, SYSTEM))

    offered = [route for route in ROUTES if route.group in groups_of("simulator")]
    assert sorted(one.route for one in found) == sorted(route.name for route in offered)
    assert RouteProbe.objects.count() == len(offered)
    results = {one.route: one.result for one in found}
    assert (
        results["models.list"]
        == results["chat.completions.create"]
        == results["responses.create"]
        == "supported"
    )


def test_probing_again_replaces_what_was_found(connection, upstream):
    upstream["GET /files"] = [(404, {"error": {"message": "Resource not found"}}), (200, {"data": []})]

    (first,) = checkup.probe_routes(connection, SYSTEM, ["files.list"])
    (second,) = checkup.probe_routes(connection, SYSTEM, ["files.list"])

    assert (first.result, second.result, RouteProbe.objects.get().result) == (
        "not_offered",
        "supported",
        "supported",
    )


def test_a_refused_key_is_tried_once_and_not_on_every_route(connection, upstream):
    upstream["GET /models"] = 401, {"error": {"code": "401", "message": "Access denied"}}

    found = list(checkup.probe_routes(connection, SYSTEM))

    assert upstream.hits == 1
    assert {one.result for one in found[1:]} == {"unknown"}
    assert "Not asked" in found[-1].sentence


def test_all_probes_together_are_one_event(connection, upstream):
    upstream["GET /models"] = 401, {"error": {"message": "no"}}

    list(checkup.probe_routes(connection, SYSTEM))

    phases = (
        AuditEvent.objects.filter(action="connection.probed").order_by("seq").values_list("phase", flat=True)
    )
    assert list(phases) == ["intent", "outcome"]


def test_an_unknown_route_is_refused_before_anything_is_sent(connection, upstream):
    with pytest.raises(KeyError):
        checkup.probe_routes(connection, SYSTEM, ["no.such.route"])

    assert (upstream.hits, AuditEvent.objects.count()) == (0, 0)
