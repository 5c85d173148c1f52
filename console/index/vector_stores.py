"""Reads the vector stores of a resource, and which files each has, so that a file tells where it is used.

The list does not name the files of a store: they are asked for where the store is new or has changed.
"""

from collections.abc import Iterable, Iterator

from console.index import keeping
from console.index.reading import Batch, NotOffered, Reading
from console.models import Connection, Item, Reference, Sync, audit
from console.models.seen import Seen, label
from console.outbound.errors import NotFound
from console.v1 import vector_store_files, vector_stores
from console.v1.client import Client
from console.v1.vector_stores import VectorStore

KIND = "vector_store"
FILE = "file"
NOT_OFFERED = "This resource does not offer vector stores: its list answers 404."
LASTING = ("file_counts", "usage_bytes", "status")
"""What of a store changes when its files do, besides its name and life."""

Refs = frozenset[tuple[str, str]]


def read(connection: Connection, after: str) -> Reading:
    """The stores page by page, from a cursor on. Raises NotOffered."""
    return Reading("list", listed(connection, after))


def listed(connection: Connection, after: str) -> Iterator[Batch]:
    with connection.client(audit.Actor()) as client:
        try:
            for page in vector_stores.pages(client, after=after):
                yield Batch(list(rows(client, connection, page.rows)), page.after)
        except NotFound:
            raise NotOffered(NOT_OFFERED) from None


def rows(client: Client, connection: Connection, found: Iterable[VectorStore]) -> Iterator[Seen]:
    stores = list(found)
    known = {
        item.remote_id: item
        for item in Item.objects.present().filter(
            connection=connection, kind=KIND, remote_id__in=[one.id for one in stores]
        )
    }
    for store in stores:
        item = known.get(store.id)
        refs = kept(item) if item and has_same_files(item, store) else files_of(client, store)
        yield seen(store, refs)


def has_same_files(item: Item, store: VectorStore) -> bool:
    return all(item.raw.get(name) == store.raw.get(name) for name in LASTING)


def kept(item: Item) -> Refs:
    return frozenset(Reference.objects.filter(item=item).values_list("kind", "remote_id"))


def files_of(client: Client, store: VectorStore) -> Refs:
    """The files of a store; none of one that was deleted while the list was read."""
    if not store.counts.total:
        return frozenset()
    try:
        pages = list(vector_store_files.pages(client, store.id))
    except NotFound:
        return frozenset()
    return frozenset((FILE, one.id) for page in pages for one in page.rows)


def seen(store: VectorStore, refs: Refs) -> Seen:
    expiry = {label("expiry", "set" if store.days else "none")}
    failed = {label("files", "failed")} if store.counts.failed else set()
    return Seen(
        remote_id=store.id,
        name=store.name or store.id,
        raw=store.raw,
        status=store.status,
        labels=frozenset(expiry | failed),
        refs=refs,
        size=store.size,
        created_at=store.created,
        updated_at=store.last_active,
    )


def remember(connection: Connection, store: VectorStore, file_ids: Iterable[str] | None = None) -> None:
    """Keep what a call told of one store; `file_ids` when it told all of its files."""
    rows = Item.objects.filter(connection=connection, kind=KIND, remote_id=store.id)
    before = rows.present().first()
    refs = kept(before) if before and file_ids is None else frozenset((FILE, one) for one in file_ids or ())
    Item.objects.take_in(connection.pk, KIND, [seen(store, refs)])
    item = rows.get()
    if kept(item) != refs:
        Item.objects.link(connection.pk, {item: refs})
    if before is None:
        Sync.count_one(connection.pk, KIND, by=1)


def meet(client: Client, connection: Connection, store_id: str) -> None:
    """Ask for one store by its id."""
    remember(connection, vector_stores.get(client, store_id))


def forget(connection: Connection, store_id: str) -> None:
    """Note that a store is gone."""
    keeping.forget(connection, KIND, store_id)
