"""`manage.py audit_verify`: recompute the audit chain. Exits 0 intact, 1 broken, 2 usage, 4 unreadable."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from console.models.audit_check import LIMITS, Verdict, size, verify


class Command(BaseCommand):
    help = f"Verify the audit chain. {LIMITS}"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", type=int, default=1, dest="first", metavar="N", help="The first event (default 1)."
        )
        parser.add_argument(
            "--to", type=int, dest="last", metavar="M", help="The last event (default: the newest)."
        )
        parser.add_argument("--json", action="store_true", help="Print the result as JSON.")

    def handle(self, *args: Any, first: int, last: int | None, **options: Any) -> None:
        try:
            self.check_range(first, last, size())
            verdict = verify(first=first, last=last)
        except Error as error:
            raise CommandError(f"The audit trail cannot be read: {error}", returncode=4) from None
        self.stdout.write(as_json(verdict) if options["json"] else sentence(verdict))
        if not verdict.is_intact:
            sys.exit(1)

    def check_range(self, first: int, last: int | None, newest: int) -> None:
        if first < 1 or (last is not None and last < first) or first > max(newest, 1):
            raise CommandError(
                f"There are events 1 to {newest}; --from and --to must lie within.", returncode=2
            )


def as_json(verdict: Verdict) -> str:
    return json.dumps({"intact": verdict.is_intact, **asdict(verdict), "limits": LIMITS})


def sentence(verdict: Verdict) -> str:
    if verdict.is_intact:
        return f"Intact: {verdict.verified} events, {verdict.first} to {verdict.last}.\n{LIMITS}"
    return (
        f"Broken at event {verdict.seq}: {verdict.problem}.\n"
        f"{verdict.verified} events before it are intact. Expected {verdict.expected}, found {verdict.found}."
    )
