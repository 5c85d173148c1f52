"""Reading `multipart/form-data` as it arrives: the one file goes to disk, the fields stay small.

Format: RFC 7578.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from starlette.requests import Request

from console.simulator.errors import Refusal, invalid

_HEADERS_LIMIT = 16 * 1024
_FIELD_LIMIT = 64 * 1024
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?boundary="?([^";,]{1,200})"?', re.I | re.S)
_NAME = re.compile(r'\bname="((?:[^"\\]|\\.)*)"', re.I)
_FILENAME = re.compile(r'\bfilename="((?:[^"\\]|\\.)*)"', re.I)


@dataclass(slots=True)
class Form:
    """What was sent: the fields as text, and the name and size of the file if there was one."""

    fields: dict[str, str] = field(default_factory=dict)
    filename: str | None = None
    size: int = 0


async def read_form(request: Request, target: Callable[[], BinaryIO], most: int) -> Form:
    """The form of a request; the part `file` is written to what `target` opens, up to `most` bytes."""
    match = _BOUNDARY.match(request.headers.get("content-type", ""))
    if match is None:
        message = "This API method only accepts 'multipart/form-data' requests with a boundary."
        raise invalid("invalid_content_type", message)
    parts = _Parts(match[1].encode("latin-1"), target, most)
    try:
        async for chunk in request.stream():
            parts.feed(chunk)
    finally:
        parts.close()
    if not parts.ended:
        raise broken("the body ends before its closing boundary")
    return parts.form


def broken(why: str) -> Refusal:
    return invalid("invalid_multipart_form_data", f"Invalid multipart form data: {why}.")


class _Parts:
    """A parser that is fed with pieces of the body; holds no more of it than one piece and a boundary."""

    def __init__(self, boundary: bytes, target: Callable[[], BinaryIO], most: int) -> None:
        self.form = Form()
        self.ended = False
        self._delimiter = b"\r\n--" + boundary
        self._target = target
        self._most = most
        self._buffer = bytearray(b"\r\n")
        self._step: Callable[[], bool] = self._preamble
        self._sink: BinaryIO | None = None
        self._name = ""
        self._text = bytearray()

    def feed(self, chunk: bytes) -> None:
        if not self.ended:
            self._buffer += chunk
        while not self.ended and self._step():
            pass

    def close(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def _preamble(self) -> bool:
        end = self._buffer.find(self._delimiter)
        if end < 0:
            del self._buffer[: max(len(self._buffer) - len(self._delimiter), 0)]
            return False
        return self._pass_delimiter(end)

    def _pass_delimiter(self, start: int) -> bool:
        del self._buffer[: start + len(self._delimiter)]
        self._step = self._boundary_end
        return True

    def _boundary_end(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer.startswith(b"--"):
            self.ended = True
        elif self._buffer.startswith(b"\r\n"):
            self._step = self._headers
        else:
            raise broken("a boundary is followed by neither a line break nor its end")
        return True

    def _headers(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _HEADERS_LIMIT:
                raise broken("the headers of a part are too long")
            return False
        self._open(bytes(self._buffer[:end]).decode("utf-8", "replace"))
        del self._buffer[: end + 4]
        # The line break before the next boundary may follow at once.
        self._step = self._body
        return True

    def _open(self, headers: str) -> None:
        name, filename = _NAME.search(headers), _FILENAME.search(headers)
        if name is None:
            raise broken("a part has no name")
        self._name = _plain(name[1])
        self._text.clear()
        if filename is not None and self._name == "file":
            if self.form.filename is not None:
                raise broken("there is more than one file")
            self.form.filename = _plain(filename[1]).replace("\\", "/").rpartition("/")[2]
            self._sink = self._target()

    def _body(self) -> bool:
        end = self._buffer.find(self._delimiter)
        if end >= 0:
            self._take(bytes(self._buffer[:end]))
            self._shut()
            return self._pass_delimiter(end)
        certain = len(self._buffer) - len(self._delimiter)
        if certain > 0:
            self._take(bytes(self._buffer[:certain]))
            del self._buffer[:certain]
        return False

    def _take(self, content: bytes) -> None:
        if self._sink is not None:
            self.form.size += len(content)
            if self.form.size > self._most:
                raise invalid(
                    "file_too_large", f"The file is larger than {self._most} bytes.", param="file", status=413
                )
            self._sink.write(content)
        else:
            self._text += content
            if len(self._text) > _FIELD_LIMIT:
                raise broken(f"the field '{self._name[:80]}' is too long")

    def _shut(self) -> None:
        if self._sink is None:
            self.form.fields[self._name] = self._text.decode("utf-8", "replace")
        self.close()


def _plain(quoted: str) -> str:
    """A parameter without the escapes of browsers (`%22`) and of RFC 822 (backslash)."""
    return re.sub(r"\\(.)", r"\1", quoted).replace("%22", '"').replace("%0D", "").replace("%0A", "")
