"""A request that a server of the tests received, and the journal of the simulator's process."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

JUDGED = frozenset({"user-agent", "content-type"})


@dataclass(frozen=True)
class Sent:
    """One request; `path` as it was on the wire, percent-encoded; names of headers in small letters."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def line(self) -> str:
        """One line of a journal; of the headers only those that are judged, so that no secret is kept."""
        kept = {
            name: value for name, value in self.headers.items() if name in JUDGED or name.startswith("aoai-")
        }
        told = {**asdict(self), "headers": kept, "body": base64.b64encode(self.body).decode()}
        return json.dumps(told) + "\n"

    @classmethod
    def read(cls, line: str) -> "Sent":
        told = json.loads(line)
        return cls(**{**told, "body": base64.b64decode(told["body"])})


class Journal:
    """The file to which `journalled` appends; read from where the last reading ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0

    def unread(self) -> list[Sent]:
        if not self.path.exists() or self.path.stat().st_size == self._read:
            return []
        with self.path.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        return [Sent.read(line) for line in whole.decode().splitlines()]
