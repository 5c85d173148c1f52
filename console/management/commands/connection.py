"""`manage.py connection add|list|test|remove`: connections for people with a shell, and for scripts."""

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.forms.connections import ConnectionForm
from console.models import Connection, Workspace, audit, checkup
from console.outbound.clouds import CLOUDS
from console.outbound.errors import UpstreamError

MARKS = {"ok": "ok", "failed": "FAILED", "skipped": "skipped"}


class Command(BaseCommand):
    help = "Add, list, test and remove connections of the default workspace."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="Add a connection.")
        add.add_argument("name", metavar="NAME")
        add.add_argument("--url", required=True, help="Any address of the resource, as for the page.")
        add.add_argument("--auth", required=True, choices=Connection.Auth.values)
        add.add_argument(
            "--secret-env",
            metavar="VAR",
            default="",
            help="key, entra: the variable to read the credential from now; env: at each use.",
        )
        add.add_argument("--credential", choices=Connection.Credential.values, default="default")
        add.add_argument("--tenant-id", default="")
        add.add_argument("--client-id", default="")
        add.add_argument("--scope", default="")
        add.add_argument("--cloud", choices=list(CLOUDS), default="")
        listing = verbs.add_parser("list", help="List the connections.")
        listing.add_argument("--json", action="store_true")
        for verb, help_text in (
            ("test", "Test a connection; exits 1 when it fails."),
            ("remove", "Remove one."),
        ):
            verbs.add_parser(verb, help=help_text).add_argument(
                "name", metavar="NAME", help="Its name or slug."
            )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"handle_{verb}")(**options)
        except UpstreamError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from None

    def handle_add(self, *, name: str, **options: Any) -> None:
        variable = options["secret_env"]
        if variable and not os.environ.get(variable):
            raise CommandError(f"The environment variable {variable} is not set.")
        if options["auth"] == "env" and not variable:
            raise CommandError("--auth env needs --secret-env VAR.")
        form = ConnectionForm(form_data(name, **options), workspace=Workspace.default(), variable=variable)
        if not form.is_valid():
            raise CommandError(" ".join(problems(form)))
        connection = form.add(None)
        self.stdout.write(f"Added {connection.name} ({connection.slug}): {connection.url}")

    def handle_list(self, **options: Any) -> None:
        rows = [row(connection) for connection in Connection.objects.counted().order_by("name")]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for one in rows:
            self.stdout.write(f"{one['slug']:<24} {one['state']:<10} {one['auth']:<6} {one['url']}")

    def handle_test(self, *, name: str, **options: Any) -> None:
        has_failed = False
        for step in checkup.test(one_named(name), audit.Actor()):
            has_failed = has_failed or step.state == "failed"
            self.stdout.write(
                f"{step.name:<15} {MARKS[step.state]:<8} {step.sentence} {step.remedy}".rstrip()
            )
        if has_failed:
            sys.exit(1)

    def handle_remove(self, *, name: str, **options: Any) -> None:
        connection = one_named(name)
        connection.remove()
        self.stdout.write(f"Removed {connection.name}. Nothing was deleted on the resource.")


def form_data(name: str, **options: Any) -> dict[str, str]:
    """The options as the fields of the form that also the page uses, so that both hold to the same rules."""
    variable = options["secret_env"]
    is_kept = options["auth"] != "env" and variable
    field = "certificate" if options["credential"] == "client_certificate" else "secret"
    return {
        "name": name,
        "address": options["url"],
        "auth": f"env:{variable}" if options["auth"] == "env" else options["auth"],
        "credential": options["credential"],
        "tenant_id": options["tenant_id"],
        "client_id": options["client_id"],
        "scope": options["scope"],
        "cloud": options["cloud"],
        field: os.environ[variable] if is_kept else "",
    }


def problems(form: ConnectionForm) -> list[str]:
    return [f"{name}: {problem}" for name, found in form.errors.items() for problem in found]


def one_named(name: str) -> Connection:
    found = Connection.objects.filter(slug=name).first() or Connection.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no connection named {name}.")
    return found


def row(connection: Any) -> dict[str, Any]:
    """One line of the list; never a credential."""
    return {
        "name": connection.name,
        "slug": connection.slug,
        "kind": connection.kind,
        "url": connection.url,
        "auth": connection.auth_kind,
        "state": connection.state,
        "error_kind": connection.error_kind,
        "models": connection.models_count,
        "deployments": connection.deployments_count,
    }
