"""Keeps the index in step with what single calls tell of an object, before a listing does; and plain listings."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from console.index.reading import Batch, NotOffered
from console.models import Connection, Item, Sync, audit
from console.models.seen import Seen
from console.outbound.errors import Forbidden, NotFound
from console.v1.client import Client, Page

T = TypeVar("T")

LIKE_OPENAI = frozenset(
    {Connection.Kind.AZURE, Connection.Kind.SIMULATOR, Connection.Kind.OPENAI, Connection.Kind.CUSTOM}
)
"""The providers that may have objects, besides models, in OpenAI's shape."""
PARTS = {"eval": "eval_run"}
"""What ends with the object that it belongs to."""


def may_have(connection: Connection) -> bool:
    """Whether the provider may have files, stores, jobs and the like at all."""
    return connection.kind in LIKE_OPENAI


def has_responses(connection: Connection) -> bool:
    """Whether the provider may keep responses: xAI does, though it has nothing else of OpenAI's objects."""
    return may_have(connection) or connection.kind == Connection.Kind.XAI


def listed(
    connection: Connection,
    pages: Callable[[Client], Iterator[Page[T]]],
    seen: Callable[[T], Seen],
    *,
    otherwise: str,
    forbidden: str = "",
) -> Iterator[Batch]:
    """A list page by page, read with the console's own identity.

    Raises NotOffered with the sentence `otherwise` where the list answers 404, and with `forbidden` where it
    answers 403 because an account can have the whole resource switched off.
    """
    with connection.client(audit.Actor()) as client:
        try:
            for page in pages(client):
                yield Batch([seen(one) for one in page.rows], page.after)
        except NotFound:
            raise NotOffered(otherwise) from None
        except Forbidden:
            if not forbidden:
                raise
            raise NotOffered(forbidden) from None


def remember(connection: Connection, kind: str, one: Seen) -> Item:
    """Keep an object that an answer told of; return its row."""
    rows = Item.objects.filter(connection=connection, kind=kind, remote_id=one.remote_id)
    is_news = not rows.present().exists()
    Item.objects.take_in(connection.pk, kind, [one])
    if is_news:
        Sync.count_one(connection.pk, kind, by=1)
    item: Item = rows.select_related("connection").get()
    return item


def forget(connection: Connection, kind: str, remote_id: str) -> None:
    """Note that an object is gone, and its parts with it."""
    if Item.objects.forget(connection.pk, kind, remote_id):
        Sync.count_one(connection.pk, kind, by=-1)
    if part := PARTS.get(kind):
        of_it = Item.objects.present().filter(
            connection=connection, kind=part, refs__kind=kind, refs__remote_id=remote_id
        )
        for part_id in list(of_it.values_list("remote_id", flat=True)):
            forget(connection, part, part_id)


def read_again(
    item: Item, user: Any, get: Callable[[Client, str], T], keep: Callable[[Connection, T], object]
) -> T:
    """An object as it is now; the index follows, also when it is gone. Raises UpstreamError."""
    with item.connection.client(user) as client:
        try:
            one = get(client, item.remote_id)
        except NotFound:
            forget(item.connection, item.kind, item.remote_id)
            raise
    keep(item.connection, one)
    return one
