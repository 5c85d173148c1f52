"""`manage.py worker`: runs the background tasks."""

import warnings
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from console.celery import app


class Command(BaseCommand):
    help = "Run background tasks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        threads = str(options["threads"])
        warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
        pool = ["-P", "threads", "-c", threads]
        app.worker_main(["--quiet", "worker", *pool, "-l", "WARNING", "--without-gossip", "--without-mingle"])
