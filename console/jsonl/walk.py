"""Where the values of a JSON text stand: the slow way, for lines in which something was found.

The text must be valid JSON (numbers may be of any length, nesting of any depth): https://www.rfc-editor.org/rfc/rfc8259.
"""

import json
import re
from collections.abc import Iterator, Set
from typing import NamedTuple

from .purposes import MAX_DEPTH

Path = tuple[str | int, ...]

BLANKS = re.compile(r"[ \t\r\n]*")
TOKEN = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")|([\[\]{},:])|([^ \t\r\n\[\]{},:"]++)', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
HUGE_NUMBER = re.compile(r"-?\d{4301,}")


class Place(NamedTuple):
    """A value: where its key (-1 without one) and it itself start, in characters from 0, and its first token."""

    path: Path
    key: int
    start: int
    first: str


def places(text: str) -> Iterator[Place]:
    """Yield every value in the order of the text, a container before what it holds."""
    stack: list[_Frame] = []
    key_is_next = False
    for match in TOKEN.finditer(text):
        string, mark, _ = match.groups()
        if mark is None and key_is_next:
            stack[-1].label, stack[-1].key = json.loads(string, strict=False), match.start()
            key_is_next = False
        elif mark is None or mark in "[{":
            key = stack[-1].key if stack else -1
            yield Place(tuple(frame.label for frame in stack), key, match.start(), match.group())
            if mark is not None:
                stack.append(_Frame(mark == "{"))
                key_is_next = mark == "{"
        elif mark in "]}":
            stack.pop()
            key_is_next = False
        elif mark == ",":
            key_is_next = stack[-1].advance()


class _Frame:
    """An open object or list, and the label of the member it is at."""

    __slots__ = ("is_object", "key", "label")

    def __init__(self, is_object: bool) -> None:
        self.is_object = is_object
        self.label: str | int = "" if is_object else 0
        self.key = -1

    def advance(self) -> bool:
        """Go to the next member; True when that begins with a key."""
        if isinstance(self.label, int):
            self.label += 1
        return self.is_object


def find(text: str, wanted: Set[Path]) -> dict[Path, Place]:
    """Return the places of the wanted paths; of a key that is there twice the last, as JSON readers take it."""
    return {place.path: place for place in places(text) if place.path in wanted}


def first_repeated_key(text: str) -> Place | None:
    """Return the member whose key its object already had."""
    seen: set[Path] = set()
    for place in places(text):
        if place.path in seen:
            return place
        if place.key >= 0:
            seen.add(place.path)
    return None


def first_too_deep(text: str) -> Place | None:
    """Return the first container inside more than MAX_DEPTH others; the rest of the text is not looked at."""
    return next(
        (place for place in places(text) if len(place.path) >= MAX_DEPTH and place.first in "[{"), None
    )


def first_huge_number(text: str) -> Place | None:
    return next((place for place in places(text) if HUGE_NUMBER.match(place.first)), None)


def first_not_finite(text: str) -> Place | None:
    """Return the first number that is NaN, infinite, or larger than a 64-bit float."""
    for place in places(text):
        if place.first[0] in "NI-0123456789" and _is_not_finite(place.first):
            return place
    return None


def _is_not_finite(number: str) -> bool:
    if number in {"NaN", "Infinity", "-Infinity"}:
        return True
    return not number.lstrip("-").isdigit() and float(number) in {float("inf"), float("-inf")}


def first_lone_surrogate(text: str) -> int | None:
    """Return where half of a surrogate pair is escaped (the offset of its backslash), in a key or a string."""
    for match in TOKEN.finditer(text):
        if match.group(1) and "\\u" in match.group(1):
            at = _lone_surrogate(match.group(1))
            if at is not None:
                return match.start() + at
    return None


def _lone_surrogate(raw: str) -> int | None:
    high, high_end = -1, -1
    for match in ESCAPE.finditer(raw):
        code = int(match.group(1) or "0", 16)
        if 0xDC00 <= code <= 0xDFFF and high_end == match.start():
            high = high_end = -1
        elif high >= 0:
            return high
        elif 0xDC00 <= code <= 0xDFFF:
            return match.start()
        elif 0xD800 <= code <= 0xDBFF:
            high, high_end = match.start(), match.end()
    return high if high >= 0 else None
