"""Building the requests of a batch on the spool, from rows and a template: a job, whose row is the draft of the batch.

The draft keeps what was asked for; the upload keeps the requests and what the doctor said of them. Nothing
leaves the console before somebody has seen both.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction
from django.urls import reverse

from console import file_check, file_jobs, jobs, jsonl
from console.batching.work import NewBatch
from console.models import Connection, Job, Upload
from console.outbound.errors import BadRequest, NotFound

BUILD, RETRY = "batch.build", "batch.retry"
DRAFTS = frozenset({BUILD, RETRY})
SHOWN = 3
FAMILIES = {
    "/v1/chat/completions": "Chat completions",
    "/v1/responses": "Responses",
    "/v1/embeddings": "Embeddings",
}


@dataclass(frozen=True)
class Draft:
    """What is wanted: the rows (an upload), the template over them, the batch, and the form to change it in."""

    rows: Upload
    template: jsonl.Template
    batch: NewBatch
    form: Mapping[str, str]


def body(endpoint: str, system: str, user: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The body of each request of an endpoint, still with its placeholders."""
    if endpoint == "/v1/embeddings":
        return {"input": user, **parameters}
    if endpoint == "/v1/responses":
        return {**({"instructions": system} if system else {}), "input": user, **parameters}
    messages = [{"role": "system", "content": system}] if system else []
    return {"messages": [*messages, {"role": "user", "content": user}], **parameters}


def beginning(template: jsonl.Template, rows: Upload) -> list[bytes]:
    """The first requests. Raises BuildError when the template does not fit the rows."""
    return list(islice(jsonl.build(template, rows.path), SHOWN))


def columns(rows: Upload) -> list[str]:
    """The names of the columns; none where the CSV cannot be read."""
    try:
        return jsonl.header(rows.path)
    except jsonl.BuildError:
        return []


def start(connection: Connection, user: Any, draft: Draft) -> Job:
    """Write the draft down, or find the one of the same form; the caller wakes a worker. Raises Refused."""
    arguments = {
        "rows": str(draft.rows.pk),
        "template": asdict(draft.template),
        "batch": asdict(draft.batch),
        "form": dict(draft.form),
    }
    key = f"{user.pk}:{digest_of(draft)}"
    with transaction.atomic():
        known = Job.objects.filter(idempotency_key=key).first()
        if known is not None:
            return known
        upload = kept(connection, user, f"{draft.rows.name.rpartition('.')[0] or draft.rows.name}.jsonl")
        return drafted(BUILD, connection, user, upload, arguments, title=f"Build {upload.name}", key=key)


def digest_of(draft: Draft) -> str:
    """The same for the same form with the same entries and rows; a form that was changed makes another draft."""
    told = [asdict(draft.template), asdict(draft.batch), draft.rows.parts]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:40]


def kept(connection: Connection, user: Any, name: str) -> Upload:
    """Room for as many requests as a batch may have; what is not needed is given back."""
    return Upload.begin_copy(
        size=jsonl.LIMITS[jsonl.Purpose.BATCH].bytes,
        connection=connection,
        workspace=connection.workspace,
        owner=user,
        name=name,
        purpose=jsonl.Purpose.BATCH.upload,
        check_for=jsonl.Purpose.BATCH.value,
    )


def drafted(
    kind: str,
    connection: Connection,
    user: Any,
    upload: Upload,
    arguments: Mapping[str, Any],
    *,
    title: str,
    key: str | None = None,
) -> Job:
    job = jobs.start(
        kind,
        title=title,
        effect=Job.Effect.IDEMPOTENT,
        workspace=connection.workspace,
        user=user,
        connection=connection,
        key=key,
        arguments={"upload": str(upload.pk), **arguments},
    )
    if job.arguments["upload"] != str(upload.pk):
        upload.end(Upload.State.CANCELLED)
        return job
    Job.objects.filter(pk=job.pk).update(url=reverse("batch-draft", args=[connection.slug, job.pk]))
    upload.attach(job)
    return job


@jobs.handles(BUILD)
def build(job: Job) -> None:
    """Fill the template with each row, then have the doctor look at the requests."""
    rows = Upload.objects.filter(pk=job.arguments["rows"]).first()
    if rows is None or not rows.path.exists():
        raise NotFound("The rows are no longer in the console. Choose the CSV again.", sent=False)
    template = jsonl.Template(**job.arguments["template"])
    with rows.opened() as source:
        try:
            write(job, told(job, jsonl.build(template, source), source, rows.size))
        except jsonl.BuildError as error:
            place = f"Row {error.row}: " if error.row else ""
            raise BadRequest(f"{place}{error.message}", sent=False) from None


def told(job: Job, lines: Iterable[bytes], source: BinaryIO, size: int) -> Iterator[bytes]:
    """The lines, while the job hears how far the rows are read. Raises CancelledError."""
    tell = file_jobs.teller(job, size + 1, "Building")
    for line in lines:
        if not tell(source.tell()):
            raise jobs.CancelledError
        yield line


def write(job: Job, lines: Iterable[bytes]) -> None:
    """Put the requests into the spool, count them, check and price them."""
    upload = Upload.objects.select_related("connection").get(pk=job.arguments["upload"])
    count = 0
    with upload.path.open("wb") as spool:
        upload.path.chmod(0o600)
        for line in lines:
            spool.write(line)
            count += 1
        size = spool.tell()
    if not count:
        raise BadRequest("There is not a single request in it.", sent=False)
    upload.arrived(size)
    progress, cancel = file_jobs.listeners(job, size, "Checking")
    try:
        upload.keep_report(file_check.examine(upload, progress=progress, cancel=cancel))
    except jsonl.Cancelled:
        raise jobs.CancelledError from None
    job.keep({"requests": count})
    job.advance(size, size)


def batch_of(draft: Job) -> NewBatch:
    """What shall be started once the draft is confirmed: its key is the draft's own, so it happens once."""
    return NewBatch(**{**draft.arguments["batch"], "key": draft.pk.hex, "upload": draft.arguments["upload"]})


def is_constant(draft: Job) -> bool:
    """Whether every row gave the same request; a draft that repeats lines has no rows."""
    template = draft.arguments.get("template")
    return bool(template) and jsonl.Template(**template).is_constant
