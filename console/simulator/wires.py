"""Faults in the bytes of an answer, each a filter between the answer and the connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from starlette.types import Message, Send

from console.simulator.streaming import gone
from console.simulator.world import Call

_TERMINAL = (
    b'"finish_reason":"',
    b"event: response.completed",
    b"event: response.incomplete",
    b"event: response.failed",
)
_LONGEST_SILENCE = 3600.0


class ConnectionCut(Exception):
    """The connection ends here, without the end of the answer."""


class Wire:
    """Passes everything on; a fault overrides `start` or `body`. `number` is the argument or a default."""

    default = 3.0
    changes_length = False

    def __init__(self, argument: str, call: Call) -> None:
        self.number = _number(argument, self.default)
        self.call = call
        self.bodies = 0
        self.is_stream = False

    async def pass_on(self, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            self.is_stream = headers.get(b"content-type", b"").startswith(b"text/event-stream")
            if self.changes_length:
                headers.pop(b"content-length", None)
                message["headers"] = list(headers.items())
            await self.start(message, send)
        elif message["type"] == "http.response.body":
            self.bodies += 1
            await self.body(message, send)

    async def start(self, message: Message, send: Send) -> None:
        await send(message)

    async def body(self, message: Message, send: Send) -> None:
        await send(message)

    def reached(self) -> bool:
        """Whether the fault is due: a stream has sent `number` events; anything else is at its body."""
        return not self.is_stream or self.bodies > self.number

    async def silence(self, seconds: float) -> None:
        """Send nothing for that long; ends the answer when the reader leaves meanwhile."""
        watcher = asyncio.ensure_future(gone(self.call.receive))
        left, _ = await asyncio.wait((watcher,), timeout=seconds)
        watcher.cancel()
        if left:
            raise ConnectionCut

    async def end(self, send: Send, last: bytes = b"") -> None:
        """End the answer in good order, whatever was still to come."""
        await send({"type": "http.response.body", "body": last, "more_body": False})
        raise ConnectionCut


class _SlowFirstByte(Wire):
    default = 30.0

    async def start(self, message: Message, send: Send) -> None:
        await self.silence(self.number)
        await send(message)


class _Stall(Wire):
    async def body(self, message: Message, send: Send) -> None:
        if self.reached():
            await _send_half(message, send)
            await self.silence(_LONGEST_SILENCE)
            raise ConnectionCut
        await send(message)


class _Cut(Wire):
    async def body(self, message: Message, send: Send) -> None:
        if self.reached():
            await _send_half(message, send)
            raise ConnectionCut
        await send(message)


class _NoDone(Wire):
    async def body(self, message: Message, send: Send) -> None:
        data: bytes = message.get("body", b"")
        if self.is_stream and (data.startswith(b"data: [DONE]") or any(mark in data for mark in _TERMINAL)):
            await self.end(send)
        await send(message)


class _ErrorEvent(Wire):
    async def body(self, message: Message, send: Send) -> None:
        if self.is_stream and self.reached():
            await self.end(send, _error_event(message.get("body", b"")))
        await send(message)


class _HugeLine(Wire):
    changes_length = True
    default = 2.0

    async def body(self, _message: Message, send: Send) -> None:
        line = b'data: {"text":"' + b"x" * int(min(self.number, 300) * 1024 * 1024)
        await self.end(send, line)


class _CommentsOnly(Wire):
    changes_length = True
    default = 20.0

    async def body(self, _message: Message, send: Send) -> None:
        for _ in range(int(self.number)):
            await send({"type": "http.response.body", "body": b": keep-alive\n\n", "more_body": True})
            await self.call.world.clock.pause(0.25)
        await self.end(send)


class _BadEvent(Wire):
    changes_length = True

    async def body(self, message: Message, send: Send) -> None:
        if self.reached():
            await send(
                {
                    "type": "http.response.body",
                    "body": b'data: {"id": "x", "choices": [{\n\n',
                    "more_body": True,
                }
            )
        await send(message)


class _UnknownEvent(Wire):
    async def body(self, message: Message, send: Send) -> None:
        if self.is_stream and self.bodies == 2:
            event = b'event: simulator.surprise\ndata: {"type":"simulator.surprise","sequence_number":0}\n\n'
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send(message)


class _DoneTwice(Wire):
    async def body(self, message: Message, send: Send) -> None:
        data: bytes = message.get("body", b"")
        await send({**message, "body": data * 2} if data.startswith(b"data: [DONE]") else message)


class _Rewritten(Wire):
    """Changes the bytes of every event, not what they mean."""

    def __init__(self, argument: str, call: Call, rewrite: Callable[[bytes], bytes]) -> None:
        super().__init__(argument, call)
        self.rewrite = rewrite

    async def body(self, message: Message, send: Send) -> None:
        data: bytes = message.get("body", b"")
        await send({**message, "body": self.rewrite(data)} if self.is_stream else message)


class _ByteByByte(Wire):
    async def body(self, message: Message, send: Send) -> None:
        for byte in message.get("body", b""):
            await send({"type": "http.response.body", "body": bytes((byte,)), "more_body": True})
            await asyncio.sleep(0)
        if not message.get("more_body"):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _WholeBody(Wire):
    """Holds every event back and sends them at the end in one piece, as a buffering proxy does."""

    def __init__(self, argument: str, call: Call) -> None:
        super().__init__(argument, call)
        self.held: list[bytes] = []

    async def body(self, message: Message, send: Send) -> None:
        self.held.append(message.get("body", b""))
        if not message.get("more_body"):
            await send({"type": "http.response.body", "body": b"".join(self.held), "more_body": False})


def _number(argument: str, default: float) -> float:
    return min(float(argument), 3600.0) if argument.replace(".", "", 1).isdecimal() else default


async def _send_half(message: Message, send: Send) -> None:
    data: bytes = message.get("body", b"")
    await send({"type": "http.response.body", "body": data[: len(data) // 2], "more_body": True})


def _error_event(data: bytes) -> bytes:
    error = {"message": "The server had an error while processing your request.", "code": "server_error"}
    if data.startswith(b"event:"):
        event = {"type": "error", "param": None, "sequence_number": 0, **error}
        return b"event: error\ndata: " + json.dumps(event).encode() + b"\n\n"
    body = {"error": {**error, "type": "server_error", "param": None}}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def _rewritten(rewrite: Callable[[bytes], bytes]) -> Callable[[str, Call], Wire]:
    return lambda argument, call: _Rewritten(argument, call, rewrite)


WIRES: dict[str, Callable[[str, Call], Wire]] = {
    "slow-first-byte": _SlowFirstByte,
    "stall": _Stall,
    "cut": _Cut,
    "no-done": _NoDone,
    "error-event": _ErrorEvent,
    "huge-line": _HugeLine,
    "comments-only": _CommentsOnly,
    "bad-event": _BadEvent,
    "unknown-event": _UnknownEvent,
    "done-twice": _DoneTwice,
    "crlf": _rewritten(lambda data: data.replace(b"\n", b"\r\n")),
    "bare-cr": _rewritten(lambda data: data.replace(b"\n", b"\r")),
    "byte-by-byte": _ByteByByte,
    "whole-body": _WholeBody,
}
