"""`manage.py routes`: every URL of the console with its methods and the permission that it asks for."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from console.routes import routes


class Command(BaseCommand):
    help = "List every URL: name, pattern, methods, permission."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a table.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in routes()], indent=2))
        else:
            for one in routes():
                methods = ",".join(one.methods)
                self.stdout.write(f"{one.permission:<14} {methods:<14} {one.name:<26} {one.pattern}")
