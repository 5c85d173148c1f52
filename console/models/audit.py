"""The audit trail: the only writer of events, which form one hash chain (console/models/audit_chain.py).

The canonical text of an event is the truth, its columns are an index of it; audit_check.py compares both.
Prompts, answers, file contents and secrets are never in an event.
"""

import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from string import Formatter
from typing import Any

from django.db import Error, models, transaction
from django.utils import timezone

from console.audit_actions import ACTIONS
from console.models.audit_chain import CHAIN, GENESIS, canonical_text, chained, cut, tidy
from console.models.audit_timeline import AuditQuerySet
from console.outbound.errors import AuditUnavailable

SCHEMA = 1
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Actor:
    """Who acts: `kind` is user, job, system or anonymous; `roles` as they are now (access.py)."""

    kind: str = "system"
    id: str = ""
    label: str = "system"
    roles: str = ""

    @classmethod
    def of(cls, user: Any) -> "Actor":
        """Return the actor for a user of Django's, with the roles that it has at this moment."""
        if not getattr(user, "is_authenticated", False):
            return cls("anonymous", "", "anonymous")
        roles = ",".join(sorted(user.memberships.values_list("role", flat=True)))
        return cls("user", str(user.pk), user.get_username(), roles)


@dataclass(frozen=True)
class Scene:
    """Where an action comes from, set once a request; `auth_method` is how a user proved who they are."""

    actor: Actor = Actor()
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""
    auth_method: str = ""


scene: ContextVar[Scene] = ContextVar("scene", default=Scene())  # noqa: B039 - frozen


def acting(actor: Actor) -> AbstractContextManager[None]:
    """Record what happens inside as done by `actor`."""
    return staged(replace(scene.get(), actor=actor))


@contextmanager
def staged(other: Scene) -> Iterator[None]:
    token = scene.set(other)
    try:
        yield
    finally:
        scene.reset(token)


@dataclass(frozen=True)
class Target:
    """What an action is about: `type` is a noun ("file"), `id` the object's id, `label` its name."""

    type: str = ""
    id: str = ""
    label: str = ""


class AuditHead(models.Model):
    """The end of the chain: one row, locked last by every writer."""

    chain = models.CharField(max_length=20, primary_key=True, default=CHAIN)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"


class AuditEvent(models.Model):
    """One event. Rows are never changed or deleted: triggers in the database refuse it."""

    INDEXED = [
        "event_id",
        "actor_type",
        "actor_id",
        "actor_label",
        "roles",
        "auth_method",
        "ip",
        "user_agent",
        "request_id",
        "action",
        "category",
        "operation",
        "connection_id",
        "connection_label",
        "upstream_host",
        "target_type",
        "target_id",
        "target_label",
        "phase",
        "parent",
        "outcome",
        "error_kind",
        "http_status",
        "upstream_request_id",
        "attempts",
        "duration_ms",
    ]

    seq = models.BigIntegerField(unique=True)
    event_id = models.CharField(max_length=36, unique=True)
    occurred_at = models.DateTimeField()
    actor_type = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=150)
    roles = models.CharField(max_length=100, blank=True)
    auth_method = models.CharField(max_length=20, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=60)
    category = models.CharField(max_length=12)
    operation = models.CharField(max_length=12)
    connection_id = models.BigIntegerField(null=True)
    connection_label = models.CharField(max_length=100, blank=True)
    upstream_host = models.CharField(max_length=260, blank=True)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=260, blank=True)
    target_label = models.CharField(max_length=512, blank=True)
    phase = models.CharField(max_length=8)
    parent = models.CharField(max_length=36, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    http_status = models.IntegerField(null=True)
    upstream_request_id = models.CharField(max_length=100, blank=True)
    attempts = models.IntegerField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    canonical = models.TextField()
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        get_latest_by = "seq"
        indexes = [
            models.Index(fields=["actor_label", "-seq"], name="audit_by_actor"),
            models.Index(fields=["action", "-seq"], name="audit_by_action"),
            models.Index(fields=["target_type", "target_id", "-seq"], name="audit_by_target"),
            models.Index(fields=["connection_id", "-seq"], name="audit_by_connection"),
            models.Index(fields=["parent"], name="audit_by_parent"),
            models.Index(fields=["occurred_at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    @property
    def content(self) -> dict[str, Any]:
        """The whole event as it was written."""
        content: dict[str, Any] = json.loads(self.canonical)
        return content

    @property
    def changes(self) -> dict[str, Any]:
        """`{field: [before, after]}` of a change to one of our own objects."""
        changes: dict[str, Any] = self.content.get("changes", {})
        return changes

    @property
    def sentence(self) -> list[tuple[str, str]]:
        """What was done, as it follows the actor's name: pairs of a kind and its words.

        The kind is "text" for our own words, "target" or "connection" for a name.
        """
        known = ACTIONS.get(self.action)
        words = {
            "target": self.target_label or self.target_id or "something",
            "connection": self.connection_label or "a connection",
        }
        pieces = Formatter().parse(known.sentence if known else self.action.replace(".", ": "))
        told: list[tuple[str, str]] = []
        for text, field, _, _ in pieces:
            told += [("text", text)] if text else []
            told += [(field, words[field])] if field else []
        return told

    @property
    def target(self) -> Target:
        return Target(self.target_type, self.target_id, self.target_label)


LENGTHS = {
    name: getattr(AuditEvent._meta.get_field(name), "max_length", None)
    for name in AuditEvent.INDEXED
    if name != "connection_id"
}


def record(
    action: str,
    *,
    target: Target | None = None,
    connection: Any = None,
    outcome: str = "success",
    phase: str = "event",
    changes: Mapping[str, Any] | None = None,
    **facts: Any,
) -> AuditEvent:
    """Append one event, in the transaction of the change that it tells of: no audit, no change.

    `facts` are further columns (http_status, error_kind, …); what is none goes into the canonical text alone.
    Raises AuditUnavailable when it cannot be written, and KeyError for an action that the catalogue lacks.
    """
    content = described(
        action, target=target, connection=connection, outcome=outcome, phase=phase, changes=changes, **facts
    )
    return write(content)


def described(
    action: str,
    *,
    target: Target | None,
    connection: Any,
    outcome: str,
    phase: str,
    changes: Mapping[str, Any] | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Return the whole content of an event that happens now in the present scene."""
    known = ACTIONS[action]
    stage, target = scene.get(), target or Target()
    content = {
        "schema": SCHEMA,
        "event_id": str(uuid.uuid4()),
        "occurred_at": timezone.now().isoformat(timespec="microseconds"),
        "actor_type": stage.actor.kind,
        "actor_id": stage.actor.id,
        "actor_label": stage.actor.label,
        "roles": stage.actor.roles,
        "auth_method": stage.auth_method if stage.actor.kind == "user" else "",
        "ip": stage.ip,
        "user_agent": stage.user_agent,
        "request_id": stage.request_id,
        "action": action,
        "category": known.category,
        "operation": known.operation,
        "connection_id": getattr(connection, "pk", None),
        "connection_label": getattr(connection, "name", ""),
        "upstream_host": getattr(connection, "host", ""),
        "target_type": target.type,
        "target_id": target.id,
        "target_label": target.label,
        "phase": phase,
        "parent": "",
        "outcome": outcome,
        "error_kind": "",
        "http_status": None,
        "upstream_request_id": "",
        "attempts": None,
        "duration_ms": None,
        "changes": changes or {},
        **facts,
    }
    tidied: dict[str, Any] = tidy(content)
    for name, length in LENGTHS.items():
        if length and isinstance(tidied[name], str):
            tidied[name] = cut(tidied[name], length)
    return tidied


def write(content: dict[str, Any]) -> AuditEvent:
    """Lock the head, which every writer does last, then add the event and move the head by one."""
    canonical = canonical_text(content)
    try:
        with transaction.atomic():
            head = locked_head()
            event = AuditEvent.objects.create(
                seq=head.seq + 1,
                occurred_at=datetime.fromisoformat(content["occurred_at"]),
                canonical=canonical,
                prev_hash=head.hash,
                hash=chained(head.seq + 1, head.hash, canonical),
                **{name: content[name] for name in AuditEvent.INDEXED},
            )
            head.seq, head.hash = event.seq, event.hash
            head.save()
    except Error as error:
        logger.error("The audit trail cannot be written: %s", type(error).__name__)
        raise AuditUnavailable(sent=False) from None
    return event


def locked_head() -> AuditHead:
    """Return the head for this transaction alone; the first writer of all makes it."""
    head = AuditHead.objects.select_for_update().filter(chain=CHAIN).first()
    if head is None:
        AuditHead.objects.get_or_create(chain=CHAIN)
        head = AuditHead.objects.select_for_update().get(chain=CHAIN)
    return head


def record_denial(method: str, path: str) -> None:
    """Record that the present actor was refused; a page that asks again is recorded once in ten minutes."""
    actor = scene.get().actor
    told = (
        AuditEvent.objects.about("page", path[:260])
        .by(actor.id)
        .since(timezone.now() - timedelta(minutes=10))
    )
    if actor.kind == "user" and not told.exists():
        target = Target("page", path[:260], f"{method} {path}")
        with suppress(AuditUnavailable):
            record("access.denied", target=target, outcome="denied", http_status=403)
