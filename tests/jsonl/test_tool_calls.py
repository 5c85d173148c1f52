import pytest

from console.jsonl import Purpose

from .examples import ASSISTANT, CALL, TOOL, USER, chat, found

SUPERVISED = Purpose.SUPERVISED
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "4"}


def calling(*calls, **message):
    return {"role": "assistant", "tool_calls": list(calls), **message}


def without(call, key):
    return {name: value for name, value in call.items() if name != key}


def with_arguments(arguments):
    return {**CALL, "function": {"name": "add", "arguments": arguments}}


@pytest.mark.parametrize("last", [(), (RESULT, ASSISTANT)])
def test_a_call_is_right_as_the_answer_and_with_its_result(last):
    assert found(chat(USER, calling(CALL), *last, tools=[TOOL]), SUPERVISED) == []


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([calling(CALL), ASSISTANT], ("tool_call_unanswered", "$.messages[0].tool_calls[0].id")),
        ([RESULT, ASSISTANT], ("tool_call_unknown", "$.messages[0].tool_call_id")),
        (
            [calling(CALL), without(RESULT, "tool_call_id"), ASSISTANT],
            ("tool_call_id_missing", "$.messages[1]"),
        ),
        ([calling(without(CALL, "id"))], ("tool_call_id_missing", "$.messages[0].tool_calls[0]")),
        ([calling(CALL, CALL)], ("tool_call_id_duplicate", "$.messages[0].tool_calls[1].id")),
        ([calling(without(CALL, "type"))], ("tool_call_type_missing", "$.messages[0].tool_calls[0]")),
        ([calling(without(CALL, "function"))], ("tool_call_invalid", "$.messages[0].tool_calls[0]")),
        ([calling("add")], ("tool_call_invalid", "$.messages[0].tool_calls[0]")),
        (
            [calling(with_arguments({"a": 2}))],
            ("arguments_not_text", "$.messages[0].tool_calls[0].function.arguments"),
        ),
        (
            [calling(with_arguments("{a"))],
            ("arguments_invalid", "$.messages[0].tool_calls[0].function.arguments"),
        ),
        (
            [{"role": "assistant", "content": "hi", "tool_calls": "add"}],
            ("tool_calls_invalid", "$.messages[0].tool_calls"),
        ),
    ],
)
def test_calls_and_results_are_held_together(messages, expected):
    assert found(chat(*messages, tools=[TOOL]), SUPERVISED) == [expected]


def function(**fields):
    return {"type": "function", "function": {"name": "add", **fields}}


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ("add", ("tools_invalid", "$.tools")),
        (["add"], ("tool_invalid", "$.tools[0]")),
        ([{"type": "function"}], ("tool_invalid", "$.tools[0]")),
        ([function(name="a b")], ("tool_name_invalid", "$.tools[0].function.name")),
        ([function(), function()], ("tool_name_duplicate", "$.tools[1].function.name")),
        (
            [function(parameters={"type": "dict"})],
            ("tool_parameters_invalid", "$.tools[0].function.parameters.type"),
        ),
        (
            [function(parameters={"type": "string"})],
            ("tool_parameters_invalid", "$.tools[0].function.parameters.type"),
        ),
        (
            [function(parameters={"properties": {"a": {"type": "array", "items": {"type": 1}}}})],
            ("tool_parameters_invalid", "$.tools[0].function.parameters.properties.a.items.type"),
        ),
        ([function(parameters=True)], ("tool_parameters_invalid", "$.tools[0].function.parameters")),
    ],
)
def test_tools_are_held_to_the_rules(tools, expected):
    assert found(chat(USER, ASSISTANT, tools=tools), SUPERVISED) == [expected]


def test_a_call_of_a_tool_that_is_not_described_is_a_warning():
    assert found(chat(USER, calling(CALL)), SUPERVISED) == [
        ("tool_undefined", "$.messages[1].tool_calls[0].function.name")
    ]


def test_parallel_tool_calls_is_true_or_false():
    assert found(chat(USER, ASSISTANT, parallel_tool_calls="yes"), SUPERVISED) == [
        ("parallel_tool_calls_invalid", "$.parallel_tool_calls")
    ]
