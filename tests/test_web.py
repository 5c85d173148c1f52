"""A real `manage.py web` under bodies and heads that nobody should send, each through a socket of its own.

What is measured are limits: how much a sender gets rid of, how much memory that takes, whether the process goes on.
"""

import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import reserve_port

HERE = Path(__file__).parent.parent
MIB = 1024 * 1024
PATIENCE = 60.0  # seconds for anything that has to happen at all
PART = "/uploads/00000000-0000-4000-8000-000000000000/parts/0/"


class Web:
    """The process, and how to talk to it byte by byte. It has no tables: nobody here is known to it."""

    def __init__(self) -> None:
        self.port = reserve_port()
        folder = tempfile.mkdtemp(prefix="console-web-")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        keys = {name: os.environ[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS")}
        environment = {**kept, **keys, "DATA_DIR": folder, "PORT": str(self.port), "LOG_LEVEL": "CRITICAL"}
        self.process = subprocess.Popen([sys.executable, "manage.py", "web"], cwd=HERE, env=environment)
        end = time.monotonic() + PATIENCE
        while not self.is_up():
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)

    def is_up(self) -> bool:
        try:
            return self.status(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") == 200
        except OSError:
            return False

    def connected(self) -> socket.socket:
        """A connection that holds back little, so that what was sent is about what the process took."""
        one = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        return one

    def status(self, request: bytes) -> int:
        """Send all of a request and return the status of the answer, 0 where the connection ended without one."""
        with self.connected() as one:
            one.sendall(request)
            return status_of(one)

    def pushed(self, head: bytes, piece: bytes, most: int) -> tuple[int, int]:
        """How many bytes of an endless body could be sent before the end, and the status if it could be read."""
        sent = 0
        with self.connected() as one:
            one.sendall(head)
            try:
                while sent < most:
                    readable, writable, _ = select.select([one], [one], [], PATIENCE)
                    if readable:
                        return sent, status_of(one)
                    assert writable, "neither taken nor answered"
                    sent += one.send(piece)
            except ConnectionError:
                return sent, 0
        return sent, -1

    def memory(self) -> int:
        """What the process has in memory, in bytes."""
        table = subprocess.check_output(["ps", "-o", "rss=", "-p", str(self.process.pid)], text=True)
        return int(table) * 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


def status_of(one: socket.socket) -> int:
    try:
        line = one.recv(4096).split(b"\r\n")[0]
    except ConnectionError:
        return 0
    return int(line.split()[1]) if line else 0


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    running = Web()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def goes_on(web) -> Iterator[None]:
    """Whatever was sent, the same process answers the next one."""
    yield
    assert web.process.poll() is None
    assert web.is_up()


def head(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


HUGE = f"Content-Length: {600 * MIB}"
CHUNKED = "Transfer-Encoding: chunked"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nosuch", PART])
def test_a_huge_body_of_nobody_is_refused_before_it_is_read(web, path):
    sent, status = web.pushed(head(path, HUGE), b"x" * 0x10000, 16 * MIB)

    assert sent <= MIB
    assert status in (413, 0)


def test_fifty_huge_bodies_at_once_take_no_memory(web):
    web.pushed(head("/", HUGE), b"x" * 0x10000, 16 * MIB)
    before = web.memory()

    with ThreadPoolExecutor(50) as many:
        ended = list(many.map(lambda _: web.pushed(head(PART, HUGE), b"x" * 0x10000, 16 * MIB), range(50)))

    assert max(sent for sent, _ in ended) <= MIB
    assert web.memory() - before <= 10 * MIB


@pytest.mark.parametrize("path", ["/accounts/login/", PART])
def test_chunks_without_end_are_counted(web, path):
    sent, status = web.pushed(head(path, CHUNKED), CHUNK, 16 * MIB)

    assert sent <= MIB
    assert status in (413, 0)


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: -1"],
        ["Content-Length: +10"],
        ["Content-Length: 1e3"],
        ["Content-Length: 3", "Content-Length: 4"],
        ["Content-Length: 3", "Content-Length: 3"],
        ["Content-Length: 3", CHUNKED],
        ["Content-Length: 99999999999999999999999"],
    ],
)
def test_a_length_that_cannot_be_is_refused(web, lines):
    assert web.status(head("/accounts/login/", *lines) + b"a=b") in (400, 413)


def test_more_than_was_announced_is_no_part_of_the_body(web):
    with web.connected() as one:
        one.sendall(head("/accounts/login/", "Content-Length: 3") + b"a=bXXXXXX \x00\r\n\r\n")
        assert 400 <= status_of(one) < 500


def test_a_body_without_a_length_is_an_empty_one(web):
    assert 400 <= web.status(head("/accounts/login/")) < 500


def test_ten_thousand_fields_are_refused(web):
    fields = "&".join(f"f{number}=" for number in range(10_000)).encode()
    form = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(fields)}"]

    assert web.status(head("/accounts/login/", *form) + fields) in (400, 413)


@pytest.mark.parametrize("lines", [["a: b"] * 10_000, ["a: " + "b" * 100_000]], ids=["many", "long"])
def test_a_large_head_is_refused(web, lines):
    assert web.status(head("/", *lines)) in (400, 0)


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\na: ", b"GET / HTTP/1.1\r\n"])
def test_a_head_without_end_is_given_up(web, start):
    piece = b"x: y\r\n" * 1000 if start.endswith(b"\n") else b"x" * 6000
    sent, status = web.pushed(start, piece, 16 * MIB)

    assert sent <= MIB
    assert status in (400, 0)


def test_two_hundred_slow_senders_are_hung_up_on_and_keep_nobody_waiting(web):
    slow = [web.connected() for _ in range(200)]
    for number, one in enumerate(slow):
        if number % 4:
            one.sendall(head("/accounts/login/" if number % 2 else PART, "Content-Length: 60000") + b"a")
        else:
            one.sendall(b"POST / HTTP/1.1\r\nHost: loc")
    statuses = [web.status(b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(5)]

    assert statuses == [200] * 5
    end = time.monotonic() + PATIENCE
    left, ended = set(slow), []
    while left:
        assert time.monotonic() < end, f"{len(left)} are still connected"
        readable, _, _ = select.select(left, [], [], 1)
        for one in readable:
            ended.append(status_of(one))
            left.remove(one)
            one.close()
        for one in left:
            drip(one)
    assert set(ended) <= {408, 0}
    assert ended.count(408) >= 100


def drip(one: socket.socket) -> None:
    try:
        one.send(b"a")
    except ConnectionError:
        return
