"""People who sign in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A local account; what it may do comes from its memberships (console/access.py)."""

    def __str__(self) -> str:
        return self.username
