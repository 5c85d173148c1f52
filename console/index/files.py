"""Reads the files of a resource page by page, and keeps the index in step with what is done to one."""

from console.index import keeping
from console.index.keeping import listed
from console.index.reading import Reading
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import files
from console.v1.client import Client

KIND = "file"
NONE_HERE = "This endpoint has no files."
UNSETTLED = frozenset({"uploaded", "pending", "running"})


def read(connection: Connection, after: str) -> Reading:
    """All files, each page as it comes; `after` is where an earlier listing broke off. Raises NotOffered."""
    found = listed(connection, lambda client: files.pages(client, after=after), seen, otherwise=NONE_HERE)
    return Reading("files", found)


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
    return keeping.remember(connection, KIND, seen(one))


def meet(client: Client, connection: Connection, file_id: str) -> None:
    """Ask for one file by its id."""
    remember(connection, files.get(client, file_id))


def forget(connection: Connection, remote_id: str) -> None:
    """Mark a file that was deleted as gone."""
    keeping.forget(connection, KIND, remote_id)
