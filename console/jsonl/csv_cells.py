"""CSV that no spreadsheet takes for formulas, and JSON Lines written as such CSV.

Rule: OWASP ASVS 5.0, 1.2.10: https://owasp.org/www-community/attacks/CSV_Injection. Form: RFC 4180, every cell quoted.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .edits import dump
from .lines import BOM, Source, chunks, lines, opened
from .walk import Path

STARTERS = frozenset("=+-@|%\t\r\n＝＋－＠")
UNSEEN = frozenset({"Zs", "Cf"})
MOST_COLUMNS = 200
REST = "not_json"
TOO_LONG = "(a line longer than 8 MiB)"


def guarded(text: str) -> str:
    """Return the text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    for character in text:
        if character in STARTERS:
            return "'" + text
        if unicodedata.category(character) not in UNSEEN:
            break
    return text


def cell(value: Any) -> str:
    """Return a JSON value as the text of a cell: numbers as they are, null as nothing, texts guarded."""
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else dump(value)


def csv_line(values: Iterable[Any]) -> bytes:
    """Return a line of CSV in UTF-8, its cells guarded and quoted, ended by CR LF."""
    cells = (cell(value).replace('"', '""') for value in values)
    return ('"' + '","'.join(cells) + '"\r\n').encode(errors="replace")


def to_csv(source: Source, *, columns: Mapping[str, Path] | None = None) -> Iterator[bytes]:
    """Yield the file as CSV, the header first; `columns` maps titles to where the values stand in each line.

    Without it there is a column for each top-level member, of at most 200. Lines that are no objects stand in a column
    of their own, `not_json`. The source is read twice and must be able to seek. Raises OSError.
    """
    names, has_rest = _members(source)
    wanted = dict(columns) if columns is not None else {name: (name,) for name in names}
    yield csv_line([*wanted, *([REST] if has_rest else [])])
    for text, value in _objects(source):
        cells = [_at(value, path) for path in wanted.values()]
        rest = ["" if value is not None else text] if has_rest else []
        yield csv_line([*cells, *rest])


def _members(source: Source) -> tuple[list[str], bool]:
    """Return the names of all members in order of appearance, and whether there are lines that are no objects."""
    names: dict[str, None] = {}
    has_rest = False
    for _, value in _objects(source):
        if value is None:
            has_rest = True
        elif len(names) < MOST_COLUMNS:
            names |= dict.fromkeys(value)
    return list(names)[:MOST_COLUMNS], has_rest


def _objects(source: Source) -> Iterator[tuple[str, dict[str, Any] | None]]:
    with opened(source) as stream:
        if not isinstance(source, bytes):
            stream.seek(0)
        for line in lines(chunks(stream)):
            data = line.data.removeprefix(BOM)
            if not line.whole:
                if line.ending:
                    yield TOO_LONG, None
            elif data.strip():
                text = data.decode(errors="replace")
                yield text, _object(text)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
