"""Cursor lists as the v1 API has them: `after`, `before`, `limit`, `order`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from console.simulator.errors import invalid


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


def page(
    request: Request, rows: Sequence[dict[str, Any]], *, order: str = "desc", limit: int = 20
) -> dict[str, Any]:
    """One page of rows (given the oldest first) as `{object, data, first_id, last_id, has_more}`."""
    wanted = request.query_params.get("order", order)
    if wanted not in ("asc", "desc"):
        message = f"Invalid value: '{wanted[:40]}'. Supported values are: 'asc' and 'desc'."
        raise invalid("invalid_value", message, param="order")
    size = whole_number(request, "limit", limit, 1, 100)
    ordered = list(rows) if wanted == "asc" else list(reversed(rows))
    after = _position(request, ordered, "after")
    before = _position(request, ordered, "before")
    kept = ordered[(after + 1 if after is not None else 0) : before]
    if before is not None and after is None:
        shown, has_more = kept[-size:], len(kept) > size
    else:
        shown, has_more = kept[:size], len(kept) > size
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": has_more,
    }


def _position(request: Request, rows: Sequence[dict[str, Any]], name: str) -> int | None:
    cursor = request.query_params.get(name)
    if not cursor:
        return None
    for index, row in enumerate(rows):
        if row["id"] == cursor:
            return index
    raise invalid("invalid_value", f"No item with id '{cursor[:80]}' found.", param=name)
