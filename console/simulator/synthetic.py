"""Very many files that are computed from their number instead of being stored, for load."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from console.simulator.words import digest

_FIRST_CREATED = 1_760_000_000
_SPACING = 300
_PURPOSES = ("assistants", "fine-tune", "batch", "assistants", "batch_output", "evals", "assistants")
_NAMES = ("handbook", "tickets", "invoices", "minutes", "contracts", "reviews", "catalogue", "survey")
_ENDINGS = {
    "assistants": "md",
    "fine-tune": "jsonl",
    "batch": "jsonl",
    "batch_output": "jsonl",
    "evals": "jsonl",
}


@lru_cache(maxsize=8)
def identifiers(seed: int, count: int, purpose: str | None) -> Sequence[str]:
    """The ids of all files of a purpose (None: of every one), the oldest first."""
    prefix = _prefix(seed)
    return tuple(f"{prefix}{number:08x}" for number in range(count) if purpose in (None, _purpose(number)))


def file(seed: int, count: int, identifier: str) -> dict[str, Any] | None:
    """The record of a file, or None when there is none of that id."""
    prefix = _prefix(seed)
    tail = identifier.removeprefix(prefix)
    if tail == identifier or len(tail) != 8 or not all(digit in "0123456789abcdef" for digit in tail):
        return None
    number = int(tail, 16)
    return _record(identifier, number) if number < count else None


def content(record: dict[str, Any]) -> bytes:
    """The bytes of a file: lines that name it, as many as its size says."""
    line = f'{{"file": "{record["filename"]}"}}\n'.encode()
    size: int = record["bytes"]
    return (line * (size // len(line) + 1))[:size]


def _record(identifier: str, number: int) -> dict[str, Any]:
    purpose = _purpose(number)
    name = _NAMES[number * 7 % len(_NAMES)]
    return {
        "id": identifier,
        "bytes": 400 + number * 7919 % 90_000,
        "created_at": _FIRST_CREATED + number * _SPACING,
        "began": None,
        "filename": f"{name}-{number:06d}.{_ENDINGS[purpose]}",
        "purpose": purpose,
        "expires_at": None,
        "flaw": "",
        "synthetic": True,
    }


def _purpose(number: int) -> str:
    return _PURPOSES[number % len(_PURPOSES)]


def _prefix(seed: int) -> str:
    return f"file-{digest('bulk', seed)[:24]}"
