from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import TooLarge
from console.v1.sse import ServerSentEvent, SSEParser


def parsed(body: bytes, *cuts: int) -> list[ServerSentEvent]:
    parser = SSEParser()
    places = [0, *sorted(cuts), len(body)]
    return [event for a, b in pairwise(places) for event in parser.feed(body[a:b])]


def test_lines_of_data_are_joined_and_an_empty_line_dispatches():
    assert parsed(b"event: note\ndata: one\ndata:two\nid: 7\n\n") == [("note", "one\ntwo", "7")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_of_the_standard_is_one(end):
    assert parsed(end.join([b"data: a", b"", b"data: b", b"", b""])) == [
        ("message", "a", ""),
        ("message", "b", ""),
    ]


def test_a_byte_order_mark_is_passed_over_at_the_start_only():
    assert parsed(b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n") == [("message", "a", "")]


def test_comments_and_unknown_fields_are_no_events():
    assert parsed(b": keep-alive\n\nfoo: bar\n\ndata\n\n") == [("message", "", "")]


def test_an_id_lasts_and_one_with_nul_is_passed_over():
    assert parsed(b"id: 1\ndata: a\n\nid: x\0y\ndata: b\n\n") == [
        ("message", "a", "1"),
        ("message", "b", "1"),
    ]


def test_only_one_space_after_the_colon_is_no_part_of_the_value():
    assert parsed(b"data:  a \n\n") == [("message", " a ", "")]


def test_retry_is_told_when_it_is_a_number():
    parser = SSEParser()
    parser.feed(b"retry: 1500\nretry: soon\n\n")

    assert parser.retry == 1500


def test_an_event_that_the_end_cuts_is_dropped_and_told():
    parser = SSEParser()

    assert parser.feed(b"data: whole\n\ndata: half\n") == [("message", "whole", "")]
    assert parser.flush() is True
    assert parser.flush() is False


def test_bytes_that_are_not_text_become_marks():
    assert parsed(b"data: \xff\n\n") == [("message", "\ufffd", "")]


PIECES = st.sampled_from(
    [
        b"data: a",
        b"data:b",
        b"event: e",
        b"id: 1",
        b": c",
        b"\n",
        b"\r",
        b"\r\n",
        b"\xef\xbb\xbf",
        b"\xc3\xa4",
        b" ",
    ]
)


@given(st.lists(PIECES, max_size=30).map(b"".join), st.lists(st.integers(0, 200), max_size=12))
def test_any_cutting_gives_the_same_events(body, cuts):
    whole = parsed(body)

    assert parsed(body, *[min(cut, len(body)) for cut in cuts]) == whole
    assert parsed(body, *range(len(body))) == whole


@pytest.mark.parametrize("body", [b"data: " + b"x" * 200, b"data: xxxxxxxxxxxxxxx\n" * 20])
def test_an_event_beyond_the_cap_is_refused_however_it_comes(body):
    with pytest.raises(TooLarge):
        SSEParser(max_event_bytes=100).feed(body)
    parser = SSEParser(max_event_bytes=100)
    with pytest.raises(TooLarge):
        list(map(parser.feed, [bytes([byte]) for byte in body]))


def test_a_stream_beyond_the_cap_is_refused():
    parser = SSEParser(max_stream_bytes=100)
    with pytest.raises(TooLarge):
        list(map(parser.feed, [b"data: x\n\n"] * 20))


def test_many_events_in_one_piece_are_not_one_event():
    parser = SSEParser(max_event_bytes=100)

    assert len(parser.feed(b"data: x\n\n" * 50)) == 50
