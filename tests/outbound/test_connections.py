"""Resolve, check, connect: the address that was checked is the address that is contacted, every time."""

import asyncio
import datetime
import ssl
import threading
from collections.abc import Iterator, Sequence

import pytest
import trustme

from console.outbound.auth import KeyAuth
from console.outbound.errors import BlockedByPolicy, ConnectTimeout, TlsError
from console.outbound.policy import Policy
from console.outbound.transport import Door

from .conftest import CONTEXT, ONCE, QUICK
from .faults import Exchange, FaultServer


class FakeDns:
    """Answers in turn; the last answer repeats."""

    def __init__(self, *answers: Sequence[str] | OSError) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer


def door_with(dns: FakeDns, port: int, context: ssl.SSLContext = CONTEXT) -> Door:
    policy = Policy(allow_hosts=[f"model.lan:{port}", f"other.lan:{port}"], allow_cidrs=["127.0.0.2/32"])
    return Door(policy, lookup=dns, context=context)


@pytest.fixture
def near() -> Iterator[FaultServer]:
    """An upstream on 127.0.0.2, which answers one request a connection."""
    server = FaultServer("127.0.0.2")

    def once(exchange: Exchange) -> None:
        exchange.reply(200, {"host": exchange.seen.headers["host"]}, [("connection", "close")])
        exchange.close()

    server.script = once
    yield server
    server.close()


@pytest.fixture
def forbidden(near: FaultServer) -> Iterator[FaultServer]:
    """Another upstream on the same port of 127.0.0.3, where nothing may ever arrive."""
    server = FaultServer("127.0.0.3", near.port)
    yield server
    server.close()


def test_the_name_stays_in_the_request_while_the_checked_address_is_contacted(ask, near):
    dns = FakeDns(["127.0.0.2"])
    door = door_with(dns, near.port)

    answer = ask(door, "GET", f"http://model.lan:{near.port}/v1")

    assert answer.json() == {"host": f"model.lan:{near.port}"}
    assert dns.asked == [("model.lan", near.port)]
    door.close()


def test_a_name_that_changes_its_address_is_blocked_at_the_next_connection(ask, near, forbidden):
    door = door_with(FakeDns(["127.0.0.2"], ["127.0.0.3"]), near.port)
    ask(door, "GET", f"http://model.lan:{near.port}/")

    with pytest.raises(BlockedByPolicy) as caught:
        ask(door, "GET", f"http://model.lan:{near.port}/", auth=KeyAuth("a-key-of-some-length"))

    assert (caught.value.sent, forbidden.connections, len(near.seen)) == (False, 0, 1)
    door.close()


def test_a_name_that_changes_its_address_is_blocked_during_a_retry(ask_whole, near, forbidden):
    def busy(exchange: Exchange) -> None:
        exchange.reply(503, None, [("retry-after-ms", "1"), ("connection", "close")])
        exchange.close()

    near.script = busy
    door = door_with(FakeDns(["127.0.0.2"], ["127.0.0.3"]), near.port)

    with pytest.raises(BlockedByPolicy):
        ask_whole(door, "GET", f"http://model.lan:{near.port}/", limits=QUICK)

    assert (forbidden.connections, len(near.seen)) == (0, 1)
    door.close()


@pytest.mark.parametrize("bad", ["127.0.0.3", "169.254.169.254", "::1", "fe80::1", "nonsense"])
@pytest.mark.parametrize("order", [1, -1])
def test_one_bad_address_among_good_ones_blocks_all(ask, near, bad, order):
    door = door_with(FakeDns(["127.0.0.2", bad][::order]), near.port)

    with pytest.raises(BlockedByPolicy):
        ask(door, "GET", f"http://model.lan:{near.port}/")

    assert near.connections == 0
    door.close()


@pytest.mark.parametrize("answer", [[], ["127.0.0.2"] * 1000, OSError("no such name")])
def test_no_answer_and_a_flood_of_answers_are_told_as_not_reachable(ask, near, answer):
    door = door_with(FakeDns(answer), near.port)

    with pytest.raises(ConnectTimeout) as caught:
        ask(door, "POST", f"http://model.lan:{near.port}/", json={})

    assert (caught.value.sent, near.connections) == (False, 0)
    door.close()


class NoAddress(Policy):
    """Permits every URL that the operator named, and no address at all."""

    def check_address(self, host: str, port: int, address: str) -> None:
        raise BlockedByPolicy(sent=False)


@pytest.mark.parametrize("policy", [Policy, NoAddress])
@pytest.mark.parametrize("host", ["127.0.0.2", "model.lan"])
def test_no_way_of_calling_goes_round_the_policy(ask, near, policy, host):
    named = [f"{host}:{near.port}"] if policy is NoAddress else []
    shut = Door(policy(allow_hosts=named), lookup=FakeDns(["127.0.0.2"]), context=CONTEXT)

    with pytest.raises(BlockedByPolicy):
        ask(shut, "GET", f"http://{host}:{near.port}/")

    assert near.connections == 0
    shut.close()


def test_a_dead_address_is_passed_over_for_the_next_good_one(ask, near, forbidden):
    forbidden.close()
    policy = Policy(allow_hosts=[f"model.lan:{near.port}"], allow_cidrs=["127.0.0.2/32", "127.0.0.3/32"])
    door = Door(policy, lookup=FakeDns(["127.0.0.3", "127.0.0.2"]), context=CONTEXT)

    assert ask(door, "GET", f"http://model.lan:{near.port}/").status == 200
    door.close()


def test_a_name_server_that_hangs_ends_in_time(ask, near):
    over = threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        over.wait(30)
        return ["127.0.0.2"]

    door = Door(Policy(allow_hosts=[f"model.lan:{near.port}"]), lookup=hang, context=CONTEXT)

    with pytest.raises(ConnectTimeout) as caught:
        ask(door, "GET", f"http://model.lan:{near.port}/", limits=ONCE)

    assert (caught.value.sent, over.is_set()) == (False, False)
    over.set()
    door.close()


@pytest.mark.anyio
async def test_a_name_server_that_hangs_does_not_hold_up_the_loop(near):
    answer = threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        if host == "model.lan":
            answer.wait(30)
        return ["127.0.0.2"]

    door = door_with(FakeDns(["127.0.0.2"]), near.port)
    door.resolver._lookup = hang
    slow = asyncio.create_task(door.arequest("GET", f"http://model.lan:{near.port}/"))
    await asyncio.sleep(0)

    other = await door.arequest("GET", f"http://other.lan:{near.port}/")
    waiting = not slow.done()
    answer.set()

    assert (other.status, waiting, (await slow).status) == (200, True, 200)
    await door.aclose()
    door.close()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def secure_upstream(certificate: trustme.LeafCert) -> FaultServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server = FaultServer("127.0.0.2", context=context)
    server.script = lambda exchange: exchange.reply(200, {"host": exchange.seen.headers["host"]})
    return server


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_tls_is_checked_against_the_name_not_the_address(ask, authority):
    server = secure_upstream(authority.issue_cert("model.lan"))
    door = door_with(FakeDns(["127.0.0.2"]), server.port, trusting(authority))

    assert ask(door, "GET", f"https://model.lan:{server.port}/").json() == {
        "host": f"model.lan:{server.port}"
    }
    with pytest.raises(TlsError):
        ask(door, "GET", f"https://other.lan:{server.port}/")
    assert len(server.seen) == 1
    door.close()
    server.close()


@pytest.mark.parametrize("fault", ["unknown authority", "expired", "not TLS"])
def test_a_bad_certificate_ends_before_a_byte_of_the_request(ask, authority, fault):
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    if fault == "not TLS":
        server, trusted = FaultServer("127.0.0.2", greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n"), authority
    elif fault == "expired":
        server, trusted = secure_upstream(authority.issue_cert("model.lan", not_after=yesterday)), authority
    else:
        server, trusted = secure_upstream(authority.issue_cert("model.lan")), trustme.CA()
    door = door_with(FakeDns(["127.0.0.2"]), server.port, trusting(trusted))

    with pytest.raises(TlsError) as caught:
        ask(door, "GET", f"https://model.lan:{server.port}/", auth=KeyAuth("a-key-of-some-length"))

    assert caught.value.sent is False
    assert all(b"a-key" not in repr(seen).encode() for seen in server.seen)
    door.close()
    server.close()


def test_two_names_on_one_address_never_share_a_connection(ask_whole, authority):
    server = secure_upstream(authority.issue_cert("model.lan", "other.lan"))
    door = door_with(FakeDns(["127.0.0.2"]), server.port, trusting(authority))

    async def both() -> None:
        for name in ("model.lan", "other.lan", "model.lan", "other.lan"):
            await door.arequest("GET", f"https://{name}:{server.port}/")

    if ask_whole.way == "arequest":
        asyncio.run(both())
    else:
        for name in ("model.lan", "other.lan", "model.lan", "other.lan"):
            door.request("GET", f"https://{name}:{server.port}/")

    assert (server.connections, len(server.seen)) == (2, 4)
    door.close()
    server.close()
