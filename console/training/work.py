"""Starting a fine-tuning job once, however often its form is sent: a job of the ledger.

The form's key stands in the metadata of what it started, so that a cut attempt finds its own instead of
paying for a second.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.urls import reverse

from console import jobs
from console.index import fine_tuning as index
from console.models import Connection, Job
from console.once import MARKER, done_once, kept_errors, made_once, of
from console.v1 import fine_tuning
from console.v1.client import Client
from console.v1.fine_tuning import SUFFIX, FineTuningJob

CREATE = "fine_tuning_job.create"


@dataclass(frozen=True)
class NewJob:
    """What a form asks for; `key` names the form, hyperparameters that are not in it are chosen by the service."""

    key: str
    model: str
    training_file: str
    method: str
    validation_file: str = ""
    suffix: str = ""
    seed: int | None = None
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    grader: dict[str, Any] = field(default_factory=dict)
    wandb: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return fine_tuning.body(
            self.model,
            self.training_file,
            method=fine_tuning.method(
                self.method, hyperparameters=self.hyperparameters, grader=self.grader or None
            ),
            validation_file=self.validation_file or None,
            suffix=self.suffix or None,
            seed=self.seed,
            integrations=[{"type": "wandb", "wandb": self.wandb}] if self.wandb else None,
            metadata={MARKER: self.key} | ({SUFFIX: self.suffix} if self.suffix else {}),
        )


def create(connection: Connection, user: Any, asked: NewJob) -> Job:
    """Start a job, or find the one that this form started."""
    return done_once(
        CREATE,
        title=f"Start fine-tuning {asked.suffix or asked.model}",
        effect=Job.Effect.MARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("fine-tuning-jobs"),
        arguments=asdict(asked),
    )


@jobs.handles(CREATE)
def start(job: Job) -> None:
    asked, connection = NewJob(**job.arguments), of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        made = made_once(
            job, lambda: fine_tuning.create(client, asked.body()), lambda: found(client, asked.key)
        )
    index.remember(connection, made)
    job.keep({"fine_tuning_job": made.id})
    Job.objects.filter(pk=job.pk).update(url=reverse("fine-tuning-job", args=[connection.slug, made.id]))


def found(client: Client, key: str) -> FineTuningJob | None:
    """The job that an earlier attempt started, among the first hundred of the list."""
    page = next(fine_tuning.pages(client), None)
    rows = page.rows if page else ()
    return next((one for one in rows if one.metadata.get(MARKER) == key), None)
