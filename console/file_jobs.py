"""What workers do with files: send one on from the spool."""

import time
from collections.abc import Callable
from datetime import timedelta

from console import file_check, jobs, jsonl
from console.index import files as kept
from console.models import Connection, Job, Upload
from console.once import LOST, left_by
from console.outbound.errors import BadRequest, Cancelled, NotFound, TooLarge, UnknownOutcome, UpstreamError
from console.v1 import files
from console.v1.client import Client

OFTEN = 0.5  # seconds between two looks at the row of the job
SKEW = timedelta(minutes=2)  # how far the clock of a resource may be behind ours
MAX_PAGES = 20
SEND = "file.send"
COPY = "file.copy"
FOR_GOOD = (BadRequest, TooLarge, UnknownOutcome)
"""Errors after which the same file is not to be sent again."""


def teller(job: Job, total: int, note: str = "") -> Callable[[int], bool]:
    """A progress function: it writes into the job now and then, and answers False when that was cancelled."""
    last = 0.0

    def tell(done: int) -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last < OFTEN and done < total:
            return True
        last = now
        return job.advance(done, total, note)

    return tell


def listeners(job: Job, total: int, note: str) -> tuple[Callable[[int], None], Callable[[], bool]]:
    """The same as the doctor wants it: one function hears the progress, the other tells whether to stop."""
    told = teller(job, total, note)
    is_going_on = True

    def tell(done: int) -> None:
        nonlocal is_going_on
        is_going_on = is_going_on and told(done)

    return tell, lambda: not is_going_on


@jobs.handles(SEND)
def send(job: Job) -> None:
    """Send an upload to its resource; what an earlier attempt may have left there is looked for first."""
    upload = Upload.objects.select_related("connection").get(pk=job.arguments["upload"])
    connection = upload.connection
    try:
        with connection.client(job.actor) as client:
            file = sent_once(client, job, upload, teller(job, upload.size))
    except Cancelled:
        # Another attempt may have taken the job over; then it needs what is in the spool.
        if Job.objects.filter(pk=job.pk, attempt=job.attempt).exists():
            upload.end(Upload.State.CANCELLED)
        raise jobs.CancelledError from None
    except UpstreamError as error:
        if isinstance(error, FOR_GOOD):
            upload.end(Upload.State.FAILED)
        else:
            put_back(job, upload)
        raise
    keep(job, upload, connection, file)


def put_back(job: Job, upload: Upload) -> None:
    """Have all of the file wait here to be sent again; the page that the job leads to says so."""
    upload.put_back()
    job.keep({"kept": True})
    if job.kind == COPY:
        Job.objects.filter(pk=job.pk).update(url=f"/uploads/{upload.pk}/")


@jobs.handles("file.check")
def check(job: Job) -> None:
    """Have the doctor look at an upload, after mending the codes that were chosen, if any."""
    upload = Upload.objects.select_related("connection").get(pk=job.arguments["upload"])
    codes = set(job.arguments.get("codes", []))
    try:
        if codes and "mended" not in job.outcome:
            tell, is_over = listeners(job, upload.size, "Mending")
            job.keep({"mended": file_check.mend(upload, codes, progress=tell, cancel=is_over)})
        tell, is_over = listeners(job, upload.size, "Checking")
        upload.keep_report(file_check.examine(upload, progress=tell, cancel=is_over))
    except (jsonl.Cancelled, FileNotFoundError):
        raise jobs.CancelledError from None
    job.advance(upload.size, upload.size)


@jobs.handles("file.examine")
def examine(job: Job) -> None:
    """Have the doctor read a file where it is; the job keeps the report and nothing else."""
    connection, size = job.connection, job.total
    if connection is None:
        raise NotFound("The connection that has the file was removed.", sent=False)
    tell, is_over = listeners(job, size or 0, "Checking")
    purpose = job.arguments["purpose"]
    try:
        with (
            connection.client(job.actor) as client,
            files.opened(client, job.arguments["file"], size=size) as content,
        ):
            report = file_check.examine_remote(
                connection, content.pieces, purpose, progress=tell, cancel=is_over
            )
    except jsonl.Cancelled:
        raise jobs.CancelledError from None
    job.keep({"report": report})
    job.advance(report["bytes"], report["bytes"])


@jobs.handles("file.fetch")
def fetch_to_mend(job: Job) -> None:
    """Fetch a file into the spool, where it can be mended and sent as another, and have the doctor look at it."""
    upload = Upload.objects.select_related("connection").get(pk=job.arguments["upload"])
    try:
        if "fetched" not in job.outcome or not upload.path.exists():
            fetch(job, upload, upload.connection)
        tell, is_over = listeners(job, upload.size, "Checking")
        upload.keep_report(file_check.examine(upload, progress=tell, cancel=is_over))
    except (Cancelled, jsonl.Cancelled):
        upload.end(Upload.State.CANCELLED)
        raise jobs.CancelledError from None
    except UpstreamError:
        upload.end(Upload.State.FAILED)
        raise
    upload.take_made(upload.size)
    job.advance(upload.size, upload.size)


@jobs.handles(COPY)
def copy(job: Job) -> None:
    """Fetch a file from one resource into the spool, then send it to another."""
    upload = Upload.objects.get(pk=job.arguments["upload"])
    source = Connection.objects.active().filter(pk=job.arguments["connection"]).first()
    try:
        if source is None:
            raise NotFound("The connection that has the file was removed or paused.", sent=False)
        if "fetched" not in job.outcome or not upload.path.exists():
            fetch(job, upload, source)
    except Cancelled:
        upload.end(Upload.State.CANCELLED)
        raise jobs.CancelledError from None
    except UpstreamError:
        upload.end(Upload.State.FAILED)
        raise
    send(job)


def fetch(job: Job, upload: Upload, source: Connection) -> None:
    """Write the content of a file into the spool, from its beginning."""
    tell = teller(job, upload.size, f"From {source.name}")
    with source.client(job.actor) as client, upload.path.open("wb") as spool:
        upload.path.chmod(0o600)
        done = files.download(client, job.arguments["file"], spool.write, size=upload.size, progress=tell)
    upload.keep_size(done.size)
    job.keep({"fetched": done.sha256})


def sent_once(client: Client, job: Job, upload: Upload, tell: Callable[[int], bool]) -> files.File:
    """Send an upload, unless an earlier attempt did."""
    sent = found(client, job, upload) if job.attempt > 1 else None
    return sent or sent_now(client, job, upload, tell)


def sent_now(client: Client, job: Job, upload: Upload, tell: Callable[[int], bool]) -> files.File:
    """Send the whole form. When it left and no good answer came, the file is looked for before that is an error."""
    try:
        with upload.opened() as stream:
            done = files.upload(
                client,
                stream,
                name=upload.name,
                size=upload.size,
                purpose=upload.purpose,
                expires_after=upload.expires_after,
                progress=tell,
            )
    except LOST as error:
        return left_by(error, lambda: found(client, job, upload))
    job.keep({"sha256": done.sha256})
    return done.file


def found(client: Client, job: Job, upload: Upload) -> files.File | None:
    """The file that an earlier attempt made: same name, size and purpose, and not older than the job.

    Files have no metadata that could carry a mark of ours. Raises UnknownOutcome when several fit.
    """
    fitting: list[files.File] = []
    since = job.created_at - SKEW
    for number, page in enumerate(files.pages(client, purpose=upload.purpose, order="desc")):
        fitting += [one for one in page.rows if fits(one, upload) and one.created and one.created >= since]
        if number + 1 == MAX_PAGES or all(one.created and one.created < since for one in page.rows):
            break
    taken = set(
        Upload.objects.filter(file_id__in=[one.id for one in fitting]).values_list("file_id", flat=True)
    )
    left = [one for one in fitting if one.id not in taken]
    if len(left) > 1:
        raise UnknownOutcome(
            f"The resource has {len(left)} files named {upload.name} of this size and time.",
            remedy="Look which of them is the one, and delete what is too much.",
        )
    return left[0] if left else None


def fits(one: files.File, upload: Upload) -> bool:
    return (one.name, one.size, one.purpose) == (upload.name, upload.size, upload.purpose)


def keep(job: Job, upload: Upload, connection: Connection, file: files.File) -> None:
    job.keep({"file": file.id})
    kept.remember(connection, file)
    upload.end(Upload.State.SENT, file_id=file.id, sha256=str(job.outcome.get("sha256", "")))
    job.advance(upload.size, upload.size)
    Job.objects.filter(pk=job.pk).update(url=f"/c/{connection.slug}/files/{file.id}/")
