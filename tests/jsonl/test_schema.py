import jsonschema
import pytest

from console.jsonl.schema import misfit, schema_fault

SCHEMA = {
    "type": ["object", "null"],
    "properties": {
        "number": {"type": "number"},
        "whole": {"type": "integer"},
        "list": {"type": "array", "items": {"type": "boolean"}},
        "choice": {"enum": [1, "a", None]},
    },
    "required": ["whole"],
    "additionalProperties": {"type": "string"},
}


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        {},
        {"whole": 1},
        {"whole": 1.0},
        {"whole": 1.5},
        {"whole": True},
        {"whole": 1, "number": True},
        {"whole": 1, "number": 2},
        {"whole": 1, "list": [True, False]},
        {"whole": 1, "list": [True, 0]},
        {"whole": 1, "choice": None},
        {"whole": 1, "choice": True},
        {"whole": 1, "choice": "b"},
        {"whole": 1, "more": "x"},
        {"whole": 1, "more": 2},
    ],
)
def test_a_value_fits_exactly_when_the_reference_validator_says_so(value):
    assert (misfit(value, SCHEMA) is None) == jsonschema.Draft202012Validator(SCHEMA).is_valid(value)


@pytest.mark.parametrize(
    "schema",
    [3, {"type": "text"}, {"required": "a"}, {"properties": []}, {"enum": 1}, {"anyOf": {}}, {"items": 1}],
)
def test_what_is_no_schema_is_told(schema):
    assert schema_fault(schema) is not None


@pytest.mark.parametrize("schema", [True, {}, SCHEMA, {"anyOf": [{"type": "string"}, False]}])
def test_a_schema_has_no_fault(schema):
    assert schema_fault(schema) is None
