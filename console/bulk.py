"""Deleting many objects of one kind at once: a frozen list, a result for each, and none is tried twice."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from console import jobs
from console.index import keeping
from console.models import Connection, Item, Job
from console.outbound.errors import UpstreamError, error_of
from console.v1 import containers, conversations, evals, files, responses, stored_completions, vector_stores
from console.v1.client import Client

DELETE = "item.delete"
GONE = "The connection was removed or paused."

Delete = Callable[[Client, str, str], bool]
"""Takes a client, an id and what people call the object; returns whether it was still there."""

DELETES: dict[str, Delete] = {
    "container": lambda client, remote_id, label: containers.delete(client, remote_id, label=label),
    "conversation": lambda client, remote_id, _: conversations.delete(client, remote_id),
    "eval": lambda client, remote_id, label: evals.delete(client, remote_id, label=label),
    "file": lambda client, remote_id, label: files.delete(client, remote_id, label=label),
    "response": lambda client, remote_id, _: responses.delete(client, remote_id),
    "stored_completion": lambda client, remote_id, _: stored_completions.delete(client, remote_id),
    "vector_store": lambda client, remote_id, label: vector_stores.delete(client, remote_id, label=label),
}


def start(
    kind: str, items: Iterable[Item], user: Any, *, noun: str, job: str = DELETE, verb: str = "Delete"
) -> list[Job]:
    """Write a job down for each workspace of `items`; the caller wakes a worker. `noun` is their plural."""
    ordered = sorted(items, key=lambda item: (item.connection.workspace_id, item.name))
    groups = groupby(ordered, key=lambda item: item.connection.workspace)
    titled = [(title(verb, group, noun), group) for _, rows in groups if (group := list(rows))]
    return [started(job, kind, name, group, user, noun) for name, group in titled]


def title(verb: str, items: list[Item], noun: str) -> str:
    return f"{verb} {items[0].name}" if len(items) == 1 else f"{verb} {len(items)} {noun}"


def started(job: str, kind: str, name: str, items: list[Item], user: Any, noun: str) -> Job:
    wanted = [{"connection": one.connection_id, "id": one.remote_id, "name": one.name} for one in items]
    return jobs.start(
        job,
        title=name,
        effect=Job.Effect.IDEMPOTENT,
        workspace=items[0].connection.workspace,
        user=user,
        arguments={"kind": kind, "items": wanted},
        total=len(items),
        unit=noun,
    )


@jobs.handles(DELETE)
def delete(job: Job) -> None:
    each(job, lambda one: delete_one(job, job.arguments["kind"], one))


def each(job: Job, do: Callable[[dict[str, Any]], dict[str, str]]) -> None:
    """Do something to one after the other; what an earlier attempt has done is not done again.

    Raises the error of the first where nothing could be done at all.
    """
    wanted: list[dict[str, Any]] = job.arguments["items"]
    results: list[dict[str, str]] = list(job.outcome.get("results", []))
    for place in range(len(results), len(wanted)):
        if not job.advance(place, len(wanted), wanted[place]["name"]):
            raise jobs.CancelledError
        results.append(do(wanted[place]))
        job.keep({"results": results})
    failed = [one for one in results if one["state"] == "failed"]
    job.advance(len(wanted), len(wanted), f"{len(failed)} failed" if failed else "")
    if failed and len(failed) == len(wanted):
        raise error_of(failed[0].get("kind", ""))("None of this could be done; why stands at each.")


def delete_one(job: Job, kind: str, one: dict[str, Any]) -> dict[str, str]:
    told = {"name": one["name"], "id": one["id"]}
    connection = Connection.objects.active().filter(pk=one["connection"]).first()
    if connection is None:
        return {**told, "state": "failed", "kind": "not_found", "message": GONE}
    try:
        with connection.client(job.actor) as client:
            was_there = DELETES[kind](client, one["id"], one["name"])
    except UpstreamError as error:
        message = f"{error.message} {error.remedy}".strip()
        return {**told, "state": "failed", "kind": error.kind, "message": message}
    keeping.forget(connection, kind, one["id"])
    return {**told, "state": "done", "message": "deleted" if was_there else "was gone already"}
