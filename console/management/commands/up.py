"""`manage.py up`: the whole console on one machine."""

import socket
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from console.models import Membership, Role, SignInLink, User, Workspace, audit
from console.supervisor import Part, Supervisor


class Command(BaseCommand):
    help = "Start web, worker and beat (with --demo also the simulator), and stop them together."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="Also start the simulator and connect to it.")
        parser.add_argument(
            "--local-model", action="store_true", help="Also serve a small real model on loopback."
        )
        parser.add_argument("--port", type=int, help="The web port (default: PORT or 8000).")

    def handle(self, *args: Any, **options: Any) -> None:
        self.migrate()
        if options["demo"]:
            from console.demo import add_simulated

            add_simulated(Workspace.default())
        if options["local_model"]:
            from console.demo import add_local_model

            add_local_model(Workspace.default())
        link = SignInLink.make(self.administrator())
        connection.close()
        self.run(link, parts(demo=options["demo"], local_model=options["local_model"]))

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)

    def administrator(self) -> User:
        """Return the first active admin; a new installation gets one, without a password."""
        found = User.objects.filter(is_active=True, memberships__role=Role.ADMIN).order_by("pk").first()
        if found:
            return found
        user = User(username="admin")
        user.set_unusable_password()
        user.save()
        Membership.objects.create(user=user, workspace=Workspace.default(), role=Role.ADMIN)
        audit.record("user.created", target=audit.Target("user", str(user.pk), user.username))
        return user

    def run(self, link: str, parts: list[Part]) -> None:
        supervisor = Supervisor(parts, self.stderr.write)
        supervisor.start()
        try:
            if supervisor.wait_until(answers, seconds=60):
                self.greet(link)
                supervisor.start_rest()
                from console import tasks

                tasks.sync_due.delay()
                if settings.DEMO:
                    tasks.begin_talks.delay()
                supervisor.watch()
            elif not supervisor.is_stopping:
                raise CommandError("The console did not start; the lines above say why.")
        finally:
            supervisor.stop()

    def greet(self, link: str) -> None:
        base = f"http://localhost:{settings.PORT}"
        self.stdout.write(f"v1 console: {base}/")
        self.stdout.write(f"Sign in: {base}/sign-in/{link}/")
        if settings.DEMO:
            key = settings.SIMULATOR_KEY
            self.stdout.write(f"Simulator: {settings.SIMULATOR_URL}/openai/v1/ key {key}")
        self.stdout.write("Stop with Ctrl-C.")
        self.stdout.flush()


def parts(*, demo: bool, local_model: bool) -> list[Part]:
    """Return the processes in the order in which they stop; they start the other way round."""
    found = [Part("web", ["manage.py", "web"])]
    found += [Part(name, ["manage.py", name], waits=True) for name in ("worker", "beat")]
    if demo:
        from console.management.commands.simulator import arguments

        found.append(Part("simulator", arguments()))
    if local_model:
        port, key = urlsplit(settings.LOCAL_MODEL_URL).port, settings.LOCAL_MODEL_KEY
        found.append(Part("local model", ["-m", "console.local_model", f"--port={port}", f"--key={key}"]))
    return found


def answers() -> bool:
    """Whether the web process accepts connections."""
    try:
        socket.create_connection(("127.0.0.1", settings.PORT), timeout=1).close()
    except OSError:
        return False
    return True
