"""Stopping many batches: a job with a frozen list and a result for each."""

from collections.abc import Iterable
from typing import Any

from console import bulk, jobs
from console.index import batches as index
from console.models import Connection, Item, Job
from console.outbound.errors import UpstreamError
from console.v1 import batches

CANCEL = "batch.cancel"


def start(items: Iterable[Item], user: Any) -> list[Job]:
    """Write a job down for each workspace of `items`; the caller wakes a worker."""
    return bulk.start(index.KIND, items, user, noun="batches", job=CANCEL, verb="Cancel")


@jobs.handles(CANCEL)
def cancel(job: Job) -> None:
    bulk.each(job, lambda one: cancel_one(job, one))


def cancel_one(job: Job, one: dict[str, Any]) -> dict[str, str]:
    told = {"name": one["name"], "id": one["id"]}
    connection = Connection.objects.active().filter(pk=one["connection"]).first()
    if connection is None:
        return {**told, "state": "failed", "kind": "not_found", "message": bulk.GONE}
    try:
        with connection.client(job.actor) as client:
            batch = batches.cancel(client, one["id"])
    except UpstreamError as error:
        message = f"{error.message} {error.detail}".strip()
        return {**told, "state": "failed", "kind": error.kind, "message": message}
    index.remember(connection, batch)
    return {**told, "state": "done", "message": batch.status.replace("_", " ")}
