"""What a job is about and what came of it, as the index of its connection knows it."""

from collections.abc import Iterable

from console.models import Item


def named_files(job: Item, ids: Iterable[str]) -> dict[str, Item]:
    """The files of these ids that the index knows, by their ids."""
    rows = Item.objects.filter(connection=job.connection_id, kind="file", remote_id__in=list(ids))
    return {one.remote_id: one for one in rows.defer("raw")}
