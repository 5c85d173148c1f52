import gzip
from hashlib import sha256

import pytest

from console.outbound.errors import (
    AuditUnavailable,
    BadRequest,
    Cancelled,
    ConnectionLost,
    NotFound,
    ProtocolError,
    UpstreamError,
)
from console.v1 import content
from console.v1.client import Target
from tests.upstream import Script

PATH = "/files/file-1/content"
TEXT = b"0123456789"
BYTES = {"content-type": "application/octet-stream"}


def ranged(data, start, end, total=10):
    return 206, data, {**BYTES, "content-range": f"bytes {start}-{end}/{total}"}


def whole(chunks, **options):
    return Script(200, chunks, dict(BYTES), **options)


def test_a_part_is_asked_for_by_its_range(client, upstream):
    upstream[f"GET {PATH}"] = ranged(b"234", 2, 4)

    part = content.part(client, PATH, start=2, length=3)

    assert part == content.Part(b"234", 2, 10, is_last=False)
    assert upstream.requests[0].headers["range"] == "bytes=2-4"


def test_the_last_part_says_so(client, upstream):
    upstream[f"GET {PATH}"] = ranged(b"89", 8, 9)

    assert content.part(client, PATH, start=8, length=5) == content.Part(b"89", 8, 10, is_last=True)


def test_a_part_behind_the_end_is_empty(client, upstream):
    upstream[f"GET {PATH}"] = 416, {"error": {"message": "Range not satisfiable"}}

    assert content.part(client, PATH, start=99, length=5) == content.Part(b"", 99, None, is_last=True)


@pytest.mark.parametrize("start", [0, 3, 8, 10, 12])
def test_a_server_without_ranges_gives_the_same_part(client, upstream, start):
    upstream[f"GET {PATH}"] = 200, TEXT, BYTES

    part = content.part(client, PATH, start=start, length=3)

    assert (part.data, part.is_last) == (TEXT[start : start + 3], start + 3 >= 10)


def test_a_whole_body_of_unknown_length_is_left_early(client, upstream):
    upstream[f"GET {PATH}"] = whole([b"01234", b"56789", b"x" * 65536], cut=True)

    part = content.part(client, PATH, start=4, length=3)

    assert part == content.Part(b"456", 4, None, is_last=False)


def test_after_a_part_the_next_call_works(client, upstream):
    upstream[f"GET {PATH}"] = [(200, TEXT * 10000, BYTES), ranged(b"01", 0, 1)]

    content.part(client, PATH, start=0, length=2)

    assert content.part(client, PATH, start=0, length=2).data == b"01"


def test_a_range_that_begins_earlier_is_cut(client, upstream):
    upstream[f"GET {PATH}"] = ranged(b"12345", 1, 5)

    assert content.part(client, PATH, start=3, length=2).data == b"34"


@pytest.mark.parametrize("header", ["bytes 5-9/10", "", "bytes */10", "lines 1-2/3"])
def test_a_range_that_does_not_fit_is_not_shown(client, upstream, header):
    upstream[f"GET {PATH}"] = 206, b"56789", {**BYTES, "content-range": header}

    with pytest.raises(ProtocolError):
        content.part(client, PATH, start=2, length=3)


def test_a_range_that_ends_too_early_is_a_lost_connection(client, upstream):
    upstream[f"GET {PATH}"] = ranged(b"23", 2, 6)

    with pytest.raises(ConnectionLost):
        content.part(client, PATH, start=2, length=5)


@pytest.mark.parametrize(("start", "length"), [(-1, 5), (0, 0)])
def test_no_part_is_no_request(client, upstream, start, length):
    with pytest.raises(BadRequest):
        content.part(client, PATH, start=start, length=length)

    assert upstream.hits == 0


def test_a_download_writes_the_whole(client, upstream):
    upstream[f"GET {PATH}"] = whole([b"01234", b"56789"])
    written = []

    result = content.download(client, PATH, written.append)

    assert b"".join(written) == TEXT
    assert result == content.Downloaded(10, sha256(TEXT).hexdigest())


def test_a_download_tells_its_size_and_kind_before_the_first_byte(client, upstream):
    upstream[f"GET {PATH}"] = 200, TEXT, {"content-type": "Text/CSV; charset=utf-8"}

    with content.opened(client, PATH) as opened:
        assert (opened.size, opened.kind) == (10, "text/csv")
        assert b"".join(opened.pieces) == TEXT


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_content_shorter_than_it_should_be_is_a_lost_connection(client, upstream, is_cut):
    upstream[f"GET {PATH}"] = whole([b"01234", b"567"], cut=is_cut)

    with pytest.raises(ConnectionLost):
        content.download(client, PATH, lambda _: None, size=10)


def test_a_body_shorter_than_announced_is_a_lost_connection(client, upstream):
    upstream[f"GET {PATH}"] = Script(200, [TEXT], {**BYTES, "content-length": "20", "connection": "close"})

    with pytest.raises(ConnectionLost):
        content.download(client, PATH, lambda _: None)


def taken(client):
    target = Target("file", "file-1", "a.bin")
    return content.taken(client, PATH, action="file.downloaded", target=target)


def test_nothing_is_taken_away_without_an_audit(client, upstream, recorder):
    recorder.refuses = AuditUnavailable()

    with pytest.raises(AuditUnavailable), taken(client):
        pass

    assert upstream.hits == 0


def test_what_is_taken_away_and_never_answered_is_a_failure(client, upstream, recorder):
    upstream[f"GET {PATH}"] = Script(200, [], {"content-length": "x"}, cut=True)

    with pytest.raises(UpstreamError), taken(client):
        pass

    assert (recorder.names, recorder.last["outcome"]) == (["intent", "outcome"], "failure")


@pytest.mark.parametrize(
    ("pieces", "outcome"), [([TEXT], "success"), ([TEXT[:5], TEXT[5:]], "cancelled")], ids=["all", "half"]
)
def test_who_hangs_up_with_all_that_was_announced_has_it(client, upstream, recorder, pieces, outcome):
    upstream[f"GET {PATH}"] = Script(200, pieces, {**BYTES, "content-length": "10"}, pause=0.2)

    def hang_up() -> None:
        with taken(client) as found:
            next(found.pieces)
            raise GeneratorExit

    with pytest.raises(GeneratorExit):
        hang_up()

    assert recorder.last["outcome"] == outcome


def test_a_download_can_be_stopped(client, upstream):
    upstream[f"GET {PATH}"] = whole([b"01234", b"56789"])

    with pytest.raises(Cancelled):
        content.download(client, PATH, lambda _: None, progress=lambda written: written > 99)


def test_a_missing_file_is_not_found(client, upstream):
    upstream[f"GET {PATH}"] = 404, {"error": {"message": "No such File object: file-1"}}

    with pytest.raises(NotFound), content.opened(client, PATH):
        pass


def test_a_compressed_content_was_not_asked_for(client, upstream):
    upstream[f"GET {PATH}"] = 200, gzip.compress(TEXT), {**BYTES, "content-encoding": "gzip"}

    with pytest.raises(ProtocolError):
        content.download(client, PATH, lambda _: None)


def test_reading_a_content_is_not_recorded(client, upstream, recorder):
    upstream[f"GET {PATH}"] = 200, TEXT, BYTES

    content.part(client, PATH, start=0, length=4)

    assert recorder.events == []
