"""Reads the files of a resource page by page, and keeps the index in step with what is done to one."""

from collections.abc import Iterator

from console.index.reading import Batch, NotOffered, Reading
from console.models import Connection, Item, Sync, audit
from console.models.seen import Seen, label
from console.outbound.errors import NotFound
from console.v1 import files
from console.v1.client import Client

KIND = "file"
NONE_HERE = "This endpoint has no files."
UNSETTLED = frozenset({"uploaded", "pending", "running"})


def has_files(connection: Connection) -> bool:
    """Whether the provider has files in OpenAI's shape."""
    kinds = Connection.Kind
    return connection.kind in {kinds.AZURE, kinds.SIMULATOR, kinds.OPENAI, kinds.CUSTOM}


def read(connection: Connection, after: str) -> Reading:
    """All files, each page as it comes; `after` is where an earlier listing broke off. Raises NotOffered."""
    with connection.client(audit.Actor()) as client:
        return Reading("files", pages(client, after))


def pages(client: Client, after: str) -> Iterator[Batch]:
    try:
        for page in files.pages(client, after=after):
            yield Batch([seen(one) for one in page.rows], page.after)
    except NotFound:
        raise NotOffered(NONE_HERE) from None


def seen(one: files.File) -> Seen:
    """A file for the index; the day on which it expires stands where other kinds have their retirement."""
    return Seen(
        remote_id=one.id,
        name=one.name or one.id,
        raw=one.raw,
        status=one.status,
        labels=frozenset({label("purpose", one.purpose)} if one.purpose else ()),
        size=one.size,
        retires_on=one.expires.date() if one.expires else None,
        created_at=one.created,
    )


def remember(connection: Connection, one: files.File) -> Item:
    """Keep a file that an answer told of, before a listing does."""
    is_news = not Item.objects.present().filter(connection=connection, kind=KIND, remote_id=one.id).exists()
    Item.objects.take_in(connection.pk, KIND, [seen(one)])
    if is_news:
        Sync.count_one(connection.pk, KIND, by=1)
    item: Item = Item.objects.select_related("connection").get(
        connection=connection, kind=KIND, remote_id=one.id
    )
    return item


def forget(connection: Connection, remote_id: str) -> None:
    """Mark a file that was deleted as gone."""
    if Item.objects.forget(connection.pk, KIND, remote_id):
        Sync.count_one(connection.pk, KIND, by=-1)
