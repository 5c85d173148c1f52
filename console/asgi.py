"""The ASGI app: lifespan (the runner's loop, the door's pools), body limits, the comparison stream, then Django."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

static_app = get_asgi_application()

from console.outbound.transport import close_door, get_door  # noqa: E402
from console.pages import Pages  # noqa: E402
from console.playground import runner, stream  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_LIMIT = 2_621_440  # bytes
ANONYMOUS_LIMIT = 64 * 1024
# Routes with a limit of their own, in bytes: a part of an upload has at most 8 MiB.
LIMITS = ((re.compile(r"/uploads/[0-9a-f-]{36}/parts/\d{1,6}/"), 9 * 1024**2),)

# A body has so many seconds, and one more for each so many bytes that came.
BODY_SECONDS = 15.0
BODY_RATE = 4096

pages = Pages()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Dispatch one connection; Django never sees a body beyond the limit."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif stream.is_stream(scope):
        await stream.serve(scope, receive, send)
    else:
        await limited(scope, receive, send)


async def lifespan(receive: Receive, send: Send) -> None:
    """Start the runner before the first request; at the end tell every run, then close the pools."""
    await receive()
    get_door()
    await runner.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await runner.shutdown()
    await get_door().aclose()
    close_door()
    await send({"type": "lifespan.shutdown.complete"})


def limit_of(scope: Scope) -> int:
    """How many bytes the body may have. Who brings no session has nothing large to say."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    if f"{settings.SESSION_COOKIE_NAME}=".encode() not in cookies:
        return ANONYMOUS_LIMIT
    special = (limit for pattern, limit in LIMITS if pattern.fullmatch(scope["path"]))
    return next(special, BODY_LIMIT)


class TooLarge(Exception):
    """The body passed the limit."""


class TooSlow(Exception):
    """The body did not come in time."""


async def limited(scope: Scope, receive: Receive, send: Send) -> None:
    """Count the body while it arrives, whatever Content-Length says: 413 at the limit, 408 when it drips."""
    limit = limit_of(scope)
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > limit:
        await refuse(send, 413, too_large(limit))
        return
    total = 0
    started = False
    is_whole = False
    begun = asyncio.get_running_loop().time()

    async def counted() -> Message:
        nonlocal total, is_whole
        until = None if is_whole else begun + BODY_SECONDS + total / BODY_RATE
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        is_whole = not message.get("more_body", False)
        total += len(message.get("body", b""))
        if total > limit:
            raise TooLarge
        return message

    async def noted(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    app = static_app if scope["path"].startswith(settings.STATIC_URL) else pages
    try:
        await app(dict(scope), counted, cast("Any", noted))
    except TooLarge:
        if not started:
            await refuse(send, 413, too_large(limit))
    except TooSlow:
        if not started:
            await refuse(send, 408, "The request came too slowly.")


def too_large(limit: int) -> str:
    return f"The request is larger than this console accepts here ({limit // 1024:,} KiB)."


async def refuse(send: Send, status: int, sentence: str) -> None:
    text = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
