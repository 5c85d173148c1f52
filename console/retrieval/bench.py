"""One query on one or two stores: what was found, in what order, how long it took, and what both found."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.models import Item
from console.outbound.errors import UpstreamError
from console.retrieval.contents import names
from console.retrieval.passages import Passage, passage
from console.v1 import vector_search
from console.v1.vector_search import Found, Hit


@dataclass(frozen=True)
class Shown:
    """One result. `also` is the rank of the same file on the other side, 0 where it is not."""

    rank: int
    hit: Hit
    name: str
    passage: Passage
    is_in_index: bool
    also: int = 0

    @property
    def text(self) -> str:
        return "\n\n".join(self.hit.texts)


@dataclass(frozen=True)
class Side:
    """What one store answered; `seconds` is how long that took. With an `error` there is nothing else."""

    item: Item
    seconds: float
    found: Found | None = None
    error: UpstreamError | None = None
    results: Sequence[Shown] = field(default_factory=tuple)

    @property
    def was_rewritten(self) -> bool:
        return self.found is not None and bool(self.found.queries)


def search(items: Sequence[Item], user: Any, body: Mapping[str, Any]) -> list[Side]:
    """Ask each store the same; errors are told side by side, not raised."""
    sides = [asked(item, user, body) for item in items]
    places = [ranks(side) for side in sides]
    return [
        shown(side, body, places[1 - n] if len(sides) == 2 else {}, is_pair=len(sides) == 2)
        for n, side in enumerate(sides)
    ]


def asked(item: Item, user: Any, body: Mapping[str, Any]) -> Side:
    began = time.monotonic()
    try:
        with item.connection.client(user) as client:
            found = vector_search.search(client, item.remote_id, body, label=item.name)
    except UpstreamError as error:
        return Side(item, time.monotonic() - began, error=error)
    return Side(item, time.monotonic() - began, found)


def ranks(side: Side) -> dict[str, int]:
    """The best rank of each file, under its id and its name: resources do not share ids."""
    places: dict[str, int] = {}
    for rank, hit in enumerate(side.found.hits if side.found else (), 1):
        for key in filter(None, (hit.file_id, hit.filename)):
            places.setdefault(key, rank)
    return places


def shown(side: Side, body: Mapping[str, Any], others: Mapping[str, int], *, is_pair: bool) -> Side:
    if side.found is None:
        return side
    queries = [str(body["query"]), *side.found.queries]
    known = names(side.item.connection, [hit.file_id for hit in side.found.hits])
    results = [
        Shown(
            rank=rank,
            hit=hit,
            name=hit.filename or known.get(hit.file_id, hit.file_id),
            passage=passage("\n\n".join(hit.texts), queries),
            is_in_index=hit.file_id in known,
            also=others.get(hit.file_id) or others.get(hit.filename, 0) if is_pair else 0,
        )
        for rank, hit in enumerate(side.found.hits, 1)
    ]
    return Side(side.item, side.seconds, side.found, results=results)


def stores(rows: Any, besides: Item) -> list[Item]:
    """The stores that another can be compared with, by name."""
    found = rows.present().exclude(pk=besides.pk).exclude(status="expired")
    return list(found.defer("raw").order_by("name", "id")[:300])
