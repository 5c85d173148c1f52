"""Golden queries at work: a run asks each of them, and says what has changed since the run before."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from console import jobs
from console.index.vector_stores import FILE
from console.models import Item, Job, Reference, audit
from console.models.golden import GoldenQuery, GoldenRun, target
from console.once import kept_errors, of
from console.retrieval import measures
from console.retrieval.contents import OFFERED, names
from console.v1 import vector_search
from console.v1.vector_stores import parse_store

RUN = "vector_store.golden_run"
MOST = 200
"""Golden queries a store may have: a run asks each of them, and each is billed."""


@dataclass(frozen=True)
class Line:
    """One query of a run, beside the run before: `was` is its row there, if it was asked."""

    row: dict[str, Any]
    was: dict[str, Any] | None
    found: list[tuple[str, str, bool]]
    missing: list[tuple[str, str]]

    @property
    def change(self) -> float | None:
        return self.row["recall"] - self.was["recall"] if self.was else None


def query_of(item: Item, pk: Any) -> GoldenQuery:
    """One golden query of a store. Raises Http404."""
    found: GoldenQuery = one_of(GoldenQuery.objects.of(item).filter(pk=pk).first())
    return found


def run_of(item: Item, pk: Any) -> GoldenRun:
    """One run of a store. Raises Http404."""
    found: GoldenRun = one_of(GoldenRun.objects.of(item).select_related("job").filter(pk=pk).first())
    return found


def one_of(found: Any) -> Any:
    if found is None:
        raise Http404("No such object.")
    return found


def files_in(item: Item) -> list[tuple[str, str]]:
    """The files of a store as the index knows them: id and name."""
    ids = list(Reference.objects.filter(item=item, kind=FILE).values_list("remote_id", flat=True)[:OFFERED])
    known = names(item.connection, ids)
    return sorted(((one, known.get(one, one)) for one in ids), key=lambda pair: pair[1])


def start(item: Item, user: Any, settings: dict[str, Any], *, key: str) -> GoldenRun:
    """Write a run and its job down; the caller wakes a worker. The same key leads to the same run."""
    store = parse_store({"id": item.remote_id, **item.raw})
    with transaction.atomic():
        job = jobs.start(
            RUN,
            title=f"Golden queries of {item.name}",
            effect=Job.Effect.IDEMPOTENT,
            workspace=item.connection.workspace,
            user=user,
            connection=item.connection,
            key=f"{user.pk}:{key}",
            unit="queries",
            total=GoldenQuery.objects.of(item).count(),
        )
        run, is_new = GoldenRun.objects.get_or_create(
            job=job,
            defaults={
                "connection_id": item.connection_id,
                "store_id": item.remote_id,
                "settings": settings,
                "store": {"files": store.counts.completed, "bytes": store.size},
                "created_by": user,
            },
        )
        if is_new:
            url = reverse("golden-run", args=[item.connection.slug, item.remote_id, run.pk])
            Job.objects.filter(pk=job.pk).update(url=url, arguments={"run": str(run.pk), "label": item.name})
            audit.record("golden_run.started", target=target(item), connection=item.connection)
    made: GoldenRun = run
    return made


@jobs.handles(RUN)
def ask_all(job: Job) -> None:
    """Ask what has not been asked yet; a cut run goes on where it was."""
    run = GoldenRun.objects.get(pk=job.arguments["run"])
    connection = of(job)
    queries = list(GoldenQuery.objects.filter(connection=connection, store_id=run.store_id)[:MOST])
    asked = {row["id"] for row in run.rows}
    with kept_errors(job), connection.client(job.actor) as client:
        for one in queries:
            if not job.advance(len(run.rows), len(queries)):
                raise jobs.CancelledError
            if str(one.pk) not in asked:
                body = vector_search.body(one.query, **run.settings)
                found = vector_search.search(client, run.store_id, body, label=job.arguments["label"])
                run.rows.append(judged(one, measures.files(hit.file_id for hit in found.hits)))
                run.save(update_fields=["rows"])
    job.advance(len(run.rows), len(queries))
    finish(run)


def judged(one: GoldenQuery, found: list[str]) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "query": one.query,
        "expected": one.expected,
        "found": found,
        "recall": measures.recall(one.expected, found),
        "rank": measures.first_rank(one.expected, found),
    }


def finish(run: GoldenRun) -> None:
    run.recall = measures.mean([row["recall"] for row in run.rows])
    run.mrr = measures.mean([measures.reciprocal(row["rank"]) for row in run.rows])
    run.finished_at = timezone.now()
    run.save(update_fields=["recall", "mrr", "finished_at"])


def lines(item: Item, run: GoldenRun, before: GoldenRun | None) -> list[Line]:
    """Each query of a run with the names of its files, beside the run before."""
    ids = {one for row in run.rows for one in (*row["expected"], *row["found"])}
    known = names(item.connection, list(ids))
    earlier = {row["id"]: row for row in before.rows} if before else {}
    return [
        Line(
            row,
            earlier.get(row["id"]),
            [(one, known.get(one, one), one in row["expected"]) for one in row["found"]],
            [(one, known.get(one, one)) for one in row["expected"] if one not in row["found"]],
        )
        for row in run.rows
    ]
