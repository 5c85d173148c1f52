"""Repeating the lines of a batch that failed or got no answer: the draft of a new batch that names its parent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from console import jobs
from console.batching import results
from console.batching.building import RETRY, drafted, kept, write
from console.batching.changing import Changes, changed
from console.batching.work import NewBatch
from console.index.batches import KIND, NAME, RETRY_OF
from console.models import Item, Job
from console.once import MARKER, of
from console.outbound.errors import NotFound
from console.v1.batches import Batch, parse_batch

LONGEST_NAME = 256
SUFFIX = ", retry"


@dataclass(frozen=True)
class Again:
    """Which lines are repeated (of which causes, and those without an answer), and what they are given before."""

    causes: list[str]
    unanswered: bool
    changes: Changes


def start(item: Item, user: Any, batch: Batch, again: Again, *, key: str) -> Job:
    """Write the draft down, or find the one of the same form; the caller wakes a worker. Raises Refused."""
    wanted = {**asdict(again), "batch": asdict(repeating(item, batch))}
    key = f"{user.pk}:{digest_of(key, wanted)}"
    title = f"Collect lines of {item.name}"
    with transaction.atomic():
        if known := Job.objects.filter(idempotency_key=key).first():
            return known
        upload = kept(item.connection, user, file_name(item))
        return drafted(RETRY, item.connection, user, upload, wanted, title=title, key=key)


def digest_of(key: str, wanted: Mapping[str, Any]) -> str:
    """The same for the same form with the same entries; a form that was changed makes another draft."""
    return hashlib.sha256(json.dumps([key, wanted], sort_keys=True).encode()).hexdigest()[:40]


def file_name(item: Item) -> str:
    return f"{item.remote_id}-retry.jsonl"


def repeating(item: Item, batch: Batch) -> NewBatch:
    """The batch that repeats lines of another: named after it, with its endpoint and its metadata."""
    name = f"{item.name.removesuffix(SUFFIX)[: LONGEST_NAME - len(SUFFIX)]}{SUFFIX}"
    told = {key: value for key, value in batch.metadata.items() if key not in {NAME, RETRY_OF, MARKER}}
    return NewBatch(key="", endpoint=batch.endpoint, name=name, metadata=told, retry_of=item.remote_id)


@jobs.handles(RETRY)
def collect(job: Job) -> None:
    """Put the requests of those lines into the spool, in their order, then have the doctor look at them."""
    parent = job.arguments["batch"]["retry_of"]
    item = Item.objects.filter(connection=of(job), kind=KIND, remote_id=parent).first()
    store = results.stored(item, parse_batch({"id": parent, **item.raw})) if item else None
    if store is None:
        raise NotFound("The results are no longer in the console. Read them again, then repeat.", sent=False)
    lines = store.requests(job.arguments["causes"], unanswered=job.arguments["unanswered"])
    write(job, changed(lines, Changes(**job.arguments["changes"])))
