import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.jsonl import csv_line, guarded, to_csv

from .examples import line

STARTERS = "=+-@|%\t\r\n＝＋－＠"
SKIPPED = " \u00a0\ufeff\u200b\u200c\u200d\u2060\u3000"
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(st.sampled_from(STARTERS + SKIPPED + "a\"',;"), max_size=8),
)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def ruled(value) -> str:
    """The rule, written again: an apostrophe when the first significant character starts a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(value)
    significant = value.lstrip(SKIPPED)
    return "'" + value if significant[:1] and significant[0] in STARTERS else value


@settings(max_examples=2000)
@given(values=st.lists(cells, min_size=1, max_size=5))
def test_what_is_read_back_is_what_was_written_with_the_rule_applied(values):
    hidden = [
        isinstance(value, str) and value != value.lstrip() and not ruled(value).startswith("'")
        for value in values
    ]

    (row,) = read(csv_line(values))

    for text, value, is_hidden in zip(row, values, hidden, strict=True):
        assert text == ruled(value) or (is_hidden and text == "'" + value)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%0", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"]
    + [mark + "=1" for mark in SKIPPED]
    + ["\u200b \ufeff=cmd|' /C calc'!A0"],
)
def test_a_formula_gets_an_apostrophe(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "ä", "(=1)", "'=1", '"=1', " a=1"])
def test_other_texts_stay_as_they_are(text):
    assert guarded(text) == text


def test_numbers_stay_numbers_and_every_cell_is_quoted():
    assert csv_line([-5, -0.5, True, None, "-5", 'a"b', {"a": 1}, ["=1"]]) == (
        b'"-5","-0.5","true","","\'-5","a""b","{""a"": 1}","[""=1""]"\r\n'
    )


def test_jsonl_becomes_csv_with_a_column_for_each_member():
    data = line({"a": 1, "b": "=1"}) + b"\n" + line({"c": [1], "a": None}) + b"oops\n"

    assert read(b"".join(to_csv(data))) == [
        ["a", "b", "c", "not_json"],
        ["1", "'=1", "", ""],
        ["", "", "[1]", ""],
        ["", "", "", "oops"],
    ]


def test_columns_can_be_chosen_by_path(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_bytes(
        line({"id": "a", "body": {"choices": [{"text": "4"}]}}) + line({"id": "b", "body": None})
    )

    rows = read(b"".join(to_csv(path, columns={"Id": ("id",), "Answer": ("body", "choices", 0, "text")})))

    assert rows == [["Id", "Answer"], ["a", "4"], ["b", ""]]


def test_a_line_that_is_too_long_is_named():
    rows = read(b"".join(to_csv(line({"a": 1}) + b"x" * 9_000_000 + b"\n")))

    assert rows == [["a", "not_json"], ["1", ""], ["", "(a line longer than 8 MiB)"]]
