"""Long work as rows, the truth about every job; Celery only wakes a worker, so a lost message loses nothing."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from console.models.audit import Actor

LEASE = timedelta(seconds=45)
STALE = timedelta(seconds=20)
ATTEMPTS = 5


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def forgotten(self) -> Self:
        """Jobs that nobody works at: their message was lost, or their worker died."""
        now = timezone.now()
        return self.filter(
            Q(state=Job.State.QUEUED, woken_at__lt=now - STALE)
            | Q(state=Job.State.RUNNING, lease_until__lt=now)
        )

    def claim(self, pk: uuid.UUID | str) -> "Job | None":
        """Take the lease; None when somebody else has it or the job has ended."""
        now = timezone.now()
        free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        taken = self.filter(free, pk=pk).update(
            state=Job.State.RUNNING, attempt=F("attempt") + 1, lease_until=now + LEASE, started_at=now
        )
        return self.select_related("connection", "created_by").get(pk=pk) if taken else None


class Job(models.Model):
    """`effect` says what a second attempt may do; `arguments` are plain values, `outcome` is what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        UNKNOWN = "unknown_outcome", "Unknown outcome"

    class Effect(models.TextChoices):
        READ = "read"
        IDEMPOTENT = "idempotent"
        MARKED = "create_with_marker"
        UNMARKED = "create_without_marker"
        BILLABLE = "billable"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("console.Workspace", models.CASCADE, related_name="jobs")
    connection = models.ForeignKey("console.Connection", models.SET_NULL, null=True, related_name="jobs")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True, help_text="The page of what the job works at.")
    effect = models.CharField(max_length=24, choices=Effect)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempt = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    woken_at = models.DateTimeField(default=timezone.now)
    cancel_requested_at = models.DateTimeField(null=True)
    arguments = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True, help_text='"bytes", or a plural noun.')
    note = models.CharField(max_length=300, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="job_by_time"),
            models.Index(fields=["state", "lease_until"], name="job_by_lease"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def share(self) -> float | None:
        """How far it is, from 0 to 1; None while the end is not known."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def actor(self) -> Actor:
        """A job acts for the person who asked for it."""
        if self.created_by is None:
            return Actor("job", str(self.pk), self.kind)
        who = Actor.of(self.created_by)
        return Actor("job", str(self.pk), who.label, who.roles)

    @property
    def may_repeat(self) -> bool:
        """Whether an attempt that was cut may be made again without asking a person."""
        return self.effect in {self.Effect.READ, self.Effect.IDEMPOTENT, self.Effect.MARKED}

    def advance(self, done: int, total: int | None = None, note: str = "") -> bool:
        """Tell the progress and renew the lease; False when the job was cancelled or taken over meanwhile."""
        mine = Job.objects.filter(
            pk=self.pk, state=self.State.RUNNING, attempt=self.attempt, cancel_requested_at=None
        )
        known: dict[str, Any] = {"done": done, "note": note[:300], "lease_until": timezone.now() + LEASE}
        if total is not None:
            known["total"] = total
        return bool(mine.update(**known))

    def keep(self, outcome: Mapping[str, Any]) -> None:
        """Write down what an attempt has reached, so that the next one need not do it again."""
        self.outcome = {**self.outcome, **outcome}
        Job.objects.filter(pk=self.pk).update(outcome=self.outcome)

    def end(self, state: str, *, error_kind: str = "", error_message: str = "") -> None:
        """Close the job; the attempt that lost its lease cannot."""
        Job.objects.filter(pk=self.pk, attempt=self.attempt, state=self.State.RUNNING).update(
            state=state,
            error_kind=error_kind,
            error_message=error_message,
            finished_at=timezone.now(),
            lease_until=None,
        )

    def put_off(self) -> None:
        """Let the job go until the sweeper wakes it again; an attempt that only looked does not count."""
        mine = Job.objects.filter(pk=self.pk, attempt=self.attempt, state=self.State.RUNNING)
        is_wanted = mine.filter(cancel_requested_at=None)
        is_wanted.update(
            state=self.State.QUEUED, attempt=F("attempt") - 1, lease_until=None, woken_at=timezone.now()
        )
        mine.update(state=self.State.CANCELLED, lease_until=None, finished_at=timezone.now())

    @transaction.atomic
    def cancel(self) -> None:
        """Ask a running job to stop; a waiting one ends at once."""
        now = timezone.now()
        waiting = Job.objects.filter(pk=self.pk, state=self.State.QUEUED)
        if not waiting.update(state=self.State.CANCELLED, finished_at=now):
            Job.objects.filter(pk=self.pk, state=self.State.RUNNING).update(cancel_requested_at=now)

    def give_up(self) -> bool:
        """End a cut attempt that must not be repeated, or one too many; return whether it ended."""
        kind, message = "", ""
        if self.cancel_requested_at:
            state = self.State.CANCELLED
        elif not self.may_repeat and self.attempt:
            state, kind = self.State.UNKNOWN, "unknown_outcome"
            message = "The worker ended in the middle. Look whether the effect is there."
        elif self.attempt >= ATTEMPTS:
            state, kind = self.State.FAILED, "interrupted"
            message = f"It was cut off {ATTEMPTS} times."
        else:
            return False
        Job.objects.filter(pk=self.pk).update(
            state=state, error_kind=kind, error_message=message, finished_at=timezone.now(), lease_until=None
        )
        return True
