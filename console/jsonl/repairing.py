"""The safe repairs of a JSONL file: one pass from a source to a new file; the source is only read."""

import os
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from .catalogue import REPAIRS
from .edits import Insert, Remove, Replace, Wrap, apply
from .examine import BLANK_BYTES, Examiner, foreign_encoding, rules_for, text_of
from .lines import BOM, CHUNK, Cancel, Line, Progress, Source, chunks, lines, opened
from .problems import Finding, json_path, shown
from .purposes import Expected, Purpose

MOST_CHANGES = 1000
MOST_OF_A_CODE = 200
ENDINGS = {b"\r\n": "line_ending_crlf", b"\r": "line_ending_cr"}
UNWANTED = {Purpose.BATCH: "bom_present", Purpose.EVALS: "bom_unneeded"}
LINE_ENDINGS = {"line_ending_crlf", "line_ending_cr", "line_ending_mixed"}
EDITS = (Insert, Remove, Replace, Wrap)

Target = BinaryIO | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Change:
    """What was done in a line: `before` and `after` are short texts, "" where there was or is nothing."""

    line: int
    path: str
    code: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class RepairReport:
    """The first changes, exact counts per code, and how much was read and written (lines, bytes)."""

    purpose: Purpose
    lines_read: int
    lines_written: int
    bytes_written: int
    changes: tuple[Change, ...]
    totals: dict[str, int]

    @property
    def is_unchanged(self) -> bool:
        return not self.totals


def repair(
    source: Source,
    target: Target,
    purpose: Purpose,
    codes: Set[str] = frozenset(REPAIRS),
    *,
    expected: Expected | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    chunk: int = CHUNK,
) -> RepairReport:
    """Write the source to the target with the problems of `codes` mended where that is safe; twice is the same as once.

    `expected.model` is the deployment for all lines of a batch, without it the first line's. Line numbers
    are the source's. Raises ValueError when the target is the source or a code has no repair, Cancelled, OSError.
    """
    unknown = codes - REPAIRS.keys()
    if unknown:
        raise ValueError(f"There is no repair for {', '.join(sorted(unknown))}.")
    with opened(source) as stream, _written(source, target) as out:
        return _Repair(out, purpose, codes, expected or Expected()).run(
            chunks(stream, size=chunk, progress=progress, cancel=cancel)
        )


@contextmanager
def _written(source: Source, target: Target) -> Iterator[BinaryIO]:
    """Give a stream for the target, which may not be the source."""
    if not isinstance(target, str | os.PathLike):
        yield target
    elif isinstance(source, str | os.PathLike) and Path(source).resolve() == Path(target).resolve():
        raise ValueError("The repaired file cannot take the place of the original.")
    else:
        with Path(target).open("wb") as stream:
            yield stream


class _Repair:
    """One pass over one file."""

    def __init__(self, out: BinaryIO, purpose: Purpose, codes: Set[str], expected: Expected) -> None:
        self._out = out
        self._purpose = purpose
        self._codes = codes
        rules = rules_for(purpose, expected, renaming="custom_id_duplicate" in codes)
        self._examiner = Examiner(rules)
        self._changes: list[Change] = []
        self._totals: Counter[str] = Counter()
        self._mark, self._has_mark = b"", False
        self._unwanted = UNWANTED.get(purpose, "")
        self._read = self._lines = self._bytes = 0
        self._tail = b"\n"

    def run(self, pieces: Iterator[bytes]) -> RepairReport:
        stream = lines(pieces)
        first = next(stream, None)
        if first is not None and foreign_encoding(first.data):
            self._copy(chain([first], stream))
        elif first is not None:
            first = self._start(first)
            for line in chain([first], stream):
                self._take(line)
            self._end()
        return RepairReport(
            self._purpose, self._read, self._lines, self._bytes, tuple(self._changes), dict(self._totals)
        )

    def _copy(self, stream: Iterator[Line]) -> None:
        """Write a file that is not UTF-8 as it is."""
        for line in stream:
            self._read = line.number
            self._lines += bool(line.ending)
            self._write(line.data + line.ending)

    def _start(self, line: Line) -> Line:
        """Decide about the byte order mark; return the first line without one."""
        has_mark = line.data.startswith(BOM)
        self._has_mark = has_mark
        self._mark = BOM if has_mark else b""
        if has_mark and self._unwanted in self._codes:
            self._mark = b""
            self._note(Change(1, "$", self._unwanted, "BOM", ""))
        elif not has_mark and self._purpose.is_training and "bom_missing" in self._codes:
            self._mark = BOM
            self._note(Change(1, "$", "bom_missing", "", "BOM"))
        return line._replace(data=line.data.removeprefix(BOM))

    def _take(self, line: Line) -> None:
        self._read = line.number
        if not line.whole:
            self._write(line.data + self._ending(line))
            self._lines += bool(line.ending)
            return
        data = line.data
        marks = b""
        while data.startswith(BOM):
            data, marks = data.removeprefix(BOM), marks + BOM
        if marks and {"bom_misplaced", self._unwanted} & self._codes:
            self._note(Change(line.number, "$", "bom_misplaced", "BOM", ""))
            marks = b""
        if not data.strip(BLANK_BYTES):
            if "line_empty" in self._codes or not line.ending + line.data:
                if line.ending or line.data:
                    self._note(Change(line.number, "$", "line_empty"))
                return
        else:
            data = self._mended(line.number, data)
        self._write(marks + data + self._ending(line))
        self._lines += 1

    def _mended(self, number: int, data: bytes) -> bytes:
        """Return the line with its findings mended, where they are among the chosen ones."""
        text, obstacle = text_of(data)
        if obstacle is not None:
            return data
        mended, value, findings = self._examiner.look(number, text, mending=self._codes)
        chosen = [finding for finding in findings if finding.code in self._codes and finding.fix is not None]
        if not chosen:
            return data
        for finding in chosen:
            self._note(_change(number, value, finding))
        return apply(mended, [finding.fix for finding in chosen if isinstance(finding.fix, EDITS)]).encode()

    def _ending(self, line: Line) -> bytes:
        code = ENDINGS.get(line.ending)
        # All or none: a CR that stayed would join the LF of an empty line after it.
        if code is None or not LINE_ENDINGS & self._codes:
            return line.ending
        self._note(Change(line.number, "$", code))
        return b"\n"

    def _write(self, data: bytes) -> None:
        if data:
            data = self._mark + data
            self._mark = b""
            self._out.write(data)
            self._bytes += len(data)
            self._tail = data[-1:]

    def _end(self) -> None:
        """Close the last line; a file of nothing but a byte order mark keeps it."""
        if not self._bytes and self._has_mark:
            self._out.write(self._mark)
            self._bytes = len(self._mark)
        if self._tail not in {b"\r", b"\n"} and "final_newline_missing" in self._codes:
            self._write(b"\n")
            self._note(Change(self._read, "$", "final_newline_missing"))

    def _note(self, change: Change) -> None:
        self._totals[change.code] += 1
        if self._totals[change.code] <= MOST_OF_A_CODE and len(self._changes) < MOST_CHANGES:
            self._changes.append(change)


def _change(number: int, value: dict[str, Any] | None, finding: Finding) -> Change:
    fix = finding.fix
    path = finding.path
    before = after = ""
    if isinstance(fix, Replace):
        before, after = shown(_at(value, fix.path)), shown(fix.value)
    elif isinstance(fix, Remove):
        path, before = fix.path, shown(_at(value, fix.path))
    elif isinstance(fix, Insert):
        path, after = (*fix.path, fix.key), shown(fix.value)
    return Change(number, json_path(path), finding.code, before, after)


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
