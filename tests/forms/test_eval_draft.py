"""A new eval in fields and as JSON: either way back and forth keeps everything, and errors say where."""

import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from console.forms.criteria import Other, form_of
from console.forms.eval_draft import Draft, JsonForm, body_of, read
from console.v1.evals import parse_eval

EXACT = {"type": "string_check", "name": "exact", "input": "{{sample.output_text}}", "operation": "eq"}
EXACT["reference"] = "{{item.answer}}"
NEAR = {
    "type": "text_similarity",
    "name": "near",
    "input": "a",
    "reference": "b",
    "evaluation_metric": "rouge_l",
    "pass_threshold": 0.5,
}
SCORE = {
    "type": "score_model",
    "name": "score",
    "model": "gpt-4.1",
    "input": [
        {"role": "developer", "content": "Be strict."},
        {"role": "user", "content": "Rate\n{{item.x}}"},
    ],
    "range": [1, 5],
    "pass_threshold": 3,
}
LABEL = {
    "type": "label_model",
    "name": "label",
    "model": "gpt-4.1",
    "input": [{"role": "user", "content": "Sort"}],
    "labels": ["good", "bad"],
    "passing_labels": ["good"],
}
CODE = {"type": "python", "name": "code", "source": "def grade(sample, item):\n    return 1.0\n"}
BODY = {
    "name": "All kinds",
    "metadata": {"team": "support"},
    "data_source_config": {
        "type": "custom",
        "item_schema": {"type": "object", "properties": {"x": {"type": "string"}}},
        "include_sample_schema": True,
    },
    "testing_criteria": [EXACT, NEAR, SCORE, LABEL, CODE],
}


def body_with(**changes) -> dict:
    return {**BODY, **changes}


@pytest.mark.parametrize(
    "config",
    [
        BODY["data_source_config"],
        {"type": "custom", "item_schema": {"type": "object"}},
        {"type": "stored_completions", "metadata": {"channel": "mail"}},
        {"type": "logs"},
    ],
)
def test_json_survives_the_fields_unchanged(config):
    body = body_with(data_source_config=config)

    assert Draft.of(body).told() == body
    assert Draft.of(body, is_bound=True).is_valid()


@pytest.mark.parametrize("one", BODY["testing_criteria"], ids=lambda one: one["type"])
def test_every_common_criterion_has_fields(one):
    assert not isinstance(form_of(one, "c0"), Other)


@pytest.mark.parametrize(
    "one",
    [
        {"type": "endpoint", "name": "ours", "url": "https://example.com/grade"},
        {**EXACT, "colour": "blue"},
        {**SCORE, "sampling_params": {"seed": 1}},
        {**SCORE, "input": [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Rate"}]},
        {**SCORE, "input": [{"role": "user", "content": {"type": "input_text", "text": "Rate"}}]},
        {**NEAR, "pass_threshold": "0.5"},
        {**LABEL, "labels": ["two\nlines"]},
        {"type": 7, "name": None},
    ],
)
def test_a_criterion_that_fields_would_maim_stays_json(one):
    form = form_of(one, "c0")

    assert isinstance(form, Other)
    assert form.told() == one


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        "name",
        "input",
        "reference",
        "operation",
        "model",
        "labels",
        "passing_labels",
        "range",
        "pass_threshold",
        "x",
    ]
)
KINDS = st.sampled_from(["string_check", "text_similarity", "score_model", "label_model", "python", "new"])


@given(KINDS, st.dictionaries(NAMES, JSON_VALUES, max_size=6))
def test_whatever_a_criterion_says_its_form_says_the_same(kind, members):
    one = {**members, "type": kind}

    assert form_of(one, "c3").told() == one


def test_what_the_head_cannot_hold_is_said_and_stays_json():
    with pytest.raises(ValidationError, match="keep it as JSON"):
        Draft.of(body_with(data_source_config={"type": "logs", "metadata": {"n": 1}}))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (body_with(criteria=[]), "criteria: an eval has no such member"),
        (body_with(data_source_config=None), "data_source_config: this has to be an object"),
        (body_with(testing_criteria={}), "testing_criteria: this has to be a list"),
        (body_with(testing_criteria=[EXACT, 1]), r"testing_criteria\[1\]: this has to be an object"),
    ],
)
def test_json_of_another_shape_says_where(body, words):
    with pytest.raises(ValidationError, match=words):
        Draft.of(body)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"name": "x",\n  "data" 3}', "Line 2, column 10: Expecting ':' delimiter."),
        ("[]", "this has to be an object"),
        ('{"name": NaN}', "NaN is no number in JSON"),
    ],
)
def test_text_that_is_no_json_says_where(text, words):
    with pytest.raises(ValidationError) as caught:
        read(text)

    assert words in caught.value.messages[0]


@pytest.mark.parametrize(
    ("criteria", "fault"),
    [
        ([{**EXACT, "operation": "is"}], "testing_criteria[0].operation: Select a valid choice"),
        ([EXACT, {**SCORE, "range": [5, 1]}], "testing_criteria[1].range: The highest score is above"),
        ([{**LABEL, "passing_labels": ["great"]}], "testing_criteria[0].passing_labels: “great” is none"),
        ([{"type": "endpoint"}], "testing_criteria[0]: A criterion has a name."),
        ([EXACT, EXACT], "Two criteria are called “exact”"),
        ([], "An eval needs a criterion."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(criteria, fault):
    form = JsonForm({"key": "k", "body": json.dumps(body_with(testing_criteria=criteria))})

    assert form.is_valid()
    assert fault in form.faults()[0]


def test_a_schema_that_is_none_is_refused():
    config = {"type": "custom", "item_schema": {"type": "object", "properties": {"x": {"type": "txt"}}}}
    form = JsonForm({"key": "k", "body": json.dumps(body_with(data_source_config=config))})
    form.is_valid()

    assert form.faults() == ["data_source_config.item_schema: properties.x.type: txt is not a type."]


def test_another_like_one_has_its_rows_unwrapped_and_not_its_mark():
    schema = {"type": "object", "properties": {"item": {"type": "object", "title": "row"}, "sample": {}}}
    told = {
        **BODY,
        "id": "eval_1",
        "metadata": {"team": "support", "console_key": "k"},
        "data_source_config": {"type": "custom", "schema": schema},
    }

    body = body_of(parse_eval(told))

    assert body["name"] == "All kinds (copy)"
    assert body["metadata"] == {"team": "support"}
    assert body["data_source_config"] == {
        "type": "custom",
        "item_schema": {"type": "object", "title": "row"},
        "include_sample_schema": True,
    }
    assert Draft.of(body).told() == body
