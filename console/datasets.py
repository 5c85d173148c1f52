"""Datasets of stored completions: a job writes their lines into the spool, and the doctor looks at them.

One completion is in memory at a time, however many there are; its messages are asked for one after the other.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, BinaryIO

from django.db import transaction
from django.urls import reverse

from console import file_check, jobs, jsonl
from console.file_jobs import listeners
from console.jsonl import from_chat
from console.jsonl.edits import dump
from console.jsonl.from_chat import LeftOut, Shape
from console.jsonl.lines import BOM
from console.models import Connection, Item, Job, Upload
from console.outbound.errors import NotFound, TooLarge
from console.v1 import stored_completions
from console.v1.client import Client

BUILD = "dataset.build"
AT_ONCE = 200
MOST_MESSAGES = 2000
GUESS = 8 * 1024
"""Bytes that a line is taken to need until it is written; the room for them is kept free in the spool."""


def start(
    connection: Connection, user: Any, *, key: str, name: str, shape: Shape, items: Sequence[int]
) -> tuple[Job, bool]:
    """Begin an upload to `connection` and the job that fills it; False when this form began one before.

    The caller wakes a worker. Raises upload.Refused when the spool has no room.
    """
    purpose = jsonl.Purpose(shape.purpose)
    with transaction.atomic():
        upload = Upload.begin_making(
            size=len(items) * GUESS,
            name=name,
            purpose=purpose.upload,
            check_for=purpose.value,
            connection=connection,
            workspace=connection.workspace,
            owner=user,
        )
        job = jobs.start(
            BUILD,
            title=f"Make {name} of {len(items)} stored completion{'' if len(items) == 1 else 's'}",
            effect=Job.Effect.IDEMPOTENT,
            workspace=connection.workspace,
            user=user,
            connection=connection,
            key=f"{user.pk}:{key}",
            url=reverse("upload", args=[upload.pk]),
            arguments={"upload": str(upload.pk), "items": list(items), "shape": asdict(shape)},
            total=len(items),
            unit="lines",
        )
        is_new = job.arguments["upload"] == str(upload.pk)
        if is_new:
            upload.attach(job)
        else:
            upload.end(Upload.State.CANCELLED)
    return job, is_new


@jobs.handles(BUILD)
def build(job: Job) -> None:
    """Write the lines anew, whatever an earlier attempt wrote; then have the doctor look at them."""
    upload = Upload.objects.select_related("connection").get(pk=job.arguments["upload"])
    if upload.state != Upload.State.RECEIVING:
        raise jobs.CancelledError
    try:
        with upload.path.open("wb") as spool:
            upload.path.chmod(0o600)
            left_out = write(job, spool)
        size = upload.path.stat().st_size
        if not size:
            raise NotFound("No line could be made of what was selected.", remedy=told(left_out), sent=False)
    except (jobs.CancelledError, FileNotFoundError):
        # The file goes when the upload is cancelled, whatever the job is at.
        if Job.objects.filter(pk=job.pk, attempt=job.attempt).exists():
            upload.end(Upload.State.CANCELLED)
        raise jobs.CancelledError from None
    except Exception:
        upload.end(Upload.State.FAILED)
        raise
    upload.take_made(size)
    total = len(job.arguments["items"])
    tell, is_over = listeners(job, total, "Checking")
    try:
        report = file_check.examine(upload, progress=lambda done: tell(total * done // size), cancel=is_over)
        upload.keep_report(report)
    except (jsonl.Cancelled, FileNotFoundError):
        raise jobs.CancelledError from None
    job.advance(total, total, told(left_out))


def write(job: Job, spool: BinaryIO) -> Counter[str]:
    """Write a line for each completion; count those of which none could be made, by the reason."""
    shape = Shape(**job.arguments["shape"])
    purpose = jsonl.Purpose(shape.purpose)
    keys: list[int] = job.arguments["items"]
    most = jsonl.LIMITS[purpose].bytes
    left_out: Counter[str] = Counter()
    size = 0
    with ExitStack() as stack:
        for done, (item, client) in enumerate(completions(job, keys, stack), 1):
            try:
                text = dump(line_of(item, client, shape)) + "\n"
            except LeftOut as reason:
                left_out[str(reason)] += 1
                text = ""
            data = (BOM if text and not size and purpose.is_training else b"") + text.encode(errors="replace")
            size += spool.write(data)
            if most and size > most:
                raise TooLarge(f"The dataset outgrew the {most // 1_000_000} MB that its purpose allows.")
            if not job.advance(done, len(keys)):
                raise jobs.CancelledError
    job.keep({"lines": len(keys) - left_out.total(), "left_out": dict(left_out)})
    return left_out


def completions(
    job: Job, keys: Sequence[int], stack: ExitStack
) -> Iterator[tuple[Item | None, Client | None]]:
    """Each item in the order of `keys` with a client of its resource, without one where that cannot be asked."""
    clients: dict[int, Client | None] = {}
    for place in range(0, len(keys), AT_ONCE):
        some = keys[place : place + AT_ONCE]
        found = Item.objects.present().select_related("connection").in_bulk(some)
        for key in some:
            item = found.get(key)
            if item is not None and item.connection_id not in clients:
                source = item.connection
                clients[source.pk] = (
                    None if source.is_paused else stack.enter_context(source.client(job.actor))
                )
            yield item, clients[item.connection_id] if item else None


def line_of(item: Item | None, client: Client | None, shape: Shape) -> dict[str, Any]:
    """Ask for the messages of a completion and make its line. Raises LeftOut."""
    if item is None:
        raise LeftOut("is gone")
    if client is None:
        raise LeftOut("belongs to a connection that is paused")
    messages: list[dict[str, Any]] = []
    try:
        for page in stored_completions.message_pages(client, item.remote_id):
            messages += [dict(one.raw) for one in page.rows]
            if len(messages) > MOST_MESSAGES:
                raise LeftOut(f"has more than {MOST_MESSAGES} messages")
    except NotFound:
        raise LeftOut("is gone") from None
    return from_chat.line({**item.raw, "id": item.remote_id}, messages, shape)


def told(left_out: Counter[str]) -> str:
    """What was left out and why, as a sentence; "" for nothing."""
    if not left_out:
        return ""
    return f"Left out: {', '.join(f'{count} that {reason}' for reason, count in left_out.most_common())}."
