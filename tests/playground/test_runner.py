"""Runs belong to the server: how they end, what is kept, what is never repeated."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from console.models import Answer, AuditEvent, Comparison, Item
from console.playground import ledger, runner
from tests.playground.conftest import DONE, END, EVENTS, FINISH, chunk, eventually, pane, whole
from tests.upstream import Script

CHAT = "POST /chat/completions"


def ended(answer_id: str) -> Answer:
    """Wait until an answer has ended, and return it."""
    return eventually(
        lambda: Answer.objects.exclude(state__in=["queued", "streaming"]).filter(pk=answer_id).first()
    )


def refusal(param: str, detail: str) -> tuple[int, dict[str, object]]:
    error = {
        "code": "unsupported_parameter",
        "message": detail,
        "param": param,
        "type": "invalid_request_error",
    }
    return 400, {"error": error}


def test_nobody_reads_and_the_answer_is_complete_all_the_same(console, alice, connection, upstream):
    upstream[CHAT] = whole("Hello ", "there")

    told = console.ask(alice, "Hi", pane(connection))
    answer = ended(told["answers"][0])

    assert (answer.state, answer.text, answer.served_model) == ("complete", "Hello there", "gpt-5-mini")
    assert (answer.input_tokens, answer.output_tokens, answer.reasoning_tokens, answer.cached_tokens) == (
        10,
        4,
        1,
        2,
    )


def test_only_what_was_set_is_sent(console, alice, connection, upstream):
    upstream[CHAT] = whole("x")

    told = console.ask(
        alice, "Hi", pane(connection, parameters={"temperature": 0.5, "top_p": None, "seed": ""})
    )
    ended(told["answers"][0])

    assert upstream.requests[0].json() == {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("chunks", "cut"),
    [
        ([chunk("half")], True),
        ([chunk("half")], False),
        ([chunk("half"), FINISH], False),
        ([chunk("half"), b'data: {"id":'], False),
    ],
    ids=["broken", "no end", "no closing mark", "cut in an event"],
)
def test_a_cut_answer_is_interrupted_and_keeps_its_text(console, alice, connection, upstream, chunks, cut):
    upstream[CHAT] = Script(200, [b": begins\n\n", *chunks], dict(EVENTS), cut=cut)

    told = console.ask(alice, "Hi", pane(connection))
    answer = ended(told["answers"][0])

    assert (answer.state, answer.text, answer.error_kind) == ("interrupted", "half", "connection_lost")
    assert upstream.hits == 1


def test_an_error_within_the_stream_fails_the_answer_and_keeps_its_text(console, alice, connection, upstream):
    error = b'data: {"error": {"code": "server_error", "message": "The engine fell over"}}\n\n'
    upstream[CHAT] = Script(200, [chunk("so far"), error], dict(EVENTS))

    told = console.ask(alice, "Hi", pane(connection))
    answer = ended(told["answers"][0])

    assert (answer.state, answer.text, answer.error_kind) == ("failed", "so far", "upstream_error")
    assert "The engine fell over" in answer.error["detail"]


def test_a_refusal_is_told_with_what_to_do_and_costs_one_call(console, alice, connection, upstream):
    upstream[CHAT] = 404, {"error": {"code": "DeploymentNotFound", "message": "No such deployment"}}

    told = console.ask(alice, "Hi", pane(connection, "nope"))
    answer = ended(told["answers"][0])

    assert (answer.state, answer.error_kind, answer.error["status"]) == ("failed", "not_found", 404)
    assert answer.error["remedy"]
    assert answer.cost is None
    assert upstream.hits == 1


def test_a_blocked_prompt_tells_which_category(console, alice, connection, upstream):
    result = {"jailbreak": {"filtered": True, "detected": True}}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": result}
    upstream[CHAT] = 400, {"error": {"code": "content_filter", "message": "Blocked", "innererror": inner}}

    told = console.ask(alice, "Hi", pane(connection))
    answer = ended(told["answers"][0])

    assert answer.error_kind == "content_filtered"
    assert [(row["category"], row["filtered"]) for row in answer.filters] == [("jailbreak", True)]


def test_a_refused_token_limit_is_sent_under_its_other_name_and_told(console, alice, connection, upstream):
    upstream[CHAT] = [
        refusal("max_completion_tokens", "Unsupported parameter: 'max_completion_tokens'"),
        whole("x"),
    ]

    told = console.ask(alice, "Hi", pane(connection, "my-own", parameters={"max_output_tokens": 50}))
    answer = ended(told["answers"][0])

    assert answer.state == "complete"
    assert [
        sorted({"max_tokens", "max_completion_tokens"} & set(one.json())) for one in upstream.requests
    ] == [
        ["max_completion_tokens"],
        ["max_tokens"],
    ]
    assert "max_completion_tokens" in answer.notices[0]
    events = AuditEvent.objects.filter(action="run.answer")
    assert eventually(lambda: events.filter(phase="outcome").count() == 2)


def test_another_refused_parameter_is_not_dropped_behind_the_users_back(console, alice, connection, upstream):
    upstream[CHAT] = refusal("temperature", "Unsupported parameter: 'temperature'")

    told = console.ask(alice, "Hi", pane(connection, parameters={"temperature": 1.0}))
    answer = ended(told["answers"][0])

    assert (answer.state, answer.error["param"]) == ("failed", "temperature")
    assert upstream.hits == 1


def test_stop_hangs_up_and_keeps_what_has_come(console, alice, connection, upstream, faucet):
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("so far"))
    reader = console.stream(alice, told["stream"]).until("so far")

    status, stopped = console.post(alice, f"/playground/answers/{told['answers'][0]}/stop/")

    assert (status, stopped) == (200, {"stopped": told["answers"]})
    assert faucet.hung_up.wait(5)
    assert reader.rest().named("answer")[0]["state"] == "cancelled"
    answer = Answer.objects.get()
    assert (answer.state, answer.text, answer.error_kind) == ("cancelled", "so far", "cancelled")


def test_stop_reaches_an_answer_through_the_database(console, alice, connection, upstream, faucet):
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("x"))
    console.stream(alice, told["stream"]).until("x")

    Answer.objects.update(stop_requested_at=timezone.now())

    assert faucet.hung_up.wait(10)
    assert ended(told["answers"][0]).state == "cancelled"


def test_what_has_come_is_stored_while_it_comes(console, alice, connection, upstream, faucet):
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("by now"))

    answer = eventually(lambda: Answer.objects.filter(text="by now").first())

    assert answer.state == "streaming"
    assert answer.lease_until > timezone.now()
    faucet.end()
    ended(told["answers"][0])


def test_a_database_that_fails_for_a_moment_loses_no_text(
    console, alice, connection, upstream, faucet, monkeypatch
):
    failures = []

    def failing(*arguments: object) -> set[object]:
        failures.append(arguments)
        raise DatabaseError

    upstream[CHAT] = faucet.script
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "save", failing)
        told = console.ask(alice, "Hi", pane(connection))
        faucet.pour(chunk("kept in memory"))
        eventually(lambda: failures)

    assert eventually(lambda: Answer.objects.filter(text="kept in memory").first()).state == "streaming"
    faucet.end()
    ended(told["answers"][0])


def test_an_ending_process_interrupts_its_runs_and_tells_the_readers(
    console, alice, connection, upstream, faucet
):
    upstream[CHAT] = faucet.script
    told = console.ask(alice, "Hi", pane(connection))
    faucet.pour(chunk("so far"))
    reader = console.stream(alice, told["stream"]).until("so far")

    runner.begin_shutdown()

    reader.rest()
    assert [name for name, _ in reader.seen[-2:]] == ["answer", "done"]
    assert reader.named("answer")[0]["state"] == "interrupted"
    assert Answer.objects.get().text == "so far"
    assert faucet.hung_up.wait(5)


def test_what_a_killed_process_left_is_interrupted_and_not_sent_again(
    console, alice, workspace, connection, upstream
):
    comparison = Comparison.objects.create(workspace=workspace, owner=alice, title="t")
    turn = comparison.turns.create(number=1, input="Hi")
    Answer.objects.create(
        turn=turn,
        position=0,
        connection=connection,
        connection_name="prod",
        model="m",
        api="chat",
        state="streaming",
        text="until then",
        owner_process="gone:1:x",
        lease_until=timezone.now() - timedelta(seconds=1),
    )

    answer = eventually(lambda: Answer.objects.filter(state="interrupted").first())

    assert (answer.text, answer.error_kind) == ("until then", "interrupted")
    assert upstream.hits == 0


def test_a_second_turn_sends_the_pane_its_own_answers_without_reasoning(console, alice, connection, upstream):
    thought = chunk(choices=[{"index": 0, "delta": {"reasoning_content": "hmm"}, "finish_reason": None}])
    upstream[CHAT] = Script(200, [thought, chunk("First answer"), *END], dict(EVENTS))
    first = console.ask(alice, "First", pane(connection))
    assert ended(first["answers"][0]).reasoning == "hmm"

    second = console.ask(alice, "Second", pane(connection), comparison=first["comparison"])
    ended(second["answers"][0])

    assert upstream.requests[1].json()["messages"] == [
        {"role": "user", "content": "First"},
        {"role": "assistant", "content": "First answer"},
        {"role": "user", "content": "Second"},
    ]


def test_running_again_is_a_second_attempt_that_a_person_asked_for(console, alice, connection, upstream):
    upstream[CHAT] = [(500, {"error": {"message": "broken"}}), whole("now")]
    told = console.ask(alice, "Hi", pane(connection))
    assert ended(told["answers"][0]).state == "failed"

    status, again = console.post(alice, f"/playground/answers/{told['answers'][0]}/again/")

    assert status == 201
    answer = ended(again["answer"])
    assert (answer.attempt, answer.state, answer.text) == (2, "complete", "now")
    assert Answer.objects.get(pk=told["answers"][0]).state == "failed"
    assert upstream.hits == 2


def test_calls_of_tools_are_shown_and_never_made(console, alice, connection, upstream):
    def call(**function: str) -> bytes:
        delta = {"tool_calls": [{"index": 0, "id": "call-1", "type": "function", "function": function}]}
        return chunk(choices=[{"index": 0, "delta": delta, "finish_reason": None}])

    finish = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "tool_calls"}])
    upstream[CHAT] = Script(
        200,
        [call(name="delete_all", arguments=""), call(arguments='{"a"'), call(arguments=": 1}"), finish, DONE],
        dict(EVENTS),
    )

    told = console.ask(alice, "Hi", pane(connection))
    answer = ended(told["answers"][0])

    assert (answer.state, answer.tools) == ("complete", 'delete_all {"a": 1}')
    assert upstream.hits == 1


def test_a_response_goes_on_by_reference_while_the_service_remembers(console, alice, connection, upstream):
    def response(number: int, text: str) -> Script:
        ends = f'{{"type":"response.completed","response":{{"id":"resp_{number}","status":"completed","model":"m"}}}}'
        delta = f'{{"type":"response.output_text.delta","delta":"{text}","output_index":0,"content_index":0}}'
        return Script(200, [f"data: {one}\n\n".encode() for one in (delta, ends)], dict(EVENTS))

    upstream["POST /responses"] = [response(1, "one"), response(2, "two"), response(3, "three")]
    asked = pane(connection, api="responses", parameters={"instructions": "Be brief"})
    first = console.ask(alice, "First", asked)
    ended(first["answers"][0])
    second = console.ask(alice, "Second", asked, comparison=first["comparison"])
    ended(second["answers"][0])
    third = console.ask(alice, "Third", asked | {"model": "other"}, comparison=first["comparison"])
    ended(third["answers"][0])

    bodies = [one.json() for one in upstream.requests]
    assert [one.get("previous_response_id") for one in bodies] == [None, "resp_1", None]
    assert [one["instructions"] for one in bodies] == ["Be brief"] * 3
    assert (bodies[0]["input"], bodies[1]["input"]) == ("First", "Second")
    assert [item["content"] for item in bodies[2]["input"]] == ["First", "one", "Second", "two", "Third"]


def test_a_response_that_is_kept_is_in_the_index_with_its_origin(console, alice, connection, upstream):
    def ending(**more) -> Script:
        response = {"id": "resp_1", "status": "completed", "model": "m", "output": [], **more}
        told = json.dumps({"type": "response.completed", "response": response})
        return Script(200, [f"data: {told}\n\n".encode()], dict(EVENTS))

    upstream["POST /responses"] = [ending(), ending(id="resp_2", store=False)]
    told = console.ask(alice, "Which tent?", pane(connection, api="responses"))
    ended(told["answers"][0])
    ended(console.ask(alice, "Secret", pane(connection, api="responses"))["answers"][0])

    item = eventually(lambda: Item.objects.filter(kind="response").first())
    assert (item.remote_id, item.name, item.values("by")) == ("resp_1", "Which tent?", ["alice"])
    assert item.values("comparison") == [told["comparison"]]
    assert Item.objects.filter(kind="response").count() == 1


def test_a_forgotten_response_is_spelled_out(console, alice, connection, upstream):
    ends = (
        b'data: {"type":"response.completed","response":{"id":"resp_1","status":"completed","model":"m"}}\n\n'
    )
    delta = (
        b'data: {"type":"response.output_text.delta","delta":"one","output_index":0,"content_index":0}\n\n'
    )
    good = Script(200, [delta, ends], dict(EVENTS))
    lost = 400, {"error": {"code": "previous_response_not_found", "message": "Previous response not found."}}
    upstream["POST /responses"] = [good, lost, good]
    first = console.ask(alice, "First", pane(connection, api="responses"))
    ended(first["answers"][0])

    second = console.ask(alice, "Second", pane(connection, api="responses"), comparison=first["comparison"])
    answer = ended(second["answers"][0])

    assert answer.state == "complete"
    assert [item["content"] for item in upstream.requests[2].json()["input"]] == ["First", "one", "Second"]
    assert "sent in full" in answer.notices[0]


def test_a_typed_deployment_that_answered_can_be_picked_from_then_on(console, alice, connection, upstream):
    upstream[CHAT] = whole("Hello")

    told = console.ask(alice, "Hi", {**pane(connection), "model": "typed-by-hand"})

    assert ended(told["answers"][0]).state == "complete"
    typed = Item.objects.filter(connection=connection, kind="deployment", remote_id="typed-by-hand")
    known = eventually(typed.first)
    assert known.raw["model"] == "gpt-5-mini"
