"""How a figure is told: what was aimed at, what was measured, and the reference of the same run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    aim: str
    measured: str
    reference: str
    is_met: bool

    def __str__(self) -> str:
        mark = "met" if self.is_met else "MISSED"
        return f"{self.name:<46} {self.aim:<24} {self.measured:<34} {self.reference:<34} {mark}"


HEADING = f"{'what':<46} {'aim':<24} {'measured':<34} {'reference':<34}"


def quantile(values: Iterable[float], share: float) -> float:
    ordered: Sequence[float] = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def median(values: Iterable[float]) -> float:
    return quantile(values, 0.5)
