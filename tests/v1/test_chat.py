from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import ContentFiltered, ProtocolError, UpstreamError
from console.v1 import chat
from console.v1.client import Target
from console.v1.events import Delta, Usage
from tests.v1.test_parse import JSON

COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-4.1-2025-04-14",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello."},
            "finish_reason": "stop",
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
        }
    ],
    "prompt_filter_results": [
        {"prompt_index": 0, "content_filter_results": {"jailbreak": {"detected": False}}}
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


def chunk(delta, **choice):
    return {"id": "c", "model": "m", "choices": [{"index": 0, "delta": delta, **choice}]}


def test_only_parameters_that_were_set_are_in_a_body():
    body = chat.body("gpt-4.1", [{"role": "user", "content": "hi"}], {"temperature": 0, "top_p": None})

    assert body == {"model": "gpt-4.1", "messages": [{"role": "user", "content": "hi"}], "temperature": 0}


def test_a_streamed_body_asks_for_its_usage():
    body = chat.body("gpt-4.1", [], stream=True)

    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})


def test_a_whole_completion_reads_like_a_stream():
    reply = chat.read(COMPLETION)

    assert reply.text == "Hello."
    assert reply.finished.reason == "stop"
    assert reply.finished.usage == Usage(input=3, output=2)
    assert [(row["source"], row["category"]) for row in reply.finished.filters] == [
        ("prompt", "jailbreak"),
        ("completion", "hate"),
    ]


def test_creating_one_is_recorded_with_its_tokens(client, upstream, recorder):
    upstream["POST /chat/completions"] = 200, COMPLETION
    target = Target("deployment", "gpt-4.1")
    body = chat.body("gpt-4.1", [{"role": "user", "content": "Hi"}])

    reply = chat.create(client, body, action="run.answer", target=target)

    assert reply.finished.response_id == "chatcmpl-1"
    assert (recorder.last["tokens_in"], recorder.last["tokens_out"]) == (3, 2)


def test_an_error_object_with_status_200_is_an_error():
    with pytest.raises(ContentFiltered):
        chat.read({"error": {"code": "content_filter", "message": "no"}})


@given(JSON)
def test_no_json_breaks_the_reader(value):
    with suppress(UpstreamError):
        chat.read(value)


KEYS = st.sampled_from(
    [
        "id",
        "choices",
        "delta",
        "content",
        "index",
        "finish_reason",
        "tool_calls",
        "function",
        "usage",
        "error",
    ]
)
SHAPED = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(st.lists(st.dictionaries(KEYS, SHAPED, max_size=4), max_size=4))
def test_no_chunk_breaks_the_reader(chunks):
    answer = chat.ChatAnswer()
    for each in chunks:
        assert all(isinstance(piece, Delta) for piece in answer.feed(each))
    assert answer.finished().complete


def test_reasoning_is_told_apart_in_each_of_its_spellings():
    answer = chat.ChatAnswer()
    pieces = [
        *answer.feed(chunk({"reasoning_content": "a"})),
        *answer.feed(chunk({"reasoning": "b"})),
        *answer.feed(chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "c"}]}]})),
        *answer.feed(chunk({"content": "<think>d</think>e"})),
    ]

    assert [(each.kind, each.text) for each in pieces] == [
        ("reasoning", "a"),
        ("reasoning", "b"),
        ("reasoning", "c"),
        ("reasoning", "d"),
        ("text", "e"),
    ]


def test_tool_calls_come_with_their_name_and_arguments():
    answer = chat.ChatAnswer()
    first = {"index": 1, "id": "call_1", "function": {"name": "weather", "arguments": ""}}
    pieces = [
        *answer.feed(chunk({"tool_calls": [first]})),
        *answer.feed(chunk({"tool_calls": [{"index": 1, "function": {"arguments": '{"city"'}}]})),
    ]

    assert pieces == [Delta("tool", "", "weather", 1, "call_1"), Delta("tool", '{"city"', "", 1, "")]


def test_a_refusal_is_an_answer():
    answer = chat.ChatAnswer()

    assert answer.feed(chunk({"refusal": "I will not."})) == [Delta("refusal", "I will not.")]


def test_only_the_first_of_several_choices_is_read():
    answer = chat.ChatAnswer()
    answer_of = {
        "choices": [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]
    }

    assert [each.text for each in answer.feed(answer_of)] == ["a"]


def test_findings_of_the_asynchronous_filter_join_the_others():
    answer = chat.ChatAnswer()
    late = {
        "content_filter_results": {"hate": {"filtered": True, "severity": "high"}},
        "content_filter_offsets": {},
    }
    answer.feed(chunk({}, **late))

    assert [(row["category"], row["filtered"]) for row in answer.finished().filters] == [("hate", True)]


def test_what_is_no_completion_is_told():
    with pytest.raises(ProtocolError):
        chat.read({"choices": []})
