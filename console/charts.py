"""Line charts as geometry: paths for an SVG, texts for axes in HTML, and the table behind them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

WIDTH, HEIGHT = 720, 240
INTERVALS = 4
MOST_POINTS = 400
MOST_MARKS = 40
SMOOTHED_FROM = 80
MOST_ROWS = 200
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

T = TypeVar("T")
Pair = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One line: points by rising x; `colour` is 1 to 8."""

    label: str
    points: Sequence[Pair]
    colour: int = 1


@dataclass(frozen=True)
class Drawn:
    """A line as paths; `raw` is what was measured where `path` is its moving average."""

    label: str
    colour: int
    path: str
    raw: str
    marks: str


@dataclass(frozen=True)
class Chart:
    """A chart: `low` and `high` are the ends of the y axis, `start` and `end` those of the x axis in `unit`s."""

    name: str
    title: str
    lines: Sequence[Line]
    low: float
    high: float
    start: float
    end: float
    unit: str = "step"

    @property
    def y_labels(self) -> list[str]:
        """From the top down, evenly apart."""
        step = (self.high - self.low) / INTERVALS
        places = max(0, min(6, 2 - math.floor(math.log10(step)))) if step else 0
        ticks = [f"{self.high - step * number:.{places}f}" for number in range(INTERVALS + 1)]
        return trimmed(ticks)

    @property
    def x_labels(self) -> list[str]:
        """From left to right, evenly apart."""
        span = self.end - self.start
        count = INTERVALS if span >= INTERVALS else 1
        return [f"{self.start + span * number / count:.0f}" for number in range(count + 1 if span else 1)]

    @property
    def grid(self) -> str:
        rows = (HEIGHT * number / INTERVALS for number in range(INTERVALS + 1))
        return "".join(f"M0 {shown(y)}H{WIDTH}" for y in rows)

    @cached_property
    def drawn(self) -> list[Drawn]:
        return [self.draw(line) for line in self.lines if line.points]

    def draw(self, line: Line) -> Drawn:
        points = thinned(line.points, MOST_POINTS)
        is_smoothed = len(points) >= SMOOTHED_FROM
        path = self.path(smoothed(points)) if is_smoothed else self.path(points)
        marks = "" if len(points) > MOST_MARKS else "".join(f"M{self.place(one)}h0" for one in points)
        return Drawn(line.label, line.colour, path, self.path(points) if is_smoothed else "", marks)

    def path(self, points: Sequence[Pair]) -> str:
        return "M" + " L".join(self.place(one) for one in points)

    def place(self, point: Pair) -> str:
        span_x, span_y = self.end - self.start or 1.0, self.high - self.low or 1.0
        x = (point[0] - self.start) / span_x * WIDTH
        y = HEIGHT - (point[1] - self.low) / span_y * HEIGHT
        return f"{shown(x)} {shown(y)}"

    @property
    def words(self) -> str:
        """What the chart shows, for who does not see it."""
        told = [
            f"{line.label}: {value(line.points[0][1])} at {self.unit} {line.points[0][0]:.0f}, "
            f"{value(line.points[-1][1])} at {self.unit} {line.points[-1][0]:.0f}."
            for line in self.lines
            if line.points
        ]
        return " ".join([f"{self.title} by {self.unit}.", *told])

    @cached_property
    def steps(self) -> list[float]:
        return sorted({x for line in self.lines for x, _ in line.points})

    @property
    def is_cut(self) -> bool:
        """Whether the table leaves steps out."""
        return len(self.steps) > MOST_ROWS

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table behind the lines: a step and the value of each line, empty where there is none."""
        values = [dict(line.points) for line in self.lines]
        return [
            (f"{step:.0f}", [value(each[step]) if step in each else "" for each in values])
            for step in thinned(self.steps, MOST_ROWS)
        ]


def chart(
    name: str,
    title: str,
    lines: Sequence[Line],
    *,
    end: float | None = None,
    top: float | None = None,
    unit: str = "step",
) -> Chart:
    """A chart that has room for all its lines, on the x axis up to `end` and on the y axis up to `top`.

    `unit` is what x counts.
    """
    points = [point for line in lines for point in line.points]
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    low, high = bounds(min(ys), max([*ys, top or 0.0]))
    return Chart(name, title, lines, low, high, min(xs), max([*xs, end or 0.0]), unit)


def bounds(least: float, most: float) -> Pair:
    """The ends of an axis that four even and round intervals lead to; it starts at 0 where it may."""
    floor = min(least, 0.0)
    span = (most - floor) or 1.0
    power = 10.0 ** math.floor(math.log10(span / INTERVALS))
    for step in (power * each for each in STEPS):
        low = math.floor(floor / step) * step
        if low + step * INTERVALS >= most:
            return low, low + step * INTERVALS
    return floor, floor + power * STEPS[-1] * INTERVALS * 2


def thinned(rows: Sequence[T], most: int) -> list[T]:
    """At most so many of the rows, evenly picked; the first and the last are among them."""
    if len(rows) <= most:
        return list(rows)
    return [rows[round(number * (len(rows) - 1) / (most - 1))] for number in range(most)]


def smoothed(points: Sequence[Pair]) -> list[Pair]:
    """The moving average over a tenth of the points; as many on both sides, fewer at the ends."""
    reach = max(len(points) // 20, 2)
    found = []
    for place, (x, _) in enumerate(points):
        width = min(reach, place, len(points) - 1 - place)
        near = [y for _, y in points[place - width : place + width + 1]]
        found.append((x, sum(near) / len(near)))
    return found


def trimmed(texts: list[str]) -> list[str]:
    """Without the zeros at the end that all of them have."""
    while all("." in text and text.endswith(("0", ".")) for text in texts):
        texts = [text[:-1] for text in texts]
    return [text.removesuffix(".") for text in texts]


def shown(coordinate: float) -> str:
    return f"{coordinate:.1f}".removesuffix(".0")


def value(number: float) -> str:
    return f"{number:.4g}"
