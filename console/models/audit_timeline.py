"""Reading the audit trail: which events a page shows, and an intent folded into one line with its outcome."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from console.models.audit import AuditEvent

UNDER_WAY = "under_way"
ABANDONED_AFTER = timedelta(minutes=35)  # longer than the longest call, which is a stream of 30 minutes
SEARCHED = (
    "actor_label",
    "action",
    "target_id",
    "target_label",
    "connection_label",
    "request_id",
    "upstream_request_id",
)


OUTCOMES = {
    "success": "done",
    "failure": "failed",
    "denied": "refused",
    "partial": "ended early",
    "cancelled": "stopped",
    "unknown": "outcome unknown",
    UNDER_WAY: "under way",
}


@dataclass(frozen=True)
class Line:
    """What a page shows as one thing: an event, or an intent with its outcome once there is one."""

    event: "AuditEvent"
    end: "AuditEvent | None"

    @property
    def last(self) -> "AuditEvent":
        return self.end or self.event

    @property
    def outcome(self) -> str:
        """A key of OUTCOMES; under_way is an intent without an end."""
        return self.last.outcome or UNDER_WAY

    @property
    def remark(self) -> str:
        """Why it did not go well: "failed: 403"; empty when nothing is known beyond the outcome."""
        cause = str(self.last.http_status or "") or self.last.error_kind.replace("_", " ")
        return f"{self.word}: {cause}" if cause and self.outcome != "success" else ""

    @property
    def word(self) -> str:
        return OUTCOMES.get(self.outcome, self.outcome)


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def timeline(self) -> Self:
        """Leave out the outcomes, which are shown with their intents."""
        return self.exclude(phase="outcome")

    def about(self, target_type: str, target_id: str) -> Self:
        """Keep what was done to an object; only the outcome of its creation knows its id."""
        told = {"target_type": target_type, "target_id": target_id}
        made = self.model._default_manager.filter(phase="outcome", **told).values("parent")
        return self.filter(Q(**told) | Q(event_id__in=made, target_id=""))

    def before(self, seq: int) -> Self:
        return self.filter(seq__lt=seq)

    def numbered(self, seq: int) -> "AuditEvent | None":
        return self.filter(seq=seq).first()

    def tied_to(self, event: "AuditEvent") -> Self:
        """Keep the other half of an intent and its outcome, and the other events of the same request."""
        same = Q(parent=event.event_id) | Q(event_id=event.parent or None)
        if event.request_id:
            same |= Q(request_id=event.request_id)
        return self.filter(same).exclude(seq=event.seq)[:50]

    def by(self, actor_id: str) -> Self:
        return self.filter(actor_id=actor_id)

    def since(self, moment: datetime) -> Self:
        return self.filter(occurred_at__gte=moment)

    def ended(self, outcome: str) -> Self:
        """Keep what ended as `outcome` says; an intent ends with its outcome's event."""
        ends = self.model._default_manager.filter(phase="outcome", parent=OuterRef("event_id"))
        if outcome == UNDER_WAY:
            return self.filter(~Exists(ends), phase="intent")
        return self.filter(Q(outcome=outcome) | Q(Exists(ends.filter(outcome=outcome)), phase="intent"))

    def mentioning(self, text: str) -> Self:
        """Keep what has `text` in who, what, where or a request id."""
        found = Q()
        for name in SEARCHED:
            found |= Q((f"{name}__icontains", text))
        return self.filter(found)

    def traced(self, request_id: str) -> Self:
        """Keep what one request did: ours, or one of the resource's, whose id stands in the outcome."""
        ends = self.model._default_manager.filter(parent=OuterRef("event_id"), upstream_request_id=request_id)
        return self.filter(Q(request_id=request_id) | Q(Exists(ends)))

    def abandoned(self) -> Self:
        """Keep the intents of the last days whose process never told an outcome."""
        now = timezone.now()
        window = self.filter(occurred_at__lt=now - ABANDONED_AFTER, occurred_at__gt=now - timedelta(days=7))
        return window.ended(UNDER_WAY)


def folded(events: Iterable["AuditEvent"]) -> list[Line]:
    """Return a line for each event, with one query for all outcomes."""
    listed = list(events)
    intents = [event.event_id for event in listed if event.phase == "intent"]
    ends: dict[str, Any] = {}
    if intents:
        model = type(listed[0])
        ends = {
            end.parent: end
            for end in model.objects.filter(phase="outcome", parent__in=intents).order_by("seq")
        }
    return [Line(event, ends.get(event.event_id)) for event in listed]
