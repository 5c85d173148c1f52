"""What a kind of object answers when it is asked to read a connection."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from console.models import Connection, Item
from console.models.seen import Seen
from console.v1.client import Client

BATCH = 200


class NotOffered(Exception):
    """The resource has no such listing; the text says why, and what to do instead."""


@dataclass(frozen=True)
class Batch:
    """Some objects of a listing, and the cursor after which it can be gone on with ("" where it cannot)."""

    rows: Sequence[Seen]
    cursor: str = ""


@dataclass(frozen=True)
class Reading:
    """A listing under way; `source` is where it comes from: models, arm or list."""

    source: str
    batches: Iterable[Batch]


@dataclass(frozen=True)
class Following:
    """How objects that work are read again by themselves: `look` asks for one, `ended` are the last states."""

    look: Callable[[Client, Item], None]
    ended: frozenset[str]


@dataclass(frozen=True)
class Kind:
    """One kind of object: `read` takes a connection and a cursor, `every` is how old it may grow.

    Without `read` there is no list at the API: the index holds what single calls told of, and nothing but a
    call for the object itself can say that it is gone. `meet` asks for one by its id and keeps it.
    """

    name: str
    every: timedelta
    read: Callable[[Connection, str], Reading] | None
    applies: Callable[[Connection], bool]
    following: Following | None = None
    meet: Callable[[Client, Connection, str], object] | None = None

    @property
    def is_listed(self) -> bool:
        return self.read is not None


def batches(rows: Iterable[Seen]) -> Iterator[Batch]:
    """Cut a listing that came in one piece."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, BATCH)):
        yield Batch(chunk)
