"""Where the runs of an eval are at this moment, asked anew; the index remembers what was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from console.charts import Chart, Line, chart
from console.evaluation.known import rate
from console.index import eval_runs as index
from console.index import evals as evals_index
from console.models import Connection, Item
from console.outbound.errors import NotFound, UpstreamError
from console.v1 import eval_runs, evals
from console.v1.client import Client
from console.v1.eval_runs import EvalRun

PAGES = 3
MOST_LINES = 8


@dataclass(frozen=True)
class Told:
    """Whether a look went well; with an `error` the index is as it was, or knows that the object is gone."""

    error: UpstreamError | None = None


def look_at_eval(connection: Connection, user: Any, item: Item) -> Told:
    """Read an eval and its newest runs into the index; an error is told, not raised."""
    try:
        with connection.client(user) as client:
            evals_index.remember(connection, evals.get(client, item.remote_id))
            read_runs(client, connection, item)
    except NotFound as error:
        evals_index.forget(connection, item.remote_id)
        return Told(error)
    except UpstreamError as error:
        return Told(error)
    return Told()


def read_runs(client: Client, connection: Connection, item: Item) -> None:
    """The newest three hundred runs."""
    pages = eval_runs.pages(client, item.remote_id, order="desc")
    for page in islice(pages, PAGES):
        index.remember_all(connection, page.rows)


def look_at_run(connection: Connection, user: Any, eval_id: str, run_id: str) -> Told:
    """Read one run into the index; an error is told, not raised."""
    try:
        with connection.client(user) as client:
            index.remember(connection, eval_runs.get(client, eval_id, run_id))
    except NotFound as error:
        index.forget(connection, run_id)
        return Told(error)
    except UpstreamError as error:
        return Told(error)
    return Told()


def pass_rates(runs: Sequence[EvalRun]) -> Chart | None:
    """The share of passed items run by run, in per cent: in all, and by each criterion; None for under two runs.

    `runs` are the newest first, as lists of them are.
    """
    ended = [run for run in reversed(runs) if rate(run) is not None]
    if len(ended) < 2:
        return None
    names = list(dict.fromkeys(one.name for run in ended for one in run.criteria))
    whole = Line("All criteria", [(float(at), (rate(run) or 0.0) * 100) for at, run in enumerate(ended, 1)])
    lines = [whole]
    if len(names) > 1:
        lines += [
            Line(name, criterion_points(ended, name), colour)
            for colour, name in enumerate(names[: MOST_LINES - 1], 2)
        ]
    return chart("pass-rate", "Pass rate in %", lines, top=100.0, unit="run")


def criterion_points(runs: Sequence[EvalRun], name: str) -> list[tuple[float, float]]:
    found = []
    for place, run in enumerate(runs, 1):
        one = next((each for each in run.criteria if each.name == name), None)
        if one is not None and one.passed + one.failed:
            found.append((float(place), one.passed / (one.passed + one.failed) * 100))
    return found
