"""Request bodies that are made while they are sent: a file of any size costs a few pieces of memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["SizedBody"]


@dataclass(frozen=True, slots=True)
class SizedBody:
    """A body of exactly `size` bytes with its media type. It is sent once, never again."""

    size: int
    kind: str
    pieces: Iterable[bytes]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    @property
    def headers(self) -> dict[str, str]:
        return {"content-type": self.kind, "content-length": str(self.size)}
