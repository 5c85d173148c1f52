"""What a batch reads, wrote and repeats, as the index of its connection knows it."""

from collections.abc import Iterable

from console.index.batches import KIND, RETRY_OF
from console.index.files import KIND as FILE
from console.index.files import UNSETTLED
from console.models import Connection, Item, Sync
from console.v1.batches import Batch

OFFERED = 200

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


def input_files(connection: Connection) -> list[Item]:
    """The newest files of a connection that batches may read: uploaded for them, and processed."""
    rows = Item.objects.present().filter(connection=connection, kind=FILE, status="processed")
    return list(rows.labelled("purpose:batch").order_by("-remote_created_at").defer("raw")[:OFFERED])


def is_processed(connection: Connection, file_id: str) -> bool:
    """Whether the index knows that a batch can read a file at once."""
    rows = Item.objects.present().filter(connection=connection, kind=FILE, remote_id=file_id)
    return rows.filter(status="processed").exists()


def is_unsettled(connection: Connection, file_id: str) -> bool:
    """Whether the index knows that a file is still to be processed."""
    rows = Item.objects.present().filter(connection=connection, kind=FILE, remote_id=file_id)
    return rows.filter(status__in=UNSETTLED).exists()


def deployments(connection: Connection) -> list[Item]:
    """The deployments of a connection, by name; those that are for batches alone come first."""
    rows = Item.objects.present().filter(connection=connection, kind="deployment").order_by("name")
    return sorted(rows[:OFFERED], key=lambda one: "Batch" not in str((one.raw.get("sku") or {}).get("name")))


def unknown_deployments(connection: Connection, names: Iterable[str]) -> list[str]:
    """Those of `names` that the list of the connection's deployments does not have; none where nobody has that list."""
    if not connection.syncs.filter(kind="deployment", state=Sync.State.DONE).exists():
        return []
    rows = Item.objects.present().filter(connection=connection, kind="deployment")
    known = {name.lower() for name in rows.values_list("remote_id", flat=True)}
    return [name for name in dict.fromkeys(names) if name.lower() not in known]
