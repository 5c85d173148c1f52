"""A few lines of a file as a table, read from where they stand; never more than a page's bytes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .edits import dump
from .lines import BOM, Line, Source, lines, opened
from .problems import shown

PAGE = 50
MOST_ROWS = 200
MOST_BYTES = 1024 * 1024
MOST_COLUMNS = 12
MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its cells by column, or its raw text where it is no object; `is_whole` is False for a piece of a line."""

    line: int
    offset: int
    cells: dict[str, str]
    raw: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the columns to show, and where to go on (bytes from the start, line number); None at the end."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    next_offset: int | None
    next_line: int


def preview(
    source: Source, *, offset: int = 0, line: int = 1, rows: int = PAGE, most_bytes: int = MOST_BYTES
) -> Page:
    """Return up to `rows` lines from byte `offset`, which is in line `line`; the source must be able to seek.

    A line longer than `most_bytes` is given in pieces. Raises OSError.
    """
    offset, most_bytes = max(offset, 0), max(most_bytes, 16)
    with opened(source) as stream:
        stream.seek(max(offset - 1, 0))
        before = stream.read(1) if offset else b"\n"
        data = stream.read(most_bytes + 1)
    has_more = len(data) > most_bytes
    found: list[Row] = []
    position, number, starts = offset, line, before in {b"\n", b"\r"}
    for item in _complete(data, most_bytes):
        if len(found) == min(rows, MOST_ROWS):
            break
        is_whole = starts and bool(item.ending or not has_more)
        found.append(_row(item, number, position, is_whole=is_whole))
        position += len(item.data) + len(item.ending)
        number += bool(item.ending)
        starts = bool(item.ending)
    columns = dict.fromkeys(name for row in found for name in row.cells)
    is_end = position >= offset + len(data)
    return Page(tuple(columns)[:MOST_COLUMNS], tuple(found), None if is_end else position, number)


def _complete(data: bytes, most: int) -> Iterator[Line]:
    """Yield the lines in what was read; the last, cut one only if it is the first, too."""
    if len(data) <= most:
        yield from lines(iter([data]))
        return
    # A CR at the cut may be the first half of CR LF.
    data = data[:most].removesuffix(b"\r")
    for item in lines(iter([data])):
        if item.ending or item.number == 1:
            yield item


def _row(item: Line, number: int, offset: int, *, is_whole: bool) -> Row:
    data = item.data if offset else item.data.removeprefix(BOM)
    text = data.decode(errors="replace")
    cells: dict[str, str] = {}
    if is_whole:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        cells = _cells(value) if isinstance(value, dict) else {}
    return Row(number, offset, cells, "" if cells else shown(text, MOST_TEXT), is_whole)


def _cells(value: dict[str, Any]) -> dict[str, str]:
    """Return a short text for each member; of a batch's request the model and the first text instead of its body."""
    cells = {}
    for key, inner in value.items():
        if key == "body" and isinstance(inner, dict):
            cells["model"] = _cell(inner.get("model", ""))
            cells["request"] = _cell(inner.get("messages", inner.get("input", inner)))
        elif key == "item" and isinstance(inner, dict):
            cells |= {shown(f"item.{name}"): _cell(field) for name, field in inner.items()}
        else:
            cells[shown(key)] = _cell(inner)
    return cells


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return shown(value, MOST_TEXT)
    if (
        isinstance(value, list)
        and value
        and all(isinstance(message, dict) and "role" in message for message in value)
    ):
        return _conversation(value)
    return shown(dump(value), MOST_TEXT)


def _conversation(messages: list[dict[str, Any]]) -> str:
    """Return who speaks and the first text of a user: `system, user, assistant: How do I …`."""
    who = ", ".join(shown(message["role"]) for message in messages[:6])
    more = ", …" if len(messages) > 6 else ""
    texts = (message.get("content") for message in messages if message["role"] in ("user", "human"))
    first = next((text for text in texts if isinstance(text, str)), "")
    return shown(f"{who}{more}: {first}" if first else who + more, MOST_TEXT)
