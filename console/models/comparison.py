"""Comparisons: one prompt, several models, turn by turn. An answer is owned by the server, not by the tab that asked."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

LEASE = timedelta(seconds=15)


class Comparison(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("console.Workspace", models.CASCADE, related_name="comparisons")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comparisons")
    title = models.CharField(max_length=200)
    panes = models.JSONField(default=list, help_text="The panes of the next turn, as POST /playground/turns/ takes them.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["workspace", "-updated_at"], name="comparison_by_time")]

    def __str__(self) -> str:
        return self.title


class Turn(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="turns")
    number = models.IntegerField()
    input = models.TextField()
    idempotency_key = models.CharField(max_length=64, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["comparison", "number"], name="one_turn_a_number"),
            models.UniqueConstraint(fields=["comparison", "idempotency_key"], name="one_turn_a_submit"),
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.comparison}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def running(self) -> Self:
        return self.filter(state__in=[Answer.State.QUEUED, Answer.State.STREAMING])

    def abandoned(self) -> Self:
        """Running answers whose process has not renewed its lease."""
        return self.running().filter(lease_until__lt=timezone.now())


class Answer(models.Model):
    """One model's answer in one turn, with what it took: milliseconds, tokens, US dollars."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        STREAMING = "streaming", "Streaming"
        COMPLETE = "complete", "Complete"
        INCOMPLETE = "incomplete", "Incomplete"
        INTERRUPTED = "interrupted", "Interrupted"
        CANCELLED = "cancelled", "Stopped"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    turn = models.ForeignKey(Turn, models.CASCADE, related_name="answers")
    position = models.IntegerField(help_text="The pane, from 0.")
    connection = models.ForeignKey("console.Connection", models.SET_NULL, null=True, related_name="answers")
    connection_name = models.CharField(max_length=100)
    model = models.CharField(max_length=256, help_text="What the call named: a deployment on Azure.")
    api = models.CharField(max_length=12)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    text = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    tools = models.TextField(blank=True)
    notices = models.JSONField(default=list)
    error = models.JSONField(null=True, help_text="kind, message, remedy, status, code, param, detail, request_id.")
    finish_reason = models.CharField(max_length=60, blank=True)
    filters = models.JSONField(default=list)
    served_model = models.CharField(max_length=256, blank=True)
    response_id = models.CharField(max_length=256, blank=True)
    request_id = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=60, blank=True)
    ttft_ms = models.IntegerField(null=True)
    latency_ms = models.IntegerField(null=True)
    input_tokens = models.IntegerField(null=True)
    output_tokens = models.IntegerField(null=True)
    reasoning_tokens = models.IntegerField(null=True)
    cached_tokens = models.IntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, help_text="US dollars; null = unknown.")
    cost_source = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    owner_process = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["turn", "position"], name="one_answer_a_pane")]
        indexes = [models.Index(fields=["state", "lease_until"], name="answer_by_lease")]

    def __str__(self) -> str:
        return f"{self.model} on {self.connection_name}"

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.STREAMING}

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens a second after the first token; None while unknown."""
        if not self.output_tokens or self.latency_ms is None or self.ttft_ms is None:
            return None
        seconds = (self.latency_ms - self.ttft_ms) / 1000
        return self.output_tokens / seconds if seconds > 0 else None
