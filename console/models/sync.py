"""When each kind of object of a connection was last read from the resource, and how that went."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

LEASE = timedelta(seconds=120)
FRESH = timedelta(seconds=60)
RESUMABLE = timedelta(hours=1)


class SyncQuerySet(models.QuerySet["Sync"]):
    def running(self) -> Self:
        return self.filter(lease_until__gt=timezone.now())


class Sync(models.Model):
    """One for each connection and kind. A running one holds a lease, which only its owner renews and ends."""

    ENDED = [
        "state",
        "error_kind",
        "error_message",
        "finished_at",
        "lease_until",
        "cursor",
        "count",
        "total",
        "facets",
        "failures",
        "listed_at",
        "source",
    ]

    class State(models.TextChoices):
        IDLE = "idle", "Not read yet"
        RUNNING = "running", "Being read"
        DONE = "done", "Read"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        NOT_OFFERED = "not_offered", "Not offered"

    connection = models.ForeignKey("console.Connection", models.CASCADE, related_name="syncs")
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State, default=State.IDLE)
    owner = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True, help_text="When a listing was last read to its end.")
    lease_until = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=256, blank=True, help_text="Where a broken-off listing goes on.")
    count = models.IntegerField(default=0, help_text="Objects read in this listing.")
    total = models.IntegerField(default=0, help_text="Present objects after the last complete listing.")
    facets = models.JSONField(default=dict, help_text="Their number by facet and value.")
    failures = models.IntegerField(default=0, help_text="In a row.")
    source = models.CharField(max_length=20, blank=True, help_text="models, arm or list")
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)

    objects = SyncQuerySet.as_manager()
    resumed_from = ""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="one_sync_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.connection}"

    @classmethod
    def claim(cls, connection_id: int, kind: str) -> "Sync | None":
        """Take the lease of a sync; None when somebody else is at it.

        A listing that broke off within the last hour is gone on with: its start and its cursor stay.
        """
        now = timezone.now()
        sync = cls.objects.get_or_create(connection_id=connection_id, kind=kind)[0]
        goes_on = (
            sync.state in {cls.State.RUNNING, cls.State.FAILED}
            and bool(sync.cursor)
            and sync.started_at is not None
            and sync.started_at > now - RESUMABLE
        )
        fresh: dict[str, Any] = {} if goes_on else {"started_at": now, "cursor": "", "count": 0}
        free = cls.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=sync.pk)
        if not free.update(state=cls.State.RUNNING, owner=uuid.uuid4().hex, lease_until=now + LEASE, **fresh):
            return None
        sync.refresh_from_db()
        sync.resumed_from = sync.cursor
        return sync

    @classmethod
    def count_one(cls, connection_id: int, kind: str, *, by: int) -> None:
        """Keep the total right between two listings, when one object came (1) or went (-1)."""
        rows = cls.objects.filter(connection_id=connection_id, kind=kind, listed_at__isnull=False)
        rows.update(total=Greatest(F("total") + by, 0))

    @property
    def is_running(self) -> bool:
        """Whether a process is at it: a lease that ran out tells of one that was killed."""
        return self.lease_until is not None and self.lease_until > timezone.now()

    @property
    def began(self) -> datetime:
        return self.started_at or timezone.now()

    def is_stale(self, age: timedelta = FRESH) -> bool:
        """Whether the last attempt is older than `age`; one that failed rests up to 16 times as long."""
        rest = age * 2 ** min(self.failures, 4)
        return self.finished_at is None or self.finished_at <= timezone.now() - rest

    def advance(self, *, count: int, cursor: str = "") -> bool:
        """Tell the progress and renew the lease; False when the sync was cancelled or taken over."""
        self.count, self.cursor = count, cursor
        mine = Sync.objects.filter(pk=self.pk, owner=self.owner, state=self.State.RUNNING)
        return bool(mine.update(count=count, cursor=cursor[:256], lease_until=timezone.now() + LEASE))

    def complete(self, *, total: int, facets: dict[str, Any]) -> None:
        """Give the lease back after a listing that was read to its end."""
        self.listed_at = timezone.now()
        self.total, self.facets, self.failures = total, facets, 0
        self.end(self.State.DONE)

    def fail(self, kind: str, message: str) -> None:
        """Give the lease back after an error of the vocabulary, which the page shows in words."""
        self.failures += 1
        # A cursor that led nowhere may be what is wrong; then the next attempt starts anew.
        cursor = self.cursor if self.cursor != self.resumed_from else ""
        self.end(self.State.FAILED, kind=kind, message=message, cursor=cursor)

    def decline(self, message: str) -> None:
        """Give the lease back: the resource has no such listing; `message` says why, and the remedy."""
        self.failures = 0
        self.end(self.State.NOT_OFFERED, message=message)

    def end(self, state: str, *, kind: str = "", message: str = "", cursor: str = "") -> None:
        self.state, self.error_kind, self.error_message = state, kind, message
        self.finished_at, self.lease_until, self.cursor = timezone.now(), None, cursor
        ended = {name: getattr(self, name) for name in self.ENDED}
        Sync.objects.filter(pk=self.pk, owner=self.owner).exclude(state=self.State.CANCELLED).update(**ended)

    def cancel(self) -> bool:
        """Stop a running sync before its next page; False when none is running."""
        running = Sync.objects.running().filter(pk=self.pk, state=self.State.RUNNING)
        return bool(
            running.update(
                state=self.State.CANCELLED,
                finished_at=timezone.now(),
                lease_until=None,
                cursor="",
                error_message="",
            )
        )
