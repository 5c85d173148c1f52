"""Reads the containers of a resource: where code interpreter works for some minutes."""

from console.index import keeping
from console.index.keeping import listed
from console.index.reading import Reading
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import containers
from console.v1.client import Client
from console.v1.containers import Container

KIND = "container"
NOT_OFFERED = "This resource does not offer containers: its list answers 404."
ENDED = frozenset({"expired", "deleted"})


def read(connection: Connection, after: str) -> Reading:
    """The containers page by page, from a cursor on. Raises NotOffered."""
    found = listed(
        connection, lambda client: containers.pages(client, after=after), seen, otherwise=NOT_OFFERED
    )
    return Reading("list", found)


def seen(one: Container) -> Seen:
    return Seen(
        remote_id=one.id,
        name=one.name or one.id,
        raw=one.raw,
        status=one.status,
        labels=frozenset({label("memory", one.memory)} if one.memory else ()),
        created_at=one.created,
        updated_at=one.last_active,
    )


def remember(connection: Connection, one: Container) -> Item:
    """Keep what a call told of one container, before a listing does."""
    return keeping.remember(connection, KIND, seen(one))


def meet(client: Client, connection: Connection, container_id: str) -> None:
    """Ask for one container by its id."""
    remember(connection, containers.get(client, container_id))


def forget(connection: Connection, container_id: str) -> None:
    """Note that a container is gone."""
    keeping.forget(connection, KIND, container_id)


def look(client: Client, item: Item) -> None:
    """Read one container again."""
    meet(client, item.connection, item.remote_id)
