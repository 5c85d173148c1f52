"""The check of a JSONL file: one pass, bounded memory, exact places."""

from collections import Counter
from dataclasses import dataclass

from . import walk
from .batches import Batch
from .catalogue import CATALOGUE
from .edits import FileFix
from .examine import BLANK_BYTES, Examiner, foreign_encoding, rules_for, text_of
from .kinds import ERROR
from .lines import BOM, CHUNK, Cancel, Line, Progress, Source, chunks, lines, opened
from .problems import Finding, Problem, problem
from .purposes import LIMITS, MAX_LINE, Expected, Purpose
from .tokens import TokenCounter, Tokens

MOST_PROBLEMS = 1000
MOST_OF_A_CODE = 200
ENDINGS = {b"\r\n": "line_ending_crlf", b"\r": "line_ending_cr"}
FIX = FileFix()


@dataclass(frozen=True)
class Report:
    """What the check found. `totals` and `repairable` are exact per code; `problems` holds the first of them, in order.

    `bytes`, `lines` and `examples` (lines with an object) count what was read; `models` and `urls` are a batch's.
    """

    purpose: Purpose
    bytes: int
    lines: int
    empty_lines: int
    examples: int
    problems: tuple[Problem, ...]
    totals: dict[str, int]
    repairable: dict[str, int]
    models: dict[str, int]
    urls: dict[str, int]
    tokens: Tokens | None

    @property
    def errors(self) -> int:
        return sum(count for code, count in self.totals.items() if CATALOGUE[code].severity == ERROR)

    @property
    def warnings(self) -> int:
        return sum(self.totals.values()) - self.errors

    @property
    def is_clean(self) -> bool:
        return not self.totals


def check(
    source: Source,
    purpose: Purpose,
    *,
    expected: Expected | None = None,
    count_tokens: bool = True,
    context: int = 0,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    chunk: int = CHUNK,
) -> Report:
    """Check a file for a purpose. `context` is the limit in tokens that lines are held against, 0 for none.

    `progress` hears the bytes read, `cancel` is asked before each chunk. Raises Cancelled, OSError, and ValueError when
    the schema in `expected` is none.
    """
    checkup = _Checkup(
        purpose, expected or Expected(), TokenCounter(purpose, context=context) if count_tokens else None
    )
    with opened(source) as stream:
        for line in lines(chunks(stream, size=chunk, progress=progress, cancel=cancel)):
            checkup.take(line)
            if checkup.is_foreign:
                break
    return checkup.report()


class _Checkup:
    """One pass over one file."""

    def __init__(self, purpose: Purpose, expected: Expected, counter: TokenCounter | None) -> None:
        self.is_foreign = False
        self._purpose = purpose
        self._limits = LIMITS[purpose]
        self._rules = rules_for(purpose, expected)
        self._examiner = Examiner(self._rules)
        self._counter = counter
        self._problems: list[Problem] = []
        self._totals: Counter[str] = Counter()
        self._repairable: Counter[str] = Counter()
        self._endings: set[bytes] = set()
        self._bytes = self._lines = self._empty = self._examples = 0
        self._last = Line(0, b"", b"\n")

    def take(self, line: Line) -> None:
        """Look at one line, or at a piece of one that is too long."""
        is_new = line.number != self._last.number
        self._last = line
        self._bytes += len(line.data) + len(line.ending)
        data = line.data
        if line.number == 1 and is_new:
            data = self._start(line)
            if self.is_foreign or (not data and not line.ending and line.whole):
                return
        if is_new:
            self._lines += 1
            self._add(line.number, "", self._past_the_limit())
        if line.whole:
            self._content(line.number, data)
        elif is_new:
            details = {"most": MAX_LINE // 1024**2}
            self._add(line.number, "", [Finding("line_too_long", details=details, at=0)])
        self._ending(line)

    def _start(self, line: Line) -> bytes:
        """Look at the first bytes of the file; return the first line without a byte order mark."""
        data = line.data
        encoding = foreign_encoding(data)
        if encoding:
            self.is_foreign = True
            self._add(1, "", [Finding("encoding_not_utf8", details={"encoding": encoding}, at=0)])
            return data
        has_mark = data.startswith(BOM)
        if has_mark and not self._purpose.is_training:
            code = "bom_present" if self._purpose is Purpose.BATCH else "bom_unneeded"
            self._add(1, "", [Finding(code, at=0, fix=FIX)])
        elif self._purpose.is_training and not has_mark and (data or line.ending):
            self._add(1, "", [Finding("bom_missing", at=0, fix=FIX)])
        return data.removeprefix(BOM)

    def _past_the_limit(self) -> list[Finding]:
        most = self._limits.most
        if most and self._lines - self._empty > most:
            return [Finding("lines_too_many", details={"most": most}, at=0)]
        return []

    def _content(self, number: int, data: bytes) -> None:
        if data.startswith(BOM):
            self._add(number, "", [Finding("bom_misplaced", at=0, fix=FIX)])
            while data.startswith(BOM):
                data = data.removeprefix(BOM)
        if not data.strip(BLANK_BYTES):
            self._empty += 1
            self._add(number, "", [Finding("line_empty", at=0, fix=FIX)])
            return
        text, obstacle = text_of(data)
        if obstacle is not None:
            self._add(number, text, [obstacle])
            return
        _, value, findings = self._examiner.look(number, text)
        self._add(number, text, findings)
        if value is not None:
            self._examples += 1
            if self._counter is not None:
                self._counter.add(number, value)

    def _ending(self, line: Line) -> None:
        code = ENDINGS.get(line.ending)
        if code is not None:
            column = len(line.data.removeprefix(BOM).decode(errors="replace")) if line.whole else 0
            self._add(line.number, "", [Finding(code, at=column, fix=FIX)])
        if line.ending and line.ending not in self._endings:
            self._endings.add(line.ending)
            if len(self._endings) == 2:
                self._add(line.number, "", [Finding("line_ending_mixed", at=0, fix=FIX)])

    def _add(self, number: int, text: str, findings: list[Finding]) -> None:
        """Count all findings; keep the first ones, and only for those work out the column."""
        wanted: list[Finding] = []
        for finding in findings:
            code = finding.code
            self._totals[code] += 1
            self._repairable[code] += finding.fix is not None
            most = 1 if CATALOGUE[code].once else MOST_OF_A_CODE
            if self._totals[code] <= most and len(self._problems) + len(wanted) < MOST_PROBLEMS:
                wanted.append(finding)
        unplaced = {finding.path for finding in wanted if finding.at is None}
        places = walk.find(text, unplaced) if unplaced and text else {}
        for finding in wanted:
            at = finding.at
            if at is None:
                at = places[finding.path].start if finding.path in places else 0
            self._problems.append(problem(number, at + 1 if number else 0, finding))

    def _whole_file(self) -> list[Finding]:
        found = []
        if self._lines == self._empty:
            found.append(Finding("file_empty"))
        elif self._purpose.is_training and self._examples < self._limits.least:
            details = {"count": self._examples, "least": self._limits.least}
            found.append(Finding("examples_too_few", details=details))
        if self._limits.bytes and self._bytes > self._limits.bytes:
            found.append(
                Finding("file_too_large", details={"bytes": self._bytes, "most": self._limits.bytes})
            )
        return found

    def report(self) -> Report:
        """Return what was found, with what only the end of the file tells."""
        if not self.is_foreign:
            last = self._last
            if self._lines and not last.ending:
                column = len(last.data.removeprefix(BOM).decode(errors="replace")) if last.whole else 0
                self._add(last.number, "", [Finding("final_newline_missing", at=column, fix=FIX)])
            self._add(0, "", self._whole_file())
        batch = self._rules if isinstance(self._rules, Batch) else None
        return Report(
            purpose=self._purpose,
            bytes=self._bytes,
            lines=self._lines,
            empty_lines=self._empty,
            examples=self._examples,
            problems=tuple(sorted(self._problems, key=lambda found: (found.line, found.column))),
            totals=dict(self._totals),
            repairable={code: count for code, count in self._repairable.items() if count},
            models=dict(batch.models) if batch else {},
            urls=dict(batch.urls) if batch else {},
            tokens=self._counter.summary() if self._counter is not None else None,
        )
