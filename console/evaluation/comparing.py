"""Two runs of an eval, item by item: joined by the row of the data, with what changed and whether that is chance."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.utils.text import Truncator

from console.evaluation.significance import Change, of_pairs
from console.v1 import eval_runs
from console.v1.client import Client
from console.v1.eval_runs import OutputItem

MOST_ITEMS = 2000
"""So many items of each run are read, in the order of the rows; the page says when there are more."""

PAGE = 100
MOST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Judged:
    """What is kept of an item: `verdicts` are passed and score by criterion, `data` stands for the row."""

    id: str
    number: int
    passed: bool | None
    verdicts: dict[str, tuple[bool | None, float | None]]
    summary: str
    answer: str
    data: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the data as both runs judged it."""

    before: Judged
    after: Judged

    @property
    def number(self) -> int:
        return self.before.number

    @property
    def summary(self) -> str:
        return self.before.summary or self.after.summary

    def passed(self, criterion: str) -> tuple[bool | None, bool | None]:
        """The verdict of both runs, by one criterion or ("") by all."""
        if not criterion:
            return self.before.passed, self.after.passed
        return tuple(each.verdicts.get(criterion, (None, None))[0] for each in (self.before, self.after))  # type: ignore[return-value]

    def scores(self, criterion: str) -> tuple[float | None, float | None]:
        return tuple(each.verdicts.get(criterion, (None, None))[1] for each in (self.before, self.after))  # type: ignore[return-value]

    def change(self, criterion: str) -> str:
        """improved, worsened, same, or unknown where one of the runs has no verdict."""
        before, after = self.passed(criterion)
        if before is None or after is None:
            return "unknown"
        return "same" if before is after else "improved" if after else "worsened"


@dataclass(frozen=True)
class ByCriterion:
    """What changed by one criterion: its verdicts, and its scores where both runs have them."""

    name: str
    verdicts: Change
    rates: tuple[float | None, float | None]
    scores: Change
    means: tuple[float | None, float | None]

    @property
    def has_scores(self) -> bool:
        """Whether the scores say more than the verdicts."""
        return self.scores != self.verdicts and self.scores.pairs > 0

    @property
    def shift(self) -> float | None:
        before, after = self.means
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Comparison:
    """The rows that both runs judged, in the order of the data. `is_cut`: one of them has more items."""

    pairs: Sequence[Pair]
    lonely: int
    is_cut: bool

    @cached_property
    def criteria(self) -> list[ByCriterion]:
        names = dict.fromkeys(
            name for pair in self.pairs for each in (pair.before, pair.after) for name in each.verdicts
        )
        return [self.by(name) for name in names]

    @cached_property
    def whole(self) -> ByCriterion:
        return self.by("")

    def by(self, criterion: str) -> ByCriterion:
        verdicts = known([pair.passed(criterion) for pair in self.pairs])
        scores = known([pair.scores(criterion) for pair in self.pairs])
        return ByCriterion(criterion, of_pairs(verdicts), means(verdicts), of_pairs(scores), means(scores))

    @property
    def unknown(self) -> int:
        """Rows of which one run has no verdict."""
        return len(self.pairs) - self.whole.verdicts.pairs

    @cached_property
    def different_data(self) -> int:
        """Rows that have the same number in both runs, and not the same data."""
        return sum(pair.before.data != pair.after.data for pair in self.pairs)

    def narrowed(self, change: str, criterion: str) -> list[Pair]:
        """Rows by what changed: improved, worsened, changed, same, unknown, or ("") all."""
        fits: Callable[[str], bool] = {
            "": lambda _: True,
            "changed": lambda found: found in ("improved", "worsened"),
        }.get(change, lambda found: found == change)
        return [pair for pair in self.pairs if fits(pair.change(criterion))]


def compare(client: Client, eval_id: str, before: str, after: str) -> Comparison:
    """Read the items of two runs, page by page, and join them."""
    first, is_first_cut = judged(client, eval_id, before)
    second, is_second_cut = judged(client, eval_id, after)
    both = sorted(first.keys() & second.keys())
    pairs = [Pair(first[number], second[number]) for number in both]
    return Comparison(pairs, len(first.keys() ^ second.keys()), is_first_cut or is_second_cut)


def judged(client: Client, eval_id: str, run_id: str) -> tuple[dict[int, Judged], bool]:
    """The items of a run by the number of their row, and whether there are more than are read."""
    pages = eval_runs.item_pages(client, eval_id, run_id, limit=PAGE)
    found: dict[int, Judged] = {}
    after = ""
    for page in islice(pages, MOST_ITEMS // PAGE):
        found |= {one.number: kept(one, one.number) for one in page.rows if one.number is not None}
        after = page.after
    return found, bool(after)


def kept(one: OutputItem, number: int) -> Judged:
    texts = [str(value) for value in one.item.values() if isinstance(value, str | int | float)]
    return Judged(
        id=one.id,
        number=number,
        passed={"pass": True, "fail": False}.get(one.status),
        verdicts={each.name: (each.passed, each.score) for each in one.verdicts},
        summary=Truncator(" · ".join(texts)).chars(MOST_TEXT),
        answer=Truncator(" ".join(text for _, text in one.sample.output)).chars(MOST_TEXT),
        data=hash(json.dumps(one.item, sort_keys=True)),
    )


def known(pairs: Sequence[tuple[float | None, float | None]]) -> list[tuple[float, float]]:
    """The pairs of which both are known."""
    return [(before, after) for before, after in pairs if before is not None and after is not None]


def means(pairs: Sequence[tuple[float, float]]) -> tuple[float | None, float | None]:
    """The mean of the first and of the second values."""
    if not pairs:
        return None, None
    return sum(one for one, _ in pairs) / len(pairs), sum(one for _, one in pairs) / len(pairs)
