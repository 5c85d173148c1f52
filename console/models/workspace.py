"""Workspaces own connections and comparisons; a membership gives a person a role in one."""

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    READER = "reader", "Reader"
    OPERATOR = "operator", "Operator"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Admin"
    AUDITOR = "auditor", "Auditor"


class Workspace(models.Model):
    DEFAULT = "Default"

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def default(cls) -> "Workspace":
        """Return the workspace that every installation starts with."""
        return cls.objects.get_or_create(name=cls.DEFAULT)[0]


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="one_role_a_workspace")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} in {self.workspace}"
