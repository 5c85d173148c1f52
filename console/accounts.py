"""How people sign in: local accounts that an admin or the command line makes, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from console.models import audit


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def target_of(user: Any) -> audit.Target:
    return audit.Target("user", str(user.pk), user.get_username())


@receiver(user_logged_in)
def record_login(user: Any, **_: Any) -> None:
    with audit.acting(audit.Actor.of(user)):
        audit.record("auth.login", target=target_of(user))


@receiver(user_logged_out)
def record_logout(user: Any, **_: Any) -> None:
    if user is not None:
        with audit.acting(audit.Actor.of(user)):
            audit.record("auth.logout", target=target_of(user))


@receiver(user_login_failed)
def record_failure(credentials: dict[str, Any], **_: Any) -> None:
    name = str(credentials.get("username") or credentials.get("login") or "?")
    audit.record("auth.login_failed", target=audit.Target("user", "", name[:150]), outcome="failure")
