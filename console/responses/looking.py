"""One look at a response on its resource: what it is now, not there yet, or gone."""

from dataclasses import dataclass
from typing import Any

from console.index import responses as index
from console.models import Item
from console.outbound.errors import NotFound, UpstreamError
from console.v1 import responses


@dataclass(frozen=True)
class Look:
    """`is_settling`: it is missing, but it ended a moment ago. `error`: what kept the resource from telling."""

    item: Item
    is_settling: bool = False
    error: UpstreamError | None = None


def look(item: Item, user: Any) -> Look:
    """Ask for a response; one that is missing counts as gone once it has had the time to appear."""
    try:
        with item.connection.client(user) as client:
            return Look(index.remember(item.connection, responses.get(client, item.remote_id)))
    except NotFound:
        if index.is_settling(item):
            return Look(item, is_settling=True)
        index.forget(item.connection, item.remote_id)
        item.refresh_from_db(fields=["gone_at"])
        return Look(item)
    except UpstreamError as error:
        return Look(item, error=error)
