"""`GET /playground/comparisons/<id>/stream/` as an ASGI app ahead of Django: all panes in one event stream.

Events: `delta` {"answer", "kind", "text"}, `started` {"answer", "ttft_ms"}, `answer` (its end),
`done` when nothing runs any more, `ended` {"reason"} when the reader has to go.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404

from console.playground import gate, runner
from console.playground.reader import Reader

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = re.compile(r"/playground/comparisons/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/stream/")
HEARTBEAT_SECONDS = 12.0
CHECK_SECONDS = 4.0
TICK_SECONDS = 1.0
SLOW_SECONDS = 20.0
COMMON = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"vary", b"Cookie"),
]
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    *COMMON,
]


def is_stream(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] in {"GET", "HEAD"}
        and PATH.fullmatch(scope["path"]) is not None
        and is_known_host(scope)
    )


def is_known_host(scope: Scope) -> bool:
    """Whether the request names one of our hosts; Django refuses the others."""
    from django.http.request import split_domain_port, validate_host

    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return len(hosts) == 1 and validate_host(split_domain_port(hosts[0])[0], settings.ALLOWED_HOSTS)


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one reader: 401 without a session, 404 for what they may not see, else the stream."""
    found = PATH.fullmatch(scope["path"])
    comparison_id = uuid.UUID(found.group(1) if found else "")
    session = gate.session_key(scope["headers"])
    try:
        reader = await opened(session, comparison_id, place(scope))
    except PermissionDenied:
        return await refuse(send, 401, b"Sign in first.")
    except Http404:
        return await refuse(send, 404, b"No such comparison.")
    except DatabaseError:
        return await refuse(send, 503, b"The database does not answer. Try again in a moment.")
    await send({"type": "http.response.start", "status": 200, "headers": STREAM})
    if scope["method"] == "HEAD":
        return await send({"type": "http.response.body", "body": b""})
    return await Relay(reader, session, comparison_id, send).run(receive)


def place(scope: Scope) -> str:
    """Where the reader was before: the browser's header comes before the page's `after`."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if b"last-event-id" in headers:
        return headers[b"last-event-id"].decode("latin-1")
    query: bytes = scope["query_string"]
    return parse_qs(query.decode("latin-1")).get("after", [""])[0]


async def opened(session: str, comparison_id: uuid.UUID, after: str) -> Reader:
    """A reader with everything that can be told at once."""
    own = [runner.lives.get(one) for one in gate.admitted(session, comparison_id)]
    if own and all(own):
        reader = Reader([live.answer_id for live in own if live], after)
        for live in own:
            if live:
                reader.attach(live)
        return reader
    rows = await asyncio.to_thread(gate.open_for, session, comparison_id)
    reader = Reader([row.answer_id for row in rows], after)
    for row in rows:
        live = runner.lives.get(row.answer_id)
        if row.outcome is None and live is not None:
            reader.attach(live)
        else:
            reader.read(row.answer_id, row.columns, row.outcome)
            if row.outcome is None:
                reader.remote.add(row.answer_id)
    return reader


async def refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *COMMON]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


class Relay:
    """Writes to one reader, while two helpers watch whether it is still there and may still be."""

    def __init__(self, reader: Reader, session: str, comparison_id: uuid.UUID, send: Send) -> None:
        self.reader = reader
        self.session = session
        self.comparison_id = comparison_id
        self.raw_send = send
        self.sending_since = 0.0
        self.last_sent = time.monotonic()
        self.reason = ""

    async def run(self, receive: Receive) -> None:
        tasks = [asyncio.create_task(one) for one in (self.write(), self.watch(), gone(receive))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.reader.leave()
        if self.reason and not self.sending_since:
            self.reader.frames.append(f'event: ended\ndata: {{"reason": "{self.reason}"}}\n\n'.encode())
            await self.send(self.reader.take(), more=False)

    async def write(self) -> None:
        """Write what has come, then wait for more; ends with `done`."""
        reader = self.reader
        while True:
            frame = reader.take()
            if frame:
                await self.send(frame)
            elif reader.is_done or self.is_last():
                reader.event("done", {"comparison": str(self.comparison_id)})
                return await self.send(reader.take(), more=False)
            else:
                await reader.woken.wait()

    def is_last(self) -> bool:
        """Whether the process ends and no run of its own is left to be told."""
        return runner.is_closing() and all(live.outcome is not None for live in self.reader.lives)

    async def send(self, body: bytes, *, more: bool = True) -> None:
        self.sending_since = time.monotonic()
        await self.raw_send({"type": "http.response.body", "body": body, "more_body": more})
        self.last_sent, self.sending_since = time.monotonic(), 0.0

    async def watch(self) -> None:
        """Check access, read on what other processes write, keep the line alive; returns when the reader
        must go.
        """
        check_at = 0.0
        while True:
            now = time.monotonic()
            if self.sending_since and now - self.sending_since > SLOW_SECONDS:
                self.reason = "slow_client"
                return
            if now >= check_at:
                check_at = now + CHECK_SECONDS
                if not await self.may_stay():
                    self.reason = "permission_revoked"
                    return
            if self.reader.remote:
                await self.read_remote()
            if now - self.last_sent > HEARTBEAT_SECONDS:
                self.reader.frames.append(b": still here\n\n")
                self.reader.woken.set()
            if runner.is_closing():
                self.reader.woken.set()
            await asyncio.sleep(TICK_SECONDS)

    async def may_stay(self) -> bool:
        """A database that does not answer lets nobody in, but it does not send those away who are in."""
        try:
            return await asyncio.to_thread(gate.may_stay, self.session, self.comparison_id)
        except DatabaseError:
            return True

    async def read_remote(self) -> None:
        try:
            rows = await asyncio.to_thread(gate.rows, list(self.reader.remote))
        except DatabaseError:
            return
        for row in rows:
            self.reader.read(row.answer_id, row.columns, row.outcome)


async def gone(receive: Receive) -> None:
    """Return when the reader has left."""
    while (await receive())["type"] != "http.disconnect":
        continue
