"""One line read as JSON: quickly by the standard library, and exactly diagnosed where that fails.

Grammar: https://www.rfc-editor.org/rfc/rfc8259. Codes and columns do not depend on the version of Python.
"""

import json
import math
import re
from typing import Any, NamedTuple

from . import walk
from .edits import Rewrite
from .problems import Finding, shown
from .purposes import MAX_DEPTH

LONE = re.compile(r"\\u[dD][89a-fA-F]")
TRAILING_COMMA = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")|,(?=[ \t\r\n]*[}\]])', re.DOTALL)
BLANK = " \t\r\n"


class Parsed(NamedTuple):
    """The object of a line, None where there is none, and what is wrong with its JSON."""

    value: dict[str, Any] | None
    findings: list[Finding]


class Reader:
    """Reads lines; remembers what the standard reader would pass over in silence."""

    def __init__(self) -> None:
        self.has_repeated_key = self.has_not_finite = False
        self._read = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_float=self._float
        ).decode

    def parse(self, text: str) -> Parsed:
        """Return the line's object and its faults; a line that is broken JSON has exactly one."""
        self.has_repeated_key = self.has_not_finite = False
        try:
            value = self._read(text)
        except json.JSONDecodeError as error:
            return Parsed(None, [self._broken(text, error)])
        except ValueError:
            return Parsed(None, [_at("number_too_long", walk.first_huge_number(text))])
        except RecursionError:
            return Parsed(None, [_at("nesting_too_deep", walk.first_too_deep(text), most=MAX_DEPTH)])
        if _is_too_deep(value):
            return Parsed(None, [_at("nesting_too_deep", walk.first_too_deep(text), most=MAX_DEPTH)])
        findings = self._faults(text)
        if not isinstance(value, dict):
            is_array = isinstance(value, list)
            findings.append(
                Finding("line_not_object", details={"value": "a list" if is_array else shown(value)})
            )
            return Parsed(None, findings)
        return Parsed(value, findings)

    def _faults(self, text: str) -> list[Finding]:
        """Return what a strict reader minds in a line that the standard one could read."""
        findings = []
        if self.has_repeated_key:
            place = walk.first_repeated_key(text)
            key = shown(place.path[-1]) if place else ""
            findings.append(_at("key_duplicate", place, key=key))
        if self.has_not_finite:
            findings.append(_at("number_not_finite", walk.first_not_finite(text)))
        if "\\u" in text and LONE.search(text):
            at = walk.first_lone_surrogate(text)
            if at is not None:
                findings.append(Finding("surrogate_lone", at=at))
        return findings

    def _broken(self, text: str, error: json.JSONDecodeError) -> Finding:
        code, at, details = diagnose(text, error.msg, error.pos)
        fix = None
        if code in {"comma_trailing", "garbage_trailing"}:
            mended = mend(text)
            fix = Rewrite(mended) if self._is_object(mended) else None
        return Finding(code, details=details, at=at, fix=fix)

    def _is_object(self, text: str) -> bool:
        try:
            return isinstance(self._read(text), dict)
        except (ValueError, RecursionError):
            return False

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            self.has_repeated_key = True
        return value

    def _constant(self, _name: str) -> float:
        self.has_not_finite = True
        return math.nan

    def _float(self, text: str) -> float:
        number = float(text)
        if math.isinf(number):
            self.has_not_finite = True
        return number


def diagnose(text: str, message: str, at: int) -> tuple[str, int, dict[str, str]]:
    """Return the code, the offset and the details of what the standard reader refused at `at`."""
    if message.startswith("Unterminated string"):
        return "string_unterminated", at, {}
    if message.startswith("Invalid control character"):
        return "control_character", at, {"value": f"U+{ord(text[at]):04X}"}
    if message.startswith("Invalid \\"):
        # CPython points at the "u" of a bad \\u escape, and at the backslash of any other.
        return "escape_invalid", at - 1 if text[at : at + 1] == "u" and text[at - 1] == "\\" else at, {}
    at = len(text) - len(text[at:].lstrip(BLANK))
    before = text[:at].rstrip(BLANK)
    here = text[at : at + 1]
    if message.startswith("Illegal trailing comma"):
        return "comma_trailing", at, {}
    if message.startswith("Extra data"):
        return ("objects_joined" if here == "{" else "garbage_trailing"), at, {}
    if not before and here == "[":
        return "array_not_lines", at, {}
    if here == "":
        first = len(text) - len(text.lstrip(BLANK))
        return (
            ("array_not_lines", first, {}) if text[first : first + 1] == "[" else ("json_truncated", at, {})
        )
    if here in "}]" and before.endswith(","):
        return "comma_trailing", len(before) - 1, {}
    return _expected(message, here), at, {}


def _expected(message: str, here: str) -> str:
    if here == "'":
        return "quote_single"
    if "property name" in message:
        return "key_unquoted"
    if "':'" in message:
        return "colon_missing"
    return "comma_missing" if "','" in message else "json_invalid"


def mend(text: str) -> str:
    """Return the text without commas before closing brackets, and without commas and semicolons at its end."""
    return TRAILING_COMMA.sub(lambda match: match.group(1) or "", text.rstrip(BLANK + ",;"))


def _at(code: str, place: walk.Place | None, **details: Any) -> Finding:
    if place is None:
        return Finding(code, details=details)
    start = place.key if code == "key_duplicate" else place.start
    return Finding(code, place.path, details=details, at=start)


def _is_too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return bool(level)
