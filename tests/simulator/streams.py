"""Reading server-sent events in the tests."""

from __future__ import annotations

import json
from typing import Any


def data_of(text: str) -> list[Any]:
    """The JSON of every `data:` line; the end mark as it stands."""
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def names_of(text: str) -> list[str]:
    """The names of the events, in order."""
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]
