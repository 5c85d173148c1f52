import dataclasses
import io
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from console.outbound.body import SizedBody
from console.outbound.errors import Cancelled, ConnectTimeout, IdleTimeout, ServerFailed, TooLarge
from console.outbound.limits import UPLOAD
from console.outbound.policy import Policy
from console.outbound.transport import Door

from .conftest import CONTEXT, QUICK

MIB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
BEHIND_THE_HEAD = b"\r\n\r\n"


class Sink:
    """A server that takes one request: it reads `wants` bytes of the body, says `answer` and leaves.

    Without an answer it stays, and takes no more.
    """

    def __init__(self, wants: int, answer: bytes) -> None:
        self.wants, self.answer = wants, answer
        self.head = b""
        self.taken = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        try:
            conn, _ = self.listener.accept()
        except OSError:
            return
        with conn:
            while BEHIND_THE_HEAD not in self.head:
                self.head += conn.recv(65536)
            self.head, _, rest = self.head.partition(BEHIND_THE_HEAD)
            self.taken = len(rest)
            while self.taken < self.wants and (piece := conn.recv(65536)):
                self.taken += len(piece)
            with suppress(OSError):
                conn.sendall(self.answer)
            if not self.answer:
                self.done.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/openai/v1/files"

    def close(self) -> None:
        self.done.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.listener.close()


@pytest.fixture
def sink_for() -> Iterator[Callable[..., tuple[Sink, Door]]]:
    made: list[tuple[Sink, Door]] = []

    def make(wants: int, answer: bytes = OK) -> tuple[Sink, Door]:
        sink = Sink(wants, answer)
        made.append((sink, Door(Policy(allow_hosts=[f"127.0.0.1:{sink.port}"]), context=CONTEXT)))
        return made[-1]

    yield make
    for sink, door in made:
        door.close()
        sink.close()


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield bytes(128 * 1024)


def test_a_made_body_leaves_with_its_length_and_kind(sink_for):
    sink, door = sink_for(11)

    with io.BytesIO(b"hello world") as file:
        answer = door.request("POST", sink.url, content=SizedBody(11, "text/plain", file), limits=UPLOAD)

    assert answer.status == 200
    assert b"content-length: 11" in sink.head.lower()
    assert b"content-type: text/plain" in sink.head.lower()
    assert b"chunked" not in sink.head.lower()


def test_a_large_body_costs_a_few_pieces_of_memory(sink_for):
    sink, door = sink_for(128 * MIB)
    tracemalloc.start()
    try:
        door.request("POST", sink.url, content=SizedBody(128 * MIB, "x/y", pieces(1024)), limits=UPLOAD)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sink.taken == 128 * MIB
    assert peak < 8 * MIB


def test_a_body_that_nobody_takes_meets_the_deadline_of_silence(sink_for):
    sink, door = sink_for(0, b"")

    with pytest.raises(IdleTimeout) as caught:
        door.request(
            "POST",
            sink.url,
            content=SizedBody(64 * MIB, "x/y", pieces(512)),
            limits=dataclasses.replace(QUICK, first_byte=60.0, total=60.0, idle=0.3),
        )

    assert caught.value.sent is True


def test_once_everything_has_left_the_answer_may_take_its_time(door, upstream):
    def late(exchange) -> None:
        exchange.gone.wait(0.7)
        exchange.reply(200, {})

    upstream.script = late
    limits = dataclasses.replace(QUICK, first_byte=60.0, total=60.0, idle=0.2)

    answer = door.request("POST", upstream.url, content=SizedBody(3, "x/y", [b"abc"]), limits=limits)

    assert (answer.status, upstream.seen[0].body) == (200, b"abc")


@pytest.mark.parametrize(
    ("head", "kind"), [("413 Payload Too Large", TooLarge), ("503 Service Unavailable", ServerFailed)]
)
def test_an_early_refusal_is_heard_and_nothing_is_sent_again(sink_for, head, kind):
    refusal = f"HTTP/1.1 {head}\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n".encode()
    sink, door = sink_for(1, refusal)

    with pytest.raises(kind) as caught:
        door.request("POST", sink.url, content=SizedBody(4 * MIB, "x/y", pieces(32)), limits=UPLOAD)

    assert (caught.value.status, caught.value.attempts) == (int(head[:3]), 1)


def test_a_body_that_stops_itself_ends_the_connection(sink_for):
    sink, door = sink_for(4 * MIB)

    def stopping() -> Iterator[bytes]:
        yield bytes(MIB)
        raise Cancelled

    with pytest.raises(Cancelled):
        door.request("POST", sink.url, content=SizedBody(4 * MIB, "x/y", stopping()), limits=UPLOAD)

    sink.thread.join(10)
    assert sink.taken == MIB


def test_a_made_body_is_not_sent_to_a_closed_port(sink_for):
    sink, door = sink_for(0)
    sink.close()
    read = []

    def counted() -> Iterator[bytes]:
        read.append(1)
        yield b"x"

    with pytest.raises(ConnectTimeout):
        door.request("POST", sink.url, content=SizedBody(1, "x/y", counted()), limits=UPLOAD)

    assert read == []
