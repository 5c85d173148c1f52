"""Asking: one input to every pane.

A turn, its answers and the audit are written together; then the runner takes over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from console.models import Answer, Comparison, Connection, Turn, User, audit
from console.models.audit_recorder import Recorder
from console.models.comparison import LEASE
from console.outbound.errors import UpstreamError
from console.playground import runner
from console.playground.conversation import Pane, Request, exchanges, request
from console.playground.ledger import OWNER
from console.playground.problems import told
from console.playground.run import ACTION, PATHS, Plan, target_of
from console.v1.client import Client

TITLE_LENGTH = 80
RETRY_AFTER = 5  # seconds


class TooManyRuns(Exception):
    """The user, or this process, has as many answers under way as allowed; nothing was created."""


class StillRunning(Exception):
    """An answer that the new one would follow is still being written; nothing was created."""


@dataclass(frozen=True)
class Asked:
    """A turn with its answers in the order of the panes."""

    comparison: Comparison
    turn: Turn
    answers: list[Answer]


def ask(
    user: User,
    panes: Sequence[Pane],
    text: str,
    *,
    comparison: Comparison | None = None,
    key: str | None = None,
) -> Asked:
    """Create a turn and start its runs; the same `key` by the same user again returns the turn that it made.

    Raises TooManyRuns and StillRunning; then nothing was created.
    """
    actor = audit.Actor.of(user)
    with transaction.atomic():
        one_at_a_time(user)
        before = earlier_submit(user, key)
        if before is not None:
            return before
        make_room(user, len(panes))
        try:
            return create(user, actor, panes, text, comparison=comparison, key=key)
        except BaseException:
            runner.release(len(panes))
            raise


def one_at_a_time(user: User) -> None:
    """Let one request of a user count and create at a time, so that limits and keys hold."""
    list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))


def earlier_submit(user: User, key: str | None) -> Asked | None:
    turn = (
        Turn.objects.filter(asked_by=user, idempotency_key=key).select_related("comparison").first()
        if key
        else None
    )
    return Asked(turn.comparison, turn, list(turn.answers.filter(attempt=1))) if turn else None


def make_room(user: User, count: int) -> None:
    """Reserve places for `count` runs; raises TooManyRuns."""
    running = Answer.objects.running().filter(asked_by=user).count()
    if running + count > settings.PLAYGROUND_RUNS_PER_USER:
        raise TooManyRuns
    try:
        runner.reserve(count)
    except runner.Busy:
        raise TooManyRuns from None


def create(
    user: User,
    actor: audit.Actor,
    panes: Sequence[Pane],
    text: str,
    *,
    comparison: Comparison | None,
    key: str | None,
) -> Asked:
    earlier = list(comparison.turns.prefetch_related("answers")) if comparison else []
    if any(answer.is_running for answer in (earlier[-1].answers.all() if earlier else [])):
        raise StillRunning
    if comparison is None:
        comparison = begin(user, panes, text)
    else:
        comparison.panes = [pane.told for pane in panes]
        comparison.save(update_fields=["panes", "updated_at"])
    number = earlier[-1].number + 1 if earlier else 1
    turn = Turn.objects.create(
        comparison=comparison, number=number, input=text, asked_by=user, idempotency_key=key or None
    )
    prepared = [prepare(user, actor, turn, pane, exchanges(earlier, pane.position)) for pane in panes]
    answers = Answer.objects.bulk_create([one.answer for one in prepared])
    if not earlier:
        with audit.acting(actor):
            audit.record("comparison.created", target=comparison.target)
    start(prepared)
    return Asked(comparison, turn, answers)


def begin(user: User, panes: Sequence[Pane], text: str) -> Comparison:
    return Comparison.objects.create(
        workspace_id=panes[0].connection.workspace_id,
        owner=user,
        title=title_of(text),
        panes=[pane.told for pane in panes],
    )


def title_of(text: str) -> str:
    """Return the first line of a prompt, cut at a word."""
    line = next((one.strip() for one in text.splitlines() if one.strip()), "Untitled")
    return line if len(line) <= TITLE_LENGTH else line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip() + "…"


def again(user: User, answer: Answer, connection: Connection) -> Answer:
    """Ask a pane of the last turn once more, with what it was asked; the earlier attempt stays on record.

    Raises TooManyRuns and StillRunning; then nothing was created.
    """
    actor, turn = audit.Actor.of(user), answer.turn
    with transaction.atomic():
        one_at_a_time(user)
        attempts = Answer.objects.filter(turn=turn, position=answer.position)
        if attempts.running().exists() or turn.comparison.turns.filter(number__gt=turn.number).exists():
            raise StillRunning
        make_room(user, 1)
        try:
            earlier = list(turn.comparison.turns.filter(number__lt=turn.number).prefetch_related("answers"))
            pane = Pane(answer.position, connection, answer.model, answer.api, answer.parameters)
            attempt = 1 + (attempts.aggregate(last=Max("attempt"))["last"] or 0)
            prepared = prepare(user, actor, turn, pane, exchanges(earlier, pane.position), attempt=attempt)
            prepared.answer.save(force_insert=True)
            start([prepared])
        except BaseException:
            runner.release()
            raise
    return prepared.answer


@dataclass(frozen=True)
class Prepared:
    """An answer to store and how to run it; without a client it cannot run, and says why."""

    answer: Answer
    request: Request
    client: Client | None = None


def prepare(
    user: User,
    actor: audit.Actor,
    turn: Turn,
    pane: Pane,
    earlier: Sequence[tuple[Turn, Answer]],
    *,
    attempt: int = 1,
) -> Prepared:
    """Return an answer that is this process's from the beginning: nobody else can run it."""
    answer = Answer(
        turn=turn,
        position=pane.position,
        attempt=attempt,
        asked_by=user,
        connection=pane.connection,
        connection_name=pane.connection.name,
        model=pane.model,
        api=pane.api,
        parameters=pane.parameters,
        state=Answer.State.STREAMING,
        started_at=timezone.now(),
        owner_process=OWNER,
        lease_until=timezone.now() + LEASE,
    )
    asked = request(pane, turn.input, earlier)
    try:
        return Prepared(answer, asked, pane.connection.client(actor))
    except UpstreamError as error:
        fail(answer, told(error))
        return Prepared(answer, asked)


def fail(answer: Answer, error: dict[str, Any]) -> None:
    answer.state, answer.error = Answer.State.FAILED, error
    answer.finished_at, answer.lease_until = timezone.now(), None


def start(prepared: Sequence[Prepared]) -> None:
    """Record what is about to be sent, in this transaction, and send it once that is committed."""
    plans = []
    for one in prepared:
        if one.client is not None:
            answer, recorder = one.answer, one.client.recorder
            assert isinstance(recorder, Recorder)  # noqa: S101 - what Connection.client() makes
            token = recorder.intent_within(ACTION, target_of(answer.model), "POST", PATHS[answer.api])
            plans.append(
                Plan(
                    answer.pk,
                    answer.turn.comparison_id,
                    answer.api,
                    answer.model,
                    one.client,
                    token,
                    one.request,
                )
            )
    runner.release(len(prepared) - len(plans))
    transaction.on_commit(partial(runner.schedule, plans))


def stop(answers: Sequence[Answer]) -> list[Answer]:
    """Stop answers, in whichever process they are written; return those that were running."""
    running = [answer for answer in answers if answer.is_running]
    ids = [answer.pk for answer in running]
    Answer.objects.running().filter(pk__in=ids).update(stop_requested_at=timezone.now())
    runner.stop(ids)
    return running
