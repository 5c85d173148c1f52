from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import BadRequest, NotFound, ProtocolError, UpstreamError
from console.v1 import responses
from console.v1.client import Target
from console.v1.events import Delta, Usage
from console.v1.response_events import ResponseAnswer
from tests.v1.test_parse import JSON

RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1757818346,
    "status": "completed",
    "model": "gpt-5-nano",
    "background": False,
    "error": None,
    "incomplete_details": None,
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Thinking."}]},
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Hello.", "annotations": []}],
        },
    ],
    "usage": {
        "input_tokens": 26,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 64,
        "output_tokens_details": {"reasoning_tokens": 60},
    },
}
ONLY_REASONING = {
    **RESPONSE,
    "status": "incomplete",
    "incomplete_details": {"reason": "max_output_tokens"},
    "output": [{"type": "reasoning", "summary": []}],
}


def test_only_parameters_that_were_set_are_in_a_body():
    body = responses.body("gpt-5", "hi", {"max_output_tokens": 50, "store": None}, stream=True)

    assert body == {"model": "gpt-5", "input": "hi", "max_output_tokens": 50, "stream": True}


def test_a_whole_response_reads_like_a_stream():
    reply = responses.read(RESPONSE)

    assert reply.deltas == (Delta("reasoning", "Thinking."), Delta("text", "Hello."))
    assert (reply.finished.reason, reply.finished.usage) == ("completed", Usage(26, 64, 60, 0))


def test_an_answer_of_reasoning_alone_is_explained():
    """A live capture of gpt-5-nano with max_output_tokens 100."""
    finished = responses.read(ONLY_REASONING).finished

    assert finished.reason == "max_output_tokens"
    assert "wrote no text" in finished.explanation


def test_a_failed_response_raises_its_own_error():
    failed = {
        **RESPONSE,
        "status": "failed",
        "error": {"code": "invalid_prompt", "message": "Not like this."},
    }

    with pytest.raises(BadRequest) as caught:
        responses.read(failed)

    assert (caught.value.code, caught.value.detail) == ("invalid_prompt", "Not like this.")


def test_a_stored_response_is_read_in_any_state(client, upstream):
    upstream["GET /responses/resp_1"] = (
        200,
        {**RESPONSE, "status": "queued", "output": [], "created_at": 17578.5},
    )

    stored = responses.get(client, "resp_1")

    assert (stored.status, stored.text, stored.is_background) == ("queued", "", False)


def test_a_failed_stored_response_is_read_and_not_raised(client, upstream):
    error = {"code": "server_error", "message": "Out of order"}
    upstream["GET /responses/resp_1"] = 200, {**RESPONSE, "status": "failed", "error": error}

    assert responses.get(client, "resp_1").error == "Out of order"


def test_deleting_and_cancelling_are_recorded(client, upstream, recorder):
    upstream["DELETE /responses/resp_1"] = 200, {"id": "resp_1", "deleted": True}
    upstream["POST /responses/resp_1/cancel"] = 200, {**RESPONSE, "status": "cancelled"}

    assert responses.delete(client, "resp_1") is True
    assert responses.cancel(client, "resp_1").status == "cancelled"

    intents = [facts for name, facts in recorder.events if name == "intent"]
    assert [(each["action"], each["target"]) for each in intents] == [
        ("response.deleted", Target("response", "resp_1")),
        ("response.cancelled", Target("response", "resp_1")),
    ]


def test_a_response_that_is_gone_counts_as_deleted(client, upstream):
    upstream["DELETE /responses/resp_1"] = 404, {"error": {"message": "Response with id 'resp_1' not found."}}

    assert responses.delete(client, "resp_1") is False


def test_input_items_are_paged(client, upstream):
    upstream["GET /responses/resp_1/input_items"] = [
        (200, {"data": [{"id": "msg_1"}], "has_more": True, "last_id": "msg_1"}),
        (200, {"data": [{"id": "msg_2"}], "has_more": False}),
    ]

    pages = list(responses.input_items(client, "resp_1", order="asc"))

    assert [each.id for page in pages for each in page.rows] == ["msg_1", "msg_2"]
    assert upstream.requests[1].query == {"order": ["asc"], "limit": ["100"], "after": ["msg_1"]}


def test_an_unknown_response_is_not_found(client, upstream):
    upstream["GET /responses/resp_9"] = 404, {"error": {"message": "Response with id 'resp_9' not found."}}

    with pytest.raises(NotFound):
        responses.get(client, "resp_9")


@given(JSON)
def test_no_json_breaks_the_reader(value):
    for read in (responses.read, responses.parse_response):
        with suppress(UpstreamError):
            read(value)


TYPES = st.sampled_from(
    [
        "response.created",
        "response.output_text.delta",
        "response.function_call_arguments.delta",
        "response.output_item.added",
        "response.reasoning_summary_text.delta",
        "response.something.new",
        "response.completed",
    ]
)
KEYS = st.sampled_from(
    ["response", "item", "delta", "output_index", "output", "content", "summary", "usage", "id"]
)
SHAPED = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(st.lists(st.tuples(TYPES, st.dictionaries(KEYS, SHAPED, max_size=4)), max_size=5))
def test_no_event_breaks_the_reader(events):
    answer = ResponseAnswer()
    for kind, fields in events:
        assert all(isinstance(piece, Delta) for piece in answer.feed({**fields, "type": kind}))
    assert answer.finished().complete


def test_parts_of_the_summary_are_set_apart():
    answer = ResponseAnswer()
    kind = "response.reasoning_summary_text.delta"
    pieces = [
        *answer.feed({"type": kind, "output_index": 0, "summary_index": 0, "delta": "One"}),
        *answer.feed({"type": kind, "output_index": 0, "summary_index": 0, "delta": "."}),
        *answer.feed({"type": kind, "output_index": 0, "summary_index": 1, "delta": "Two"}),
    ]

    assert "".join(each.text for each in pieces) == "One.\n\nTwo"


def test_arguments_of_a_call_carry_its_name():
    answer = ResponseAnswer()
    item = {"type": "function_call", "name": "weather", "call_id": "call_1"}
    pieces = [
        *answer.feed({"type": "response.output_item.added", "output_index": 2, "item": item}),
        *answer.feed({"type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{"}),
    ]

    assert pieces == [Delta("tool", "", "weather", 2, "call_1"), Delta("tool", "{", "weather", 2, "call_1")]


def test_events_that_we_do_not_know_are_counted():
    answer = ResponseAnswer()
    for kind in ("response.telepathy.started", "keepalive", "response.output_text.done"):
        answer.feed({"type": kind})

    assert answer.unknown == 2


def test_text_that_came_only_at_the_end_is_not_lost():
    answer = ResponseAnswer()

    pieces = answer.feed({"type": "response.completed", "response": RESPONSE})

    assert [each.text for each in pieces] == ["Thinking.", "Hello."]


def test_text_that_streamed_is_not_repeated_at_the_end():
    answer = ResponseAnswer()
    answer.feed({"type": "response.output_text.delta", "output_index": 0, "delta": "Hello."})

    assert answer.feed({"type": "response.completed", "response": RESPONSE}) == []


def test_what_is_no_response_is_told():
    with pytest.raises(ProtocolError):
        responses.read({"status": "in_progress", "id": "resp_1"})
