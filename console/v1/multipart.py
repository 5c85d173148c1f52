"""Forms with one file as the body of a request, read from the disk while they are sent (RFC 7578).

The file's name is written as browsers write it: UTF-8 as it is, quotes percent-encoded
(https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data).
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from console.outbound.errors import BadRequest, Cancelled
from console.outbound.transport import SizedBody

PIECE = 128 * 1024
Progress = Callable[[int], bool]


class FileForm:
    """A form of `fields` and one file of `size` bytes, which is read once, in pieces, while it is sent.

    `progress` is told how many bytes have left before each piece and after the last; when it answers False,
    the form stays incomplete and `Cancelled` is raised. `sha256` is the file's, once all of it has left.
    """

    def __init__(
        self,
        fields: Mapping[str, str],
        file: BinaryIO,
        *,
        name: str,
        size: int,
        progress: Progress | None = None,
    ) -> None:
        self._boundary = secrets.token_hex(16)
        self._file = file
        self._size = size
        self._progress = progress
        self._hash = hashlib.sha256()
        parts = [
            self._part(f'name="{key}"', value.encode("utf-8", "replace")) for key, value in fields.items()
        ]
        opening = self._part(f'name="file"; filename="{header_name(name)}"', b"", "application/octet-stream")
        self._head = b"".join(parts) + opening.removesuffix(b"\r\n")
        self._tail = f"\r\n--{self._boundary}--\r\n".encode()

    @property
    def body(self) -> SizedBody:
        size = len(self._head) + self._size + len(self._tail)
        return SizedBody(size, f"multipart/form-data; boundary={self._boundary}", self._pieces())

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def _part(self, disposition: str, value: bytes, kind: str = "") -> bytes:
        lines = [f"--{self._boundary}", f"Content-Disposition: form-data; {disposition}"]
        lines += [f"Content-Type: {kind}"] if kind else []
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + value + b"\r\n"

    def _pieces(self) -> Iterator[bytes]:
        yield self._head
        left = self._size
        while left:
            self._tell(self._size - left)
            piece = self._file.read(min(PIECE, left))
            if not piece:
                raise BadRequest(
                    "The file is shorter than it was when the upload began. The resource keeps nothing of it.",
                    remedy="Upload the file again.",
                    # Half a form is no request: whoever got its beginning can do nothing with it.
                    sent=False,
                )
            self._hash.update(piece)
            left -= len(piece)
            yield piece
        self._tell(self._size)
        yield self._tail

    def _tell(self, sent: int) -> None:
        if self._progress is not None and not self._progress(sent):
            raise Cancelled("The upload was stopped. The resource keeps nothing of it.")


def fields_only(fields: Mapping[str, str]) -> SizedBody:
    """A form without a file."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode("utf-8", "replace")
    return SizedBody(len(body), f"multipart/form-data; boundary={boundary}", [body])


def header_name(name: str) -> str:
    """A file's name that cannot leave its place in a header, nor name a folder; never empty."""
    plain = "".join("_" if each in "/\\" or _is_control(each) else each for each in name)
    return plain.replace('"', "%22").strip(" .") or "file"


def _is_control(each: str) -> bool:
    """Control characters, line separators, surrogates, and what turns the direction of the text around."""
    return unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp", "Cs"}
