import pytest

from console.jsonl import Purpose

from .examples import ASSISTANT, USER, chat, found

SUPERVISED = Purpose.SUPERVISED
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("hello", ("message_invalid", "$.messages[0]")),
        ({"content": "hi"}, ("role_missing", "$.messages[0]")),
        ({"role": "narrator", "content": "hi"}, ("role_unknown", "$.messages[0].role")),
        ({"role": 1, "content": "hi"}, ("role_unknown", "$.messages[0].role")),
        ({"role": "Human", "content": "hi"}, ("role_alias", "$.messages[0].role")),
        ({"role": "USER", "content": "hi"}, ("role_alias", "$.messages[0].role")),
        ({"role": "user"}, ("content_missing", "$.messages[0]")),
        ({"role": "user", "content": None}, ("content_null", "$.messages[0].content")),
        ({"role": "user", "content": ""}, ("content_empty", "$.messages[0].content")),
        ({"role": "user", "content": []}, ("content_empty", "$.messages[0].content")),
        ({"role": "user", "content": 7}, ("content_invalid", "$.messages[0].content")),
        ({"role": "user", "content": ["hi"]}, ("part_invalid", "$.messages[0].content[0]")),
        ({"role": "user", "content": [{"type": "text"}]}, ("part_invalid", "$.messages[0].content[0]")),
        (
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
            ("part_unsupported", "$.messages[0].content[0].type"),
        ),
        (
            {"role": "system", "content": [PICTURE]},
            ("part_unsupported", "$.messages[0].content[0].type"),
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]},
            ("image_invalid", "$.messages[0].content[0].image_url.url"),
        ),
        ({"role": "user", "content": [PICTURE] * 65}, ("images_too_many", "$.messages")),
        ({"role": "user", "content": "hi", "weight": 1}, ("weight_misplaced", "$.messages[0].weight")),
        ({"role": "assistant"}, ("assistant_empty", "$.messages[0]")),
        ({"role": "assistant", "content": ""}, ("assistant_empty", "$.messages[0]")),
        (
            {"role": "assistant", "content": "hi", "weight": 0.5},
            ("weight_invalid", "$.messages[0].weight"),
        ),
    ],
)
def test_a_message_is_held_to_the_rules(message, expected):
    assert found(chat(message, ASSISTANT), SUPERVISED) == [expected]


@pytest.mark.parametrize(
    "message",
    [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, PICTURE]},
        {"role": "assistant", "content": "hi", "weight": 0},
        {"role": "assistant", "content": None, "refusal": "No."},
        {"role": "function", "name": "add", "content": "4"},
    ],
)
def test_a_right_message_has_no_problem(message):
    assert found(chat(message, ASSISTANT), SUPERVISED) == []


def test_a_system_message_belongs_at_the_start():
    messages = chat(USER, {"role": "system", "content": "Be brief."}, ASSISTANT)

    assert found(messages, SUPERVISED) == [("role_misplaced", "$.messages[1].role")]
