"""A problem of a JSONL file: what the rules find, and what people read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .catalogue import CATALOGUE
from .edits import Fix
from .walk import Path

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in one line: the value at `path`, or the character `at` (from 0) where that is known."""

    code: str
    path: Path = ()
    fix: Fix | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding as people read it; line and column from 1 (characters, a BOM not counted), 0 for the whole file."""

    line: int
    column: int
    path: str
    code: str
    severity: str
    message: str
    remedy: str
    repairable: bool


def problem(line: int, column: int, finding: Finding) -> Problem:
    """Write a finding out in the catalogue's words."""
    kind = CATALOGUE[finding.code]
    return Problem(
        line=line,
        column=column,
        path=json_path(finding.path) if line else "",
        code=finding.code,
        severity=kind.severity,
        message=kind.message.format_map(finding.details),
        remedy=kind.remedy.format_map(finding.details),
        repairable=finding.fix is not None,
    )


def json_path(path: Path) -> str:
    """Return `$.messages[0].role`, with names that are no identifiers in brackets and quotes."""
    steps = ["$"]
    for step in path:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif NAME.fullmatch(step):
            steps.append(f".{step}")
        else:
            steps.append('["' + shown(step) + '"]')
    return "".join(steps)


def shown(value: object, most: int = 60) -> str:
    """Return a value from the file as it can stand in a sentence: one line, no control characters, short.

    What breaks a line (or is some other space) is a space; any other control character is U+FFFD.
    """
    text = value if isinstance(value, str) else _kind_or_text(value)
    cut = text[: most + 1]
    clean = "".join(
        character if character.isprintable() else " " if character.isspace() else "\ufffd"
        for character in cut
    )
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _kind_or_text(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 256:
        return "a very long number"
    return "null" if value is None else str(value)
