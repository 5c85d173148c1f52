"""Changes to the text of one line that leave every other character as it was."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .walk import BLANKS, Path, Place, find


@dataclass(frozen=True, slots=True)
class Replace:
    """Put `value` where the value at `path` is."""

    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the member at `path` out of its object."""

    path: Path


@dataclass(frozen=True, slots=True)
class Insert:
    """Make `key: value` the first member of the object at `path`."""

    path: Path
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Wrap:
    """Make the whole line the only member, `key`, of a new object."""

    key: str
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Put `text` in the place of the whole line."""

    text: str
    path: Path = ()


@dataclass(frozen=True, slots=True)
class FileFix:
    """What is mended between lines (BOM, line endings, empty lines), not inside one."""


Edit = Replace | Remove | Insert | Wrap
Fix = Edit | Rewrite | FileFix
Splice = tuple[int, int, str]


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return the line with all edits made; of two edits of one kind at one path the last counts."""
    waiting = list({(type(edit), edit.path, getattr(edit, "key", "")): edit for edit in edits}.values())
    while waiting:
        text, waiting = _round(text, waiting)
    return text


def _round(text: str, edits: list[Edit]) -> tuple[str, list[Edit]]:
    """Make the edits that do not touch each other; members of one object are removed one in each round."""
    places = find(text, {edit.path for edit in edits})
    later: list[Edit] = []
    splices: list[Splice] = []
    parents: set[Path] = set()
    for edit in edits:
        place = places.get(edit.path)
        if place is None:
            continue
        if isinstance(edit, Insert | Remove | Wrap):
            parent = edit.path if isinstance(edit, Insert | Wrap) else edit.path[:-1]
            if parent in parents:
                later.append(edit)
                continue
            parents.add(parent)
        splices.append(_splice(text, edit, place))
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text, later


def _splice(text: str, edit: Edit, place: Place) -> Splice:
    if isinstance(edit, Insert):
        empty = text[BLANKS.match(text, place.start + 1).end()] == "}"  # type: ignore[union-attr]
        member = f"{dump(edit.key)}: {dump(edit.value)}{'' if empty else ', '}"
        return place.start + 1, place.start + 1, member
    end = json.JSONDecoder().raw_decode(text, place.start)[1]
    if isinstance(edit, Wrap):
        return place.start, end, f"{{{dump(edit.key)}: {text[place.start : end]}}}"
    if isinstance(edit, Replace):
        return place.start, end, dump(edit.value)
    return _removal(text, place.key, end)


def _removal(text: str, start: int, end: int) -> Splice:
    """Return the member's span with the comma after it or, for the last member, the comma before it."""
    after = BLANKS.match(text, end).end()  # type: ignore[union-attr]
    if text[after] == ",":
        return start, BLANKS.match(text, after + 1).end(), ""  # type: ignore[union-attr]
    before = text[:start].rstrip(" \t\r\n")
    return (len(before) - 1, end, "") if before.endswith(",") else (start, end, "")


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
