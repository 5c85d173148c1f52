"""Starting a batch once, however often its form is sent and wherever its job is cut: a job of the ledger.

The form's key stands in the metadata of what it started. An attempt that may have asked for the batch is never
followed by another that asks: that one looks for the key, and says so when it is not there.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from django.urls import reverse

from console import file_jobs, jobs
from console.index import batches as index
from console.index import files as known_files
from console.models import Connection, Job, Upload
from console.once import MARKER, begun_once, done_once, kept_errors, of
from console.outbound.errors import (
    BadRequest,
    ConnectionLost,
    NotFound,
    ProtocolError,
    ServerFailed,
    Timeout,
    TotalTimeout,
    UnknownOutcome,
)
from console.v1 import batches, files
from console.v1.batches import Batch
from console.v1.client import Client
from console.v1.files import File

CREATE = "batch.create"
PAUSE = 2.0  # seconds between two looks at a file or a list
LONGEST = 600.0  # seconds that a file may take until it is processed
LOOKS = 3  # at the list, for a batch that a cut attempt may have started
MOST_PAGES = 20
DAY = 86_400


@dataclass(frozen=True)
class NewBatch:
    """What a form asks for; `key` names the form. The requests are in a file of the resource, or in an upload."""

    key: str
    endpoint: str
    input_file: str = ""
    upload: str = ""
    name: str = ""
    output_days: int | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    retry_of: str = ""

    def body(self, file_id: str) -> dict[str, Any]:
        """The JSON that is sent."""
        return batches.body(
            input_file=file_id,
            endpoint=self.endpoint,
            output_expires_after=self.output_days * DAY if self.output_days else None,
            metadata={**self.told, MARKER: self.key},
        )

    @property
    def told(self) -> dict[str, str]:
        """The metadata of the batch."""
        ours = {index.NAME: self.name, index.RETRY_OF: self.retry_of}
        return {**self.metadata, **{name: value for name, value in ours.items() if value}}


def create(connection: Connection, user: Any, asked: NewBatch, *, at_once: bool) -> Job:
    """Start a batch, or find the job that this form started; not `at_once`, the caller wakes a worker for it."""
    begin: Callable[..., Job] = done_once if at_once else begun_once
    return begin(
        CREATE,
        title=f"Start the batch {asked.name or asked.input_file}",
        effect=Job.Effect.MARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=place(connection, asked),
        arguments=asdict(asked),
    )


def place(connection: Connection, asked: NewBatch) -> str:
    """The page to go on from as long as there is no batch: that of the draft, whose key is its own id."""
    if not asked.upload:
        return reverse("batches")
    return reverse("batch-draft", args=[connection.slug, uuid.UUID(asked.key)])


@jobs.handles(CREATE)
def start(job: Job) -> None:
    """Send the file if it is here, wait until it is processed, then ask for the batch."""
    asked, connection = NewBatch(**job.arguments), of(job)
    with kept_errors(job):
        file_id = asked.input_file or sent(job)
        job.refresh_from_db(fields=["done", "total"])
        with connection.client(job.actor) as client:
            wait(client, job, file_id)
            batch = begun(client, job, asked, file_id)
    index.remember(connection, batch)
    job.keep({"batch": batch.id})
    Job.objects.filter(pk=job.pk).update(url=reverse("batch", args=[connection.slug, batch.id]))


def sent(job: Job) -> str:
    """The id of the file that was made of the upload; a file that an earlier attempt sent is not sent again."""
    if "file" not in job.outcome:
        upload = Upload.objects.filter(pk=job.arguments["upload"]).first()
        if upload is None:
            raise NotFound("The file that was built for this batch is no longer in the console.", sent=False)
        if not upload.file_id:
            file_jobs.send(job)
            upload.refresh_from_db()
        job.keep({"file": upload.file_id})
    return str(job.outcome["file"])


def look(connection: Connection, user: Any, file_id: str) -> None:
    """Have the index know a file as it is now. Raises UpstreamError, a NotFound that names the file."""
    with connection.client(user) as client:
        looked_up(client, connection, file_id)


def looked_up(client: Client, connection: Connection, file_id: str) -> File:
    """A file as the resource has it now; the index follows, also when it is gone."""
    try:
        file = files.get(client, file_id)
    except NotFound as error:
        known_files.forget(connection, file_id)
        raise NotFound(
            f"The resource does not know the file “{file_id}”.",
            remedy="Check the id; it may have been deleted.",
            status=error.status,
            code=error.code,
            detail=error.detail,
            request_id=error.request_id,
        ) from error
    known_files.remember(connection, file)
    return file


def wait(client: Client, job: Job, file_id: str) -> None:
    """Wait until the resource has processed a file; batches of one that is not are refused by Azure."""
    end = time.monotonic() + LONGEST
    while True:
        file = looked_up(client, of(job), file_id)
        if file.status == "error":
            told = f" It says: {file.status_details}" if file.status_details else ""
            raise BadRequest(f"The resource could not process the file {file.name or file_id}.{told}")
        if file.status not in known_files.UNSETTLED:
            return
        if time.monotonic() > end:
            raise TotalTimeout(
                "The file is still not processed.", remedy="Start the batch from the file later on."
            )
        if not job.advance(job.done, job.total, "The resource processes the file"):
            raise jobs.CancelledError
        time.sleep(PAUSE)


def begun(client: Client, job: Job, asked: NewBatch, file_id: str) -> Batch:
    """Ask for the batch, at most once in the life of the job. Raises UnknownOutcome when that may have worked."""
    if job.outcome.get("asked"):
        return left(client, asked.key, looks=LOOKS)
    if not job.advance(job.done, job.total, "Starting the batch"):
        raise jobs.CancelledError
    job.keep({"asked": True})
    try:
        return batches.create(client, asked.body(file_id), label=asked.name or file_id)
    except (ConnectionLost, ProtocolError, ServerFailed, Timeout) as error:
        if not error.sent:
            raise
        return left(client, asked.key, looks=1)


def left(client: Client, key: str, *, looks: int) -> Batch:
    """The batch that an attempt without a good answer started."""
    for number in range(looks):
        if number:
            time.sleep(PAUSE)
        if batch := found(client, key):
            return batch
    raise UnknownOutcome(
        "The resource may have started the batch: no answer came, and its list does not have it yet.",
        remedy="Look into the list in a few minutes before you start it again.",
    )


def found(client: Client, key: str) -> Batch | None:
    """The batch with this key in its metadata, in the first pages of the list."""
    rows = (one for page in islice(batches.pages(client), MOST_PAGES) for one in page.rows)
    return next((one for one in rows if one.metadata.get(MARKER) == key), None)
