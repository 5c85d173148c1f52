"""The sweeper ends what nobody writes any more, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.models import Answer, Comparison
from console.playground.sweeper import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn(workspace, alice):
    return Comparison.objects.create(workspace=workspace, owner=alice, title="t").turns.create(
        number=1, input="q"
    )


def leave(turn, position: int, seconds: float, state: str = "streaming") -> Answer:
    lease = timezone.now() + timedelta(seconds=seconds)
    return Answer.objects.create(
        turn=turn,
        position=position,
        connection_name="c",
        model="m",
        api="chat",
        state=state,
        text="x",
        lease_until=lease,
    )


def test_an_answer_without_a_living_process_is_interrupted(turn):
    streaming, queued = leave(turn, 0, -1), leave(turn, 1, -1, "queued")

    assert sweep() == 2

    for answer in (streaming, queued):
        answer.refresh_from_db()
        assert (answer.state, answer.error_kind, answer.text) == ("interrupted", "interrupted", "x")
        assert answer.finished_at


def test_what_is_alive_or_has_ended_stays(turn):
    leave(turn, 0, 10)
    leave(turn, 1, -10, "complete")

    assert sweep() == 0
    assert list(Answer.objects.values_list("state", flat=True)) == ["streaming", "complete"]
