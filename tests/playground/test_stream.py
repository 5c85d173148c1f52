"""Whole runs through a real socket: what readers get, once each, and what the upstream is asked, once."""

import http.client
import time

import pytest

from console.models import Answer, AuditEvent, Comparison, Membership
from console.playground import stream
from tests.playground.conftest import END, chunk, eventually, pane, whole
from tests.upstream import Script

CHAT = "POST /chat/completions"


def test_three_models_stream_into_one_response(console, alice, connection, upstream):
    upstream[CHAT] = [whole("one ", "two"), whole("three"), whole("four")]

    told = console.ask(alice, "Count", *[pane(connection, f"m-{n}") for n in range(3)])
    seen = console.stream(alice, told["stream"]).rest()

    texts = {seen.text(answer=one) for one in told["answers"]}
    assert texts == {"one two", "three", "four"}
    assert [one["state"] for one in seen.named("answer")] == ["complete"] * 3
    assert seen.seen[-1] == ("done", {"comparison": told["comparison"]})
    assert upstream.hits == 3


def test_the_end_tells_usage_cost_metrics_and_where_it_ran(console, alice, connection, upstream):
    upstream[CHAT] = whole("Hello")

    told = console.ask(alice, "Hi", pane(connection))
    end = console.stream(alice, told["stream"]).rest().named("answer")[0]

    assert end["usage"] == {"input_tokens": 10, "output_tokens": 4, "reasoning_tokens": 1, "cached_tokens": 2}
    assert (end["request_id"], end["region"], end["finish_reason"], end["error_kind"]) == (
        "req-1",
        "Sweden Central",
        "stop",
        None,
    )
    assert end["cost"] == pytest.approx(0.00001005)
    assert end["cost_source"].startswith("Azure meter, Global, snapshot 20")
    assert end["metrics"]["ttft_ms"] is not None


def test_a_late_reader_is_told_everything_once(console, alice, bob, connection, upstream, faucet):
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("first "))
    early = console.stream(alice, told["stream"]).until("first ")

    late = console.stream(bob, told["stream"]).until("first ")
    faucet.pour(chunk("second"))
    faucet.end()

    assert (early.rest().text(), late.rest().text()) == ("first second", "first second")
    assert upstream.hits == 1


def test_a_reader_who_comes_back_goes_on_where_it_was(console, alice, connection, upstream, faucet):
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("abc"))
    first = console.stream(alice, told["stream"]).until("abc")
    first.close()
    faucet.pour(chunk("defg"))

    second = console.stream(alice, told["stream"], **{"last-event-id": first.last_id}).until("defg")
    second.close()
    faucet.end()
    eventually(lambda: Answer.objects.get().state == "complete")
    third = console.stream(alice, f"{told['stream']}?after={second.last_id}").rest()

    assert (first.text(), second.text(), third.text()) == ("abc", "defg", "")
    assert [len(one.named("answer")) for one in (first, second, third)] == [0, 0, 1]
    assert upstream.hits == 1


def test_a_reader_of_an_ended_turn_is_told_it_from_the_database(console, alice, connection, upstream):
    upstream[CHAT] = whole("kept")
    told = console.ask(alice, "Hi", pane(connection))
    console.stream(alice, told["stream"]).rest()

    again = console.stream(alice, told["stream"]).rest()

    assert again.text() == "kept"
    assert [name for name, _ in again.seen] == ["delta", "answer", "done"]


def test_what_another_process_writes_is_followed_through_the_database(console, alice, connection, workspace):
    comparison = Comparison.objects.create(workspace=workspace, owner=alice, title="t")
    turn = comparison.turns.create(number=1, input="Hi")
    answer = Answer.objects.create(
        turn=turn, position=0, connection_name="prod", model="m", api="chat", state="streaming", text="from "
    )
    reader = console.stream(alice, f"/playground/comparisons/{comparison.pk}/stream/").until("from ")

    Answer.objects.filter(pk=answer.pk).update(text="from afar", state="complete")

    assert reader.rest().text() == "from afar"
    assert reader.named("answer")[0]["state"] == "complete"


def test_text_that_looks_like_an_event_stays_text(console, alice, connection, upstream):
    evil = "a\n\nevent: done\ndata: {}\r\nid: 7\nretry: 1\u2028\ufeff"
    upstream[CHAT] = whole(*evil)

    told = console.ask(alice, "Hi", pane(connection))
    seen = console.stream(alice, told["stream"]).rest()

    assert seen.text() == evil
    assert len(seen.named("done")) == 1


def test_a_stranger_finds_no_stream(console, alice, mallory, connection, upstream):
    upstream[CHAT] = whole("secret")
    told = console.ask(alice, "Hi", pane(connection))

    response = console.stream(mallory, told["stream"]).response

    assert (response.status, response.read()) == (404, b"No such comparison.")


def test_nobody_reads_without_a_session(console, alice, connection, upstream):
    upstream[CHAT] = whole("secret")
    told = console.ask(alice, "Hi", pane(connection))

    response = console.stream(alice, told["stream"], cookie="other=1").response

    assert response.status == 401


def test_a_revoked_reader_is_sent_away(console, alice, bob, connection, upstream, faucet, monkeypatch):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(stream, "TICK_SECONDS", 0.1)
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("before"))
    reader = console.stream(bob, told["stream"]).until("before")

    Membership.objects.filter(user=bob).delete()

    assert reader.rest().seen[-1] == ("ended", {"reason": "permission_revoked"})
    assert not faucet.hung_up.is_set()


def test_the_stream_has_the_headers_of_a_page(console, alice, connection, upstream):
    upstream[CHAT] = whole("x")
    told = console.ask(alice, "Hi", pane(connection))

    headers = console.stream(alice, told["stream"]).response.headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache, no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "content-encoding" not in headers


def test_a_quiet_stream_shows_signs_of_life(console, alice, connection, upstream, faucet, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.0)
    monkeypatch.setattr(stream, "TICK_SECONDS", 0.05)
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))

    reader = console.stream(alice, told["stream"])

    assert reader.response.readline() == b": still here\n"


def test_a_reader_that_never_reads_is_ended(console, alice, connection, upstream, monkeypatch):
    monkeypatch.setattr(stream, "SLOW_SECONDS", 0.3)
    monkeypatch.setattr(stream, "TICK_SECONDS", 0.05)
    upstream[CHAT] = Script(
        200, [*[chunk("x" * 100_000) for _ in range(150)], *END], {"content-type": "text/event-stream"}
    )
    told = console.ask(alice, "Hi", pane(connection))

    reader = console.stream(alice, told["stream"])
    answer = eventually(lambda: Answer.objects.filter(state="complete").first(), 30)
    time.sleep(1)

    assert len(answer.text) == 15_000_000
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        reader.response.read()


def test_every_call_has_an_intent_and_an_outcome(console, alice, connection, upstream):
    upstream[CHAT] = whole("x")
    told = console.ask(alice, "A secret prompt", pane(connection))
    console.stream(alice, told["stream"]).rest()

    outcome = eventually(lambda: AuditEvent.objects.filter(action="run.answer", phase="outcome").first())

    intent = AuditEvent.objects.get(action="run.answer", phase="intent")
    assert (outcome.parent, outcome.outcome, outcome.actor_label, outcome.target_label) == (
        intent.event_id,
        "success",
        "alice",
        "gpt-5-mini",
    )
    assert "A secret prompt" not in intent.canonical + outcome.canonical
