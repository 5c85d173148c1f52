"""Comparisons: one prompt, several models, turn by turn.

An answer is owned by the server, not by the tab that asked.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from console.models import audit

LEASE = timedelta(seconds=15)


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def search(self, text: str) -> Self:
        """Comparisons in whose title or prompts every word occurs."""
        found = self
        for word in text.split()[:8]:
            asked = Turn.objects.filter(comparison=models.OuterRef("pk"), input__icontains=word)
            found = found.filter(models.Q(title__icontains=word) | models.Exists(asked))
        return found


class Comparison(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("console.Workspace", models.CASCADE, related_name="comparisons")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comparisons"
    )
    title = models.CharField(max_length=200)
    panes = models.JSONField(
        default=list, help_text="The panes of the next turn, as POST /playground/turns/ takes them."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["workspace", "-updated_at"], name="comparison_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def target(self) -> audit.Target:
        return audit.Target("comparison", str(self.pk), self.title)

    @transaction.atomic
    def rename(self, title: str) -> None:
        before, self.title = self.title, title
        self.save(update_fields=["title", "updated_at"])
        audit.record("comparison.renamed", target=self.target, changes={"title": [before, title]})

    @transaction.atomic
    def remove(self) -> None:
        """Forget the comparison with every prompt and answer in it; what the audit says of it stays."""
        audit.record("comparison.deleted", target=self.target)
        self.delete()

    def latest_answers(self) -> "list[Answer]":
        """The answers of the last turn, one a pane: of several attempts the last."""
        last = self.turns.order_by("-number").values("pk")[:1]
        return latest(Answer.objects.filter(turn=models.Subquery(last)))


class Turn(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="turns")
    number = models.IntegerField()
    input = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="turns")
    idempotency_key = models.CharField(max_length=64, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["comparison", "number"], name="one_turn_a_number"),
            models.UniqueConstraint(fields=["asked_by", "idempotency_key"], name="one_turn_a_submit"),
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
    position = models.IntegerField(
        help_text="The pane, from 0; a pane keeps its number when another is closed."
    )
    attempt = models.IntegerField(default=1, help_text="Counts how often this pane was asked in this turn.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="answers")
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
    error = models.JSONField(
        null=True, help_text="kind, message, remedy, status, code, param, detail, request_id."
    )
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
    cost = models.DecimalField(
        max_digits=14, decimal_places=8, null=True, help_text="US dollars; null = unknown."
    )
    cost_source = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    owner_process = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["position", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "position", "attempt"], name="one_answer_an_attempt")
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="answer_by_lease")]

    def __str__(self) -> str:
        return f"{self.model} on {self.connection_name}"

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.STREAMING}

    @property
    def is_stored_completion(self) -> bool:
        """Whether the resource was asked to keep it as a chat completion, and it can be looked at there."""
        is_kept = self.api == "chat" and self.parameters.get("store") is True
        return is_kept and bool(self.response_id) and self.connection is not None

    @property
    def is_stored_response(self) -> bool:
        """Whether the resource keeps it as a response, which is its habit, and it can be looked at there."""
        is_kept = self.api == "responses" and self.parameters.get("store") is not False
        return is_kept and bool(self.response_id) and self.connection is not None

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens a second after the first token, without reasoning that was not shown; None while
        unknown.
        """
        if not self.output_tokens or self.latency_ms is None or self.ttft_ms is None:
            return None
        hidden = 0 if self.reasoning else self.reasoning_tokens or 0
        seconds = (self.latency_ms - self.ttft_ms) / 1000
        tokens = self.output_tokens - hidden
        return tokens / seconds if seconds > 0 and tokens > 0 else None

    @property
    def error_kind(self) -> str:
        return str((self.error or {}).get("kind", ""))

    @property
    def outcome(self) -> dict[str, Any]:
        """How it ended, as the stream and the JSON pages tell it: milliseconds, tokens, US dollars; null =
        unknown.
        """
        speed = self.tokens_per_second
        return {
            "answer": str(self.pk),
            "state": self.state,
            "metrics": {
                "ttft_ms": self.ttft_ms,
                "latency_ms": self.latency_ms,
                "tokens_per_second": None if speed is None else round(speed, 1),
            },
            "usage": {
                "input_tokens": self.input_tokens,
                "output_tokens": self.output_tokens,
                "reasoning_tokens": self.reasoning_tokens,
                "cached_tokens": self.cached_tokens,
            },
            "cost": None if self.cost is None else float(self.cost),
            "cost_source": self.cost_source,
            "finish_reason": self.finish_reason,
            "error_kind": self.error_kind or None,
            "request_id": self.request_id,
            "region": self.region,
        }


def latest(answers: Iterable[Answer]) -> list[Answer]:
    """Of each pane's attempts in one turn the last, in the order of the panes."""
    by_pane = {
        answer.position: answer for answer in sorted(answers, key=lambda one: (one.position, one.attempt))
    }
    return list(by_pane.values())
