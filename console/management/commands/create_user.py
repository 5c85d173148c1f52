"""`manage.py create_user NAME --role ROLE`: make an account in the default workspace."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.forms.people import LINK, PASSWORD, PersonForm
from console.models import Role


class Command(BaseCommand):
    help = "Make an account. Without a password, `manage.py sign_in_link NAME` lets the person in."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="NAME")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--password-stdin", action="store_true", help="Read the password from standard input."
        )

    def handle(self, *args: Any, username: str, role: str, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else ""
        way = PASSWORD if options["password_stdin"] else LINK
        form = PersonForm({"username": username, "role": role, "way": way, "password": password})
        if not form.is_valid():
            raise CommandError(
                " ".join(str(problem) for problems in form.errors.values() for problem in problems)
            )
        person = form.save()
        self.stdout.write(f"Made the account {person} with the role {role}.")
        if not password:
            self.stdout.write(f"Sign in with: manage.py sign_in_link {person}")
