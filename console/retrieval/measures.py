"""How well a search did, by the files that it ought to find; a file counts once, at its best chunk.

Definitions: recall@k and mean reciprocal rank as in Manning, Raghavan and Schütze, Introduction to Information
Retrieval (2008), chapter 8.
"""

from collections.abc import Iterable, Sequence


def files(found: Iterable[str]) -> list[str]:
    """The files of the results, best first, each once."""
    return list(dict.fromkeys(found))


def recall(expected: Sequence[str], found: Sequence[str]) -> float:
    """The share of the expected files among those of the first k results."""
    wanted = set(expected)
    return len(wanted & set(found)) / len(wanted) if wanted else 0.0


def first_rank(expected: Sequence[str], found: Sequence[str]) -> int:
    """The place of the first expected file among the files found, from 1; 0 when none is there."""
    return next((rank for rank, one in enumerate(found, 1) if one in set(expected)), 0)


def reciprocal(rank: int) -> float:
    return 1 / rank if rank else 0.0


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
