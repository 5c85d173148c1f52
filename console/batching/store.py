"""The results of one batch on this machine: an SQLite file of its own, in which each answer stands beside its request.

It holds nothing that the resource does not have: it may be dropped at any time, and is then read again.
Whole lines are kept compressed beside a small table that pages and filters walk, and one of all that was said,
in lower case, that searches walk.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from console.batching import lines as read
from console.jsonl.lines import BOM, Line
from console.outbound.json_text import clean_text
from console.v1 import parse

VERSION = "3"
"""Of the tables; a file with another is read again."""

EXCERPT = 300
MESSAGE = 300
SCHEMA = """
    CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE line (
        number INTEGER PRIMARY KEY, custom_id TEXT NOT NULL, outcome TEXT NOT NULL, status INTEGER,
        code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', cause TEXT NOT NULL DEFAULT '',
        tokens_in INTEGER, tokens_out INTEGER, tokens_cached INTEGER,
        question TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE said (number INTEGER NOT NULL, text TEXT NOT NULL);
    CREATE TABLE content (number INTEGER PRIMARY KEY, request BLOB, result BLOB);
    CREATE INDEX line_by_id ON line (custom_id);
"""
INDEXES = """
    CREATE INDEX line_by_outcome ON line (outcome);
    CREATE INDEX line_by_cause ON line (cause);
    CREATE INDEX said_by_number ON said (number);
"""
COLUMNS = "number, custom_id, outcome, status, code, message, cause, tokens_in, tokens_out, question, answer"
WHERE = (
    " WHERE (:outcome = '' OR outcome = :outcome) AND (:cause = '' OR cause = :cause)"
    " AND (:q = '' OR line.number IN (SELECT number FROM said WHERE instr(text, :q) > 0))"
)
FOUND = f"SELECT number FROM line{WHERE} ORDER BY number"  # noqa: S608 - constants
LINES = f"SELECT {COLUMNS} FROM line WHERE number IN (SELECT value FROM json_each(:numbers)) ORDER BY number"  # noqa: S608
FITTING = {
    "outcome": "outcome = :outcome",
    "cause": "cause = :cause",
    "q": "EXISTS (SELECT 1 FROM said WHERE said.number = line.number AND instr(text, :q) > 0)",
}
BEFORE = "number < :number{fitting} ORDER BY number DESC LIMIT 1"
AFTER = "number > :number{fitting} ORDER BY number LIMIT 1"
ALL = (
    "SELECT line.number, request, result FROM line"  # noqa: S608 - constants
    f" JOIN content ON content.number = line.number{WHERE} ORDER BY line.number"
)

AGAIN = (
    "SELECT request FROM line JOIN content ON content.number = line.number WHERE request IS NOT NULL"
    " AND (cause IN (SELECT value FROM json_each(:causes)) OR (:unanswered AND outcome = 'unanswered'))"
    " ORDER BY line.number"
)


class ResultLine(NamedTuple):
    """A line with the beginnings of its question and its answer. `outcome` is succeeded, failed or unanswered."""

    number: int
    custom_id: str
    outcome: str
    status: int | None
    code: str
    message: str
    cause: str
    tokens_in: int | None
    tokens_out: int | None
    question: str
    answer: str


class Cause(NamedTuple):
    """Lines that failed for the same reason, by what the service called it and said."""

    id: str
    code: str
    message: str
    lines: int


class Whole(NamedTuple):
    """A line in full: its request and its result as the files have them, empty where one is missing."""

    number: int
    request: dict[str, Any]
    result: dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Which lines: of an outcome, of a cause, with a text in the id, the question or the answer."""

    outcome: str = ""
    cause: str = ""
    q: str = ""

    @property
    def bound(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "cause": self.cause, "q": self.q.lower()}

    @property
    def fitting(self) -> str:
        """Conditions of what is asked for and no others, so that an index leads to the nearest line."""
        return "".join(f" AND {sql}" for name, sql in FITTING.items() if getattr(self, name))


def excerpt(text: str, most: int = EXCERPT) -> str:
    return clean_text(text[:most])


def cause_of(code: str, message: str) -> str:
    return hashlib.sha256(f"{code}\n{message}".encode()).hexdigest()[:16]


def packed(data: bytes) -> bytes:
    return zlib.compress(data, level=1)


def unpacked(data: bytes | None) -> bytes:
    return zlib.decompress(data) if data else b""


def value_of(data: bytes) -> dict[str, Any]:
    """The object of a line, empty for one that is none."""
    try:
        value = json.loads(data.removeprefix(BOM).decode(errors="replace"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


class Writer:
    """Fills a new file: first every request, then every result, each with its line. Use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {SCHEMA} BEGIN;")
        self._last = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def request(self, line: Line) -> None:
        if not line.data.strip():
            return
        row = value_of(line.data)
        self._last = max(self._last, line.number)
        custom_id, question = parse.text(row.get("custom_id")), read.question(row)
        told = (line.number, excerpt(custom_id), excerpt(question))
        self._say(line.number, f"{custom_id} {question}")
        self._db.execute(
            "INSERT OR IGNORE INTO line (number, custom_id, outcome, question) VALUES (?, ?, 'unanswered', ?)",
            told,
        )
        self._db.execute(
            "INSERT OR IGNORE INTO content (number, request) VALUES (?, ?)", (line.number, packed(line.data))
        )

    def result(self, line: Line) -> None:
        """A result whose request is not there gets a line behind the last one."""
        row = value_of(line.data)
        if not row:
            return
        custom_id = excerpt(parse.text(row.get("custom_id")))
        found = self._db.execute("SELECT number FROM line WHERE custom_id = ?", (custom_id,)).fetchone()
        number = found[0] if found else self._added(custom_id)
        ended, usage, answer = read.outcome(row), read.usage(row), read.answer(row)
        message = excerpt(ended.message, MESSAGE)
        told = (
            "succeeded" if ended.succeeded else "failed",
            ended.status,
            excerpt(ended.code, 100),
            message,
            "" if ended.succeeded else cause_of(ended.code, message),
            usage.input,
            usage.output,
            usage.cached,
            excerpt(answer),
            number,
        )
        self._db.execute(
            "UPDATE line SET outcome = ?, status = ?, code = ?, message = ?, cause = ?, tokens_in = ?,"
            " tokens_out = ?, tokens_cached = ?, answer = ? WHERE number = ?",
            told,
        )
        self._db.execute("UPDATE content SET result = ? WHERE number = ?", (packed(line.data), number))
        self._say(number, answer if found else f"{custom_id} {answer}")

    def _say(self, number: int, text: str) -> None:
        self._db.execute("INSERT INTO said VALUES (?, ?)", (number, clean_text(text).lower()))

    def _added(self, custom_id: str) -> int:
        self._last += 1
        self._db.execute(
            "INSERT INTO line (number, custom_id, outcome) VALUES (?, ?, 'failed')", (self._last, custom_id)
        )
        self._db.execute("INSERT INTO content (number) VALUES (?)", (self._last,))
        return self._last

    def finish(self, facts: Mapping[str, str]) -> None:
        self._db.executemany("INSERT INTO fact VALUES (?, ?)", list({**facts, "version": VERSION}.items()))
        self._db.execute("COMMIT")
        self._db.executescript(INDEXES)


class Store:
    """Reads a file that a Writer has finished; each call opens it anew, so that nothing is held between pages."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _opened(self) -> sqlite3.Connection:
        # An iterator over it may be advanced by one thread after the other, never by two at once.
        return sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, check_same_thread=False)

    def _all(self, sql: str, bound: Mapping[str, Any] | None = None) -> list[Any]:
        with closing(self._opened()) as db:
            return db.execute(sql, bound or {}).fetchall()

    @property
    def facts(self) -> dict[str, str]:
        return dict(self._all("SELECT name, value FROM fact"))

    def totals(self) -> dict[str, int]:
        """How many lines have each outcome."""
        return dict(self._all("SELECT outcome, count(*) FROM line GROUP BY outcome"))

    def tokens(self) -> tuple[int | None, int | None, int | None]:
        """The sums of what the answers counted: input, output, cached; None where none did."""
        found: tuple[int | None, int | None, int | None] = self._all(
            "SELECT sum(tokens_in), sum(tokens_out), sum(tokens_cached) FROM line"
        )[0]
        return found

    def causes(self) -> list[Cause]:
        """What lines failed for, the most frequent first."""
        rows = self._all(
            "SELECT cause, code, message, count(*) FROM line WHERE outcome = 'failed'"
            " GROUP BY cause ORDER BY count(*) DESC, code LIMIT 200"
        )
        return [Cause(*row) for row in rows]

    def found(self, asked: Asked) -> list[int]:
        """The numbers of all lines that fit, in their order: one walk tells both how many and which page."""
        return [number for (number,) in self._all(FOUND, asked.bound)]

    def lines(self, numbers: Sequence[int]) -> list[ResultLine]:
        """The lines of some numbers, in their order."""
        rows = self._all(LINES, {"numbers": json.dumps(numbers)})
        return [ResultLine(*row) for row in rows]

    def whole(self, number: int) -> tuple[ResultLine, Whole] | None:
        """One line in full; None where there is none of this number."""
        told = self._all(f"SELECT {COLUMNS} FROM line WHERE number = :number", {"number": number})  # noqa: S608
        found = self._all("SELECT request, result FROM content WHERE number = :number", {"number": number})
        if not told or not found:
            return None
        request, result = found[0]
        return ResultLine(*told[0]), Whole(number, value_of(unpacked(request)), value_of(unpacked(result)))

    def beside(self, number: int, asked: Asked) -> tuple[int | None, int | None]:
        """The numbers of the nearest lines that fit, before one and after it; None at an end."""
        before, after = (self._near(place, number, asked) for place in (BEFORE, AFTER))
        return before, after

    def _near(self, place: str, number: int, asked: Asked) -> int | None:
        sql = f"SELECT number FROM line WHERE {place.format(fitting=asked.fitting)}"  # noqa: S608 - constants
        found = self._all(sql, {**asked.bound, "number": number})
        return found[0][0] if found else None

    def joined(self, asked: Asked) -> Iterator[Whole]:
        """All lines that fit, one after the other, in the order of the input."""
        with closing(self._opened()) as db:
            for number, request, result in db.execute(ALL, asked.bound):
                yield Whole(number, value_of(unpacked(request)), value_of(unpacked(result)))

    def requests(self, causes: Sequence[str], *, unanswered: bool) -> Iterator[bytes]:
        """The requests that failed for one of these causes, or that got no answer; as they were, with a newline."""
        bound = {"causes": json.dumps([one for one in causes if one]), "unanswered": unanswered}
        with closing(self._opened()) as db:
            for (request,) in db.execute(AGAIN, bound):
                yield unpacked(request).removeprefix(BOM) + b"\n"
