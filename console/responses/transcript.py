"""A stretch of a long list of items, in the order in which they were said, paged both ways.

The API's lists go one way from a cursor; the other way is the other order from the same cursor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from console.v1.client import Page
from console.v1.items import Item

SIZE = 20

Pages = Callable[[str, str], Iterator[Page[Item]]]
"""Takes an order (asc or desc) and a cursor."""


@dataclass(frozen=True)
class Stretch:
    """`items`, the oldest first; `earlier` and `later` are cursors of their neighbours, "" at the ends."""

    items: tuple[Item, ...]
    earlier: str = ""
    later: str = ""


def stretch(pages: Pages, *, before: str = "", after: str = "", from_end: bool = False) -> Stretch:
    """The items before or after a cursor; without one those at the beginning, or at the end."""
    is_backward = bool(before) or (from_end and not after)
    page = next(pages("desc" if is_backward else "asc", before or after), None)
    rows = page.rows if page else ()
    has_more = bool(page and page.after)
    if not rows:
        return Stretch((), earlier=after, later=before)
    if is_backward:
        first, last = rows[-1].id, rows[0].id
        return Stretch(rows[::-1], earlier=first if has_more else "", later=last if before else "")
    return Stretch(rows, earlier=rows[0].id if after else "", later=rows[-1].id if has_more else "")
