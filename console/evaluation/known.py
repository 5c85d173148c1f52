"""What the index knows of evals and their runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from console.index.eval_runs import KIND as RUN
from console.index.evals import KIND as EVAL
from console.models import Connection, Item
from console.models.item import Reference
from console.v1 import parse
from console.v1.eval_runs import EvalRun, parse_run

SHOWN = 200
OFFERED = 200


@dataclass(frozen=True)
class Latest:
    """How many runs of an eval there are, and the newest of them."""

    count: int = 0
    run: EvalRun | None = None


def run_of(item: Item) -> EvalRun:
    """The run as the index knows it, whatever is missing in it."""
    return parse_run({"id": item.remote_id, **item.raw})


def rate(run: EvalRun) -> float | None:
    """The share of the items that passed, of those that have a verdict; None where none has."""
    judged = run.counts.passed + run.counts.failed
    return run.counts.passed / judged if judged else None


def runs_of(item: Item, *, most: int = SHOWN) -> list[Item]:
    """The newest runs of an eval that are still there, newest first."""
    rows = Item.objects.present().filter(
        connection=item.connection_id, kind=RUN, refs__kind=EVAL, refs__remote_id=item.remote_id
    )
    found = list(rows.order_by("-remote_created_at", "-id")[:most])
    for run in found:
        run.connection = item.connection
    return found


def eval_of(run: Item) -> Item | None:
    """The eval that a run belongs to, where the index knows it."""
    eval_id = parse.text(run.raw.get("eval_id"))
    found = Item.objects.filter(connection=run.connection_id, kind=EVAL, remote_id=eval_id).first()
    if found is not None:
        found.connection = run.connection
    return found


def latest(items: Sequence[Item]) -> dict[int, Latest]:
    """The newest run of each eval and how many there are, by primary key; two queries."""
    uses = Reference.objects.filter(
        connection=OuterRef("connection"),
        kind=EVAL,
        remote_id=OuterRef("remote_id"),
        item__kind=RUN,
        item__gone_at=None,
    )
    newest = uses.order_by("-item__remote_created_at", "-item_id").values("item_id")[:1]
    count = uses.order_by().values("kind").annotate(runs=Count("pk")).values("runs")
    rows = Item.objects.filter(pk__in=[one.pk for one in items]).annotate(
        newest=Subquery(newest), runs=Subquery(count)
    )
    found = list(rows.values_list("pk", "newest", "runs"))
    runs = Item.objects.in_bulk([run for _, run, _ in found if run])
    return {pk: Latest(count or 0, run_of(runs[run]) if run in runs else None) for pk, run, count in found}


def files_for(connection: Connection) -> list[Item]:
    """The newest files of a connection that were uploaded for evals."""
    rows = Item.objects.present().filter(connection=connection, kind="file").labelled("purpose:evals")
    return list(rows.order_by("-remote_created_at").defer("raw")[:OFFERED])


def deployments_of(connection: Connection) -> list[Item]:
    """What of a connection can be asked, by name."""
    rows = Item.objects.present().filter(connection=connection, kind="deployment")
    return list(rows.order_by("name").defer("raw")[:OFFERED])


def file_of(run: Item) -> Item | None:
    """The file that the rows of a run come from, where the index knows it."""
    file_id = parse.text(parse.path(run.raw, "data_source", "source", "id"))
    return Item.objects.filter(connection=run.connection_id, kind="file", remote_id=file_id).first()
