"""Reading the results of a batch: a job fetches input, output and error file once, and joins them on this machine.

Files are kept as long as somebody looks at them now and then; see docs/decisions.md for why they are kept at all.
"""

import hashlib
import os
import shutil
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from console import file_jobs, jobs
from console.batching.store import VERSION, Store, Writer
from console.index import files as known
from console.index.files import KIND as FILE
from console.jsonl.lines import lines
from console.models import Item, Job
from console.models.upload import SPARE
from console.once import of
from console.outbound.errors import NotFound, TooLarge
from console.v1 import batches, files
from console.v1.batches import Batch
from console.v1.client import Client

READ = "batch.read"
FORGOTTEN = 2 * 86_400  # seconds without a look
MOST = 4 * 1024**3  # bytes of all results together; those unused for longest go first
PARTS = ("input", "output", "errors")


def folder() -> Path:
    path: Path = settings.DATA_DIR / "results"
    return path


def path_of(item: Item) -> Path:
    name = hashlib.sha256(item.remote_id.encode()).hexdigest()[:40]
    return folder() / f"{item.connection_id}-{name}.sqlite"


def ids_of(batch: Batch) -> tuple[str, str, str]:
    return batch.input_file, batch.output_file, batch.error_file


def stored(item: Item, batch: Batch) -> Store | None:
    """The results as they were read, if from the files that the batch has now; a broken one is dropped."""
    path = path_of(item)
    if not path.exists():
        return None
    store = Store(path)
    try:
        facts = store.facts
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        return None
    if facts.get("version") != VERSION or tuple(facts.get(part, "") for part in PARTS) != ids_of(batch):
        return None
    os.utime(path)
    return store


def start(item: Item, user: Any) -> Job:
    """Write the job down that reads them; the caller wakes a worker."""
    return jobs.start(
        READ,
        title=f"Read the results of {item.name}",
        effect=Job.Effect.READ,
        workspace=item.connection.workspace,
        user=user,
        connection=item.connection,
        arguments={"batch": item.remote_id},
        unit="bytes",
        url=reverse("batch-results", args=[item.connection.slug, item.remote_id]),
    )


@jobs.handles(READ)
def fetch(job: Job) -> None:
    """Read the files of a batch and put each answer beside its request."""
    connection = of(job)
    with connection.client(job.actor) as client:
        batch = batches.get(client, job.arguments["batch"])
        item = Item.objects.get(connection=connection, kind="batch", remote_id=batch.id)
        describe(client, item, batch)
        make_room(sizes(connection.pk, batch))
        path = path_of(item)
        part = path.with_suffix(f".{job.pk.hex}.part")
        try:
            with Writer(part) as writer:
                missing = Fetch(job, client, batch).into(writer)
                facts = dict(zip(PARTS, ids_of(batch), strict=True))
                writer.finish({**facts, "missing": " ".join(missing)})
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def describe(client: Client, item: Item, batch: Batch) -> None:
    """Have the index know the files, which may be newer than its last listing."""
    for file_id in filter(None, ids_of(batch)):
        with suppress(NotFound):
            known.remember(item.connection, files.get(client, file_id))


class Fetch:
    """One reading of the files of a batch, one after the other."""

    def __init__(self, job: Job, client: Client, batch: Batch) -> None:
        self.client = client
        self.wanted = dict(zip(PARTS, ids_of(batch), strict=True))
        self.done = 0
        self.most = sizes(of(job).pk, batch)
        self.tell = file_jobs.teller(job, self.most + 1, "Joining answers to requests")

    def into(self, writer: Writer) -> list[str]:
        """Return which files are gone. Raises NotFound when no result is left, CancelledError."""
        missing = []
        for part, file_id in self.wanted.items():
            take = writer.request if part == "input" else writer.result
            if file_id and not self.take(file_id, take):
                missing.append(part)
        results = [part for part in PARTS[1:] if self.wanted[part]]
        if results and set(results) <= set(missing):
            raise NotFound("The output files of this batch are gone. They may have expired.")
        return missing

    def take(self, file_id: str, take: Any) -> bool:
        """Hand each line of a file on; False when there is no such file any more."""
        try:
            with files.opened(self.client, file_id) as content:
                for line in lines(content.pieces):
                    self.done += len(line.data) + len(line.ending)
                    if not self.tell(min(self.done, self.most)):
                        raise jobs.CancelledError
                    if line.whole:
                        take(line)
        except NotFound:
            return False
        return True


def sizes(connection_id: int, batch: Batch) -> int:
    """The bytes of the three files, as far as the index knows them."""
    rows = Item.objects.filter(
        connection=connection_id, kind=FILE, remote_id__in=[*filter(None, ids_of(batch))]
    )
    return sum(size or 0 for size in rows.values_list("size", flat=True))


def make_room(needed: int) -> None:
    """Drop results that nobody has used for longest. Raises TooLarge when the disk itself is too full."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = sorted(folder().glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
    taken = sum(path.stat().st_size for path in kept)
    while kept and taken + needed > MOST:
        taken -= kept[0].stat().st_size
        kept.pop(0).unlink(missing_ok=True)
    if shutil.disk_usage(folder()).free - needed < SPARE:
        raise TooLarge("The disk of the console is too full for these results.", sent=False)


def sweep() -> int:
    """Drop what nobody has looked at for two days; return how many files went."""
    old = [path for path in folder().glob("*") if path.stat().st_mtime < time.time() - FORGOTTEN]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
