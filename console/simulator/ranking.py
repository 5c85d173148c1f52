"""Ranking passages by a query: Okapi BM25 over stemmed words, scaled to 0..1."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from console.simulator.words import is_stop_word, key_terms

_K, _B = 1.2, 0.75
_WORD = re.compile(r"\w+")
_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly")


def scores(query: str, passages: Sequence[Counter[str]]) -> list[float]:
    """How well each passage fits; 1 would be every word of the query very often, 0 none of them."""
    wanted = set(terms(query)) or set(_stems(query))
    number = len(passages)
    average = sum(passage.total() for passage in passages) / number if number else 1.0
    weight = {word: _rarity(number, sum(word in passage for passage in passages)) for word in wanted}
    best = sum(weight.values()) * (_K + 1) or 1.0
    return [_score(passage, weight, average or 1.0) / best for passage in passages]


def overlap(query: str, passages: Sequence[Counter[str]]) -> list[float]:
    """The share of the query's words that each passage contains: ranking without a ranker."""
    wanted = set(terms(query)) or set(_stems(query))
    return [sum(word in passage for word in wanted) / max(len(wanted), 1) for passage in passages]


def terms(text: str) -> list[str]:
    """The stems of the words that say something."""
    return [stem for word, stem in _pairs(text) if not is_stop_word(word)]


def rewritten(query: str) -> str:
    """A question as search words."""
    found = key_terms(query, 8)
    return " ".join(dict.fromkeys(" ".join(found).lower().split())) or query


def _score(passage: Counter[str], weight: dict[str, float], average: float) -> float:
    length = _K * (1 - _B + _B * passage.total() / average)
    return sum(
        rarity * passage[word] * (_K + 1) / (passage[word] + length)
        for word, rarity in weight.items()
        if word in passage
    )


def _rarity(number: int, holding: int) -> float:
    return math.log(1 + (number - holding + 0.5) / (holding + 0.5))


def _stems(text: str) -> list[str]:
    return [stem for _, stem in _pairs(text)]


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(word, _stem(word)) for word in _WORD.findall(text.casefold())]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word.rstrip("ey") if len(word) > 4 else word
