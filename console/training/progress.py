"""How far a training is at this moment: its job, what it told, its checkpoints and its curves, all asked anew."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate, islice
from operator import itemgetter
from typing import Any, TypeVar

from console.charts import Chart
from console.index import fine_tuning as index
from console.models import Connection
from console.outbound.errors import NotFound, UpstreamError
from console.training.curves import Curves, charts_of, merged, words_of
from console.v1 import files, fine_tuning, parse, training_metrics
from console.v1.client import Client, Page
from console.v1.fine_tuning import Checkpoint, Event, FineTuningJob

MOST_PAGES = 10
SHOWN_EVENTS = 200
_OF_TOTAL = re.compile(r"\bstep (\d{1,9})/(\d{1,9})\b", re.IGNORECASE)
_STEP = re.compile(r"\bstep (\d{1,9})\b", re.IGNORECASE)
T = TypeVar("T")


@dataclass(frozen=True)
class Training:
    """A job with what it told, the newest first. With an `error` the rest is what was read before it."""

    job: FineTuningJob | None = None
    events: Sequence[Event] = ()
    checkpoints: Sequence[Checkpoint] = ()
    curves: Curves = field(default_factory=lambda: Curves({}))
    error: UpstreamError | None = None

    @property
    def shown_events(self) -> Sequence[Event]:
        return self.events[:SHOWN_EVENTS]

    @cached_property
    def total(self) -> int | None:
        """The last step there will be, where the service tells: with the figures, or in a message."""
        for event in self.events:
            if told := parse.integer(parse.path(event.raw, "data", "total_steps")):
                return told
            if found := _OF_TOTAL.search(event.message):
                return int(found[2])
        return None

    @cached_property
    def step(self) -> int | None:
        steps = [int(event.step) for event in self.events if event.step is not None]
        steps += [int(found[1]) for event in self.events if (found := _OF_TOTAL.search(event.message))]
        return max([*steps, self.curves.last_step or 0], default=0) or None

    @property
    def seconds_left(self) -> float | None:
        """Until the estimated finish, never below 0; None where none is told or the job has ended."""
        until = self.job.estimated_finish if self.job and not self.job.has_ended else None
        return max((until - datetime.now(UTC)).total_seconds(), 0.0) if until else None

    @cached_property
    def charts(self) -> list[Chart]:
        return charts_of(self.curves, self.total)

    @property
    def measures(self) -> list[str]:
        """The metrics of the checkpoints, at most four, by the names of the service."""
        names = dict.fromkeys(name for one in self.checkpoints for name in one.metrics)
        return list(names)[:4]

    @property
    def heads(self) -> list[tuple[str, str]]:
        """The metrics of the checkpoints by words, and by the names of the service."""
        return [(words_of(name), name) for name in self.measures]

    @property
    def rows(self) -> list[tuple[Checkpoint, list[tuple[str, float | None]]]]:
        """Each checkpoint with what it measured, by words."""
        heads = self.heads
        return [(one, [(words, one.metrics.get(name)) for words, name in heads]) for one in self.checkpoints]


def look(connection: Connection, user: Any, job_id: str) -> Training:
    """A job as it is now, which the index remembers; an error is told, not raised."""
    try:
        with connection.client(user) as client:
            return read(client, connection, job_id)
    except NotFound as error:
        index.forget(connection, job_id)
        return Training(error=error)
    except UpstreamError as error:
        return Training(error=error)


def read(client: Client, connection: Connection, job_id: str) -> Training:
    """Raises NotFound when there is no such job."""
    job = fine_tuning.get(client, job_id)
    index.remember(connection, job)
    try:
        events = newest(few(fine_tuning.event_pages(client, job_id)))
        checkpoints = sorted(
            few(fine_tuning.checkpoint_pages(client, job_id)), key=lambda one: one.step or 0, reverse=True
        )
    except UpstreamError as error:
        return Training(job, error=error)
    curves = merged(
        results(client, job), training_metrics.of_events(events), training_metrics.of_checkpoints(checkpoints)
    )
    return Training(job, events, checkpoints, curves)


def few(pages: Iterator[Page[T]]) -> list[T]:
    """The rows of the first pages, of which a thousand rows is enough to look at."""
    return [row for page in islice(pages, MOST_PAGES) for row in page.rows]


def newest(events: Iterable[Event]) -> list[Event]:
    """By time, whatever order the service keeps; of one second the higher step first.

    What names no step stays above the step that it was told after.
    """
    told = list(events)
    if told and second(told[0]) >= second(told[-1]):
        told.reverse()
    told.sort(key=second)
    reached = accumulate((step_of(event) or 0.0 for event in told), max)
    placed = [
        ((second(event), step_of(event) or last), event) for event, last in zip(told, reached, strict=True)
    ]
    placed.sort(key=itemgetter(0))
    return [event for _, event in reversed(placed)]


def second(event: Event) -> float:
    return event.created.timestamp() if event.created else 0.0


def step_of(event: Event) -> float | None:
    """The step of its figures, or the one that its message names: "Checkpoint created at step 90"."""
    found = None if event.step is not None else _STEP.search(event.message)
    return float(found[1]) if found else event.step


def results(client: Client, job: FineTuningJob) -> Sequence[training_metrics.Series]:
    """The curves of the result file; none where there is no such file, or it is no table of steps."""
    if not job.result_files:
        return ()
    try:
        with files.opened(client, job.result_files[0]) as content:
            return training_metrics.of_results(content.pieces)
    except UpstreamError:
        return ()
