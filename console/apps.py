"""The one Django application."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    verbose_name = "v1 console"

    def ready(self) -> None:
        """Bind the tasks to our own Celery app: without it a process sends them to a broker that is not ours."""
        from console import celery  # noqa: F401
