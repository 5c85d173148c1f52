"""Whether two paired runs differ by more than chance: exact tests, with nothing but the binomial distribution.

Of pairs that are judged twice only those that changed tell anything. If neither side were better, each change
would go up or down like a fair coin. For verdicts this is McNemar's test in its exact form (Q. McNemar,
Psychometrika 12 (1947) 153-157; A. Agresti, Categorical Data Analysis, 3rd edition 2013, section 11.1), for
scores the sign test (W. J. Conover, Practical Nonparametric Statistics, 3rd edition 1999, section 3.4).
"""

from collections.abc import Iterable
from dataclasses import dataclass

LIKELY, VERY_LIKELY = 0.05, 0.01


def two_sided(ups: int, downs: int) -> float:
    """How probable a split at least this uneven is when up and down are equally probable; 1 without changes.

    Twice the smaller tail of the binomial distribution with n = ups + downs and p = 1/2, at most 1. Raises
    ValueError for negative counts.
    """
    if ups < 0 or downs < 0:
        raise ValueError("Counts cannot be negative.")
    changes = ups + downs
    term = total = 1
    for number in range(1, min(ups, downs) + 1):
        term = term * (changes - number + 1) // number
        total += term
    return min(1.0, 2 * total / (1 << changes))


@dataclass(frozen=True)
class Change:
    """How many pairs went up, went down and stayed."""

    ups: int = 0
    downs: int = 0
    same: int = 0

    @property
    def changes(self) -> int:
        return self.ups + self.downs

    @property
    def pairs(self) -> int:
        return self.changes + self.same

    @property
    def p(self) -> float:
        return two_sided(self.ups, self.downs)

    @property
    def could_tell(self) -> bool:
        """Whether so few changes could ever be told from chance, were they all in one direction."""
        return two_sided(self.changes, 0) < LIKELY

    @property
    def is_significant(self) -> bool:
        return self.p < LIKELY

    @property
    def p_words(self) -> str:
        return "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"

    @property
    def sentence(self) -> str:
        """What the test says, in plain words."""
        if not self.pairs:
            return "No row has a verdict in both: there is nothing to compare."
        if not self.changes:
            return "No verdict changed between the two: by verdicts there is no sign that one is better."
        if self.p < VERY_LIKELY:
            return f"This is very unlikely to be chance ({self.p_words})."
        if self.p < LIKELY:
            return f"This is unlikely to be chance ({self.p_words})."
        if not self.could_tell:
            return "So few changes cannot tell: it takes six in one direction, and none in the other."
        return f"This may well be chance ({self.p_words}); more rows would tell more."


def of_pairs(pairs: Iterable[tuple[float, float]]) -> Change:
    """The change from the first to the second value of each pair; verdicts are 0 and 1."""
    ups = downs = same = 0
    for before, after in pairs:
        ups += after > before
        downs += after < before
        same += after == before
    return Change(ups, downs, same)
