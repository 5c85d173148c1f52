"""Lines of a dataset from stored chat completions."""

import json
from dataclasses import replace

import pytest

from console.jsonl import Expected, Purpose, check
from console.jsonl.from_chat import LeftOut, Shape, is_field, line

MESSAGES = [
    {"id": "m0", "role": "system", "content": "You are kind.", "name": None, "content_parts": None},
    {"id": "m1", "role": "user", "content": "Hello", "name": "ada"},
    {"id": "m2", "role": "assistant", "content": "Hi.", "refusal": None, "tool_calls": None},
    {"id": "m3", "role": "user", "content": "Where is my order?", "content_parts": None},
]
COMPLETION = {
    "id": "chatcmpl-1",
    "model": "gpt-4.1-mini-2025-04-14",
    "temperature": 0.2,
    "top_p": 1.0,
    "seed": None,
    "metadata": {"channel": "mail"},
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "On its way.", "refusal": None, "annotations": []},
        }
    ],
}
SUPERVISED = Shape("supervised")


def ending(reason: str, **message) -> dict:
    return {**COMPLETION, "choices": [{"finish_reason": reason, "message": {"role": "assistant", **message}}]}


def test_a_conversation_ends_with_the_stored_answer():
    assert line(COMPLETION, MESSAGES, SUPERVISED) == {
        "messages": [
            {"role": "system", "content": "You are kind."},
            {"role": "user", "content": "Hello", "name": "ada"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "Where is my order?"},
            {"role": "assistant", "content": "On its way."},
        ]
    }


@pytest.mark.parametrize(
    ("shape", "roles"),
    [
        (replace(SUPERVISED, keeps_system=False), ["user", "assistant", "user", "assistant"]),
        (replace(SUPERVISED, is_last_turn=True), ["system", "user", "assistant"]),
        (replace(SUPERVISED, is_last_turn=True, keeps_system=False), ["user", "assistant"]),
    ],
)
def test_what_is_kept_of_a_conversation(shape, roles):
    assert [one["role"] for one in line(COMPLETION, MESSAGES, shape)["messages"]] == roles


def test_a_system_message_in_the_middle_comes_to_the_front():
    told = line(COMPLETION, [MESSAGES[1], MESSAGES[0]], SUPERVISED)["messages"]

    assert [one["role"] for one in told] == ["system", "user", "assistant"]


def test_the_last_turn_keeps_the_tools_that_answered_it():
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    asked = [
        *MESSAGES,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "shipped", "tool_call_id": "c1"},
    ]

    told = line(COMPLETION, asked, replace(SUPERVISED, is_last_turn=True))["messages"]

    assert told[1:4] == [
        {"role": "user", "content": "Where is my order?"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "content": "shipped", "tool_call_id": "c1"},
    ]


def test_images_stay_in_their_message():
    parts = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": "https://a/b.png"}},
    ]
    asked = [{"role": "user", "content": "What is it?", "content_parts": parts}]

    assert line(COMPLETION, asked, SUPERVISED)["messages"][0] == {"role": "user", "content": parts}


def test_a_prompt_for_graders_has_the_answer_as_its_reference():
    shape = Shape("reinforcement", is_last_turn=True, fields={"channel": "channel", "week": "week_number"})

    assert line(COMPLETION, MESSAGES, shape) == {
        "messages": [
            {"role": "system", "content": "You are kind."},
            {"role": "user", "content": "Where is my order?"},
        ],
        "reference_answer": "On its way.",
        "channel": "mail",
        "week_number": "",
    }


def test_an_item_of_an_eval_has_the_answer_as_its_sample():
    told = line(COMPLETION, MESSAGES, Shape("evals", fields={"channel": "channel"}))

    assert told["sample"] == {"output_text": "On its way."}
    assert told["item"] | {"input": len(told["item"]["input"])} == {
        "id": "chatcmpl-1",
        "model": "gpt-4.1-mini-2025-04-14",
        "question": "Where is my order?",
        "input": 4,
        "answer": "On its way.",
        "channel": "mail",
    }


def test_a_request_of_a_batch_repeats_what_was_set_by_hand():
    told = line(COMPLETION, MESSAGES[:2], Shape("batch", model="gpt-5-mini"))

    assert told["custom_id"] == "chatcmpl-1"
    assert told["body"] == {
        "model": "gpt-5-mini",
        "messages": [
            {"role": "system", "content": "You are kind."},
            {"role": "user", "content": "Hello", "name": "ada"},
        ],
        "temperature": 0.2,
    }


@pytest.mark.parametrize(
    ("completion", "messages", "shape", "reason"),
    [
        (ending("length", content="On"), MESSAGES, SUPERVISED, "was cut before its end"),
        (ending("content_filter", content="On"), MESSAGES, SUPERVISED, "was cut before its end"),
        (ending("stop", content=""), MESSAGES, SUPERVISED, "has an empty answer"),
        ({**COMPLETION, "choices": None}, MESSAGES, Shape("evals"), "has an empty answer"),
        (COMPLETION, [], SUPERVISED, "has no messages"),
        (COMPLETION, MESSAGES[:1], Shape("batch"), "has no messages"),
        (COMPLETION, MESSAGES[:3], Shape("reinforcement"), "does not end with a question"),
    ],
)
def test_what_no_line_can_be_made_of_is_left_out(completion, messages, shape, reason):
    with pytest.raises(LeftOut, match=reason):
        line(completion, messages, shape)


def test_a_cut_answer_can_be_kept():
    told = line(ending("length", content="On"), MESSAGES, replace(SUPERVISED, leaves_out_cut=False))

    assert told["messages"][-1] == {"role": "assistant", "content": "On"}


@pytest.mark.parametrize(
    ("name", "is_one"), [("channel", True), ("a_1", True), ("1a", False), ("answer", False)]
)
def test_some_names_cannot_be_fields(name, is_one):
    assert is_field(name) is is_one


@pytest.mark.parametrize("purpose", ["supervised", "reinforcement", "evals", "batch"])
def test_the_doctor_finds_nothing_in_what_was_made(tmp_path, purpose):
    shape = Shape(purpose, model="gpt-5-mini", fields={"channel": "channel"} if purpose in {"evals"} else {})
    path = tmp_path / "made.jsonl"
    rows = [{**COMPLETION, "id": f"chatcmpl-{number}"} for number in range(12)]
    text = "".join(json.dumps(line(row, MESSAGES, shape)) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8-sig" if Purpose(purpose).is_training else "utf-8")

    report = check(path, Purpose(purpose), expected=Expected())

    assert (report.errors, report.warnings, report.examples) == (0, 0, 12)
