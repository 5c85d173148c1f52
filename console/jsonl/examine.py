"""What checking and repairing have in common: from the bytes of a line to its findings."""

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from .batches import Batch
from .edits import Rewrite
from .evals import Evals
from .fine_tuning import Preference, Reinforcement, Supervised
from .parsing import BLANK, Reader
from .problems import Finding
from .purposes import MAX_VALUES, Expected, Purpose

BLANK_BYTES = BLANK.encode()
# UTF-32 begins like UTF-16 in its little-endian form, so it comes first.
ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"{\x00": "UTF-16",
    b"\x00{": "UTF-16",
}


class Rules(Protocol):
    """The rules of one purpose; they may remember earlier lines."""

    def look(self, number: int, value: dict[str, Any], /) -> Iterator[Finding]: ...


def rules_for(purpose: Purpose, expected: Expected, *, renaming: bool = False) -> Rules:
    """Return the rules of a purpose, fresh for one pass over one file."""
    if purpose is Purpose.BATCH:
        return Batch(expected, renaming=renaming)
    if purpose is Purpose.EVALS:
        return Evals(expected)
    simple: dict[Purpose, type[Supervised | Preference | Reinforcement]] = {
        Purpose.SUPERVISED: Supervised,
        Purpose.PREFERENCE: Preference,
        Purpose.REINFORCEMENT: Reinforcement,
    }
    return simple[purpose]()


def foreign_encoding(start: bytes) -> str:
    """Return the encoding that the first bytes of a file betray, "" for UTF-8."""
    return next((name for mark, name in ENCODINGS.items() if start.startswith(mark)), "")


def text_of(data: bytes) -> tuple[str, Finding | None]:
    """Return a line's text, or what keeps it from being read: too complex, not UTF-8, NUL."""
    if len(data) > MAX_VALUES and data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        return "", Finding("line_too_complex", details={"most": MAX_VALUES}, at=0)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        details = {"byte": error.start + 1, "value": f"0x{data[error.start]:02X}"}
        return "", Finding("utf8_invalid", details=details, at=len(data[: error.start].decode()))
    if "\0" in text:
        return "", Finding("nul_present", at=text.index("\0"))
    return text, None


class Looked(NamedTuple):
    """A line's text (mended where that was asked for), its object, and the findings in it."""

    text: str
    value: dict[str, Any] | None
    findings: list[Finding]


class Examiner:
    """Parses lines and holds them to the rules, in the order of the file."""

    def __init__(self, rules: Rules) -> None:
        self._reader = Reader()
        self._rules = rules

    def look(self, number: int, text: str, *, mending: Set[str] = frozenset()) -> Looked:
        """Find what is wrong in a line; broken JSON is mended first if `mending` names its code.

        In a line that readers may understand differently (a key twice, NaN, half a character) nothing is mended.
        """
        value, found = self._reader.parse(text)
        mended: list[Finding] = []
        if found and found[0].code in mending and isinstance(found[0].fix, Rewrite):
            mended = found
            text = found[0].fix.text
            value, found = self._reader.parse(text)
        findings = list(found)
        if value is not None:
            findings += self._rules.look(number, value)
        if found and value is not None:
            findings = [replace(finding, fix=None) for finding in findings]
        return Looked(text, value, mended + findings)
