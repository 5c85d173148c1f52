"""A scriptable resource on loopback: a real HTTP server that keeps every request and answers as told."""

import json
import os
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.contract.sent import Sent


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Script:
    """How to answer: `chunks` are sent one by one with `pause` seconds between.

    `cut` ends without the last chunk, or short of the announced content-length; `reset` does so with an RST.
    """

    status: int
    chunks: list[bytes]
    headers: dict[str, str]
    pause: float = 0.0
    cut: bool = False
    delay: float = 0.0
    reset: bool = False


def script(answer: Any) -> Script:
    """`(status, JSON)`, `(status, JSON, headers)`, `(status, bytes, headers)` or a Script."""
    if isinstance(answer, Script):
        return answer
    status, body, *more = answer
    headers = dict(more[0]) if more else {}
    if isinstance(body, bytes):
        return Script(status, [body], headers)
    return Script(status, [json.dumps(body).encode()], {"content-type": "application/json", **headers})


class Upstream:
    """Keys are `"GET /models"`, relative to /openai/v1, or with the whole path; unknown ones answer Azure's 404."""

    base = "/openai/v1"

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: list[Sent] = []
        self.reset()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler_for(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.thread.start()

    def reset(self) -> None:
        self.requests: list[Request] = []
        self.scripts: dict[str, list[Script]] = {}

    def take_sent(self) -> list[Sent]:
        """Every request since the last taking, whatever a test did with `requests`."""
        sent, self.sent = self.sent, []
        return sent

    def __setitem__(self, key: str, answer: Any) -> None:
        """Answer `key` so from now on; a list is used up one by one, its last element stays."""
        self.scripts[key] = [script(one) for one in (answer if isinstance(answer, list) else [answer])]

    def answer_to(self, request: Request) -> Script:
        relative = request.path.removeprefix(self.base)
        for key in (f"{request.method} {relative}", f"{request.method} {request.path}"):
            queue = self.scripts.get(key)
            if queue:
                return queue.pop(0) if len(queue) > 1 else queue[0]
        return script((404, {"error": {"code": "404", "message": "Resource not found"}}))

    @property
    def hits(self) -> int:
        return len(self.requests)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def framed(chunk: bytes) -> bytes:
    """A piece of a chunked body; an empty one is the last."""
    return b"%x\r\n%s\r\n" % (len(chunk), chunk)


def is_cut(told: Script, connection: socket.socket) -> bool:
    """Whether nothing more is answered here; an RST also throws away what is still on its way."""
    if told.reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
    return told.cut


def handler_for(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            if len(body) < length:
                # The sender left on the way: half a request is none.
                self.close_connection = True
                return
            request = Request(self.command, unquote(url.path), parse_qs(url.query), headers, body)
            upstream.requests.append(request)
            query = parse_qs(url.query, keep_blank_values=True)
            upstream.sent.append(Sent(self.command, url.path, query, headers, body))
            self.reply(upstream.answer_to(request))

        do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = handle_any  # noqa: N815

        def reply(self, told: Script) -> None:
            time.sleep(told.delay)
            self.send_response(told.status)
            names = {name.lower() for name in told.headers}
            for name, value in told.headers.items():
                self.send_header(name, value)
            is_stream = (len(told.chunks) != 1 or told.cut) and "content-length" not in names
            if is_stream:
                self.send_header("transfer-encoding", "chunked")
            elif "content-length" not in names:
                self.send_header("content-length", str(len(told.chunks[0])))
            self.end_headers()
            for chunk in told.chunks:
                time.sleep(told.pause)
                self.wfile.write(framed(chunk) if is_stream else chunk)
                self.wfile.flush()
            if is_stream and not told.cut:
                self.wfile.write(framed(b""))
            self.close_connection |= is_cut(told, self.connection)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """The requests are kept, not printed."""

    return Handler
