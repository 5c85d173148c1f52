import pytest

from console.jsonl import Expected, Purpose

from .examples import EVALS, found, line, only, report

SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}, "answer": {"enum": ["4", "5"]}},
    "required": ["question"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"question": "2 + 2"}, [("item_missing", "$"), ("keys_inconsistent", "$")]),
        ({"sample": {}}, [("item_missing", "$")]),
        ({"item": "2 + 2"}, [("item_invalid", "$.item")]),
        ({**EVALS, "sample": []}, [("sample_invalid", "$.sample")]),
        ({**EVALS, "topic": "sums"}, [("key_unknown", "$.topic")]),
    ],
)
def test_an_item_is_held_to_the_rules(value, expected):
    assert found(value, Purpose.EVALS) == expected


def test_other_fields_than_those_of_the_first_line_are_named():
    problem = only(report(line(EVALS) + line({"item": {"question": "?", "topic": "sums"}})).problems)

    assert problem.message == "The fields differ from those of line 1: answer missing; topic additional."


@pytest.mark.parametrize(
    ("item", "path", "fault"),
    [
        ({"question": 4}, "$.item.question", "4 is not of the type string"),
        ({"answer": "4"}, "$.item", '"question" is missing'),
        ({"question": "?", "answer": "6"}, "$.item.answer", "6 is not one of the allowed values"),
        ({"question": "?", "more": 1}, "$.item.more", "nothing is allowed here"),
    ],
)
def test_items_are_held_to_the_eval_s_schema(item, path, fault):
    problem = only(report(line({"item": item}), expected=Expected(item_schema=SCHEMA)).problems)

    assert (problem.code, problem.path) == ("item_schema_mismatch", path)
    assert fault in problem.message


def test_a_schema_that_is_none_is_refused():
    with pytest.raises(ValueError, match="dict is not a type"):
        report(line(EVALS), expected=Expected(item_schema={"type": "dict"}))
