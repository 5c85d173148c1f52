import pytest
from hypothesis import given

from console.v1.events import Finished, Usage, explain
from tests.v1.test_parse import JSON


@pytest.mark.parametrize(
    ("value", "usage"),
    [
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 30,
                "completion_tokens_details": {"reasoning_tokens": 20},
                "prompt_tokens_details": {"cached_tokens": 4},
            },
            Usage(9, 30, 20, 4),
        ),
        (
            {
                "input_tokens": 26,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": 64,
                "output_tokens_details": {"reasoning_tokens": 64},
            },
            Usage(26, 64, 64, 0),
        ),
        ({"prompt_tokens": 5, "total_tokens": 5}, Usage(input=5)),
        ({"prompt_tokens": 5, "completion_tokens_details": None}, Usage(input=5)),
        ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 3}, Usage(input=5, cached=3)),
        ({"prompt_tokens": -1, "completion_tokens": "7"}, Usage(output=7)),
        (None, None),
        ({}, None),
        ("many", None),
    ],
)
def test_usage_is_read_from_every_shape(value, usage):
    assert Usage.parse(value) == usage


@given(JSON)
def test_no_usage_breaks_an_answer(value):
    assert Usage.parse(value) is None or isinstance(value, dict)


def test_an_answer_without_text_says_where_the_tokens_went():
    sentence = explain("max_output_tokens", has_text=False, usage=Usage(reasoning=64))

    assert sentence.startswith("The model spent its whole token limit on reasoning (64 tokens)")


def test_the_plain_ending_needs_no_words():
    assert explain("stop", has_text=True, usage=None) == ""


@pytest.mark.parametrize(("reason", "short"), [("length", True), ("content_filter", True), ("stop", False)])
def test_an_answer_knows_that_it_was_cut_short(reason, short):
    assert Finished(reason=reason).is_cut_short is short
