"""`manage.py beat`: wakes the periodic tasks; run exactly one."""

from typing import Any

from django.core.management.base import BaseCommand

from console.celery import app


class Command(BaseCommand):
    help = "Wake the periodic tasks."

    def handle(self, *args: Any, **options: Any) -> None:
        app.start(["--quiet", "beat", "-l", "WARNING", "--pidfile="])
