"""What a batch reads, wrote and repeats, as the index of its connection knows it."""

from collections.abc import Iterable

from console.index.batches import KIND, RETRY_OF
from console.index.files import KIND as FILE
from console.models import Item
from console.v1.batches import Batch

Key = tuple[int, str]


def named_files(rows: Iterable[tuple[Item, Batch]]) -> dict[Key, Item]:
    """The files of these batches that the index knows, by connection and id; one query."""
    wanted = {
        (item.connection_id, file_id)
        for item, batch in rows
        for file_id in (batch.input_file, batch.output_file, batch.error_file)
        if file_id
    }
    found = Item.objects.filter(
        kind=FILE, connection__in={one for one, _ in wanted}, remote_id__in={one for _, one in wanted}
    )
    return {(one.connection_id, one.remote_id): one for one in found.defer("raw")}


def parent(item: Item, batch: Batch) -> Item | None:
    """The batch whose failed lines this one repeats, where the index knows it."""
    wanted = batch.metadata.get(RETRY_OF, "")
    rows = Item.objects.filter(connection=item.connection_id, kind=KIND, remote_id=wanted)
    return rows.select_related("connection").defer("raw").first() if wanted else None


def retries(item: Item) -> list[Item]:
    """The batches that repeat failed lines of this one."""
    found = Item.objects.uses_of([item], KIND)
    return found.get((item.connection_id, item.remote_id), [])
