"""How far a batch is, asked anew, though at Azure no more than once a minute, however many people look."""

from typing import Any

from django.utils import timezone

from console.index import batches as index
from console.index.following import EVERY
from console.models import Item
from console.outbound.errors import NotFound, UpstreamError
from console.v1 import batches

SIMULATED, REAL = 3, 30  # seconds between two looks of a page at the console


def look(item: Item, user: Any) -> UpstreamError | None:
    """Read a batch that is still at work again, which the index remembers; an error is told, not raised."""
    if item.gone_at or not is_due(item):
        return None
    try:
        with item.connection.client(user) as client:
            index.remember(item.connection, batches.get(client, item.remote_id))
    except NotFound as error:
        index.forget(item.connection, item.remote_id)
        return error
    except UpstreamError as error:
        return error
    return None


def is_due(item: Item) -> bool:
    """Microsoft asks for no more than one look a minute; the simulator's time is fast, and it may be asked often."""
    return item.connection.is_simulated or timezone.now() - item.seen_at >= EVERY


def pause(item: Item) -> int:
    """Seconds until a page asks again."""
    return SIMULATED if item.connection.is_simulated else REAL
