"""What a fine-tuned model has learned: a question near one of its training examples gets that answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NEAR_ENOUGH = 0.6
_WORD = re.compile(r"\w+")


def recall(lessons: Iterable[tuple[str, str]], prompt: str) -> str:
    """The answer of the nearest example by words in common; empty when none is near."""
    asked = _words(prompt)
    nearest, answer = 0.0, ""
    for question, told in lessons:
        words = _words(question)
        share = len(asked & words) / max(len(asked | words), 1)
        if share > nearest:
            nearest, answer = share, told
    return answer if nearest >= _NEAR_ENOUGH else ""


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
