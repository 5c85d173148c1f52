import asyncio
import json
import time
from contextlib import aclosing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.outbound.errors import (
    BadRequest,
    ConnectionLost,
    ContentFiltered,
    IdleTimeout,
    ProtocolError,
    RateLimited,
    ServerFailed,
    TooLarge,
    UpstreamError,
)
from console.outbound.limits import STREAM, CallClass
from console.v1 import stream
from console.v1.client import Target
from console.v1.events import Delta, Finished, Started, Usage
from tests.upstream import Script
from tests.v1.test_chat import COMPLETION
from tests.v1.test_responses import ONLY_REASONING, RESPONSE

TARGET = Target("deployment", "gpt-4.1")
SSE = {
    "content-type": "text/event-stream; charset=utf-8",
    "apim-request-id": "req-1",
    "x-ms-region": "East US 2",
}
CHAT = "POST /chat/completions"
RESPONSES = "POST /responses"


def event(value, kind=""):
    data = value if isinstance(value, str) else json.dumps(value)
    return (f"event: {kind}\n" if kind else "").encode() + f"data: {data}\n\n".encode()


def chunk(delta, finish=None, **more):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return event({"id": "chatcmpl-1", "model": "gpt-4.1-2025-04-14", "choices": [choice], **more})


FIRST = event(
    {
        "id": "",
        "object": "",
        "created": 0,
        "model": "",
        "choices": [],
        "prompt_filter_results": [
            {"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}
        ],
    }
)
USAGE = event({"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})
DONE = event("[DONE]")
WORDS = [chunk({"role": "assistant", "content": ""}), chunk({"content": "Hel"}), chunk({"content": "lo"})]
WHOLE = b"".join([FIRST, *WORDS, chunk({}, "stop"), USAGE, DONE])


def typed(kind, **fields):
    return event({"type": kind, "sequence_number": 1, **fields}, kind)


RESPONSE_STREAM = b"".join(
    [
        typed(
            "response.created", response={**RESPONSE, "status": "in_progress", "output": [], "usage": None}
        ),
        typed("response.reasoning_summary_text.delta", output_index=0, summary_index=0, delta="Think"),
        typed("response.output_text.delta", output_index=1, content_index=0, delta="Hel"),
        typed("response.output_text.delta", output_index=1, content_index=0, delta="lo."),
        typed("response.output_text.done", output_index=1, text="Hello."),
        typed("response.completed", response=RESPONSE),
    ]
)


def answer_with(upstream, key, *chunks, headers=SSE, **options):
    """Stream these pieces; a comment makes a stream of a single one."""
    pieces = [*chunks, b":\n"] if len(chunks) == 1 and headers is SSE else list(chunks)
    upstream[key] = Script(200, pieces, dict(headers), **options)


async def gather(events, into):
    async with aclosing(events):
        async for each in events:
            into.append(each)


def ask(client, ask_model=stream.stream_chat, *, into=None, **options):
    """The events of one call; with `into` also those before an error."""
    events = [] if into is None else into
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "hi"}]}
    if ask_model in (stream.stream_responses, stream.answer_responses):
        body = {"model": "gpt-5-nano", "input": "hi"}
    asyncio.run(gather(ask_model(client, body, action="run.answer", target=TARGET, **options), events))
    return events


def wait_for_two(events):
    for _ in range(2000):
        if len(events) >= 2:
            return
        time.sleep(0.005)
    raise AssertionError("nothing came")


def text(events, kind="text"):
    return "".join(each.text for each in events if isinstance(each, Delta) and each.kind == kind)


def test_a_streamed_chat_starts_gives_its_pieces_and_ends(client, upstream):
    answer_with(upstream, CHAT, *[FIRST, *WORDS, chunk({}, "stop"), USAGE, DONE])

    started, *pieces, finished = ask(client)

    assert (started.request_id, started.region, started.model) == ("req-1", "East US 2", "gpt-4.1")
    assert pieces == [Delta("text", "Hel"), Delta("text", "lo")]
    assert (finished.reason, finished.usage, finished.complete) == ("stop", Usage(input=3, output=2), True)
    assert (finished.response_id, finished.model) == ("chatcmpl-1", "gpt-4.1-2025-04-14")
    assert [(row["source"], row["severity"]) for row in finished.filters] == [("prompt", "safe")]
    assert upstream.requests[0].json()["stream"] is True


def test_a_streamed_chat_is_recorded_with_its_tokens(client, upstream, recorder):
    answer_with(upstream, CHAT, WHOLE, b": bye\n\n")

    ask(client)

    assert recorder.names == ["intent", "outcome"]
    assert (recorder.events[0][1]["hits"], recorder.last["outcome"]) == (0, "success")
    assert (recorder.last["tokens_in"], recorder.last["tokens_out"], recorder.last["request_id"]) == (
        3,
        2,
        "req-1",
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_pieces_of_any_size_give_the_same_answer(client, upstream, size):
    body = b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n")
    answer_with(upstream, CHAT, *[body[at : at + size] for at in range(0, len(body), size)])

    events = ask(client)

    assert (text(events), events[-1].reason) == ("Hello", "stop")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cut=st.integers(0, len(WHOLE) - 3))
def test_a_chat_cut_at_any_byte_is_never_whole(client, upstream, cut):
    answer_with(upstream, CHAT, WHOLE[:cut] + b"\n" * (cut % 2) + b":", cut=True)
    events = []

    with pytest.raises(UpstreamError) as caught:
        ask(client, into=events)

    assert caught.value.kind in ("connection_lost", "protocol_error")
    assert not any(isinstance(each, Finished) for each in events)
    assert "Hello".startswith(text(events))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cut=st.integers(0, len(RESPONSE_STREAM) - 2))
def test_a_response_that_ends_cleanly_in_the_middle_is_never_whole(client, upstream, cut):
    answer_with(upstream, RESPONSES, RESPONSE_STREAM[:cut] or b":", b": end")
    events = []

    with pytest.raises(UpstreamError):
        ask(client, stream.stream_responses, into=events)

    assert not any(isinstance(each, Finished) for each in events)


def test_a_stream_without_its_closing_mark_is_not_whole(client, upstream, recorder):
    answer_with(upstream, CHAT, *WORDS, chunk({}, "stop"), USAGE)
    events = []

    with pytest.raises(ConnectionLost) as caught:
        ask(client, into=events)

    assert (text(events), caught.value.request_id) == ("Hello", "req-1")
    assert (recorder.last["outcome"], recorder.last["error_kind"]) == ("partial", "connection_lost")


def test_a_closing_mark_without_a_finish_reason_is_not_whole(client, upstream):
    answer_with(upstream, CHAT, *WORDS, DONE)

    with pytest.raises(ProtocolError, match="finish reason"):
        ask(client)


def test_what_follows_the_closing_mark_is_passed_over(client, upstream):
    answer_with(upstream, CHAT, WHOLE, chunk({"content": "more"}), DONE, b"rubbish")

    assert text(ask(client)) == "Hello"


def test_a_connection_that_breaks_after_the_end_harms_nothing(client, upstream, recorder):
    answer_with(upstream, CHAT, WHOLE, cut=True)

    assert ask(client)[-1].reason == "stop"
    assert recorder.last["outcome"] == "success"


@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_an_answer_cut_by_the_service_says_so(client, upstream, finish):
    answer_with(upstream, CHAT, *WORDS, chunk({}, finish), DONE)

    finished = ask(client)[-1]

    assert (finished.reason, finished.is_cut_short, finished.explanation != "") == (finish, True, True)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "content_filter", "message": "no", "status": 400}, ContentFiltered),
        ({"code": "429", "message": "Too many requests"}, RateLimited),
        ({"message": "The server had an error", "type": "server_error"}, ServerFailed),
        ("Out of order", ServerFailed),
    ],
)
def test_an_error_in_mid_stream_is_raised_after_the_pieces(client, upstream, error, kind):
    answer_with(upstream, CHAT, *WORDS, event({"error": error}))
    events = []

    with pytest.raises(kind) as caught:
        ask(client, into=events)

    assert (text(events), caught.value.request_id, caught.value.region) == ("Hello", "req-1", "East US 2")


def test_no_error_repeats_the_key(client, upstream):
    (key,) = client.auth.secrets()
    answer_with(upstream, CHAT, event({"error": {"message": f"bad key {key}"}}))

    with pytest.raises(UpstreamError) as caught:
        ask(client)

    assert key not in repr(caught.value.__dict__)


@pytest.mark.parametrize(
    ("kind", "body"),
    [("text/html", b"<html>Sign in</html>"), ("text/plain", b"data: x\n\n"), ("image/png", b"\x89PNG")],
)
def test_what_is_no_stream_is_told_with_its_beginning(client, upstream, kind, body):
    answer_with(upstream, CHAT, body, headers={"content-type": kind})

    with pytest.raises(ProtocolError) as caught:
        ask(client)

    assert kind in caught.value.message


def test_an_error_in_json_instead_of_a_stream_is_that_error(client, upstream):
    upstream[CHAT] = 200, {"error": {"code": "content_filter", "message": "no"}}

    with pytest.raises(ContentFiltered):
        ask(client)


def test_a_whole_answer_instead_of_a_stream_is_taken_and_told(client, upstream, recorder):
    upstream[CHAT] = 200, COMPLETION

    events = ask(client)

    assert (text(events), events[-1].reason) == ("Hello.", "stop")
    assert "did not stream" in text(events, "notice")
    assert recorder.last["tokens_out"] == 2


@pytest.mark.parametrize("data", ["{", "[1]", "null", '{"a": NaN}', "[" * 300])
def test_an_event_that_is_no_object_is_told(client, upstream, data):
    answer_with(upstream, CHAT, event(data))

    with pytest.raises(ProtocolError):
        ask(client)


def test_an_endless_event_is_refused(client, upstream):
    answer_with(upstream, CHAT, b"data: ", *[b"x" * 65536] * 20)

    with pytest.raises(TooLarge):
        ask(client)


def test_comments_do_not_keep_a_stream_alive(client, upstream):
    answer_with(upstream, CHAT, WORDS[1], *[b": still here\n\n"] * 40, pause=0.05)
    short = CallClass("stream", STREAM.max_bytes, idle=0.3, marks=True)
    events = []

    with pytest.raises(IdleTimeout):
        ask(client, into=events, limits=short)

    assert text(events) == "Hel"


def test_an_upstream_that_refuses_is_recorded_as_a_failure(client, upstream, recorder):
    upstream[CHAT] = 400, {"error": {"code": "unsupported_parameter", "param": "max_tokens", "message": "no"}}

    with pytest.raises(BadRequest) as caught:
        ask(client)

    assert caught.value.param == "max_tokens"
    assert (recorder.last["outcome"], recorder.last["http_status"]) == ("failure", 400)


def test_stopping_hangs_up_and_is_recorded(client, upstream, recorder):
    answer_with(upstream, CHAT, *WORDS, *[chunk({"content": "x"})] * 200, pause=0.02)

    async def stop_early():
        body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}
        async with aclosing(stream.stream_chat(client, body, action="run.answer", target=TARGET)) as events:
            async for each in events:
                if isinstance(each, Delta):
                    break

    asyncio.run(stop_early())

    assert (recorder.names, recorder.last["outcome"]) == (["intent", "outcome"], "cancelled")


def test_a_cancelled_task_is_recorded(client, upstream, recorder):
    answer_with(upstream, CHAT, *WORDS, *[chunk({"content": "x"})] * 200, pause=0.02)

    async def cancel_it():
        events = []
        body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}
        reading = asyncio.ensure_future(
            gather(stream.stream_chat(client, body, action="run.answer", target=TARGET), events)
        )
        await asyncio.to_thread(wait_for_two, events)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(cancel_it())

    assert (recorder.names, recorder.last["outcome"]) == (["intent", "outcome"], "cancelled")


def test_a_consumer_that_stops_at_the_end_leaves_a_success(client, upstream, recorder):
    answer_with(upstream, CHAT, WHOLE)

    async def leave_at_the_end():
        body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}
        async with aclosing(stream.stream_chat(client, body, action="run.answer", target=TARGET)) as events:
            async for each in events:
                if isinstance(each, Finished):
                    break

    asyncio.run(leave_at_the_end())

    assert recorder.last["outcome"] == "success"


def test_a_streamed_response_starts_gives_its_pieces_and_ends(client, upstream, recorder):
    answer_with(upstream, RESPONSES, RESPONSE_STREAM)

    started, *_, finished = events = ask(client, stream.stream_responses)

    assert isinstance(started, Started)
    assert (text(events, "reasoning"), text(events)) == ("Think", "Hello.")
    assert (finished.reason, finished.response_id, finished.usage.reasoning) == ("completed", "resp_1", 60)
    assert (finished.request_id, finished.unknown, recorder.last["tokens_in"]) == ("req-1", 0, 26)


def test_a_response_of_reasoning_alone_is_whole_and_explained(client, upstream):
    """The order of events of a live capture of gpt-5-nano, 2025-09-14."""
    running = {**ONLY_REASONING, "status": "in_progress", "incomplete_details": None, "output": []}
    item = {"id": "rs_1", "type": "reasoning", "summary": []}
    answer_with(
        upstream,
        RESPONSES,
        typed("response.created", response=running),
        typed("response.in_progress", response=running),
        typed("response.output_item.added", output_index=0, item=item),
        typed("response.output_item.done", output_index=0, item=item),
        typed("response.incomplete", response=ONLY_REASONING),
    )

    _, finished = ask(client, stream.stream_responses)

    assert (finished.reason, finished.is_cut_short, finished.unknown) == ("max_output_tokens", True, 0)
    assert "wrote no text" in finished.explanation


@pytest.mark.parametrize(
    "last",
    [
        typed("error", code="server_error", message="Out of order", param=None),
        typed(
            "response.failed", response={**RESPONSE, "status": "failed", "error": {"message": "Out of order"}}
        ),
    ],
)
def test_a_failing_response_raises_its_reason(client, upstream, last):
    delta = typed("response.output_text.delta", output_index=0, delta="Hel")
    answer_with(upstream, RESPONSES, delta, last)
    events = []

    with pytest.raises(ServerFailed) as caught:
        ask(client, stream.stream_responses, into=events)

    assert (text(events), caught.value.detail) == ("Hel", "Out of order")


def test_types_may_stand_in_the_event_line_alone(client, upstream):
    delta = event({"delta": "Hello", "output_index": 0}, "response.output_text.delta")
    answer_with(upstream, RESPONSES, delta, event({"response": RESPONSE}, "response.completed"))

    assert text(ask(client, stream.stream_responses)) == "Hello"


@pytest.mark.parametrize(
    ("ask_model", "key", "answer"),
    [(stream.answer_chat, CHAT, COMPLETION), (stream.answer_responses, RESPONSES, RESPONSE)],
)
def test_an_answer_in_one_piece_gives_the_same_events(client, upstream, recorder, ask_model, key, answer):
    upstream[key] = 200, answer, {"apim-request-id": "req-2"}

    started, *_, finished = events = ask(client, ask_model)

    assert (started.request_id, finished.request_id) == ("req-2", "req-2")
    assert (text(events), finished.complete) == ("Hello.", True)
    assert "stream" not in upstream.requests[0].json()
    assert recorder.last["outcome"] == "success"


def test_reasoning_models_get_more_patience():
    assert stream.limits_for("gpt-5-mini").idle == stream.PATIENCE
    assert stream.limits_for("gpt-4.1").idle == STREAM.idle
