"""A comparison as its page shows it: a column for each pane, with its turns, its settings and the marks of
the last turn.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.models import Answer, Comparison, Connection, Turn
from console.models.comparison import latest
from console.playground import cursor
from console.v1.parameters import PARAMETERS, Parameter

SIDES = 8  # colours of panes


@dataclass(frozen=True)
class Setting:
    """One parameter of a pane's form and what it is set to, as text."""

    parameter: Parameter
    value: str

    @property
    def is_set(self) -> bool:
        return self.value != ""


@dataclass(frozen=True)
class Exchange:
    """One turn in one pane; `answer` is None where the pane was not asked."""

    turn: Turn
    answer: Answer | None


@dataclass
class Column:
    """One pane: whom it asks next, and what it was asked before."""

    position: int
    connection: str
    connection_name: str
    is_simulated: bool
    model: str
    api: str
    settings: list[Setting]
    exchanges: list[Exchange] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.position + 1

    @property
    def side(self) -> int:
        return self.position % SIDES + 1

    @property
    def set_count(self) -> int:
        return sum(one.is_set for one in self.settings)

    @property
    def last(self) -> Answer | None:
        return self.exchanges[-1].answer if self.exchanges else None

    @property
    def state(self) -> str:
        """The state of the pane that is seen: idle, or that of its last answer."""
        return self.last.state if self.last else "idle"


def column(pane: Mapping[str, Any], connections: Mapping[str, Connection]) -> Column:
    """Return a pane's column without turns from what POST /playground/turns/ takes."""
    connection = connections.get(pane.get("connection", ""))
    parameters = pane.get("parameters") or {}
    return Column(
        position=int(pane.get("position", 0)),
        connection=str(pane.get("connection", "")),
        connection_name=connection.name if connection else str(pane.get("connection", "")),
        is_simulated=bool(connection and connection.is_simulated),
        model=str(pane.get("model", "")),
        api=str(pane.get("api", "chat")),
        settings=[Setting(one, as_text(parameters.get(one.name))) for one in PARAMETERS],
    )


def as_text(value: Any) -> str:
    """Return a parameter's value as its form field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def columns(
    panes: Iterable[Mapping[str, Any]], comparison: Comparison | None, connections: Mapping[str, Connection]
) -> list[Column]:
    """Return the columns of a page, with all turns of the comparison if there is one."""
    found = [column(pane, connections) for pane in panes]
    turns = (
        list(comparison.turns.select_related("asked_by").prefetch_related("answers__connection"))
        if comparison
        else []
    )
    for turn in turns:
        by_pane = {answer.position: answer for answer in latest(turn.answers.all())}
        for one in found:
            if one.position in by_pane:
                one.exchanges.append(Exchange(turn, by_pane[one.position]))
    return found


def stream_place(shown: Sequence[Answer]) -> str | None:
    """Return where the stream goes on behind what the page shows; None when nothing runs."""
    return cursor.shown(shown) if any(answer.is_running for answer in shown) else None


def best(answers: Iterable[Answer]) -> dict[str, Any]:
    """Return the ids of the best of one turn by metric: ttft, speed, latency, cost; no mark where one is
    alone or all tie.
    """
    ended = [one for one in answers if one.state in {Answer.State.COMPLETE, Answer.State.INCOMPLETE}]
    metrics: dict[str, dict[Any, float]] = {
        "ttft": {one.pk: one.ttft_ms for one in ended if one.ttft_ms is not None},
        "speed": {one.pk: -one.tokens_per_second for one in ended if one.tokens_per_second},
        "latency": {one.pk: one.latency_ms for one in ended if one.latency_ms is not None},
        "cost": {one.pk: float(one.cost) for one in ended if one.cost is not None},
    }
    return {
        name: min(values, key=values.__getitem__)
        for name, values in metrics.items()
        if len(values) > 1 and len(set(values.values())) > 1
    }
