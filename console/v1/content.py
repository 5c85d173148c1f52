"""Contents of files: a piece from any place, or the whole as it comes, never more in memory than is asked for.

Ranges are those of RFC 9110, section 14; a server that knows none answers with the whole, which is tolerated.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from console.outbound.errors import BadRequest, Cancelled, ConnectionLost, ProtocolError, UpstreamError
from console.outbound.transport import StreamAnswer
from console.v1 import parse
from console.v1.client import Client, StreamCall, Target

_PLACE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_BEHIND_THE_END = 416


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a content from `start` on; `total` is the size of the whole where the server tells."""

    data: bytes
    start: int
    total: int | None
    is_last: bool


@dataclass(frozen=True, slots=True)
class Content:
    """A content under way. `size` is what the server announced, in bytes; `pieces` can be read once."""

    size: int | None
    kind: str
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A content that arrived whole."""

    size: int
    sha256: str


def part(client: Client, path: str, *, start: int, length: int) -> Part:
    """At most `length` bytes from `start` on; empty behind the end.

    Raises `ConnectionLost` when less comes than was announced.
    """
    if start < 0 or length < 1:
        raise BadRequest("A part of a file starts at 0 or later and has a length.", sent=False)
    try:
        with client.download(path, headers={"range": f"bytes={start}-{start + length - 1}"}) as answer:
            return _part(answer, start, length)
    except UpstreamError as error:
        if error.status == _BEHIND_THE_END:
            return Part(b"", start, None, is_last=True)
        raise


@contextmanager
def opened(client: Client, path: str, *, size: int | None = None) -> Iterator[Content]:
    """A whole content as it comes; leaving the block ends the download.

    Its pieces raise `ConnectionLost` when fewer bytes come than were announced, or than the known `size`
    where nothing was.
    """
    with client.download(path) as answer:
        yield _announced(answer, size)


@contextmanager
def taken(
    client: Client, path: str, *, size: int | None = None, action: str, target: Target
) -> Iterator[Content]:
    """`opened`, recorded before and after for content that leaves the console: how it ended and how much came."""
    with client.take(path, action=action, target=target) as call:
        content = _announced(call.answer, size)
        yield replace(content, pieces=_counted(call, content))


def download(
    client: Client,
    path: str,
    write: Callable[[bytes], object],
    *,
    size: int | None = None,
    progress: Callable[[int], bool] | None = None,
) -> Downloaded:
    """Write a whole content piece by piece.

    `progress` is told how many bytes were written; when it answers False, `Cancelled` is raised. Raises what
    `opened` raises; what was written before is then incomplete.
    """
    written, digest = 0, hashlib.sha256()
    with opened(client, path, size=size) as content:
        for piece in content.pieces:
            write(piece)
            digest.update(piece)
            written += len(piece)
            if progress is not None and not progress(written):
                raise Cancelled("The download was stopped.")
    return Downloaded(written, digest.hexdigest())


def _announced(answer: StreamAnswer, size: int | None) -> Content:
    told = parse.integer(answer.headers.get("content-length"))
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Content(told, kind, _whole(answer, told if told is not None else size))


def _counted(call: StreamCall[StreamAnswer], content: Content) -> Iterator[bytes]:
    """A browser that has all that was announced hangs up, and may do so before the end is asked for here."""
    call.counts["bytes_out"] = 0
    for piece in content.pieces:
        call.counts["bytes_out"] += len(piece)
        if call.counts["bytes_out"] == content.size:
            call.complete({})
        yield piece
    call.complete({})


def _whole(answer: StreamAnswer, size: int | None) -> Iterator[bytes]:
    arrived = 0
    for piece in answer.iter_bytes():
        arrived += len(piece)
        yield piece
    if size is not None and arrived < size:
        raise _cut_short(answer)


def _part(answer: StreamAnswer, start: int, length: int) -> Part:
    first, total = _place(answer)
    if first > start:
        raise ProtocolError("The answer begins behind the part that was asked for.", status=answer.status)
    data = _cut(answer, start - first, length)
    if total is None:
        is_last = len(data) < length
    elif len(data) < min(length, total - start):
        raise _cut_short(answer)
    else:
        is_last = start + len(data) >= total
    return Part(data, start, total, is_last)


def _place(answer: StreamAnswer) -> tuple[int, int | None]:
    """Where the body begins in the whole, and how long the whole is."""
    found = _PLACE.fullmatch(answer.headers.get("content-range", "").strip())
    if answer.status == 206 and found is None:
        raise ProtocolError("The answer does not say which part of the file it is.", status=answer.status)
    if answer.status == 206 and found is not None:
        return int(found[1]), parse.integer(found[3])
    return 0, parse.integer(answer.headers.get("content-length"))


def _cut(answer: StreamAnswer, skip: int, length: int) -> bytes:
    """`length` bytes behind the first `skip`; reading stops there, however much is still to come."""
    told, arrived, data = parse.integer(answer.headers.get("content-length")), 0, bytearray()
    for piece in answer.iter_bytes():
        data += piece[max(skip - arrived, 0) :]
        arrived += len(piece)
        if len(data) >= length and arrived != told:
            break
    return bytes(data[:length])


def _cut_short(answer: StreamAnswer) -> ConnectionLost:
    return ConnectionLost(status=answer.status, request_id=answer.request_id)
