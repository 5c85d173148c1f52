"""The ASGI app: lifespan (the runner's loop, the door's pools), body limits, the comparison stream, then Django."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

from django.core.asgi import get_asgi_application

django_app = get_asgi_application()

from console.outbound.transport import get_door  # noqa: E402
from console.playground import runner, stream  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_LIMIT = 2_621_440  # bytes


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
    await runner.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await runner.shutdown()
    await get_door().aclose()
    await send({"type": "lifespan.shutdown.complete"})


class TooLarge(Exception):
    """The body passed the limit."""


async def limited(scope: Scope, receive: Receive, send: Send) -> None:
    """Count the body while it arrives, whatever Content-Length says, and answer 413 at the limit."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > BODY_LIMIT:
        await refuse(send)
        return
    total = 0
    started = False

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > BODY_LIMIT:
            raise TooLarge
        return message

    async def noted(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await django_app(dict(scope), counted, cast("Any", noted))
    except TooLarge:
        if not started:
            await refuse(send)


async def refuse(send: Send) -> None:
    text = b"The request is larger than this console accepts (2.5 MiB)."
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})
