"""What the trail says of changes sent to a resource: the intent before, the outcome after, always both."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from django.db import Error, connection, transaction

from console.models import audit_spool
from console.models.audit import Actor, AuditEvent, Target, described, record, scene, staged, write
from console.models.audit_chain import canonical_text
from console.outbound.errors import AuditUnavailable

logger = logging.getLogger(__name__)


class TargetLike(Protocol):
    """What a client names as its target; the v1 client has a class of its own, since it knows no Django."""

    @property
    def type(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...


class Recorder:
    """Writes the intent before and the outcome after each change that a client sends.

    May be called in any thread; a database connection that a call had to open is closed after it.
    """

    is_ready = False

    def __init__(self, connection: Any, actor: Actor) -> None:
        self.connection = connection
        self.scene = replace(scene.get(), actor=actor)
        self.intents: dict[str, tuple[str, Target]] = {}

    def intent(self, action: str, target: TargetLike, method: str, path: str) -> str:
        """Commit the intent and return its event id, which `outcome` takes.

        Raises AuditUnavailable when it cannot be written; then nothing may be sent. Raises RuntimeError
        inside a transaction, where it could still be undone.
        """
        with staged(self.scene), lent_connection():
            return self.noted(committed(self.intended(action, target, method, path)))

    def intent_within(self, action: str, target: TargetLike, method: str, path: str) -> str:
        """Write the intent in the transaction under way, together with what the call is for; return its event id.

        Nothing may be sent before that transaction is committed.
        """
        with staged(self.scene):
            return self.noted(write(self.intended(action, target, method, path)))

    def intended(self, action: str, target: TargetLike, method: str, path: str) -> dict[str, Any]:
        return described(
            action,
            target=Target(target.type, target.id, target.label),
            connection=self.connection,
            phase="intent",
            outcome="",
            request=f"{method} {path}",
        )

    def noted(self, event: AuditEvent) -> str:
        self.intents[event.event_id] = (event.action, event.target)
        return event.event_id

    def outcome(
        self,
        token: str,
        *,
        outcome: str,
        http_status: int | None = None,
        error_kind: str = "",
        request_id: str = "",
        attempts: int | None = None,
        duration_ms: int | None = None,
        made: str = "",
        **counts: int,
    ) -> None:
        """Write what became of the intent `token`. Never raises: what the database refuses waits on disk.

        `request_id` is the upstream's; `made` is the id of what a creation made, which the intent could not
        know; `counts` are tokens_in, tokens_out and the like.
        """
        action, target = self.intents.pop(token)
        target = replace(target, id=made) if made else target
        with staged(self.scene), lent_connection():
            content = described(
                action,
                target=target,
                connection=self.connection,
                phase="outcome",
                parent=token,
                outcome=outcome,
                http_status=http_status,
                error_kind=error_kind,
                upstream_request_id=request_id,
                attempts=attempts,
                duration_ms=duration_ms,
                changes=None,
                **counts,
            )
            write_or_keep(content)


def committed(content: dict[str, Any]) -> AuditEvent:
    """Write an event in a transaction of its own, which has ended when this returns."""
    try:
        with transaction.atomic(durable=True):
            return write(content)
    except Error:
        raise AuditUnavailable(sent=False) from None


def write_or_keep(content: dict[str, Any]) -> None:
    """Write an event; when the database cannot take it, keep it on this machine's disk until it can."""
    try:
        write(content)
        take_in_kept()
    except AuditUnavailable:
        try:
            audit_spool.keep({**content, "spooled": True})
        except OSError:
            logger.critical("An outcome is lost to the audit trail: %s", canonical_text(content))


def take_in_kept() -> int:
    """Write what waits in the spool, each event once however often this is tried; return how many."""
    if not audit_spool.spool().exists():
        return 0
    taken = 0
    with audit_spool.locked() as path:
        for content in audit_spool.waiting():
            if not AuditEvent.objects.filter(event_id=content["event_id"]).exists():
                write(content)
                taken += 1
        path.unlink(missing_ok=True)
    return taken


def close_abandoned() -> int:
    """Give every intent whose process died before its end the outcome `unknown`; return how many."""
    intents = list(AuditEvent.objects.abandoned())
    for intent in intents:
        record(
            intent.action,
            target=intent.target,
            phase="outcome",
            parent=intent.event_id,
            outcome="unknown",
            error_kind="interrupted",
            connection_id=intent.connection_id,
            connection_label=intent.connection_label,
            upstream_host=intent.upstream_host,
        )
    return len(intents)


@contextmanager
def lent_connection() -> Iterator[None]:
    """Close the thread's database connection at the end if it was not open at the beginning.

    Outside of requests and tasks nobody else would: a pool of 10 connections would be empty after 10 threads.
    """
    was_open = connection.connection is not None
    try:
        yield
    finally:
        if not was_open:
            connection.close()
