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
        state = settings.DATA_DIR / "simulator.json"
        flags = [f"--{name}={options[name]}" for name in ("port", "key", "seed", "speed")]
        command = [sys.executable, "-m", "console.simulator", *flags, f"--state={state}", "--furnish"]
        os.execv(sys.executable, command)  # noqa: S606
