"""JSON from strangers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import ProtocolError
from console.outbound.json_text import clean_text, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1',
        b"{'a':1}",
        b"<html>",
        b"[1]]",
        b'{"a":1}{"b":2}',
        b"NaN",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":1,"a":2}',
        b"\xff\xfe\x00",
        b'"\xed\xa0\x80"',
        "[1]".encode("utf-16"),
        b"[" + b"9" * 5000 + b"]",
        b"[" * 101 + b"]" * 101,
        b'[{"a":' * 51 + b"1" + b"}]" * 51,
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b"[" * 200_000,
        b'["' + b'\\"' * 200_000,
        b"[" * 60 + b'"]]]]"' + b"[" * 60 + b"]" * 120,
    ],
)
def test_what_is_not_plain_json_is_refused(body):
    with pytest.raises(ProtocolError):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[" * 99 + b"]" * 99, 99),
        (b'{"a":"' + b"[" * 500 + b'"}', {"a": "[" * 500}),
        (b'"\\"[[[[' + b"{" * 500 + b'"', '"[[[[' + "{" * 500),
        (b"[" + b"[]," * 500 + b"[]]", [[]] * 501),
        (b'{"a":"\\u0000","b":"\\ud800","c":"\\ud83d\\ude00"}', {"a": "\ufffd", "b": "\ufffd", "c": "😀"}),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'{"\\u0000":1}', {"\ufffd": 1}),
    ],
)
def test_what_is_plain_json_is_read(body, value):
    read = parse_json(body)

    if value == 99:
        depth = 0
        while read is not None:
            depth, read = depth + 1, (read[0] if read else None)
        assert depth == 99
    else:
        assert read == value


@given(VALUES)
def test_reading_gives_what_was_written_or_a_storable_twin(value):
    text = json.dumps(value)
    try:
        read = parse_json(text.encode())
    except ProtocolError:
        return
    assert json.loads(json.dumps(read).encode().decode()) == read
    assert json.dumps(read, ensure_ascii=False).encode()
    if "\\u0000" not in text and "\\ud" not in text:
        assert read == value


@given(st.text(st.characters(exclude_categories=[])))
def test_cleaned_text_can_be_stored(text):
    cleaned = clean_text(text)

    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
