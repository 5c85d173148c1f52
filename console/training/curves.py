"""The curves of trainings as charts: one chart a measure, a line for each part of the data or for each job."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.charts import Chart, Line, chart
from console.v1.training_metrics import Point, Series
from console.words import in_words

PARTS = (
    ("full_validation_", "Full validation"),
    ("full_valid_", "Full validation"),
    ("validation_", "Validation"),
    ("valid_", "Validation"),
    ("training_", "Training"),
    ("train_", "Training"),
)
COLOURS = {"Training": 1, "Validation": 2, "Full validation": 3}
TITLES = {"loss": "Loss", "mean_token_accuracy": "Token accuracy", "accuracy": "Accuracy"}
LEFT_OUT = frozenset({"total_steps"})
"""What is told with the figures of a step and is none."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Curves:
    """The curves of one training by measure and part: {("loss", "Training"): points}."""

    lines: Mapping[Key, Sequence[Point]]

    @property
    def latest(self) -> dict[str, float]:
        """The last value of each curve of the two measures that every method has, by its words."""
        told = {}
        for (measure, part), points in self.lines.items():
            if measure in TITLES and part in {"Training", "Validation"}:
                told[f"{part} {TITLES[measure].lower()}"] = points[-1].value
        return told

    @property
    def last_step(self) -> int | None:
        steps = [points[-1].step for points in self.lines.values()]
        return int(max(steps)) if steps else None


def merged(*sources: Iterable[Series]) -> Curves:
    """For each curve the source that has the most points; of equal ones the first."""
    found: dict[Key, Sequence[Point]] = {}
    for source in sources:
        for series in source:
            if series.metric not in LEFT_OUT:
                key = key_of(series.metric)
                if len(series.points) > len(found.get(key, ())):
                    found[key] = series.points
    return Curves(found)


def key_of(metric: str) -> Key:
    """Events, checkpoints and the result file spell some metrics differently; the key is the same."""
    for prefix, part in PARTS:
        if metric.startswith(prefix):
            return metric.removeprefix(prefix), part
    return metric, ""


def charts_of(curves: Curves, total: int | None = None) -> list[Chart]:
    """A chart for each measure of one training; `total` is the last step there will be."""
    found: dict[str, list[Line]] = {}
    for (measure, part), points in sorted(curves.lines.items(), key=lambda each: order_of(each[0])):
        name = part or title_of(measure)
        found.setdefault(measure, []).append(Line(name, pairs(points), COLOURS.get(part, 4)))
    return [chart(name_of(measure), title_of(measure), lines, end=total) for measure, lines in found.items()]


def overlaid(jobs: Sequence[tuple[str, Curves]]) -> list[Chart]:
    """A chart for each measure and part that at least one of the named trainings has, a line for each."""
    keys = sorted({key for _, curves in jobs for key in curves.lines}, key=order_of)
    found = []
    for key in keys:
        measure, part = key
        lines = [
            Line(name, pairs(curves.lines[key]), number)
            for number, (name, curves) in enumerate(jobs, 1)
            if key in curves.lines
        ]
        found.append(chart(name_of(f"{part}-{measure}"), words_of_key(key), lines))
    return found


def order_of(key: Key) -> tuple[int, str, int]:
    measure, part = key
    known = list(TITLES)
    return (known.index(measure) if measure in known else len(known), measure, COLOURS.get(part, 9))


def words_of(metric: str) -> str:
    """A metric by its words, whatever it is spelt like: "Validation token accuracy"."""
    return words_of_key(key_of(metric))


def words_of_key(key: Key) -> str:
    measure, part = key
    return f"{part} {title_of(measure).lower()}" if part else title_of(measure)


def title_of(measure: str) -> str:
    return TITLES.get(measure, in_words(measure))


def name_of(text: str) -> str:
    """What an element id can be made of."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "metric"


def pairs(points: Iterable[Point]) -> list[tuple[float, float]]:
    return [(point.step, point.value) for point in points]
