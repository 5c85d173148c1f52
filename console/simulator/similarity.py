"""How alike two texts are, by the measures that graders name: fuzzy match, BLEU, GLEU, METEOR, ROUGE, cosine."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from console.simulator.embeddings import embed

_WORD = re.compile(r"\w+|[^\w\s]")
_LONGEST = 4000
_VECTOR = 512

Words = Sequence[str]


def similarity(metric: str, text: str, reference: str) -> float:
    """0 (nothing in common) to 1 (the same), by one of `METRICS`."""
    return METRICS[metric](text[:_LONGEST], reference[:_LONGEST])


def _fuzzy(text: str, reference: str) -> float:
    return SequenceMatcher(None, text, reference, autojunk=False).ratio()


def _cosine(text: str, reference: str) -> float:
    pairs = zip(embed(text, _VECTOR), embed(reference, _VECTOR), strict=True)
    return max(sum(one * other for one, other in pairs), 0.0)


def _bleu(text: str, reference: str) -> float:
    """Geometric mean of the precisions of one to four words, less a penalty for being short."""
    said, wanted = _words(text), _words(reference)
    if not said or not wanted:
        return 0.0
    longest = min(4, len(said))
    logs = 0.0
    for size in range(1, longest + 1):
        common, of_said, _ = _common(said, wanted, size)
        # Add-one smoothing beyond single words keeps one missing phrase from making it all zero.
        precision = common / of_said if size == 1 else (common + 1) / (of_said + 1)
        if precision == 0:
            return 0.0
        logs += math.log(precision)
    return math.exp(min(0.0, 1 - len(wanted) / len(said)) + logs / longest)


def _gleu(text: str, reference: str) -> float:
    """The lesser of precision and recall over all groups of one to four words."""
    said, wanted = _words(text), _words(reference)
    sums = [_common(said, wanted, size) for size in range(1, 5)]
    common, of_said, of_wanted = (sum(one[index] for one in sums) for index in range(3))
    return common / max(of_said, of_wanted, 1)


def _meteor(text: str, reference: str) -> float:
    """Harmonic mean of precision and recall of single words, recall weighing nine times, less the disorder."""
    said, wanted = _words(text), _words(reference)
    common, of_said, of_wanted = _common(said, wanted, 1)
    if not common:
        return 0.0
    precision, recall = common / of_said, common / of_wanted
    blocks = SequenceMatcher(None, said, wanted, autojunk=False).get_matching_blocks()
    runs = max(sum(block.size > 0 for block in blocks), 1)
    disorder = 0.0 if runs == 1 else 0.5 * (runs / common) ** 3
    return 10 * precision * recall / (recall + 9 * precision) * (1 - min(disorder, 0.5))


def _rouge(size: int) -> Callable[[str, str], float]:
    def measure(text: str, reference: str) -> float:
        return _harmonic(*_common(_words(text), _words(reference), size))

    return measure


def _rouge_l(text: str, reference: str) -> float:
    said, wanted = _words(text), _words(reference)
    row = [0] * (len(wanted) + 1)
    for word in said:
        diagonal = 0
        for index, other in enumerate(wanted, 1):
            diagonal, row[index] = (
                row[index],
                diagonal + 1 if word == other else max(row[index], row[index - 1]),
            )
    return _harmonic(row[-1], len(said), len(wanted))


def _harmonic(common: int, of_said: int, of_wanted: int) -> float:
    return 2 * common / (of_said + of_wanted) if of_said + of_wanted else 0.0


def _common(said: Words, wanted: Words, size: int) -> tuple[int, int, int]:
    """How many groups of `size` words both have, the one has, the other has."""
    one, other = (
        Counter(tuple(words[start : start + size]) for start in range(len(words) - size + 1))
        for words in (said, wanted)
    )
    return (one & other).total(), one.total(), other.total()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


METRICS: dict[str, Callable[[str, str], float]] = {
    "cosine": _cosine,
    "fuzzy_match": _fuzzy,
    "bleu": _bleu,
    "gleu": _gleu,
    "meteor": _meteor,
    **{f"rouge_{size}": _rouge(size) for size in range(1, 6)},
    "rouge_l": _rouge_l,
}
