"""`manage.py web`: the ASGI server."""

import gc
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from console.static_files import collect

HEAD_LIMIT = 64 * 1024
HEADERS = 200
HEAD_SECONDS = 15.0


class Server(uvicorn.Server):
    """Tells the runner before uvicorn waits for open streams, which otherwise would never end."""

    async def startup(self, sockets: Any = None) -> None:
        """Keep what lives as long as the process out of the garbage collector's rounds."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from console.playground import runner

        runner.begin_shutdown()
        super().handle_exit(sig, frame)


class Protocol(HttpToolsProtocol):
    """Gives up on a head that grows without end or does not come: the parser would wait for it, and keep it all."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.head = 0
        self.is_in_head = True
        self.waiting = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.is_in_head and not self.transport.is_closing():
            self.head += len(data)
            if self.head > HEAD_LIMIT:
                self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.head = 0
        self.is_in_head = True
        self.waiting.cancel()
        self.waiting = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def on_headers_complete(self) -> None:
        self.is_in_head = False
        self.waiting.cancel()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_LIMIT or len(self.headers) > HEADERS:
            raise ValueError("The head of the request is too large.")
        super().on_headers_complete()


class Command(BaseCommand):
    help = "Serve the console over HTTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        collect()
        config = uvicorn.Config(
            "console.asgi:application",
            host=options["host"],
            port=options["port"],
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            http=Protocol,
        )
        Server(config).run()
