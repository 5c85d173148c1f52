"""How numbers, money, spans and moments are written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from console.templatetags.formats import ago, byte_size, day, duration, money, number, percent, tokens, when

NOW = datetime(2026, 11, 23, 9, 41, 12, tzinfo=UTC)


@pytest.mark.parametrize("write", [number, tokens, money, duration, byte_size, percent, when, ago, day])
@pytest.mark.parametrize("unknown", [None, "", "soon", float("nan"), float("inf")])
def test_what_is_not_known_is_a_dash_and_never_zero(write, unknown):
    assert write(unknown) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1388, "1\u202f388"), (1234567, "1\u202f234\u202f567"), (2.5, "2.5")],
)
def test_thousands_are_set_apart_by_thin_spaces(value, text):
    assert number(value) == text


def test_a_unit_follows_a_thin_space():
    assert number(84, "tok/s") == "84\u202ftok/s"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.0011"), "$0.0011"),
        (Decimal("0.00000312"), "$0.0000031"),
        (Decimal("0.5"), "$0.50"),
        (Decimal("1234.5"), "$1\u202f234.50"),
        (Decimal("-2"), "-$2.00"),
        (0, "$0"),
    ],
)
def test_money_keeps_two_digits_that_matter(value, text):
    assert money(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0\u202fms"),
        (0.312, "312\u202fms"),
        (0.9996, "1.00\u202fs"),
        (4.21, "4.21\u202fs"),
        (26.44, "26.4\u202fs"),
        (59.97, "1\u202fmin 0\u202fs"),
        (185, "3\u202fmin 5\u202fs"),
        (7260, "2\u202fh 1\u202fmin"),
        (200_000, "2\u202fd 7\u202fh"),
        (-1, "–"),
    ],
)
def test_a_span_is_written_in_the_unit_that_fits(seconds, text):
    assert duration(seconds) == text


def test_a_span_may_be_given_in_milliseconds():
    assert duration(312, "ms") == "312\u202fms"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0\u202fB"),
        (1023, "1023\u202fB"),
        (1434, "1.4\u202fKiB"),
        (2 * 1024**2, "2\u202fMiB"),
        (3 * 1024**5, "3072\u202fTiB"),
    ],
)
def test_sizes_use_binary_units(size, text):
    assert byte_size(size) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.04, "4\u202f%"), (0.125, "12.5\u202f%"), (1, "100\u202f%"), (0, "0\u202f%")]
)
def test_a_share_is_written_as_per_cent(share, text):
    assert percent(share) == text


def test_a_moment_is_a_time_element_in_utc():
    assert when(NOW) == (
        '<time datetime="2026-11-23T09:41:12+00:00" data-time="absolute" title="23 Nov 2026, 09:41:12 UTC">'
        "23 Nov 2026, 09:41 UTC</time>"
    )


def test_unix_seconds_are_a_moment_too():
    assert when(1795426872) == when(NOW)


@pytest.mark.parametrize("absurd", [-5, 0, 10**15, True])
def test_seconds_outside_the_calendar_are_not_known(absurd):
    assert when(absurd) == "–"


def test_a_date_is_written_as_a_day():
    assert day(date(2027, 10, 29)) == '<time datetime="2027-10-29">29 Oct 2027</time>'


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=7), "7\u202fmin ago"),
        (timedelta(hours=3), "3\u202fh ago"),
        (timedelta(days=12), "12\u202fd ago"),
        (timedelta(days=100), "3\u202fmonths ago"),
        (timedelta(days=900), "2\u202fyears ago"),
        (timedelta(seconds=-10), "in a moment"),
        (timedelta(days=-38), "in 38\u202fd"),
    ],
)
def test_a_distance_in_time_has_one_unit(distance, words):
    with time_machine.travel(NOW, tick=False):
        assert f">{words}<" in ago(NOW - distance)
