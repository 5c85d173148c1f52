"""`manage.py rotate_encryption`: encrypt every stored credential with the newest of ENCRYPTION_KEYS.

May be broken off and run again at any time: each credential is changed at once or not at all, and those
that are current are left alone.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from console.models import Secret, audit
from console.outbound.errors import CredentialUnreadable

BATCH = 200


class Command(BaseCommand):
    help = "Encrypt all stored credentials with the newest key; then older keys can be dropped."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable: list[str] = []
        changed = 0
        ids = list(Secret.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            changed += rotate(ids[start : start + BATCH], unreadable)
        audit.record(
            "encryption.rotated", changes={"secrets": [None, changed], "unreadable": [None, len(unreadable)]}
        )
        self.stdout.write(f"Encrypted {changed} of {len(ids)} credentials anew.")
        if unreadable:
            self.stderr.write(
                f"No key fits the credentials of: {', '.join(unreadable)}. Keep the older keys."
            )
            sys.exit(1)


def rotate(ids: list[int], unreadable: list[str]) -> int:
    """Encrypt some credentials anew in one transaction; return how many were changed."""
    changed = 0
    with transaction.atomic():
        for secret in Secret.objects.filter(pk__in=ids).select_related("connection"):
            if secret.is_current:
                continue
            try:
                changed += secret.seal_again()
            except CredentialUnreadable:
                unreadable.append(secret.connection.name)
    return changed
