"""Making an eval and starting a run once, however often a form is sent: jobs of the ledger.

The form's key stands in the metadata of what it made, so that a cut attempt finds its own instead of making a
second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeVar

from django.urls import reverse

from console import jobs
from console.index import eval_runs as runs_index
from console.index import evals as index
from console.models import Connection, Job
from console.once import MARKER, done_once, kept_errors, made_once, of
from console.v1 import eval_runs, evals
from console.v1.client import Page

CREATE, RUN = "eval.create", "eval_run.create"


class Marked(Protocol):
    @property
    def metadata(self) -> Mapping[str, str]: ...


M = TypeVar("M", bound=Marked)


@dataclass(frozen=True)
class NewEval:
    """The JSON that a form asks for; `key` names the form."""

    key: str
    body: dict[str, Any]


@dataclass(frozen=True)
class NewRun:
    """The same for a run of an eval, which people call `label`."""

    key: str
    eval_id: str
    label: str
    body: dict[str, Any]


def create(connection: Connection, user: Any, asked: NewEval) -> Job:
    """Make an eval, or find the one that this form made."""
    return done_once(
        CREATE,
        title=f"Create the eval {asked.body.get('name') or ''}".strip(),
        effect=Job.Effect.MARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("evals"),
        arguments=asdict(asked),
    )


def start(connection: Connection, user: Any, asked: NewRun) -> Job:
    """Start a run, or find the one that this form started."""
    return done_once(
        RUN,
        title=f"Run the eval {asked.label}",
        effect=Job.Effect.MARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("eval", args=[connection.slug, asked.eval_id]),
        arguments=asdict(asked),
    )


@jobs.handles(CREATE)
def make(job: Job) -> None:
    asked, connection = NewEval(**job.arguments), of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        made = made_once(
            job,
            lambda: evals.create(client, with_mark(asked.body, asked.key)),
            lambda: marked(evals.pages(client, order="desc"), asked.key),
        )
    index.remember(connection, made)
    job.keep({"eval": made.id})
    Job.objects.filter(pk=job.pk).update(url=reverse("eval", args=[connection.slug, made.id]))


@jobs.handles(RUN)
def run(job: Job) -> None:
    asked, connection = NewRun(**job.arguments), of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        made = made_once(
            job,
            lambda: eval_runs.create(
                client,
                asked.eval_id,
                with_mark(asked.body, asked.key),
                label=index.name_of(connection, asked.eval_id),
            ),
            lambda: marked(eval_runs.pages(client, asked.eval_id, order="desc"), asked.key),
        )
    runs_index.remember(connection, made)
    job.keep({"run": made.id})
    Job.objects.filter(pk=job.pk).update(url=reverse("eval-run", args=[connection.slug, made.id]))


def with_mark(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {**body, "metadata": {**(body.get("metadata") or {}), MARKER: key}}


def marked(pages: Iterator[Page[M]], key: str) -> M | None:
    """What an earlier attempt made, among the newest."""
    page = next(pages, None)
    return next((one for one in (page.rows if page else ()) if one.metadata.get(MARKER) == key), None)
