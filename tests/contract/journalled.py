"""The simulator for tests: every request is appended to a file before it is answered.

python -m tests.contract.journalled --port N --key KEY --journal FILE
"""

import argparse
from pathlib import Path
from urllib.parse import parse_qs

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.simulator.app import create_app
from tests.contract.sent import Sent


class Journalled:
    """Passes everything on to `app`, and keeps the requests."""

    def __init__(self, app: ASGIApp, journal: Path) -> None:
        self.app = app
        self.journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received = await whole(receive)
        self.keep(scope, b"".join(message.get("body", b"") for message in received))

        async def again() -> Message:
            return received.pop(0) if received else await receive()

        await self.app(scope, again, send)

    def keep(self, scope: Scope, body: bytes) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        sent = Sent(scope["method"], scope["raw_path"].decode("latin-1"), query, headers, body)
        with self.journal.open("a") as file:
            file.write(sent.line())


async def whole(receive: Receive) -> list[Message]:
    """All messages of a request's body, or those until its sender left."""
    received = [await receive()]
    while received[-1].get("more_body"):
        received.append(await receive())
    return received


def main() -> None:
    parser = argparse.ArgumentParser(description="The simulator with a journal of its requests.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--speed", type=float, default=0.0)
    parser.add_argument("--journal", type=Path, required=True)
    options = parser.parse_args()
    app = Journalled(create_app(key=options.key, speed=options.speed), options.journal)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
