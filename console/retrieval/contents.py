"""What a vector store holds at this moment: asked of the resource, because ingestion goes on by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.index import freshness, outdated
from console.index import vector_stores as index
from console.index.refresh import Freshness
from console.models import Connection, Item
from console.models.job import JobQuerySet
from console.outbound.errors import NotFound, UpstreamError
from console.retrieval.work import ATTACH
from console.v1 import vector_store_files, vector_stores
from console.v1.vector_store_files import FileBatch, FileText, StoreFile
from console.v1.vector_stores import VectorStore

AT_ONCE = 50
OFFERED = 200


@dataclass(frozen=True)
class Held:
    """A file in a store, under the name that the index knows it by."""

    file: StoreFile
    name: str

    @property
    def is_named(self) -> bool:
        """Whether the index knows the file; else its id stands for the name."""
        return self.name != self.file.id


@dataclass(frozen=True)
class Contents:
    """A store with some of its files; `next` is the cursor behind them. With an `error` the rest is empty."""

    store: VectorStore | None = None
    files: Sequence[Held] = ()
    next: str = ""
    error: UpstreamError | None = None

    @property
    def is_ingesting(self) -> bool:
        return self.store is not None and self.store.counts.in_progress > 0


@dataclass(frozen=True)
class Batch:
    """A batch of files under way or done."""

    batch: FileBatch
    files: Sequence[Held] = ()
    next: str = ""


@dataclass(frozen=True)
class Stored:
    """One file of a store with the text that the store took from it; `problem` says why there is none."""

    held: Held
    text: FileText | None = None
    error: UpstreamError | None = field(default=None)


def store_of(connection: Connection, user: Any, store_id: str) -> VectorStore:
    """The store as it is now; the index follows, also when it is gone. Raises UpstreamError."""
    with connection.client(user) as client:
        try:
            store = vector_stores.get(client, store_id)
        except NotFound:
            index.forget(connection, store_id)
            raise
    index.remember(connection, store)
    return store


def look(connection: Connection, user: Any, store_id: str, *, status: str = "", after: str = "") -> Contents:
    """A store and a page of its files; an error is told, not raised."""
    try:
        store = store_of(connection, user, store_id)
        with connection.client(user) as client:
            pages = vector_store_files.pages(
                client, store_id, status=status or None, limit=AT_ONCE, after=after
            )
            page = next(pages, None)
    except UpstreamError as error:
        return Contents(error=error)
    rows, following = (page.rows, page.after) if page else ((), "")
    if not status and not after and not following:
        index.remember(connection, store, [one.id for one in rows])
    return Contents(store, held(connection, rows), following)


def attribute_names(connection: Connection, user: Any, store_id: str) -> list[str]:
    """The attributes that the newest files of a store have; none where the resource does not tell."""
    try:
        with connection.client(user) as client:
            page = next(vector_store_files.pages(client, store_id, order="desc"), None)
    except UpstreamError:
        return []
    return sorted({name for one in page.rows for name in one.attributes}) if page else []


def look_at_batch(
    connection: Connection, user: Any, store_id: str, batch_id: str, *, after: str = ""
) -> Batch:
    """A batch and a page of its files. Raises UpstreamError."""
    with connection.client(user) as client:
        batch = vector_store_files.get_batch(client, store_id, batch_id)
        pages = vector_store_files.batch_pages(client, store_id, batch_id, limit=AT_ONCE, after=after)
        page = next(pages, None)
    rows, following = (page.rows, page.after) if page else ((), "")
    return Batch(batch, held(connection, rows), following)


def look_at_file(connection: Connection, user: Any, store_id: str, file_id: str) -> Stored:
    """One file of a store, with its text once it is taken in. Raises UpstreamError."""
    with connection.client(user) as client:
        file = vector_store_files.get(client, store_id, file_id)
        [one] = held(connection, [file])
        if file.status != "completed":
            return Stored(one)
        try:
            return Stored(one, vector_store_files.text(client, store_id, file_id))
        except UpstreamError as error:
            return Stored(one, error=error)


def held(connection: Connection, files: Iterable[StoreFile]) -> list[Held]:
    rows = list(files)
    known = names(connection, [one.id for one in rows])
    return [Held(one, known.get(one.id, one.id)) for one in rows]


def names(connection: Connection, file_ids: Sequence[str]) -> dict[str, str]:
    """The names of files as the index knows them, by id."""
    rows = Item.objects.filter(connection=connection, kind=index.FILE, remote_id__in=file_ids)
    return dict(rows.values_list("remote_id", "name"))


def naming(connection: Connection, files: Sequence[Held]) -> Freshness | None:
    """How fresh the list of the connection's files is, where the name of one of them is not known."""
    missing = any(not one.is_named for one in files)
    return next(iter(freshness([connection], index.FILE)), None) if missing else None


def read_names(connection: Connection) -> None:
    """Read the list of the connection's files into the index, unless that was tried a moment ago."""
    outdated([connection], index.FILE)


def offered(connection: Connection, words: str = "") -> list[Item]:
    """Files of the connection that can be put into a store, newest first."""
    rows = Item.objects.present().filter(connection=connection, kind=index.FILE).search(words)
    return list(rows.defer("raw").order_by("-remote_created_at", "-id")[:OFFERED])


def batches(rows: JobQuerySet, connection: Connection, store_id: str) -> JobQuerySet:
    """The latest batches that were put into a store from here."""
    return rows.filter(kind=ATTACH, connection=connection, arguments__store=store_id)[:5]
