"""Reads objects that work again: a whole listing is read every quarter of an hour, a job changes by the minute."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from django.utils import timezone

from console.index import keeping
from console.index.kinds import KINDS
from console.index.reading import Following
from console.models import Connection, Item, audit
from console.outbound.errors import NotFound, UpstreamError

EVERY = timedelta(seconds=60)
"""Microsoft asks for no more than one look at a batch a minute."""

AT_ONCE = 50


def follow() -> int:
    """Read objects under way again, those seen longest ago first; return how many were read."""
    return sum(follow_kind(kind.name, kind.following) for kind in KINDS.values() if kind.following)


def follow_kind(kind: str, following: Following) -> int:
    active = [one for one in Connection.objects.active() if KINDS[kind].applies(one)]
    under_way = (
        Item.objects.present().filter(kind=kind, connection__in=active).exclude(status__in=following.ended)
    )
    waiting = under_way.filter(seen_at__lt=timezone.now() - EVERY).order_by("seen_at")
    items = sorted(
        waiting.select_related("connection")[:AT_ONCE], key=lambda item: (item.connection_id, item.seen_at)
    )
    groups = groupby(items, key=lambda item: item.connection)
    return sum(follow_on(connection, some, following) for connection, some in groups)


def follow_on(connection: Connection, items: Iterable[Item], following: Following) -> int:
    """Read some objects of one connection; one that fails ends it, since the others would fail as well."""
    count = 0
    try:
        with connection.client(audit.Actor()) as client:
            for item in items:
                try:
                    following.look(client, item)
                except NotFound:
                    keeping.forget(connection, item.kind, item.remote_id)
                count += 1
    except UpstreamError:
        return count
    return count
