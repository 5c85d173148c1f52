"""`manage.py sign_in_link USERNAME`: print a one-time link that signs a person in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from console.models import SignInLink, User


class Command(BaseCommand):
    help = "Print a link that signs USERNAME in, once, within 30 minutes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--url",
            default=f"http://localhost:{settings.PORT}",
            help="Where the console is reached (default: here).",
        )

    def handle(self, *args: Any, username: str, url: str, **options: Any) -> None:
        person = User.called(username)
        if person is None:
            raise CommandError(f"There is no account named {username}.")
        if not person.is_active:
            raise CommandError(
                f"The account {person} is disabled; an admin can enable it on the page People."
            )
        path = reverse("sign-in", args=[SignInLink.make(person)])
        self.stdout.write(url.rstrip("/") + path)
