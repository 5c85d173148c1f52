"""An upstream that misbehaves on command: real sockets on loopback, every byte under the test's control."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"
"""SO_LINGER for a close that sends a TCP reset."""


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Script = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request and the raw connection to answer it on. `gone` is set when the test ends."""

    seen: Seen
    conn: socket.socket
    gone: threading.Event
    keep: bool = True

    def send(self, data: bytes) -> None:
        self.conn.sendall(data)

    def reply(
        self,
        status: int,
        body: object = None,
        headers: Iterable[tuple[str, str]] = (),
        kind: str = "application/json",
    ) -> None:
        """A well-formed answer; a body that is not bytes is sent as JSON."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        fields = [("content-type", kind), ("content-length", str(len(data))), *headers]
        self.send(head(status, fields) + data)

    def reset(self) -> None:
        """Ends the connection with a TCP reset."""
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.close()

    def close(self) -> None:
        self.keep = False
        self.conn.close()

    def stall(self) -> None:
        """Does nothing more until the test is over or the other side has left."""
        self.keep = False
        while not self.gone.wait(0.02):
            if self.left():
                return

    def left(self) -> bool:
        """Whether the other side has closed the connection."""
        self.conn.setblocking(False)
        try:
            return self.conn.recv(1) == b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        finally:
            if self.conn.fileno() >= 0:
                self.conn.setblocking(True)


def head(status: int, fields: Iterable[tuple[str, str]], version: str = "HTTP/1.1") -> bytes:
    lines = [f"{version} {status} Some", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


CHUNKED = [("content-type", "text/event-stream"), ("transfer-encoding", "chunked")]


@dataclass
class FaultServer:
    """Listens on a loopback address; `script` answers each request, `seen` holds them."""

    address: str = "127.0.0.1"
    port: int = 0
    context: ssl.SSLContext | None = None
    greeting: bytes = b""
    script: Script = lambda exchange: exchange.reply(200, {"data": []})
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0

    def __post_init__(self) -> None:
        self.gone = threading.Event()
        self._changed = threading.Condition()
        self._socket = socket.create_server((self.address, self.port))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://{self.address}:{self.port}"

    def answer_in_turn(self, *scripts: Script) -> None:
        """Each request gets the next script; the last one repeats."""
        waiting = list(scripts)
        self.script = lambda exchange: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(exchange)

    def wait_until_seen(self) -> bool:
        """Waits for the first request."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self.seen), timeout=10)

    def wait_until_all_left(self) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.open_now == 0, timeout=10)

    def close(self) -> None:
        if not self.gone.is_set():
            self.gone.set()
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                conn, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn: socket.socket) -> None:
        self._count(1)
        try:
            conn.sendall(self.greeting)
            with self.context.wrap_socket(conn, server_side=True) if self.context else conn as wire:
                while (seen := _read_request(wire)) is not None:
                    with self._changed:
                        self.seen.append(seen)
                        self._changed.notify_all()
                    exchange = Exchange(seen, wire, self.gone)
                    self.script(exchange)
                    if not exchange.keep:
                        return
        except OSError:
            pass
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self.open_now += change
            self._changed.notify_all()


def _read_request(conn: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = conn.recv(65536)
        if not part:
            return None
        data += part
    top, _, body = data.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += conn.recv(65536)
    return Seen(method, target, headers, body)
