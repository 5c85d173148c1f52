"""Reads the fine-tuning jobs of a resource, and which files and models each names."""

from console.index import keeping
from console.index.files import KIND as FILE
from console.index.keeping import listed
from console.index.models import KIND as MODEL
from console.index.reading import Reading
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import fine_tuning
from console.v1.client import Client
from console.v1.fine_tuning import FineTuningJob

KIND = "fine_tuning_job"
NOT_OFFERED = "This resource does not offer fine-tuning: its list of jobs answers 404."


def read(connection: Connection, after: str) -> Reading:
    """The jobs page by page, from a cursor on. Raises NotOffered."""
    found = listed(
        connection, lambda client: fine_tuning.pages(client, after=after), seen, otherwise=NOT_OFFERED
    )
    return Reading("list", found)


def seen(job: FineTuningJob) -> Seen:
    """A job for the index; it is called by its suffix, else by the model it made, else by its id."""
    files = {job.training_file, job.validation_file, *job.result_files} - {""}
    models = {job.model, job.fine_tuned_model} - {""}
    facts = {"method": job.method, "base": job.model}
    return Seen(
        remote_id=job.id,
        name=job.suffix or job.fine_tuned_model or job.id,
        raw=job.raw,
        status=job.status,
        labels=frozenset(label(name, value) for name, value in facts.items() if value),
        refs=frozenset({(FILE, one) for one in files} | {(MODEL, one) for one in models}),
        size=job.trained_tokens,
        created_at=job.created,
        updated_at=job.finished,
    )


def remember(connection: Connection, job: FineTuningJob) -> Item:
    """Keep what a call told of one job, before a listing does."""
    return keeping.remember(connection, KIND, seen(job))


def meet(client: Client, connection: Connection, job_id: str) -> None:
    """Ask for one job by its id."""
    remember(connection, fine_tuning.get(client, job_id))


def forget(connection: Connection, job_id: str) -> None:
    """Note that a job is gone."""
    keeping.forget(connection, KIND, job_id)


def look(client: Client, item: Item) -> None:
    """Read one job again."""
    meet(client, item.connection, item.remote_id)
