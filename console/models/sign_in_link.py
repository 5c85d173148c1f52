"""One-time links that sign a person in without a password; people with shell access and admins make them."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from console.models import audit
from console.models.user import User

LIFETIME = timedelta(minutes=30)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class SignInLink(models.Model):
    """Only the SHA-256 of the token is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.user}"

    @classmethod
    @transaction.atomic
    def make(cls, user: User) -> str:
        """Return a new token for `user`, good once and for 30 minutes."""
        token = secrets.token_urlsafe(32)
        cls.objects.filter(expires_at__lt=timezone.now()).delete()
        cls.objects.create(user=user, digest=digest(token), expires_at=timezone.now() + LIFETIME)
        audit.record("user.sign_in_link", target=user.target)
        return token

    @classmethod
    def redeem(cls, token: str) -> User | None:
        """Return the user of a fresh token and use the token up; None for any other."""
        now = timezone.now()
        fresh = cls.objects.filter(
            digest=digest(token), used_at=None, expires_at__gt=now, user__is_active=True
        )
        if not fresh.update(used_at=now):
            return None
        return cls.objects.select_related("user").get(digest=digest(token)).user
