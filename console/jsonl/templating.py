"""A batch from a prompt template and a CSV: one request for each row, `{{column}}` replaced by the row's cell.

Cells are put into the values of the parsed template, so that nothing in a cell can change the form of a request.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .batches import digest
from .edits import dump
from .lines import BOM, Line, Source, chunks, lines, opened
from .problems import shown
from .purposes import LIMITS, Purpose

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
LIMIT = LIMITS[Purpose.BATCH]
MOST_UNCLOSED = 24  # characters of a placeholder without an end
MOST_NAMED = 20  # columns in a sentence


class BuildError(Exception):
    """Why no batch can be built; `row` counts the rows below the header from 1, 0 is the header or the template."""

    def __init__(self, message: str, *, row: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.row = row

    def __reduce__(self) -> tuple[Any, ...]:
        return _build_error, (self.message, self.row)


def _build_error(message: str, row: int) -> BuildError:
    return BuildError(message, row=row)


@dataclass(frozen=True)
class Template:
    """A request: endpoint, deployment, body with placeholders; ids are `row-1`, `row-2` … or follow a template."""

    endpoint: str
    model: str
    body: dict[str, Any]
    custom_id: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the placeholders name."""
        return columns_of([self.body, self.custom_id])

    @property
    def is_constant(self) -> bool:
        """Whether every row gives the same request, but for its id."""
        return not columns_of(self.body)


def columns_of(value: Any) -> frozenset[str]:
    """The columns that the placeholders in the strings of a JSON value name."""
    return frozenset(name for text in _strings(value) for name in PLACEHOLDER.findall(text))


def unclosed(value: Any) -> str:
    """The first place in the strings of a JSON value where a placeholder begins and does not end, cut short; or ""."""
    for text in _strings(value):
        rest = PLACEHOLDER.sub(" ", text)
        if (start := rest.find("{{")) >= 0:
            return shown(rest[start:], MOST_UNCLOSED)
    return ""


def no_column(missing: Iterable[str], header: Sequence[str]) -> str:
    """The sentence for columns that a template names and a CSV does not have; it names those that there are."""
    there = _quoted(header[:MOST_NAMED])
    more = f" and {len(header) - MOST_NAMED} more" if len(header) > MOST_NAMED else ""
    return f"The CSV has no column {_quoted(sorted(missing))}. Its columns: {there}{more}."


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{shown(name)}"' for name in names)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def build(template: Template, source: Source) -> Iterator[bytes]:
    """Yield the lines of the batch, each with its newline, while reading the CSV.

    The CSV is UTF-8, with a header, separated by commas, semicolons or tabs. Raises BuildError at the first row that
    does not fit: with too few or too many cells, an empty or repeated id, or past the limits of a batch.
    """
    seen: set[bytes] = set()
    size = 0
    for row, cells in rows(source, needed=template.columns):
        if row > LIMIT.most:
            raise BuildError(f"A batch has at most {LIMIT.most:,} requests.", row=row)
        custom_id = _filled(template.custom_id, cells) if template.custom_id else f"row-{row}"
        key = digest(custom_id)
        if not custom_id.strip():
            raise BuildError("The id of this row is empty.", row=row)
        if key in seen:
            raise BuildError(f'The id "{shown(custom_id)}" was used before.', row=row)
        seen.add(key)
        body = {"model": template.model, **_filled(template.body, cells)}
        request = {"custom_id": custom_id, "method": "POST", "url": template.endpoint, "body": body}
        line = dump(request).encode(errors="replace") + b"\n"
        size += len(line)
        if size > LIMIT.bytes:
            raise BuildError(f"The batch would be larger than {LIMIT.bytes // 10**6} MB.", row=row)
        yield line


def _filled(value: Any, cells: dict[str, str]) -> Any:
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: cells[match.group(1)], value)
    if isinstance(value, list):
        return [_filled(inner, cells) for inner in value]
    if isinstance(value, dict):
        return {key: _filled(inner, cells) for key, inner in value.items()}
    return value


def header(source: Source) -> list[str]:
    """The names of the columns of a CSV, without reading behind them. Raises BuildError."""
    with opened(source) as stream:
        texts = _texts(lines(chunks(stream)))
        first = next(texts, "")
        reader = csv.reader(_again(first, texts), delimiter=_delimiter(first), strict=True)
        return _header(_next(reader, 0) or [], frozenset())


def rows(source: Source, *, needed: frozenset[str] = frozenset()) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number (from 1) and cells by column for each row of a CSV with a header; empty rows are passed over.

    Raises BuildError, also when a column of `needed` is not there.
    """
    with opened(source) as stream:
        texts = _texts(lines(chunks(stream)))
        first = next(texts, "")
        reader = csv.reader(_again(first, texts), delimiter=_delimiter(first), strict=True)
        header: list[str] | None = None
        row = 0
        while (cells := _next(reader, row + (header is not None))) is not None:
            if header is None:
                header = _header(cells, needed)
            elif cells:
                row += 1
                if len(cells) != len(header):
                    count = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
                    raise BuildError(f"The row has {count}, the header {len(header)}.", row=row)
                yield row, dict(zip(header, cells, strict=True))
        if header is None:
            raise BuildError("The CSV is empty.")


def _texts(source_lines: Iterator[Line]) -> Iterator[str]:
    for line in source_lines:
        data = line.data.removeprefix(BOM) if line.number == 1 else line.data
        if not line.whole:
            raise BuildError(f"Line {line.number} is longer than 8 MiB.")
        try:
            yield data.decode() + "\n"
        except UnicodeDecodeError:
            raise BuildError(f"Line {line.number} is not UTF-8; save the CSV as UTF-8.") from None


def _again(first: str, texts: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from texts


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _next(reader: Iterator[list[str]], row: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise BuildError(f"The CSV cannot be read: {error}.", row=row) from None


def _header(cells: list[str], needed: frozenset[str]) -> list[str]:
    names = [name.strip() for name in cells]
    if not all(names):
        raise BuildError("A column has no name.")
    if len(set(names)) < len(names):
        raise BuildError("Two columns have the same name.")
    if missing := needed - set(names):
        raise BuildError(no_column(missing, names))
    return names
