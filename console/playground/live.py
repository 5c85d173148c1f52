"""Answers that this process is writing: what has come so far, and who reads along.

All of it lives on the event loop and needs no locks. Text is kept once; a reader holds nothing but places
in it, so a
slow one costs no memory, and what came while it was busy reaches it in one piece.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

KINDS = ("text", "reasoning", "tool", "notice")
GRACE = 10.0  # seconds


class Live:
    """One answer under way: its pieces by kind, in the order in which they came."""

    def __init__(self, answer_id: uuid.UUID, comparison_id: uuid.UUID) -> None:
        self.answer_id = answer_id
        self.comparison_id = comparison_id
        self.pieces: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.task: asyncio.Task[None] | None = None
        self.is_unsaved = False
        self.stopped_by = ""
        self.ttft_ms: int | None = None
        self.outcome: dict[str, Any] | None = None
        self.readers: set[Callable[[Live], None]] = set()

    @property
    def has_begun(self) -> bool:
        """Whether the model has said anything yet; notices are our own."""
        return any(self.pieces[kind] for kind in ("text", "reasoning", "tool"))

    def add(self, kind: str, text: str) -> None:
        self.pieces[kind].append(text)
        self.is_unsaved = True
        self.tell()

    def end(self, outcome: dict[str, Any]) -> None:
        """The answer has ended and is stored; `outcome` is what readers are told."""
        self.outcome = outcome
        self.tell()

    def tell(self) -> None:
        for wake in self.readers:
            wake(self)

    def columns(self) -> dict[str, Any]:
        """The columns of the answer as they are now."""
        self.is_unsaved = False
        return {
            "text": "".join(self.pieces["text"]),
            "reasoning": "".join(self.pieces["reasoning"]),
            "tools": "".join(self.pieces["tool"]),
            "notices": list(self.pieces["notice"]),
        }


class Registry:
    """The live answers of this process by id."""

    def __init__(self) -> None:
        self._lives: dict[uuid.UUID, Live] = {}

    def __iter__(self) -> Iterator[Live]:
        return iter(list(self._lives.values()))

    def running(self) -> list[Live]:
        return [live for live in self if live.outcome is None]

    def get(self, answer_id: uuid.UUID) -> Live | None:
        return self._lives.get(answer_id)

    def add(self, live: Live) -> None:
        self._lives[live.answer_id] = live

    def clear(self) -> None:
        self._lives.clear()

    def forget(self, live: Live) -> None:
        """Drop an ended answer once those who come for its turn have had time to come."""
        asyncio.get_running_loop().call_later(GRACE, self._lives.pop, live.answer_id, None)
