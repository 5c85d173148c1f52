"""Curves of a training: from the result file, from events, or from checkpoints, whichever there is.

The result file is a CSV with a row per step
(https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning#analyze-your-fine-tuned-model); cells
of steps without an evaluation are blank or -1.
"""

import codecs
import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from console.outbound.errors import ProtocolError
from console.v1.fine_tuning import Checkpoint, Event

MOST_ROWS = 200_000
LONGEST_LINE = 64 * 1024
_ABSENT = -1.0
_STEP = "step"


@dataclass(frozen=True, slots=True)
class Point:
    """A metric's value at a step."""

    step: float
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One metric over the steps of a training, in their order."""

    metric: str
    points: tuple[Point, ...]


Row = tuple[float, Sequence[tuple[str, float]]]


def of_results(pieces: Iterable[bytes]) -> tuple[Series, ...]:
    """The curves of a result file, read as it comes. Raises `ProtocolError` when it is no such table."""
    return _series(_rows(_lines(pieces)))


def of_events(events: Iterable[Event]) -> tuple[Series, ...]:
    """The curves that the metrics events of a job tell, in whatever order they come."""
    return _series((each.step, tuple(each.metrics.items())) for each in events if each.step is not None)


def of_checkpoints(checkpoints: Iterable[Checkpoint]) -> tuple[Series, ...]:
    """The curves through the checkpoints of a job: few points, but always there."""
    return _series(
        (float(each.step), tuple(each.metrics.items())) for each in checkpoints if each.step is not None
    )


def _series(rows: Iterable[Row]) -> tuple[Series, ...]:
    """A series per metric that has a value at all; of two values at one step the later stays."""
    found: dict[str, dict[float, float]] = {}
    for step, values in rows:
        for metric, value in values:
            if value != _ABSENT:
                found.setdefault(metric, {})[step] = value
    return tuple(
        Series(metric, tuple(Point(step, points[step]) for step in sorted(points)))
        for metric, points in found.items()
    )


def _rows(lines: Iterator[str]) -> Iterator[Row]:
    reader = csv.reader(lines)
    try:
        header = [name.strip() for name in next(reader, [])]
        if _STEP not in header:
            raise ProtocolError("The result file is not a table of steps: it has no column `step`.")
        place = header.index(_STEP)
        for number, cells in enumerate(reader, 1):
            if number > MOST_ROWS:
                return
            step = _number(cells[place]) if place < len(cells) else None
            if step is not None:
                yield step, [*_values(header, cells)]
    except csv.Error:
        raise ProtocolError("The result file is not a table.") from None


def _values(header: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, float]]:
    for name, cell in zip(header, cells, strict=False):
        value = _number(cell)
        if name and name != _STEP and value is not None:
            yield name, value


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder, rest = codecs.getincrementaldecoder("utf-8-sig")("replace"), ""
    for piece in pieces:
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise ProtocolError("The result file is not a table: a line of it has no end.")
    if rest := rest + decoder.decode(b"", final=True):
        yield rest
