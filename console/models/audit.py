"""The audit trail: the only writer of events, one hash chain over all of them, and its verifier.

`hash = SHA-256(0x01 | chain id | seq | previous hash | canonical text)`. The canonical text is the truth, the columns are
an index of it; the verifier compares both. Prompts, answers, file contents and secrets are never in an event.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from console.audit_actions import ACTIONS

CHAIN = "console"
GENESIS = "0" * 64
TEXT_LIMIT = 2048
SCHEMA = 1


@dataclass(frozen=True)
class Actor:
    """Who acts: `kind` is user, job, system or anonymous; `roles` as they are now, in the words of access.py."""

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
    """Where an action comes from; set once a request by the middleware."""

    actor: Actor = Actor()
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""
    auth_method: str = ""


scene: ContextVar[Scene] = ContextVar("scene", default=Scene())  # noqa: B039 - frozen


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Record what happens inside as done by `actor`."""
    token = scene.set(replace(scene.get(), actor=actor))
    try:
        yield
    finally:
        scene.reset(token)


@dataclass(frozen=True)
class Target:
    """What an action is about: `type` is a noun ("file"), `id` the resource's id, `label` what people call it."""

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
    def sentence(self) -> str:
        """What was done, as it follows the actor's name."""
        action = ACTIONS.get(self.action)
        if action is None:
            return self.action
        target = self.target_label or self.target_id or "?"
        return action.sentence.format(target=target, connection=self.connection_label or "?")


def chained(seq: int, prev_hash: str, canonical: str) -> str:
    """Return the hash of event `seq` after `prev_hash`, in hexadecimal."""
    text = b"\x01" + b"\x00".join([CHAIN.encode(), str(seq).encode(), prev_hash.encode(), canonical.encode()])
    return hashlib.sha256(text).hexdigest()


def tidy(value: Any) -> Any:
    """Make a value safe for a canonical text: no floats, no lone surrogates or NUL, at most 2 KiB a text."""
    match value:
        case bool() | int() | None:
            return value
        case float():
            return repr(value)
        case Mapping():
            return {tidy(str(key)): tidy(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [tidy(one) for one in value]
        case _:
            text = str(value).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
            return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


@transaction.atomic
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

    `facts` are further columns (http_status, error_kind, …); what is no column goes into the canonical text alone.
    Raises KeyError for an action that the catalogue lacks.
    """
    known = ACTIONS[action]
    now, stage, target = timezone.now(), scene.get(), target or Target()
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "event_id": str(uuid.uuid4()),
        "occurred_at": now.isoformat(timespec="microseconds"),
        "actor_type": stage.actor.kind,
        "actor_id": stage.actor.id,
        "actor_label": stage.actor.label[:150],
        "roles": stage.actor.roles,
        "auth_method": stage.auth_method,
        "ip": stage.ip,
        "user_agent": stage.user_agent[:300],
        "request_id": stage.request_id,
        "action": action,
        "category": known.category,
        "operation": known.operation,
        "connection_id": getattr(connection, "pk", None),
        "connection_label": getattr(connection, "name", ""),
        "upstream_host": getattr(connection, "host", ""),
        "target_type": target.type,
        "target_id": target.id[:260],
        "target_label": target.label[:512],
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
    content = tidy(content)
    return append(now, content)


def append(now: datetime, content: dict[str, Any]) -> AuditEvent:
    """Lock the head last, then write the event and move the head."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    AuditHead.objects.get_or_create(chain=CHAIN)
    head = AuditHead.objects.select_for_update().get(chain=CHAIN)
    seq, prev_hash = head.seq + 1, head.hash
    event = AuditEvent.objects.create(
        seq=seq,
        occurred_at=now,
        canonical=canonical,
        prev_hash=prev_hash,
        hash=chained(seq, prev_hash, canonical),
        **{name: content[name] for name in AuditEvent.INDEXED},
    )
    head.seq, head.hash = seq, event.hash
    head.save()
    return event


@dataclass(frozen=True)
class Verdict:
    """The outcome of a verification: `problem` is empty when events 1 to `verified` are intact."""

    verified: int
    problem: str = ""
    seq: int | None = None


def verify(*, first: int = 1, last: int | None = None) -> Verdict:
    """Recompute the chain from `first` to `last` (default: its head) in constant memory."""
    head = AuditHead.objects.filter(chain=CHAIN).first() or AuditHead(seq=0)
    end = head.seq if last is None else min(last, head.seq)
    before = AuditEvent.objects.filter(seq=first - 1).first()
    expected = before.hash if before else GENESIS
    seq = first - 1
    for event in AuditEvent.objects.filter(seq__gte=first, seq__lte=end).order_by("seq").iterator(chunk_size=1000):
        seq += 1
        problem = flaw(event, seq, expected)
        if problem:
            return Verdict(seq - first, problem, min(seq, event.seq))
        expected = event.hash
    if seq < end:
        return Verdict(seq - first + 1, "events are missing at the end", seq + 1)
    if last is None and expected != head.hash and seq:
        return Verdict(seq - first + 1, "the head does not belong to the last event", seq)
    if last is None and AuditEvent.objects.filter(seq__gt=head.seq).exists():
        return Verdict(seq - first + 1, "events stand behind the head of the chain", head.seq + 1)
    return Verdict(max(seq - first + 1, 0))


def flaw(event: AuditEvent, seq: int, expected: str) -> str:
    """Return what is wrong with `event` as number `seq` after the hash `expected`; empty if nothing."""
    if event.seq != seq:
        return f"event {seq} is missing"
    if event.prev_hash != expected:
        return "it does not follow the event before it"
    if event.hash != chained(seq, expected, event.canonical):
        return "its text was changed"
    try:
        content = event.content
    except ValueError:
        return "its text is not readable"
    differing = [name for name in AuditEvent.INDEXED if content.get(name) != getattr(event, name)]
    if content.get("occurred_at") != event.occurred_at.astimezone(timezone.get_default_timezone()).isoformat(
        timespec="microseconds"
    ):
        differing.append("occurred_at")
    return f"its columns differ from its text: {', '.join(differing)}" if differing else ""


class Recorder:
    """What a client writes around every change that it sends: the intent before, the outcome after.

    Raises AuditUnavailable from `intent` when the event cannot be written; then nothing is sent.
    """

    def __init__(self, connection: Any, actor: Actor) -> None:
        self.connection = connection
        self.actor = actor

    def intent(self, action: str, target: Any, method: str, path: str) -> str:
        """Commit the intent and return its event id, which `outcome` takes."""
        from console.outbound.errors import AuditUnavailable

        try:
            with acting(self.actor):
                event = record(
                    action,
                    target=Target(target.type, target.id, target.label),
                    connection=self.connection,
                    phase="intent",
                    outcome="",
                    request=f"{method} {path}",
                )
        except DatabaseError:
            raise AuditUnavailable() from None
        return event.event_id

    def outcome(self, token: str, *, outcome: str, **facts: Any) -> None:
        """Write what became of the intent `token`."""
        intent = AuditEvent.objects.get(event_id=token)
        with acting(self.actor):
            record(
                intent.action,
                target=Target(intent.target_type, intent.target_id, intent.target_label),
                connection=self.connection,
                phase="outcome",
                parent=token,
                outcome=outcome,
                **facts,
            )
