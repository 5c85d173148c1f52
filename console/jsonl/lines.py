"""Lines of a stream of any size, with their endings, in bounded memory."""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .purposes import MAX_LINE

CHUNK = 256 * 1024
BOM = b"\xef\xbb\xbf"

Source = BinaryIO | str | os.PathLike[str] | bytes
Progress = Callable[[int], None]
Cancel = Callable[[], bool]


class Cancelled(Exception):
    """Somebody asked for the end before the end of the file."""


class Line(NamedTuple):
    """A line without its ending, from 1; of one longer than MAX_LINE only pieces, the last of them with the ending."""

    number: int
    data: bytes
    ending: bytes
    whole: bool = True


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Give a stream for a path, for bytes, or for a stream (which stays open)."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, str | os.PathLike):
        with Path(source).open("rb") as stream:
            yield stream
    else:
        yield source


def chunks(
    stream: BinaryIO, *, size: int = CHUNK, progress: Progress | None = None, cancel: Cancel | None = None
) -> Iterator[bytes]:
    """Yield the stream's bytes; `progress` hears how many were read. Raises Cancelled."""
    done = 0
    while chunk := stream.read(size):
        if cancel is not None and cancel():
            raise Cancelled
        yield chunk
        done += len(chunk)
        if progress is not None:
            progress(done)


def lines(pieces: Iterable[bytes]) -> Iterator[Line]:
    """Cut at LF, CR LF and CR, wherever the chunks were cut; a BOM is part of line 1."""
    number, size, is_long, held = 1, 0, False, b""
    parts: list[bytes] = []
    for piece in pieces:
        # A CR at the end of a chunk may be the first half of CR LF.
        text = held + piece
        held = b"\r" if text.endswith(b"\r") else b""
        for part in text[: len(text) - len(held)].splitlines(keepends=True):
            parts.append(part)
            size += len(part)
            if part[-1] in b"\r\n":
                yield _line(number, b"".join(parts), is_long)
                number, size, is_long = number + 1, 0, False
                parts.clear()
            elif size > MAX_LINE:
                yield Line(number, b"".join(parts), b"", whole=False)
                size, is_long = 0, True
                parts.clear()
    if parts or held:
        yield _line(number, b"".join(parts) + held, is_long)


def _line(number: int, data: bytes, is_long: bool) -> Line:
    body = data.rstrip(b"\r\n")
    return Line(number, body, data[len(body) :], whole=not is_long and len(body) <= MAX_LINE)
