"""Follows the cursors of lists, in every dialect that the API speaks, and always comes to an end.

Most lists answer `{data, first_id, last_id, has_more}`; fine-tuning jobs and events have no `last_id`, so the
last row's id is the cursor; some say `has_more` for ever; a search page says `next_page`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from console.outbound.errors import ProtocolError
from console.v1 import parse

MAX_PAGES = 2000
Fetch = Callable[[dict[str, Any]], object]
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list. `after` is the cursor behind them, "" when the list has ended; `total` counts the
    rows of the whole list where the service tells.
    """

    rows: tuple[T, ...]
    after: str = ""
    total: int | None = None

    def map(self, read: Callable[[object], U]) -> "Page[U]":
        """The same page of what `read` makes of the rows; those that it refuses are left out."""
        return Page(tuple(_understood(self.rows, read)), self.after, self.total)


class IncompleteList(ProtocolError):
    """A list that does not end: `items` holds what came before that was noticed, `after` the last good
    cursor.
    """

    def __init__(self, message: str, *, items: list[dict[str, Any]] | None = None, after: str = "") -> None:
        super().__init__(message)
        self.items = items or []
        self.after = after


def rows(fetch: Fetch, params: Mapping[str, Any], after: str = "") -> Iterator[dict[str, Any]]:
    """Every object of a list; `fetch` gets the query of a page and answers its JSON.

    Raises what `pages` raises; `IncompleteList` then holds the rows that came before.
    """
    items: list[dict[str, Any]] = []
    try:
        for page in pages(fetch, params, after):
            for row in page.rows:
                items.append(row)
                yield row
    except IncompleteList as error:
        error.items = items
        raise


def pages(fetch: Fetch, params: Mapping[str, Any], after: str = "") -> Iterator[Page[dict[str, Any]]]:
    """The pages of a list, from a cursor on if one is given.

    Rows that a shifting list shows twice come once. Raises `IncompleteList` after 2,000 pages or on a cursor
    that was there before, and `ProtocolError` when an answer is no list.
    """
    known: set[str] = set()
    cursors = {after}
    for _ in range(MAX_PAGES):
        page = _page(fetch({**params, "after": after} if after else dict(params)))
        following = _next(page)
        yield Page(tuple(_new(page["data"], known)), following, parse.integer(page.get("total")))
        if not following:
            return
        if following in cursors:
            raise IncompleteList("The list turns in a circle: it names a cursor again.", after=after)
        cursors.add(following)
        after = following
    raise IncompleteList(f"The list has more than {MAX_PAGES} pages.", after=after)


def _new(data: object, known: set[str]) -> Iterator[dict[str, Any]]:
    for row in parse.rows(data):
        name = parse.text(row.get("id"))
        if not name or name not in known:
            known.add(name)
            yield row


def _understood(rows: tuple[T, ...], read: Callable[[object], U]) -> Iterator[U]:
    for row in rows:
        with suppress(ProtocolError):
            yield read(row)


def _page(value: object) -> parse.Json:
    page = parse.mapping(value)
    if not isinstance(page.get("data"), list):
        raise ProtocolError("The answer is not a list: it has no `data`.")
    return page


def _next(page: parse.Json) -> str:
    """The cursor of the following page, "" after the last. An empty page ends a list whatever it says."""
    if page.get("has_more") is not True or not page["data"]:
        return ""
    last = page["data"][-1]
    own_id = parse.text(last.get("id")) if isinstance(last, dict) else ""
    return parse.text(page.get("last_id")) or own_id or parse.text(page.get("next_page"))
