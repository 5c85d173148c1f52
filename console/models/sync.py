"""When each kind of object of a connection was last read from the resource, and how that went."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(seconds=120)
FRESH = timedelta(seconds=60)


class SyncQuerySet(models.QuerySet["Sync"]):
    def stale(self) -> Self:
        now = timezone.now()
        return self.exclude(finished_at__gt=now - FRESH).exclude(lease_until__gt=now)


class Sync(models.Model):
    """State is idle, running, done, failed, cancelled or not_offered; a running one holds a lease."""

    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="syncs")
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default="idle")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=256, blank=True)
    count = models.IntegerField(default=0)
    source = models.CharField(max_length=20, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)

    objects = SyncQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="one_sync_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.connection}"

    @classmethod
    def claim(cls, connection_id: int, kind: str) -> "Sync | None":
        """Take the lease of a sync; None when somebody else is at it."""
        now = timezone.now()
        sync = cls.objects.get_or_create(connection_id=connection_id, kind=kind)[0]
        free = cls.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=sync.pk)
        if not free.update(state="running", started_at=now, lease_until=now + LEASE):
            return None
        sync.refresh_from_db()
        return sync

    def advance(self, *, count: int, cursor: str = "") -> bool:
        """Tell the progress and renew the lease; False when the sync was cancelled meanwhile."""
        running = Sync.objects.filter(pk=self.pk, state="running")
        return bool(running.update(count=count, cursor=cursor, lease_until=timezone.now() + LEASE))

    def end(self, state: str, *, count: int = 0, source: str = "", error_kind: str = "", error_message: str = "") -> None:
        """Give the lease back and say how it went."""
        self.state, self.source = state, source or self.source
        self.error_kind, self.error_message = error_kind, error_message
        self.finished_at, self.lease_until, self.cursor = timezone.now(), None, ""
        if state == "done":
            self.count = count
        self.save()
