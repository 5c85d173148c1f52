"""Server-sent events at the pace of a model, one ASGI send for each event."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from console.simulator.world import World

DONE = b"data: [DONE]\n\n"

# Seconds after the start at which the bytes are due, at speed 1; or what makes the bytes at that moment.
Timed = tuple[float, bytes | Callable[[], bytes]]


class EventStream(Response):
    """Sends each piece when it is due; stops at once when the reader leaves."""

    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(self, world: World, events: Iterable[Timed]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._world = world
        self._events = events

    def left(self) -> None:
        """What to do when the reader leaves before the end."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        watcher = asyncio.ensure_future(gone(receive))
        self._world.open_streams += 1
        try:
            complete = await self._emit(iter(self._events), watcher, send)
        finally:
            self._world.open_streams -= 1
            watcher.cancel()
        if not complete:
            self._world.dropped_streams += 1
            self.left()

    async def _emit(self, events: Iterator[Timed], watcher: asyncio.Future[None], send: Send) -> bool:
        loop = asyncio.get_running_loop()
        speed = self._world.clock.speed
        start = loop.time()
        for due, data in events:
            delay = start + due * speed - loop.time()
            if delay > 0.25:
                await asyncio.wait((watcher,), timeout=delay)
            elif delay > 0:
                await asyncio.sleep(delay)
            if watcher.done():
                return False
            body = data if isinstance(data, bytes) else data()
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return True


async def gone(receive: Receive) -> None:
    """Returns when the client has closed its connection."""
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()


def data_event(payload: object) -> bytes:
    """`data: JSON`, as chat completions send it."""
    return b"data: " + json.dumps(payload, separators=(",", ":")).encode("ascii") + b"\n\n"


def named_event(name: str, payload: object) -> bytes:
    """`event: NAME` and `data: JSON`, as Responses sends it."""
    return b"event: " + name.encode("ascii") + b"\n" + data_event(payload)
