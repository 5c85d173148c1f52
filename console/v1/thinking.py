"""Splits `<think>…</think>` at the start of a text off as reasoning, as older reasoning models write it.

Only a tag at the very start counts: the same word later is the model talking about it.
"""

from typing import Literal

from console.v1.events import Delta

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkSplitter:
    """Feed it the text as it comes, cut anywhere; it holds back what may be half of a tag."""

    def __init__(self) -> None:
        self._state: Literal["start", "thinking", "answer"] = "start"
        self._held = ""
        self._trims = False

    def feed(self, text: str) -> list[Delta]:
        """The pieces that are certain by now."""
        if self._state == "answer" and not self._trims:
            return [Delta("text", text)] if text else []
        self._held += text
        pieces: list[Delta] = []
        if self._state == "start":
            self._open()
        if self._state == "thinking":
            self._think(pieces)
        if self._state == "answer":
            self._answer(pieces)
        return pieces

    def flush(self) -> list[Delta]:
        """What was still held back when the text ended."""
        held, self._held = self._held, ""
        if not held or (self._trims and not held.strip()):
            return []
        return [Delta("reasoning" if self._state == "thinking" else "text", held)]

    def _open(self) -> None:
        start = self._held.lstrip()
        if start.startswith(_OPEN):
            self._state, self._trims, self._held = "thinking", True, start[len(_OPEN) :]
        elif not _OPEN.startswith(start):
            self._state = "answer"

    def _think(self, pieces: list[Delta]) -> None:
        thought, closed, answer = self._held.partition(_CLOSE)
        if closed:
            self._held = answer
        else:
            keep = _overlap(thought, _CLOSE)
            thought, self._held = thought[: len(thought) - keep], thought[len(thought) - keep :]
        if self._trims:
            trimmed = thought.lstrip()
            self._trims = not trimmed
            thought = trimmed
        if thought:
            pieces.append(Delta("reasoning", thought))
        if closed:
            self._state, self._trims = "answer", True

    def _answer(self, pieces: list[Delta]) -> None:
        text = self._held.lstrip() if self._trims else self._held
        self._held = ""
        if text:
            self._trims = False
            pieces.append(Delta("text", text))


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of the text may be the beginning of the tag."""
    longest = min(len(text), len(tag) - 1)
    return next((size for size in range(longest, 0, -1) if tag.startswith(text[-size:])), 0)
