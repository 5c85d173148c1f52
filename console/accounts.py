"""How people sign in: local accounts that an admin or the command line makes, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from console.models import audit
from console.models.user import User
from console.outbound.errors import AuditUnavailable


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        audit.record("auth.password_changed", target=user.target)


@receiver(user_logged_in)
def record_login(user: User, request: HttpRequest, **_: Any) -> None:
    """Write who signed in and how; a login that cannot be written is refused, so nothing of it is kept."""
    by_link = getattr(request, "signed_in_by_link", False)
    try:
        with audit.acting(audit.Actor.of(user)):
            audit.record("auth.login", target=user.target, auth_method="link" if by_link else "password")
    except AuditUnavailable:
        request.session.clear()
        request.session.modified = False
        raise


@receiver(user_logged_out)
def record_logout(user: User | None, **_: Any) -> None:
    if user is not None:
        with audit.acting(audit.Actor.of(user)):
            audit.record("auth.logout", target=user.target)


@receiver(user_login_failed)
def record_failure(credentials: dict[str, Any], **_: Any) -> None:
    name = str(credentials.get("username") or "?")
    audit.record("auth.login_failed", target=audit.Target("user", "", name[:150]), outcome="failure")
