"""Reads the runs of every eval of a resource, and which file each takes its rows from."""

from collections.abc import Iterator, Sequence

from console.index import keeping
from console.index.evals import KIND as EVAL
from console.index.evals import NOT_OFFERED
from console.index.files import KIND as FILE
from console.index.reading import Batch, NotOffered, Reading
from console.models import Connection, Item, Sync, audit
from console.models.seen import Seen, label
from console.outbound.errors import NotFound
from console.v1 import eval_runs, evals, parse
from console.v1.client import Client
from console.v1.eval_runs import EvalRun

KIND = "eval_run"


def read(connection: Connection, after: str) -> Reading:
    """The runs eval by eval; the cursor is the last eval whose runs were read. Raises NotOffered."""
    return Reading("list", listed(connection, after))


def listed(connection: Connection, after: str) -> Iterator[Batch]:
    with connection.client(audit.Actor()) as client:
        try:
            pages = evals.pages(client, after=after)
            for eval_id in (one.id for page in pages for one in page.rows):
                yield from (Batch(rows, after) for rows in runs_of(client, eval_id))
                after = eval_id
        except NotFound:
            raise NotOffered(NOT_OFFERED) from None


def runs_of(client: Client, eval_id: str) -> Iterator[list[Seen]]:
    """The runs of one eval; none of one that was deleted while the list was read."""
    try:
        for page in eval_runs.pages(client, eval_id):
            yield [seen(run) for run in page.rows]
    except NotFound:
        return


def seen(run: EvalRun) -> Seen:
    """A run for the index; `size` counts its items."""
    file_id = parse.text(parse.path(run.source, "source", "id"))
    refs = {(EVAL, run.eval), (FILE, file_id)}
    return Seen(
        remote_id=run.id,
        name=run.name or run.id,
        raw=run.raw,
        status=run.status,
        labels=frozenset({label("model", run.model)} if run.model else ()),
        refs=frozenset(ref for ref in refs if ref[1]),
        size=run.counts.total,
        created_at=run.created,
    )


def remember(connection: Connection, run: EvalRun) -> Item:
    """Keep what a call told of one run, before a listing does."""
    return keeping.remember(connection, KIND, seen(run))


def remember_all(connection: Connection, runs: Sequence[EvalRun]) -> None:
    """The same for a page of a list."""
    ids = {run.id for run in runs}
    rows = Item.objects.present().filter(connection=connection, kind=KIND, remote_id__in=ids)
    before = rows.count()
    Item.objects.take_in(connection.pk, KIND, [seen(run) for run in runs])
    if news := len(ids) - before:
        Sync.count_one(connection.pk, KIND, by=news)


def forget(connection: Connection, run_id: str) -> None:
    """Note that a run is gone."""
    keeping.forget(connection, KIND, run_id)


def look(client: Client, item: Item) -> None:
    """Read one run again."""
    eval_id = parse.text(item.raw.get("eval_id"))
    remember(item.connection, eval_runs.get(client, eval_id, item.remote_id))
