"""The connection test."""

import ssl

import pytest
import trustme

from console.outbound.auth import EntraAuth, EntraSettings, KeyAuth
from console.outbound.policy import Policy
from console.outbound.probe import STEPS, Step, probe_steps
from console.outbound.transport import Door

from .conftest import CONTEXT
from .faults import Exchange, FaultServer

KEY = KeyAuth("a-key-of-some-length")


def states(steps: list[Step]) -> str:
    assert [step.name for step in steps] == list(STEPS)
    return " ".join(step.state for step in steps)


def test_a_good_connection_passes_every_step(door, upstream):
    ids = [("apim-request-id", "r-1"), ("x-ms-region", "Sweden Central")]
    upstream.script = lambda exchange: exchange.reply(200, {"data": [{"id": "a"}, {"id": "b"}]}, ids)

    steps = list(probe_steps(f"{upstream.url}/openai/v1", KEY, door=door))

    assert states(steps) == "ok ok ok ok"
    assert (steps[3].sentence, steps[3].request_id, steps[3].region) == (
        "2 models are listed.",
        "r-1",
        "Sweden Central",
    )
    assert upstream.seen[0].target == "/openai/v1/models"


@pytest.mark.parametrize(
    ("script", "expected", "kind"),
    [
        (
            lambda exchange: exchange.reply(401, {"error": {"message": "no"}}),
            "ok ok failed skipped",
            "auth_failed",
        ),
        (
            lambda exchange: exchange.reply(403, {"error": {"message": "no"}}),
            "ok ok failed skipped",
            "forbidden",
        ),
        (lambda exchange: exchange.reply(404, {}), "ok ok ok failed", "not_found"),
        (lambda exchange: exchange.reply(429, {}), "ok ok ok failed", "rate_limited"),
        (lambda exchange: exchange.reply(500, {}), "ok ok failed skipped", "upstream_error"),
        (
            lambda exchange: exchange.reply(200, b"<html>", kind="text/html"),
            "ok ok ok failed",
            "protocol_error",
        ),
        (lambda exchange: exchange.reply(200, {"models": 1}), "ok ok ok failed", "protocol_error"),
        (lambda exchange: exchange.reply(302, None), "ok ok ok failed", "upstream_redirect"),
        (Exchange.reset, "ok ok failed skipped", "connection_lost"),
    ],
)
def test_a_failure_is_told_at_its_step(door, upstream, script, expected, kind):
    upstream.script = script

    steps = list(probe_steps(upstream.url, KEY, door=door))

    failed = next(step for step in steps if step.state == "failed")
    assert (states(steps), failed.kind) == (expected, kind)
    assert failed.sentence.endswith(".")
    assert failed.remedy.endswith(".")


def test_a_closed_port_fails_the_second_step(door, upstream):
    upstream.close()

    assert states(list(probe_steps(upstream.url, KEY, door=door))) == "ok failed skipped skipped"


def test_an_unknown_name_fails_the_first_step():
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    door = Door(Policy(), lookup=unknown, context=CONTEXT)

    steps = list(probe_steps("https://x.openai.azure.com/openai/v1", KEY, door=door))

    assert states(steps) == "failed skipped skipped skipped"
    assert (steps[0].kind, "x.openai.azure.com" in steps[0].sentence) == ("timeout_connect", True)
    door.close()


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_is_a_step_of_its_own(trusted):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = FaultServer(context=context)
    trust = ssl.create_default_context()
    (authority if trusted else trustme.CA()).configure_trust(trust)
    door = Door(Policy(allow_hosts=[f"127.0.0.1:{server.port}"]), context=trust)

    steps = list(probe_steps(server.url, KEY, door=door))

    assert states(steps) == ("ok ok ok ok" if trusted else "ok failed skipped skipped")
    assert steps[1].kind == ("" if trusted else "tls_error")
    door.close()
    server.close()


def test_a_token_that_cannot_be_got_fails_authentication(door, upstream):
    auth = EntraAuth(EntraSettings("client_secret"), door=door)

    steps = list(probe_steps(upstream.url, auth, door=door))

    assert states(steps) == "ok ok failed skipped"
    assert (steps[2].kind, upstream.seen) == ("auth_failed", [])


def test_refused_addresses_all_look_alike(upstream):
    """Whether something listens there must not be told to who may only edit a connection."""
    looked_up: list[str] = []
    door = Door(Policy(), lookup=lambda host, port: looked_up.append(host) or [], context=CONTEXT)
    closed = FaultServer()
    closed.close()
    ports = (upstream.port, closed.port, 9)

    seen = set()
    for port in ports:
        steps = list(probe_steps(f"https://127.0.0.1:{port}/openai/v1", KEY, door=door))
        seen.add(
            tuple(
                (step.name, step.state, step.kind, step.sentence.replace(str(port), "PORT")) for step in steps
            )
        )

    assert len(seen) == 1
    assert (upstream.connections, looked_up) == (0, [])
    door.close()


def test_the_steps_come_one_by_one(door, upstream):
    steps = probe_steps(upstream.url, KEY, door=door)

    assert next(steps).name == "dns"
    assert upstream.connections == 0
    assert next(steps).name == "tls"
    assert upstream.seen == []
