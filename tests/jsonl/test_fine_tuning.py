import pytest

from console.jsonl import Purpose

from .examples import ASSISTANT, PREFERENCE, USER, chat, found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"prompt": "2 + 2", "completion": "4"}, [("format_completion", "$")]),
        ({"messages": "hi"}, [("messages_invalid", "$.messages")]),
        ({"messages": []}, [("messages_empty", "$.messages")]),
        (chat(USER), [("assistant_missing", "$.messages"), ("last_not_assistant", "$.messages[0]")]),
        (chat(USER, ASSISTANT, USER), [("last_not_assistant", "$.messages[2]")]),
        (chat(USER, {**ASSISTANT, "weight": 0}), [("weight_all_zero", "$.messages")]),
        (chat(USER, ASSISTANT, topic="sums"), [("key_unknown", "$.topic")]),
    ],
)
def test_a_supervised_example_is_held_to_the_rules(value, expected):
    assert found(value, Purpose.SUPERVISED) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"input": None}, [("input_missing", "$.input")]),
        ({"input": {}}, [("messages_missing", "$.input")]),
        ({"input": chat(USER, ASSISTANT)}, [("input_ends_with_assistant", "$.input.messages[1]")]),
        ({"preferred_output": ASSISTANT}, [("output_invalid", "$.preferred_output")]),
        (
            {"preferred_output": [USER]},
            [("assistant_missing", "$.preferred_output"), ("output_role_invalid", "$.preferred_output[0]")],
        ),
        ({"non_preferred_output": [ASSISTANT]}, [("outputs_equal", "$.non_preferred_output")]),
        ({"prompt": "2 + 2"}, [("key_unknown", "$.prompt")]),
    ],
)
def test_a_preference_is_held_to_the_rules(change, expected):
    assert found({**PREFERENCE, **change}, Purpose.PREFERENCE) == expected


def test_a_preference_needs_both_outputs():
    assert found({"input": chat(USER)}, Purpose.PREFERENCE) == [("output_missing", "$")] * 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (chat(USER, ASSISTANT, answer="4"), [("last_not_user", "$.messages[1]")]),
        (chat(USER, reference="4"), [("keys_inconsistent", "$")]),
        (
            chat(USER, answer="4", **{"right answer": "4"}),
            [("keys_inconsistent", "$"), ("key_unusable", '$["right answer"]')],
        ),
    ],
)
def test_a_reinforcement_example_is_held_to_the_rules(value, expected):
    assert found(value, Purpose.REINFORCEMENT) == expected
