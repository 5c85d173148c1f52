"""How the door behaves towards an upstream that is broken, slow, hostile, or fine."""

import asyncio
import dataclasses
import itertools
import subprocess
import sys
import threading

import pytest

from console.outbound.auth import KeyAuth
from console.outbound.errors import (
    BadRequest,
    BlockedByPolicy,
    ConnectionLost,
    ProtocolError,
    RateLimited,
    ServerFailed,
    UpstreamError,
    UpstreamRedirect,
)
from console.outbound.limits import STREAM
from console.outbound.policy import Policy
from console.outbound.transport import Door, close_door, get_door

from .conftest import ONCE, QUICK, Caller
from .faults import CHUNKED, Exchange, chunk, head

JSON = ("content-type", "application/json")


def test_a_good_answer_arrives_whole(ask, door, upstream):
    upstream.script = lambda exchange: exchange.reply(200, {"ok": True}, [("apim-request-id", "r-1")])

    answer = ask(door, "GET", f"{upstream.url}/openai/v1/models", params={"limit": 5})

    assert (answer.status, answer.json(), answer.request_id, answer.attempts) == (200, {"ok": True}, "r-1", 1)
    assert upstream.seen[0].target == "/openai/v1/models?limit=5"


def test_only_listed_headers_leave(ask, door, upstream):
    ask(
        door,
        "POST",
        f"{upstream.url}/x",
        json={"model": "m", "text": "é"},
        auth=KeyAuth("a-key-of-some-length"),
        headers={"aoai-evals": "preview"},
    )

    assert upstream.seen[0].headers == {
        "host": f"127.0.0.1:{upstream.port}",
        "user-agent": "v1-console",
        "accept": "application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "content-length": "25",
        "aoai-evals": "preview",
        "api-key": "a-key-of-some-length",
    }
    assert upstream.seen[0].body.decode() == '{"model":"m","text":"é"}'


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "x"},
        {"Host": "evil.test"},
        {"Cookie": "a=b"},
        {"Content-Length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"X-Forwarded-For": "1.2.3.4"},
        {"Api-Key": "x"},
        {"Accept": "a\r\nX-Evil: 1"},
        {"Accept": "a\x00"},
        {"Accept\r\nX-Evil": "1"},
    ],
)
def test_any_other_header_is_refused_before_a_connection(ask, door, upstream, headers):
    with pytest.raises(BlockedByPolicy):
        ask(door, "GET", upstream.url, headers=headers)

    assert upstream.connections == 0


def test_cookies_are_neither_kept_nor_returned(ask_whole, door, upstream):
    upstream.script = lambda exchange: exchange.reply(200, {}, [("set-cookie", "session=evil; Path=/")])

    answers = [ask_whole(door, "GET", upstream.url) for _ in range(2)]

    assert all("set-cookie" not in answer.headers for answer in answers)
    assert all("cookie" not in seen.headers for seen in upstream.seen)


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("kind", ["absolute", "relative", "scheme-relative", "missing"])
def test_redirects_are_errors_and_never_followed(ask, door, upstream, other, status, method, kind):
    location = {
        "absolute": [("location", f"{other.url}/stolen")],
        "relative": [("location", "/elsewhere")],
        "scheme-relative": [("location", f"//127.0.0.1:{other.port}/stolen")],
        "missing": [],
    }[kind]
    upstream.script = lambda exchange: exchange.send(head(status, [("content-length", "0"), *location]))

    with pytest.raises(UpstreamRedirect):
        ask(door, method, upstream.url, auth=KeyAuth("a-key-of-some-length"))

    assert (other.connections, len(upstream.seen)) == (0, 1)


def test_proxies_of_the_environment_are_ignored(ask, upstream, other, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, other.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    door = Door(Policy(allow_hosts=[f"127.0.0.1:{upstream.port}"]))

    assert ask(door, "GET", upstream.url).status == 200
    assert other.connections == 0
    door.close()


def drip_headers(exchange: Exchange) -> None:
    for byte in itertools.cycle(b"X-Slow: 1\r\n"):
        if exchange.gone.wait(0.02) or exchange.left():
            exchange.close()
            return
        exchange.send(bytes([byte]) if exchange.keep else b"")


def endless_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    drip_headers(exchange)


def interim_flood(exchange: Exchange) -> None:
    while not exchange.gone.wait(0.01) and not exchange.left():
        exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n")
    exchange.close()


def silent_body(exchange: Exchange) -> None:
    exchange.send(head(200, [JSON, ("content-length", "10")]) + b"{")
    exchange.stall()


def no_body(exchange: Exchange) -> None:
    exchange.send(head(200, [JSON, ("content-length", "10")]))
    exchange.stall()


def send_and(finish: str, data: bytes):
    def script(exchange: Exchange) -> None:
        exchange.send(data)
        getattr(exchange, finish)()

    return script


BOMB = b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"a" * 7000) for n in range(30)) + b"\r\n"
FAULTS = {
    "nothing is ever sent": (Exchange.stall, "timeout_first_byte"),
    "headers one byte at a time": (endless_headers, "timeout_first_byte"),
    "interim answers without end": (interim_flood, "timeout_first_byte"),
    "headers, then no body": (no_body, "timeout_first_byte"),
    "silence in the body": (silent_body, "timeout_idle"),
    "reset before the headers": (Exchange.reset, "connection_lost"),
    "closed before the headers": (Exchange.close, "connection_lost"),
    "reset in the headers": (send_and("reset", b"HTTP/1.1 200 OK\r\ncontent-"), "connection_lost"),
    "cut in the body": (
        send_and("close", head(200, [JSON, ("content-length", "99")]) + b"{}"),
        "connection_lost",
    ),
    "reset in the body": (
        send_and("reset", head(200, [JSON, ("content-length", "99")]) + b"{}"),
        "connection_lost",
    ),
    "cut in a chunk": (send_and("close", head(200, CHUNKED) + b"ff\r\nabc"), "connection_lost"),
    "a chunk without a size": (send_and("stall", head(200, CHUNKED) + b"zz\r\nabc\r\n"), "protocol_error"),
    "not HTTP": (send_and("close", b"SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"), "protocol_error"),
    "headers too large": (send_and("stall", BOMB), "too_large"),
    "compressed although refused": (
        lambda exchange: exchange.reply(200, b"\x1f\x8b", [("content-encoding", "gzip")]),
        "protocol_error",
    ),
    "a body beyond the limit": (
        lambda exchange: exchange.reply(200, b"[" + b" " * 2_000_000 + b"]"),
        "too_large",
    ),
    "a server error": (lambda exchange: exchange.reply(500, {"error": {"message": "Oh"}}), "upstream_error"),
    "an HTML error": (
        lambda exchange: exchange.reply(502, b"<html><b>Bad", kind="text/html"),
        "upstream_error",
    ),
    "an empty error": (lambda exchange: exchange.reply(503), "upstream_error"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_kind(ask, door, upstream, fault):
    upstream.script, kind = FAULTS[fault]

    with pytest.raises(UpstreamError) as caught:
        ask(door, "POST", f"{upstream.url}/x", json={})

    error = caught.value
    assert (error.kind, error.sent, len(upstream.seen)) == (kind, True, 1)
    assert error.__context__ is None
    assert error.__cause__ is None


def test_after_a_fault_the_next_call_works(ask_whole, door, upstream):
    upstream.answer_in_turn(silent_body, lambda exchange: exchange.reply(200, {"ok": 1}))

    with pytest.raises(UpstreamError):
        ask_whole(door, "GET", upstream.url)

    assert ask_whole(door, "GET", upstream.url).json() == {"ok": 1}


def test_connections_are_kept_for_the_next_call(door, upstream):
    for _ in range(3):
        door.request("GET", upstream.url)

    async def three() -> None:
        for _ in range(3):
            await door.arequest("GET", upstream.url)

    asyncio.run(three())
    assert (len(upstream.seen), upstream.connections) == (6, 2)


def test_a_kept_connection_that_the_upstream_closed_is_replaced(door, upstream):
    def answer_and_close(exchange: Exchange) -> None:
        exchange.reply(200, {})
        exchange.close()

    upstream.script = answer_and_close
    for _ in range(3):
        door.request("POST", upstream.url, json={}, limits=ONCE)
        assert upstream.wait_until_all_left()

    assert len(upstream.seen) == 3


def test_an_old_server_is_understood(ask, door, upstream):
    upstream.script = send_and("close", head(200, [JSON], version="HTTP/1.0") + b'{"old":true}')

    assert ask(door, "GET", upstream.url).json() == {"old": True}


def test_a_read_is_repeated_twice_and_then_told(ask_whole, door, upstream):
    upstream.script = lambda exchange: exchange.reply(503, None, [("retry-after-ms", "1")])

    with pytest.raises(ServerFailed) as caught:
        ask_whole(door, "GET", upstream.url, limits=QUICK)

    assert (len(upstream.seen), caught.value.attempts) == (3, 3)


def test_a_read_that_works_at_the_third_attempt_is_an_answer(ask_whole, door, upstream):
    busy = [("retry-after-ms", "1")]
    upstream.answer_in_turn(
        lambda exchange: exchange.reply(429, None, busy),
        Exchange.reset,
        lambda exchange: exchange.reply(200, {"ok": 1}),
    )

    answer = ask_whole(door, "GET", upstream.url, limits=QUICK)

    assert (answer.json(), answer.attempts) == ({"ok": 1}, 3)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("script", [lambda exchange: exchange.reply(503), Exchange.reset])
def test_a_write_that_left_is_never_repeated(ask_whole, door, upstream, method, script):
    upstream.answer_in_turn(lambda exchange: exchange.reply(200, {}), script)
    ask_whole(door, "GET", upstream.url)

    with pytest.raises(UpstreamError):
        ask_whole(door, method, upstream.url, json={}, limits=QUICK)

    assert len(upstream.seen) == 2


@pytest.mark.anyio
async def test_a_delete_on_a_kept_connection_is_not_repeated_by_the_library(door, upstream):
    upstream.answer_in_turn(lambda exchange: exchange.reply(200, {}), Exchange.reset)
    await door.arequest("GET", upstream.url)

    with pytest.raises(ConnectionLost):
        await door.arequest("DELETE", upstream.url, limits=QUICK)

    assert [seen.method for seen in upstream.seen] == ["GET", "DELETE"]


def test_a_closed_port_is_told_as_not_sent(ask, upstream):
    upstream.close()
    closed = Door(Policy(allow_hosts=[f"127.0.0.1:{upstream.port}"]))

    with pytest.raises(UpstreamError) as caught:
        ask(closed, "POST", upstream.url, json={}, limits=QUICK)

    assert (caught.value.kind, caught.value.sent) == ("timeout_connect", False)
    closed.close()


def test_a_long_wait_is_left_to_the_user(ask_whole, door, upstream):
    upstream.script = lambda exchange: exchange.reply(429, None, [("retry-after", "37")])

    with pytest.raises(RateLimited) as caught:
        ask_whole(door, "GET", upstream.url, limits=QUICK)

    assert (caught.value.retry_after, len(upstream.seen)) == (37.0, 1)


def test_retries_stop_when_nearly_everything_fails(door, upstream):
    upstream.script = lambda exchange: exchange.reply(503, None, [("retry-after-ms", "0")])

    for _ in range(40):
        with pytest.raises(ServerFailed):
            door.request("GET", upstream.url, limits=QUICK)

    assert len(upstream.seen) <= 40 + 10 + 40 * 0.2 + 1


@pytest.mark.parametrize("secret", ["a-key-of-some-length", "key+with/odd=characters%20inside"])
def test_an_echoed_key_is_redacted(ask, door, upstream, secret):
    def echo(exchange: Exchange) -> None:
        key = exchange.seen.headers["api-key"]
        exchange.reply(401, {"error": {"code": key, "message": f"Bad key {key}"}}, [("apim-request-id", key)])

    upstream.script = echo

    with pytest.raises(UpstreamError) as caught:
        ask(door, "GET", upstream.url, auth=KeyAuth(secret))

    error = caught.value
    assert secret not in repr(vars(error))
    assert (error.kind, error.detail) == ("auth_failed", "Bad key ‹redacted›")


def test_a_key_echoed_in_a_header_is_redacted(ask, door, upstream):
    upstream.script = lambda exchange: exchange.reply(200, {}, [("x-echo", exchange.seen.headers["api-key"])])

    answer = ask(door, "GET", upstream.url, auth=KeyAuth("a-key-of-some-length"))

    assert answer.headers["x-echo"] == "‹redacted›"


@pytest.mark.parametrize("path", ["/../admin", "/v1/%2e%2e/admin", "/v1/./x", "/v1/..%5cadmin", "/v1\\..\\x"])
def test_paths_in_disguise_are_refused_or_resolved_within_the_origin(ask, door, upstream, path):
    try:
        ask(door, "GET", upstream.url + path)
    except BlockedByPolicy:
        assert upstream.connections == 0
    else:
        assert ".." not in upstream.seen[0].target


@pytest.mark.parametrize("value", [{"x": float("nan")}, {"x": "\ud800"}, {"x": object()}])
def test_a_body_that_json_cannot_carry_is_not_sent(ask, door, upstream, value):
    with pytest.raises(BadRequest) as caught:
        ask(door, "POST", upstream.url, json=value)

    assert (caught.value.sent, upstream.connections) == (False, 0)


def comments(exchange: Exchange) -> None:
    exchange.send(head(200, CHUNKED))
    while not exchange.gone.wait(0.02) and not exchange.left():
        exchange.send(chunk(b": still here\n\n"))
    exchange.close()


@pytest.mark.parametrize("way", ["stream", "astream"])
def test_comments_alone_do_not_keep_a_stream_alive(door, upstream, way):
    upstream.script = comments

    with pytest.raises(UpstreamError) as caught:
        Caller(way)(door, "POST", upstream.url, json={}, limits=dataclasses.replace(ONCE, marks=True))

    assert caught.value.kind == "timeout_idle"


@pytest.mark.parametrize("way", ["request", "arequest", "stream", "astream"])
def test_a_stream_without_end_meets_the_total_deadline(door, upstream, way):
    upstream.script = comments

    with pytest.raises(UpstreamError) as caught:
        Caller(way)(door, "POST", upstream.url, json={}, limits=dataclasses.replace(ONCE, total=0.6))

    assert caught.value.kind == "timeout_total"


@pytest.mark.anyio
async def test_touch_keeps_a_stream_alive(door, upstream):
    def words(exchange: Exchange) -> None:
        exchange.send(head(200, CHUNKED))
        for _ in range(8):
            exchange.gone.wait(0.1)
            exchange.send(chunk(b"data: word\n\n"))
        exchange.send(chunk(b""))

    upstream.script = words
    limits = dataclasses.replace(ONCE, marks=True)
    count = 0

    async with door.astream("POST", upstream.url, json={}, limits=limits) as answer:
        await answer.expect_events()
        async for _ in answer.aiter_bytes():
            answer.touch()
            count += 1

    assert count == 8


@pytest.mark.anyio
async def test_each_piece_is_passed_on_before_the_next_is_sent(door, upstream):
    go = threading.Event()

    def two(exchange: Exchange) -> None:
        exchange.send(head(200, CHUNKED) + chunk(b"data: 1\n\n"))
        go.wait(5)
        exchange.send(chunk(b"data: 2\n\n") + chunk(b""))

    upstream.script = two
    pieces = []

    async with door.astream("POST", upstream.url, json={}, limits=STREAM) as answer:
        async for piece in answer.aiter_bytes():
            pieces.append(piece)
            go.set()

    assert pieces == [b"data: 1\n\n", b"data: 2\n\n"]


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
async def test_a_page_instead_of_events_is_shown_by_its_beginning(door, upstream, kind):
    upstream.script = lambda exchange: exchange.reply(200, b"<html>Sign in, please", kind=kind)

    async with door.astream("POST", upstream.url, json={}) as answer:
        with pytest.raises(ProtocolError) as caught:
            await answer.expect_events()

    assert caught.value.detail == "<html>Sign in, please"


@pytest.mark.anyio
@pytest.mark.parametrize("moment", ["before the head", "in the body", "unread"])
async def test_leaving_a_stream_closes_the_upstream_connection(door, upstream, moment):
    def script(exchange: Exchange) -> None:
        if moment != "before the head":
            exchange.send(head(200, CHUNKED) + chunk(b"data: 1\n\n"))
        exchange.stall()

    upstream.script = script
    started = asyncio.Event()

    async def read() -> None:
        async with door.astream("POST", upstream.url, json={}) as answer:
            if moment == "unread":
                return
            async for _ in answer.aiter_bytes():
                started.set()

    reader = asyncio.create_task(read())
    if moment == "in the body":
        await started.wait()
    elif moment == "before the head":
        await asyncio.to_thread(upstream.wait_until_seen)
    if moment != "unread":
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
    else:
        await reader

    assert await asyncio.to_thread(upstream.wait_until_all_left)


@pytest.mark.anyio
async def test_interleaved_calls_keep_their_own_keys(door, upstream):
    upstream.script = lambda exchange: exchange.reply(200, {"key": exchange.seen.headers["api-key"]})

    async def one(number: int) -> None:
        key = f"key-of-connection-{number:04}"
        answer = await door.arequest("POST", upstream.url, json={}, auth=KeyAuth(key), limits=STREAM)
        assert answer.json() == {"key": key}

    await asyncio.gather(*(one(number) for number in range(200)))


@pytest.mark.anyio
async def test_a_deadline_is_not_mistaken_for_a_cancellation_from_outside(door, upstream):
    upstream.script = Exchange.stall
    task = asyncio.create_task(door.arequest("POST", upstream.url, json={}, limits=STREAM))
    await asyncio.to_thread(upstream.wait_until_seen)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


def test_every_event_loop_has_its_own_connections(door, upstream):
    for _ in range(3):
        asyncio.run(door.arequest("GET", upstream.url))

    assert upstream.connections == 3
    assert upstream.wait_until_all_left()


def test_a_process_has_one_door_with_the_policy_of_its_environment(monkeypatch):
    close_door()
    monkeypatch.setenv("OUTBOUND_ALLOW_HOSTS", "a.test:1")
    first = get_door()
    monkeypatch.setenv("OUTBOUND_ALLOW_HOSTS", "b.test:2")

    assert get_door() is first
    assert first.policy.allow_hosts == {("a.test", 1)}
    close_door()
    assert get_door().policy.allow_hosts == {("b.test", 2)}
    close_door()


def test_outbound_imports_neither_django_nor_celery():
    code = (
        "import sys, console.outbound.probe\n"
        "print(sorted({'django', 'celery', 'azure.identity'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
