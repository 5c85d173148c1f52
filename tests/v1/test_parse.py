import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.v1 import parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "value",
    [
        1741369938,
        1741369938.0,
        "1741369938",
        "2025-03-07T17:52:18Z",
        "2025-03-07T18:52:18+01:00",
        "2025-03-07T17:52:18.0000000Z",
    ],
)
def test_every_spelling_of_a_time_is_the_same_moment(value):
    assert parse.time(value) == datetime(2025, 3, 7, 17, 52, 18, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1e30, math.nan, math.inf, "", "soon", [], {}])
def test_what_is_no_time_is_none(value):
    assert parse.time(value) is None


def test_a_day_is_the_date_of_a_moment():
    assert parse.day("2027-02-05T00:00:00Z") == date(2027, 2, 5)


@given(JSON)
def test_nothing_in_json_makes_a_reader_fail(value):
    parse.time(value)
    parse.day(value)
    parse.integer(value)
    parse.number(value)
    parse.truth(value)
    parse.rows(value)
    parse.texts(value)
    assert isinstance(parse.text(value), str)
    assert isinstance(parse.label(value), str)
    assert all(isinstance(name, str) for name in parse.enabled(value))


def test_numbers_come_as_text_too():
    assert (parse.integer("12"), parse.integer(12.0), parse.integer(12.5)) == (12, 12, None)


def test_true_is_no_number():
    assert (parse.integer(True), parse.number(True), parse.label(True)) == (None, None, "")


def test_capabilities_are_true_as_booleans_and_as_texts():
    assert set(parse.enabled({"a": True, "b": "true", "c": "false", "d": 1})) == {"a", "b"}


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("in_progress", "in_progress"),
        ("In_Progress", "in_progress"),
        ("InProgress", "in_progress"),
        ("Validating", "Validating"),
        (None, ""),
        (7, ""),
    ],
)
def test_a_known_status_is_spelled_as_documented_and_an_unknown_one_stays(told, read):
    assert parse.state(told, {"in_progress", "completed"}) == read


def test_metadata_attributes_and_metrics_keep_what_fits():
    value = {"a": "x", "b": 1, "c": 0.5, "d": True, "e": None, "f": [], "g": math.nan}

    assert parse.pairs(value) == {"a": "x"}
    assert set(parse.scalars(value)) == {"a", "b", "c", "d", "g"}
    assert parse.numbers(value) == {"b": 1.0, "c": 0.5}
