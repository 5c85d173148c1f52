"""`manage.py simulator`: a simulated Azure to try the console with."""

import os
import sys
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve simulated resources on loopback."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=urlsplit(settings.SIMULATOR_URL).port or settings.PORT + 1
        )
        parser.add_argument("--key", default=settings.SIMULATOR_KEY or "simulator")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--speed", type=float, default=1.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the simulator's own process: it shares nothing with the console but the interpreter."""
        flags = {name: options[name] for name in ("port", "key", "seed", "speed")}
        os.execv(sys.executable, [sys.executable, *arguments(**flags)])  # noqa: S606


def arguments(**flags: Any) -> list[str]:
    """Return what follows the interpreter to start the simulator; by default as the settings say."""
    told = {"port": urlsplit(settings.SIMULATOR_URL).port, "key": settings.SIMULATOR_KEY} | flags
    options = [f"--{name}={value}" for name, value in told.items()]
    return [
        "-m",
        "console.simulator",
        *options,
        f"--state={settings.DATA_DIR / 'simulator.json'}",
        "--furnish",
    ]
