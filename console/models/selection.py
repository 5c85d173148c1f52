"""What somebody selected in a list: frozen while a page asks what to do with it, through reloads and "back"."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from console.models.job import Job

KEPT = timedelta(days=1)


class Selection(models.Model):
    """`page` is the name of the URL that asks, `keys` are primary keys of items; `job` is what was started of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=64)
    keys = models.JSONField(default=list)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{len(self.keys)} for {self.page}"

    @transaction.atomic
    def confirm(self, start: Callable[[], list[Job]]) -> Job:
        """Start the jobs, once however often this is asked; the first of them comes back."""
        stored = Selection.objects.select_for_update().get(pk=self.pk)
        if stored.job is None:
            stored.job = start()[0]
            stored.save(update_fields=["job"])
        return stored.job


def sweep() -> None:
    """Drop what nobody was asked about for a day."""
    Selection.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
