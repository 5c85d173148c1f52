"""Reads the evals of a resource: what is judged, and by which kinds of criteria."""

from console.index import keeping
from console.index.keeping import listed
from console.index.reading import Reading
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import evals, parse
from console.v1.client import Client
from console.v1.evals import Eval

KIND = "eval"
NOT_OFFERED = "This resource does not offer evals: its list answers 404."


def read(connection: Connection, after: str) -> Reading:
    """The evals page by page, from a cursor on. Raises NotOffered."""
    found = listed(connection, lambda client: evals.pages(client, after=after), seen, otherwise=NOT_OFFERED)
    return Reading("list", found)


def seen(one: Eval) -> Seen:
    """An eval for the index; `size` counts its criteria."""
    kinds = {parse.text(each.get("type")) for each in one.criteria} - {""}
    source = {label("source", one.source)} if one.source else set()
    return Seen(
        remote_id=one.id,
        name=one.name or one.id,
        raw=one.raw,
        labels=frozenset(source | {label("criterion", kind) for kind in kinds}),
        size=len(one.criteria),
        created_at=one.created,
    )


def remember(connection: Connection, one: Eval) -> Item:
    """Keep what a call told of one eval, before a listing does."""
    return keeping.remember(connection, KIND, seen(one))


def meet(client: Client, connection: Connection, eval_id: str) -> None:
    """Ask for one eval by its id."""
    remember(connection, evals.get(client, eval_id))


def name_of(connection: Connection, eval_id: str) -> str:
    """What people call an eval, "" for one that the index does not know."""
    rows = Item.objects.filter(connection=connection, kind=KIND, remote_id=eval_id)
    return rows.values_list("name", flat=True).first() or ""


def forget(connection: Connection, eval_id: str) -> None:
    """Note that an eval is gone, and its runs with it."""
    keeping.forget(connection, KIND, eval_id)
