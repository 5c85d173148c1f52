import pytest

from console.v1.items import parse_item


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"type": "message", "content": "Hello"}, "Hello"),
        (
            {"type": "message", "content": [{"type": "input_text", "text": "One"}, {"text": "Two"}]},
            "One\n\nTwo",
        ),
        ({"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}, "No."),
        ({"type": "reasoning", "content": [], "summary": [{"text": "Thinking"}]}, "Thinking"),
        ({"type": "function_call", "name": "f", "arguments": '{"a": 1}'}, '{"a": 1}'),
        ({"type": "function_call_output", "output": "42"}, "42"),
        ({"type": "custom_tool_call", "input": "ls"}, "ls"),
        ({"type": "code_interpreter_call", "code": "1 + 1"}, "1 + 1"),
        ({"type": "something_new", "shape": [1, 2]}, ""),
        ({"type": "message", "content": [{"type": "input_image", "image_url": "x"}]}, ""),
    ],
)
def test_what_can_be_read_of_an_item_is_its_text(item, text):
    assert parse_item(item).text == text


def test_a_call_has_its_name_and_its_id():
    item = parse_item({"id": "fc_1", "type": "function_call", "name": "f", "call_id": "call_1"})

    assert (item.id, item.type, item.name, item.call_id) == ("fc_1", "function_call", "f", "call_1")


def test_an_item_without_a_type_is_a_message():
    assert parse_item({"id": "msg_1", "role": "user", "content": "Hello"}).type == "message"
