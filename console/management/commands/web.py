"""`manage.py web`: the ASGI server."""

import gc
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

from console.static_files import collect


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
            h11_max_incomplete_event_size=65_536,
        )
        Server(config).run()
