"""What the runner writes down: text under way, leases, ends. Everything here blocks and runs in a thread."""

import os
import secrets
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from console.index import remember_deployment, responses
from console.index.origins import Origin
from console.models import Answer
from console.models.comparison import LEASE
from console.playground import pricing
from console.v1.client import Recorder, Target
from console.v1.responses import parse_response

OWNER = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


@contextmanager
def own_connection() -> Iterator[None]:
    """Give the thread's database connection back at the end, so that no idle thread holds one of the pool's.

    SQLite's stays open: opening the file costs more than a query.
    """
    connection.ensure_connection()
    try:
        yield
    finally:
        close_old_connections()


class Prepared:
    """Gives the client the intent that was committed with the turn; further ones are written as usual.

    `sent` is called when the intent is written and the request is about to leave.
    """

    def __init__(self, recorder: Recorder, token: str, sent: Callable[[], None]) -> None:
        self.recorder = recorder
        self.token = token
        self.sent = sent

    @property
    def is_ready(self) -> bool:
        return bool(self.token)

    def intent(self, action: str, target: Target, method: str, path: str) -> str:
        token, self.token = self.token, ""
        token = token or self.recorder.intent(action, target, method, path)
        self.sent()
        return token

    def outcome(
        self,
        token: str,
        *,
        outcome: str,
        http_status: int | None,
        error_kind: str,
        request_id: str,
        attempts: int,
        duration_ms: int,
        made: str = "",
        **counts: int,
    ) -> None:
        with own_connection():
            self.recorder.outcome(
                token,
                outcome=outcome,
                http_status=http_status,
                error_kind=error_kind,
                request_id=request_id,
                attempts=attempts,
                duration_ms=duration_ms,
                made=made,
                **counts,
            )


def save(texts: Mapping[uuid.UUID, Mapping[str, Any]], running: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Store what has come of several answers in one transaction and renew all leases; return who was told
    to stop.
    """
    ours = Answer.objects.running().filter(owner_process=OWNER)
    with own_connection():
        with transaction.atomic():
            for answer_id, columns in texts.items():
                ours.filter(pk=answer_id).update(**columns)
            ours.filter(pk__in=running).update(lease_until=timezone.now() + LEASE)
        return set(ours.exclude(stop_requested_at=None).values_list("pk", flat=True))


def end(
    answer_id: uuid.UUID, columns: Mapping[str, Any], *, provider: str, tier: str
) -> dict[str, Any] | None:
    """Store how our answer ended, priced; return what readers are told, None if the answer is gone or not
    ours.
    """
    with own_connection():
        answer = Answer.objects.filter(pk=answer_id, owner_process=OWNER).first()
        if answer is None:
            return None
        for name, value in columns.items():
            setattr(answer, name, value)
        if answer.state != Answer.State.FAILED or answer.input_tokens is not None:
            priced = cost(answer, provider, tier)
            answer.cost, answer.cost_source = priced.amount, priced.source
        answer.finished_at, answer.lease_until = timezone.now(), None
        answer.save(update_fields=[*columns, "cost", "cost_source", "finished_at", "lease_until"])
        if answer.state == Answer.State.COMPLETE and answer.connection is not None:
            remember_deployment(answer.connection, answer.model, answer.served_model)
        return answer.outcome


def remember(answer_id: uuid.UUID, response: Mapping[str, Any]) -> None:
    """Put the response that an answer was into the index, with what it was about and who asked."""
    if not response.get("id"):
        return
    with own_connection():
        answers = Answer.objects.select_related("connection", "turn", "asked_by")
        answer = answers.filter(pk=answer_id).first()
        if answer is None or answer.connection is None:
            return
        origin = Origin(
            title=answer.turn.input,
            way="playground",
            by=answer.asked_by.username if answer.asked_by else "",
            deployment=answer.model,
            comparison=str(answer.turn.comparison_id),
        )
        responses.remember(answer.connection, parse_response(response), origin)


def cost(answer: Answer, provider: str, tier: str) -> pricing.Price:
    what = pricing.sold(
        answer.connection_id,
        provider,
        answer.model,
        served=answer.served_model,
        region=answer.region,
        tier=tier,
    )
    return pricing.price(
        what,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cached_tokens=answer.cached_tokens,
    )
