"""A real console on loopback (uvicorn, lifespan on), readers of its streams, and an upstream that pours on command."""

import http.client
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.test import Client

from tests.upstream import Script

EVENTS = {"content-type": "text/event-stream", "apim-request-id": "req-1", "x-ms-region": "Sweden Central"}


def chunk(text: str = "", **more: Any) -> bytes:
    """One chunk of a chat completion."""
    delta = {"content": text} if text else {}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5-mini",
        "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
    }
    return b"data: " + json.dumps(body | more).encode() + b"\n\n"


USAGE = {
    "prompt_tokens": 10,
    "completion_tokens": 4,
    "total_tokens": 14,
    "completion_tokens_details": {"reasoning_tokens": 1},
    "prompt_tokens_details": {"cached_tokens": 2},
}
FINISH = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
DONE = b"data: [DONE]\n\n"
END = [FINISH, chunk(choices=[], usage=USAGE), DONE]


def whole(*texts: str) -> Script:
    """A complete streamed chat completion."""
    return Script(200, [*(chunk(text) for text in texts), *END], dict(EVENTS))


class Faucet:
    """The chunks of an answer, sent when the test says so; `hung_up` is set when the console closes the connection."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes | None] = queue.Queue()
        self.hung_up = threading.Event()

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[bytes]:
        is_over = False
        try:
            while not is_over:
                try:
                    piece = self.pieces.get(timeout=0.02)
                except queue.Empty:
                    piece = b": waiting\n\n"
                is_over = piece is None
                if piece is not None:
                    yield piece
        finally:
            if not is_over:
                self.hung_up.set()

    def pour(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.pieces.put(piece)

    def end(self) -> None:
        self.pour(*END)
        self.pieces.put(None)

    @property
    def script(self) -> Script:
        return Script(200, self, dict(EVENTS))  # type: ignore[arg-type]


@pytest.fixture
def faucet() -> Iterator[Faucet]:
    made = Faucet()
    yield made
    made.pieces.put(None)


def eventually(is_true: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Wait until something holds, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := is_true()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return found


class Stream:
    """One reader of a comparison's stream: its events as (name, content), `last_id` as a browser keeps it."""

    def __init__(self, port: int, cookie: str, path: str, **headers: str) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.http.request("GET", path, headers={"cookie": cookie, **headers})
        self.response = self.http.getresponse()
        self.last_id = ""
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        name = ""
        for raw in self.response:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("id: "):
                self.last_id = line[4:]
            elif line.startswith("data: "):
                self.seen.append((name, json.loads(line[6:])))
                yield self.seen[-1]

    def rest(self) -> "Stream":
        """Read to the end."""
        for _ in self:
            continue
        return self

    def until(self, wanted: str) -> "Stream":
        """Read until the text so far contains `wanted`."""
        for _ in self:
            if wanted in self.text():
                return self
        raise AssertionError(f"the stream ended before {wanted!r}: {self.text()!r}")

    def text(self, kind: str = "text", answer: str = "") -> str:
        deltas = [one for name, one in self.seen if name == "delta" and one["kind"] == kind]
        return "".join(one["text"] for one in deltas if not answer or one["answer"] == answer)

    def named(self, wanted: str) -> list[dict[str, Any]]:
        return [one for name, one in self.seen if name == wanted]

    def close(self) -> None:
        self.http.close()


class Console:
    """The running console, and people who talk to it through its real socket."""

    def __init__(self) -> None:
        config = uvicorn.Config(
            "console.asgi:application", port=0, lifespan="on", log_config=None, timeout_graceful_shutdown=2
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        eventually(lambda: self.server.started)
        self.port: int = self.server.servers[0].sockets[0].getsockname()[1]
        self.streams: list[Stream] = []

    def cookie(self, user: Any) -> str:
        client = Client()
        client.force_login(user)
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def post(self, user: Any, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        token = "t" * 32
        cookies = f"{self.cookie(user)}; {settings.CSRF_COOKIE_NAME}={token}"
        sent = {
            "cookie": cookies,
            "x-csrftoken": token,
            "content-type": "application/json",
            "accept": "application/json",
        }
        http_connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        http_connection.request("POST", path, json.dumps(body or {}), {**sent, **headers})
        response = http_connection.getresponse()
        text = response.read()
        http_connection.close()
        return response.status, json.loads(text) if text else None

    def ask(self, user: Any, text: str, *panes: dict[str, Any], **more: Any) -> dict[str, Any]:
        status, told = self.post(user, "/playground/turns/", {"input": text, "panes": list(panes), **more})
        assert status == 201, told
        return dict(told)

    def stream(self, user: Any, path: str, **headers: str) -> Stream:
        opened = Stream(self.port, headers.pop("cookie", None) or self.cookie(user), path, **headers)
        self.streams.append(opened)
        return opened

    def stop(self) -> None:
        from console.playground import runner

        runner.begin_shutdown()
        self.server.should_exit = True
        self.thread.join(15)
        for opened in self.streams:
            opened.close()


@pytest.fixture
def console(transactional_db) -> Iterator[Console]:
    running = Console()
    yield running
    running.stop()


def pane(connection: Any, model: str = "gpt-5-mini", **more: Any) -> dict[str, Any]:
    return {"connection": connection.slug, "model": model, "api": "chat", "parameters": {}, **more}
