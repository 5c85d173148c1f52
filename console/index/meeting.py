"""Objects that somebody names before a listing told of them: asked for by their ids, and known from then on."""

from typing import Any

from console.index.kinds import KINDS
from console.models import Connection, Item
from console.outbound.errors import NotFound


def can_meet(connection: Connection, kind: str) -> bool:
    """Whether a single object of the kind can be asked for by its id alone."""
    return KINDS[kind].meet is not None and KINDS[kind].applies(connection)


def met(connection: Connection, actor: Any, kind: str, remote_id: str) -> bool:
    """Whether the resource has the object. Raises UpstreamError where the resource cannot be asked."""
    meet = KINDS[kind].meet
    if meet is None:
        raise ValueError(f"A {kind} is not asked for by its id alone.")
    try:
        with connection.client(actor) as client:
            meet(client, connection, remote_id)
    except NotFound:
        return False
    return Item.objects.filter(connection=connection, kind=kind, remote_id=remote_id).exists()
