"""Contents that leave the console, to be saved and never to be shown."""

import sys
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

MAX_NAME = 150
TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "txt": "text/plain; charset=utf-8",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
}


class Sent:
    """Pieces as they come: asynchronous, since Django would read others to their end before it sends the first.

    `closing` is closed behind the last one, with the error that broke them off, and also if nobody ever reads one.
    """

    def __init__(self, pieces: Iterator[bytes], closing: ExitStack) -> None:
        self.pieces = pieces
        self.closing = closing

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (piece := await sync_to_async(advance)(self.pieces)) is not None:
                yield piece
        finally:
            await sync_to_async(self.closing.__exit__)(*sys.exc_info())

    def close(self) -> None:
        self.closing.close()


def attachment(
    pieces: Iterator[bytes], name: str, *, closing: ExitStack, size: int | None = None
) -> StreamingHttpResponse:
    """A content as a download, piece by piece. An error among the pieces cuts it, which a browser takes for one."""
    response = StreamingHttpResponse(Sent(pieces, closing), content_type=content_type(name))
    if size is not None:
        response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Content-Encoding"] = "identity"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def advance(pieces: Iterator[bytes]) -> bytes | None:
    """The next piece, None after the last: StopIteration cannot cross from a thread to a coroutine."""
    return next(pieces, None)


def content_type(name: str) -> str:
    """The type of a few harmless endings; everything else is just bytes. What the resource says is not passed on."""
    return TYPES.get(name.lower().rpartition(".")[2], "application/octet-stream")


def disposition(name: str) -> str:
    """Content-Disposition of RFC 6266, in both of its forms."""
    plain = safe_name(name)
    simple = "".join(one if one.isascii() and one not in '"\\%' else "_" for one in plain)
    return f"attachment; filename=\"{simple}\"; filename*=UTF-8''{quote(plain, safe='')}"


def safe_name(name: str) -> str:
    """A file name without folders, control characters and marks of direction; at most 150 characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(one for one in base if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    stem, dot, ending = clean.strip(" .").rpartition(".")
    ending = ending[:20]
    short = f"{stem[: MAX_NAME - len(dot + ending)]}{dot}{ending}" if dot else ending_free(clean)
    return short.strip(" .") or "file"


def ending_free(clean: str) -> str:
    return clean.strip(" .")[:MAX_NAME]
