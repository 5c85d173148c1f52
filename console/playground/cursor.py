"""How far a reader has come, as an event id: `1a2b3c4d:120.34.0.1,5e6f7a8b:x`.

The numbers are characters of text, reasoning and tools, and whole notices; x = ended. The browser sends the
id back after a break (`Last-Event-ID`), so that nothing is lost and nothing is told twice.
"""

import re
import uuid
from collections.abc import Iterable

from console.models import Answer

ENTRY = re.compile(r"([0-9a-f]{8}):(?:x|(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9}))")
LIMIT = 2000
ENDED = "x"
START = (0, 0, 0, 0)

Offsets = tuple[int, int, int, int]


def key(answer_id: uuid.UUID) -> str:
    return answer_id.hex[:8]


def parse(text: str) -> dict[str, Offsets | None]:
    """Return the offsets by answer, None for an answer whose end was told; what cannot be read counts as
    not seen.
    """
    found: dict[str, Offsets | None] = {}
    for match in ENTRY.finditer(text[:LIMIT]):
        name, *numbers = match.groups()
        first, second, third, fourth = (int(one) if one else 0 for one in numbers)
        found[name] = None if numbers[0] is None else (first, second, third, fourth)
    return found


def entry(name: str, offsets: Iterable[int] | None) -> str:
    return f"{name}:{ENDED}" if offsets is None else f"{name}:{'.'.join(map(str, offsets))}"


def shown(answers: Iterable[Answer]) -> str:
    """Return the cursor of a page that shows these answers as they are stored."""
    return ",".join(
        entry(
            key(one.pk),
            (len(one.text), len(one.reasoning), len(one.tools), len(one.notices)) if one.is_running else None,
        )
        for one in answers
    )
