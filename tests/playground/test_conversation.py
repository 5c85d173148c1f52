"""What a pane is asked: its own history, without reasoning and without what was blocked."""

import pytest

from console.models import Answer, Comparison
from console.playground.conversation import Pane, exchanges, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def comparison(workspace, alice):
    return Comparison.objects.create(workspace=workspace, owner=alice, title="t")


def answered(comparison, number: int, text: str, **more):
    turn = comparison.turns.create(number=number, input=f"q{number}")
    usual = {"position": 0, "connection_name": "prod", "model": "m", "api": "chat", "state": "complete"}
    return Answer.objects.create(turn=turn, text=text, **usual | more)


def messages(comparison, connection, **more):
    pane = Pane(0, connection, "m", "chat", more)
    return request(pane, "now", exchanges(comparison.turns.all(), 0)).body["messages"]


def test_a_system_prompt_comes_first(comparison, connection):
    assert messages(comparison, connection, instructions="Be brief") == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "now"},
    ]


def test_a_prompt_without_an_answer_is_joined_to_the_next(comparison, connection):
    answered(comparison, 1, "", state="failed", error={"kind": "rate_limited"})

    assert messages(comparison, connection) == [{"role": "user", "content": "q1\n\nnow"}]


def test_a_blocked_prompt_is_not_sent_again(comparison, connection):
    answered(comparison, 1, "", state="failed", error={"kind": "content_filtered"})

    assert messages(comparison, connection) == [{"role": "user", "content": "now"}]


def test_the_last_attempt_counts(comparison, connection):
    first = answered(comparison, 1, "old")
    Answer.objects.create(
        turn=first.turn,
        position=0,
        attempt=2,
        connection_name="prod",
        model="m",
        api="chat",
        state="complete",
        text="new",
    )

    assert messages(comparison, connection)[1] == {"role": "assistant", "content": "new"}


def test_another_panes_answers_are_not_sent(comparison, connection):
    answered(comparison, 1, "mine", position=1)

    assert messages(comparison, connection) == [{"role": "user", "content": "now"}]


def test_a_response_that_was_not_stored_is_not_referred_to(comparison, connection):
    answered(
        comparison,
        1,
        "one",
        api="responses",
        response_id="resp_1",
        connection=connection,
        parameters={"store": False},
    )
    pane = Pane(0, connection, "m", "responses", {})

    body = request(pane, "now", exchanges(comparison.turns.all(), 0)).body

    assert "previous_response_id" not in body
    assert [item["content"] for item in body["input"]] == ["q1", "one", "now"]
