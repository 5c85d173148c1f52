"""Every event of the simulator's streams against the published chunk and event schemas."""

import json

import pytest

from tests.contract.conftest import CHAT, RESPONSES
from tests.contract.streams import Event, chat_flaws, event_flaws, joined, response_flaws
from tests.contract.test_answers import ASKED, CHATS, FABRIKAM, FLAT_TOOL, REASONED

NANO = "gpt-4.1-nano"


@pytest.mark.parametrize("options", CHATS)
def test_the_chunks_of_a_chat_completion(peer, options):
    body = {"model": NANO, "messages": ASKED, **options}

    assert chat_flaws(peer.stream(CHAT, body)) == []
    assert chat_flaws(peer.stream(CHAT, {**body, "stream_options": {"include_usage": True}})) == []


@pytest.mark.parametrize("model", ["gpt-5-mini", "gpt-4o-strict"])
def test_the_chunks_of_a_model_with_character(peer, model):
    assert chat_flaws(peer.stream(CHAT, {"model": model, "messages": ASKED})) == []


@pytest.mark.parametrize("model", ["grok-4", "DeepSeek-V4-Pro", "DeepSeek-R1", "Mistral-Large-3"])
def test_the_chunks_of_another_maker(peer, model):
    assert chat_flaws(peer.at(FABRIKAM).stream(CHAT, {"model": model, "messages": ASKED})) == []


def test_the_last_chunk_has_the_usage_when_it_was_asked_for(peer):
    options = {"stream_options": {"include_usage": True}}
    *_, last, _end = peer.stream(CHAT, {"model": NANO, "messages": ASKED, **options})

    assert last.json()["choices"] == []
    assert last.json()["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize(
    ("model", "options", "end"),
    [
        (NANO, {}, "response.completed"),
        (NANO, {"background": True}, "response.completed"),
        (NANO, {"tools": [FLAT_TOOL], "tool_choice": "required"}, "response.completed"),
        (NANO, {"max_output_tokens": 16}, "response.incomplete"),
        ("gpt-5-mini", REASONED, "response.completed"),
        ("gpt-4o-strict", {}, "response.incomplete"),
    ],
)
def test_the_events_of_a_response(peer, model, options, end):
    events = peer.stream(RESPONSES, {"model": model, "input": ASKED, **options})

    assert response_flaws(events) == []
    assert events[-1].name == end


def test_the_events_of_a_model_that_thinks_aloud(peer):
    events = peer.at(FABRIKAM).stream(RESPONSES, {"model": "DeepSeek-V4-Pro", "input": ASKED})

    assert response_flaws(events) == []
    assert joined(events, "response.reasoning_text.delta")


def test_the_pieces_are_the_text_of_the_whole(peer):
    events = peer.stream(RESPONSES, {"model": NANO, "input": ASKED})
    (message,) = events[-1].json()["response"]["output"]

    assert joined(events, "response.output_text.delta") == message["content"][0]["text"]


def test_a_background_stream_is_resumed_after_an_event(peer):
    events = peer.stream(RESPONSES, {"model": NANO, "input": ASKED, "background": True})
    path = f"/openai/v1{RESPONSES}/{events[0].json()['response']['id']}"
    answer = peer.client.get(path, params={"stream": "true", "starting_after": "5"})

    resumed = [block.partition("data: ")[2] for block in answer.text.split("\n\n") if block]

    assert response_flaws([Event(json.loads(data)["type"], data) for data in resumed], after=5) == []
    assert [json.loads(data) for data in resumed] == [event.json() for event in events[6:]]


def test_a_wrong_event_is_found():
    """The check is able to fail."""
    good = {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0}
    whole = {**good, "delta": "x", "logprobs": [], "sequence_number": 4}

    assert list(event_flaws("response.output_text.delta", whole)) == []
    assert list(event_flaws("message", whole)) == ["is sent under the name 'message'"]
    assert list(event_flaws("response.output_text.delta", {**whole, "delta": 1})) == [
        "$.delta: 1 is not of type 'string'"
    ]
    assert list(event_flaws("response.output_text.delta", {**whole, "text": "x"})) == [
        "unknown member $.text"
    ]
    assert list(event_flaws("x", {**whole, "type": "x"})) == ["is not a known event"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda events: events[:-1],
        lambda events: [*events[:3], *events[4:]],
        lambda events: [events[1], events[0], *events[2:]],
        lambda events: [*events, events[-1]],
        lambda events: [event for event in events if event.name != "response.output_item.done"],
    ],
)
def test_a_stream_out_of_order_is_found(peer, damage):
    assert response_flaws(damage(peer.stream(RESPONSES, {"model": NANO, "input": ASKED}))) != []


@pytest.mark.parametrize(
    "damage",
    [
        lambda events: events[:-1],
        lambda events: [*events[:-2], events[-1]],
        lambda events: [Event("", '{"id": "x", "choices": []}'), *events],
    ],
)
def test_a_damaged_chat_stream_is_found(peer, damage):
    assert chat_flaws(damage(peer.stream(CHAT, {"model": NANO, "messages": ASKED}))) != []
