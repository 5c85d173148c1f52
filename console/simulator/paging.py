"""Cursor lists as the v1 API has them; which operation knows which parameter is part of `Cursors`.

Rules: the parameters of the lists in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from console.simulator.errors import invalid


@dataclass(frozen=True, slots=True)
class Cursors:
    """What a list takes and tells.

    `order` is the default, and the only one when `fixed`; `before` and `ends` (first_id, last_id) say
    whether the operation has them.
    """

    limit: int = 20
    most: int = 100
    order: str = "desc"
    fixed: bool = False
    before: bool = True
    ends: bool = True
    orders: tuple[str, str] = ("asc", "desc")


FULL = Cursors()


def whole_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A query parameter as a number between the bounds, else 400."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.removeprefix("-").isdecimal() and low <= int(given[:12]) <= high):
        message = (
            f"Invalid '{name}': expected an integer between {low} and {high}, but got '{given[:40]}' instead."
        )
        raise invalid("invalid_value", message, param=name)
    return int(given)


def choice(request: Request, name: str, values: Sequence[str]) -> str | None:
    """A query parameter that is one of the values, None when absent, else 400."""
    given = request.query_params.get(name)
    if given is not None and given not in values:
        supported = ", ".join(f"'{value}'" for value in values[:-1]) + f" and '{values[-1]}'"
        message = f"Invalid value: '{given[:40]}'. Supported values are: {supported}."
        raise invalid("invalid_value", message, param=name)
    return given


def page(request: Request, rows: Sequence[dict[str, Any]], cursors: Cursors = FULL) -> dict[str, Any]:
    """One page of rows (given the oldest first) as `{object, data, first_id, last_id, has_more}`."""
    by_id = {row["id"]: row for row in rows}
    return page_of(request, list(by_id), by_id.__getitem__, cursors)


def page_of(
    request: Request, ids: Sequence[str], show: Callable[[str], dict[str, Any]], cursors: Cursors = FULL
) -> dict[str, Any]:
    """One page of many: only the rows on it are made, by `show`."""
    shown, has_more = _window(request, ids, cursors)
    rows = [show(identifier) for identifier in shown]
    ends = {"first_id": shown[0] if shown else None, "last_id": shown[-1] if shown else None}
    return {"object": "list", "data": rows, **(ends if cursors.ends else {}), "has_more": has_more}


def _window(request: Request, ids: Sequence[str], cursors: Cursors) -> tuple[Sequence[str], bool]:
    wanted = None if cursors.fixed else choice(request, "order", cursors.orders)
    size = whole_number(request, "limit", cursors.limit, 1, cursors.most)
    ordered = ids if (wanted or cursors.order) == cursors.orders[0] else ids[::-1]
    after = _position(request, ordered, "after")
    before = _position(request, ordered, "before") if cursors.before else None
    start, end = (0 if after is None else after + 1), (len(ordered) if before is None else before)
    if before is not None and after is None:
        return ordered[max(end - size, 0) : end], end > size
    return ordered[start : min(start + size, end)], end - start > size


def _position(request: Request, ids: Sequence[str], name: str) -> int | None:
    cursor = request.query_params.get(name)
    if not cursor:
        return None
    try:
        return ids.index(cursor)
    except ValueError as error:
        message = f"No item with id '{cursor[:80]}' found."
        raise invalid("invalid_value", message, param=name) from error
