"""An item's history: what changed from one revision to the next, line by line."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from console.models import Item, Revision

MAX_REVISIONS = 20
MAX_LINES = 400


@dataclass(frozen=True)
class Line:
    """`sign` is +, - or empty for a line that stayed."""

    sign: str
    text: str


@dataclass(frozen=True)
class Change:
    """One revision against the one before; the first sight of an object has no lines."""

    seen_at: datetime
    lines: list[Line]
    is_first: bool = False


def changes(item: Item) -> list[Change]:
    """The latest changes, newest first."""
    latest = list(item.revisions.order_by("-seen_at", "-id")[: MAX_REVISIONS + 1])
    found = [Change(after.seen_at, list(difference(before, after))) for after, before in pairwise(latest)]
    if 0 < len(latest) <= MAX_REVISIONS:
        found.append(Change(latest[-1].seen_at, [], is_first=True))
    return found


def difference(before: Revision, after: Revision) -> Iterator[Line]:
    lines = difflib.unified_diff(text(before), text(after), n=2, lineterm="")
    told = [line for line in lines if not line.startswith(("---", "+++"))][:MAX_LINES]
    for line in told:
        if line.startswith("@@"):
            yield Line("", "…")
        else:
            yield Line(line[0].strip(), line[1:])


def text(revision: Revision) -> list[str]:
    return json.dumps(revision.raw, indent=2, sort_keys=True, ensure_ascii=False).splitlines()[:5000]
