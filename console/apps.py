"""The one Django application."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    verbose_name = "v1 console"

    def ready(self) -> None:
        """Bind the tasks to our own Celery app, and record sign-ins from the first one on.

        Without the first, a process sends its tasks to a broker that is not ours.
        """
        from console import accounts, celery  # noqa: F401
