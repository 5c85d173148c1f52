"""Reads the batches of a resource, and which files each read and wrote, so that a file tells where it is used."""

from console.index import keeping
from console.index.files import KIND as FILE
from console.index.keeping import listed
from console.index.reading import Reading
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import batches
from console.v1.batches import Batch
from console.v1.client import Client

KIND = "batch"
NAME, RETRY_OF = "name", "retry_of"
"""The members of a batch's metadata that the console writes: what people call it, and whose lines it repeats."""

ENDED = batches.ENDED
NOT_OFFERED = "This resource does not offer batches: its list answers 404."


def read(connection: Connection, after: str) -> Reading:
    """The batches page by page, from a cursor on. Raises NotOffered."""
    found = listed(connection, lambda client: batches.pages(client, after=after), seen, otherwise=NOT_OFFERED)
    return Reading("list", found)


def seen(batch: Batch) -> Seen:
    """A batch for the index, by the name in its metadata, else by its id; its size is the number of its lines."""
    files = {batch.input_file, batch.output_file, batch.error_file} - {""}
    parent = batch.metadata.get(RETRY_OF, "")
    facts = {"endpoint": batch.endpoint, "model": batch.model}
    return Seen(
        remote_id=batch.id,
        name=batch.metadata.get(NAME) or batch.id,
        raw=batch.raw,
        status=batch.status,
        labels=frozenset(label(name, value) for name, value in facts.items() if value),
        refs=frozenset({(FILE, one) for one in files} | ({(KIND, parent)} if parent else set())),
        size=batch.counts.total if batch.counts else None,
        created_at=batch.created,
        updated_at=batch.ended,
    )


def remember(connection: Connection, batch: Batch) -> Item:
    """Keep what a call told of one batch, before a listing does."""
    return keeping.remember(connection, KIND, seen(batch))


def meet(client: Client, connection: Connection, batch_id: str) -> None:
    """Ask for one batch by its id."""
    remember(connection, batches.get(client, batch_id))


def forget(connection: Connection, batch_id: str) -> None:
    """Note that a batch is gone."""
    keeping.forget(connection, KIND, batch_id)


def look(client: Client, item: Item) -> None:
    """Read one batch again."""
    meet(client, item.connection, item.remote_id)
