"""Items of a run, filtered: read page by page from where the last page ended, never all of a long run at once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from console.outbound.errors import UpstreamError
from console.v1 import eval_runs
from console.v1.client import Client
from console.v1.eval_runs import ITEM_STATUSES, OutputItem

SIZE = 50
MOST_LOOKED_AT = 1000
"""As many items are read to fill a page that a filter leaves thin; the next link goes on from there."""
MOST_BESIDE = 200
"""As many items are read in each direction for the ones beside an item."""


@dataclass(frozen=True)
class Wanted:
    """Which items are asked for; with a criterion, `status` is what that one says."""

    status: str = ""
    criterion: str = ""
    q: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.status or self.criterion or self.q)

    @property
    def upstream_status(self) -> str | None:
        """The part of it that the resource can filter by."""
        return self.status if self.status in ITEM_STATUSES and not self.criterion else None

    def fits(self, item: OutputItem) -> bool:
        return self.fits_status(item) and all(word in words(item) for word in self.q.lower().split())

    def fits_status(self, item: OutputItem) -> bool:
        if not self.criterion:
            return self.status in ("", item.status)
        verdicts = [one for one in item.verdicts if one.name == self.criterion]
        said = {"pass": True, "fail": False}.get(self.status)
        return any(self.status == "" or (said is not None and one.passed is said) for one in verdicts)


@dataclass(frozen=True)
class Found:
    """A page of items: `after` is the cursor to go on from, "" at the end; `looked_at` how many were read."""

    items: Sequence[OutputItem]
    after: str
    looked_at: int


def find(client: Client, eval_id: str, run_id: str, wanted: Wanted, *, after: str = "") -> Found:
    """The next items that fit, at most a page of them."""
    found: list[OutputItem] = []
    looked_at = 0
    for item, is_last in read(client, eval_id, run_id, wanted, after):
        looked_at += 1
        if wanted.fits(item):
            found.append(item)
        if len(found) == SIZE or looked_at == MOST_LOOKED_AT:
            return Found(found, "" if is_last else item.id, looked_at)
    return Found(found, "", looked_at)


def read(
    client: Client, eval_id: str, run_id: str, wanted: Wanted, after: str
) -> Iterator[tuple[OutputItem, bool]]:
    """Item by item, and whether it is the last there is."""
    limit = 100 if wanted.is_narrow else SIZE
    pages = eval_runs.item_pages(
        client, eval_id, run_id, status=wanted.upstream_status, limit=limit, after=after
    )
    for page in pages:
        for place, item in enumerate(page.rows, 1):
            yield item, place == len(page.rows) and not page.after


class Near(NamedTuple):
    """The id of the nearest item that fits, else "" and why: there is none, it is too far, it is not told."""

    id: str
    why: Literal["", "end", "far", "untold"] = ""


def beside(client: Client, eval_id: str, run_id: str, item: OutputItem, wanted: Wanted) -> tuple[Near, Near]:
    """The nearest items that fit, before one and after it; what a resource does not tell breaks no page."""
    before, after = (near(client, eval_id, run_id, item, wanted, order=order) for order in ("desc", "asc"))
    return before, after


def near(client: Client, eval_id: str, run_id: str, item: OutputItem, wanted: Wanted, *, order: str) -> Near:
    """The resource filters only where the item itself fits: elsewhere it would not know the cursor."""
    status = wanted.upstream_status if wanted.upstream_status == item.status else None
    limit = 1 if wanted == Wanted(status or "") else 100
    pages = eval_runs.item_pages(
        client, eval_id, run_id, status=status, order=order, limit=limit, after=item.id
    )
    looked_at = 0
    try:
        for page in pages:
            if found := next(filter(wanted.fits, page.rows), None):
                return Near(found.id)
            looked_at += len(page.rows)
            if looked_at >= MOST_BESIDE and page.after:
                return Near("", "far")
    except UpstreamError:
        return Near("", "untold")
    return Near("", "end")


def words(item: OutputItem) -> str:
    """What searching looks at: the row of the data and the answer."""
    answer = " ".join(text for _, text in item.sample.output)
    return f"{json.dumps(item.item, ensure_ascii=False)} {answer}".lower()
