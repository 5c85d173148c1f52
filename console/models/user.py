"""People who sign in, and what an admin does with accounts; each change is one transaction with its event."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from console.models import audit
from console.models.workspace import Membership, Role, Workspace


class LastAdmin(Exception):
    """The change would leave a workspace without anybody who may administer it."""


class User(AbstractUser):
    """A local account; what it may do comes from its memberships (console/access.py)."""

    def __str__(self) -> str:
        return self.username

    @classmethod
    def called(cls, username: str) -> "User | None":
        """Return the account of this name, however it is capitalised: people sign in without minding."""
        return cls.objects.filter(username__iexact=cls.normalize_username(username)).first()

    @classmethod
    @transaction.atomic
    def add(cls, username: str, role: str, *, password: str = "") -> "User":
        """Make an account with a role in the default workspace; without a password only links sign it in."""
        user = cls(username=cls.normalize_username(username))
        user.set_password(password or None)
        user.save()
        Membership.objects.create(user=user, workspace=Workspace.default(), role=role)
        audit.record("user.created", target=user.target, changes={"role": [None, role]})
        return user

    @property
    def target(self) -> audit.Target:
        return audit.Target("user", str(self.pk), self.username)

    @property
    def role(self) -> str:
        """The role in the default workspace; empty for none."""
        held = (one.role for one in self.memberships.all() if one.workspace.name == Workspace.DEFAULT)
        return next(held, "")

    @transaction.atomic
    def change_role(self, role: str) -> None:
        """Give another role in the default workspace; raises LastAdmin."""
        before = self.role
        if before != role:
            self.leave_an_admin()
            Membership.objects.update_or_create(
                user=self, workspace=Workspace.default(), defaults={"role": role}
            )
            audit.record("user.role_changed", target=self.target, changes={"role": [before or None, role]})

    @transaction.atomic
    def disable(self) -> None:
        """Keep the person out from this moment on, with all sessions and links; raises LastAdmin."""
        if self.is_active:
            self.leave_an_admin()
            self.switch(active=False)
            self.sign_in_links.all().delete()
            end_sessions(self)
            audit.record("user.disabled", target=self.target, changes={"is_active": [True, False]})

    @transaction.atomic
    def enable(self) -> None:
        if not self.is_active:
            self.switch(active=True)
            audit.record("user.enabled", target=self.target, changes={"is_active": [False, True]})

    def switch(self, *, active: bool) -> None:
        self.is_active = active
        self.save(update_fields=["is_active"])

    def leave_an_admin(self) -> None:
        """Raise LastAdmin if this is the last active admin; two such changes at once wait for each other."""
        admins = Membership.objects.select_for_update().filter(role=Role.ADMIN, user__is_active=True)
        if {one.user_id for one in admins} == {self.pk}:
            raise LastAdmin


def end_sessions(user: Any) -> None:
    """Delete every session of `user`, so that none comes back to life with the account."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
