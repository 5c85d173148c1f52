"""Reads one kind of one connection into the index, and says whose turn it is."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from console.index.kinds import KINDS
from console.index.reading import NotOffered, Reading
from console.models import Connection, Item, Sync
from console.models.sync import FRESH
from console.outbound.errors import UpstreamError

logger = logging.getLogger(__name__)
BROKE = "The console broke while it read this list. What was known before is shown; the log says more."


def refresh(connection: Connection, kind: str) -> Sync:
    """Read all objects of one kind into the index and return how that went; upstream errors do not raise.

    Safe to call at any time: whoever comes second finds the sync running and reads nothing. Raises LookupError
    for a kind that has no list.
    """
    read = KINDS[kind].read
    if read is None:
        raise LookupError(f"The API has no list of this kind: {kind}")
    sync = Sync.claim(connection.pk, kind)
    if sync is None:
        return Sync.objects.get(connection=connection, kind=kind)
    try:
        reading = read(connection, sync.cursor)
        sync.source = reading.source
        if take_in(sync, reading):
            Item.objects.mark_gone(connection.pk, kind, not_seen_since=sync.began)
            sync.complete(**Item.objects.tally(connection.pk, kind))
        else:
            sync.refresh_from_db()
    except NotOffered as reason:
        sync.decline(str(reason))
    except UpstreamError as error:
        sync.fail(error.kind, " ".join(filter(None, [error.message, error.remedy])))
    except Exception:
        sync.fail("internal_error", BROKE)
        raise
    keep_health(connection, sync)
    return sync


def take_in(sync: Sync, reading: Reading) -> bool:
    """Write batch after batch; False when the sync was cancelled on the way."""
    count = sync.count
    for batch in reading.batches:
        count += Item.objects.take_in(sync.connection_id, sync.kind, batch.rows)
        if not sync.advance(count=count, cursor=batch.cursor):
            return False
    return sync.advance(count=count)


def keep_health(connection: Connection, sync: Sync) -> None:
    """The list of models also checks the connection: store the verdict unless that was changed."""
    if sync.kind == "model" and sync.state in {Sync.State.DONE, Sync.State.FAILED}:
        Connection.objects.filter(pk=connection.pk, version=connection.version).update(
            checked_at=timezone.now(), error_kind=sync.error_kind, error_message=sync.error_message
        )


def due(connection: Connection, kind: str) -> bool:
    """Whether a kind has grown old enough to be read again without anybody asking."""
    sync = Sync.objects.filter(connection=connection, kind=kind).first()
    return needs(connection, kind, sync, KINDS[kind].every)


def needs(connection: Connection, kind: str, sync: Sync | None, age: timedelta) -> bool:
    one = KINDS[kind]
    if connection.paused_at is not None or not one.is_listed or not one.applies(connection):
        return False
    return sync is None or (not sync.is_running and sync.is_stale(age))


@dataclass(frozen=True)
class Freshness:
    """What is known of one kind of one connection, and whether a page that shows it should have it read."""

    connection: Connection
    sync: Sync | None
    is_outdated: bool

    @property
    def is_running(self) -> bool:
        return self.sync is not None and self.sync.is_running

    @property
    def is_failed(self) -> bool:
        return self.sync is not None and self.sync.state == Sync.State.FAILED and not self.is_running


def freshness(connections: Iterable[Connection], kind: str, *, age: timedelta = FRESH) -> list[Freshness]:
    """How fresh a kind is, for each connection that lists it; one query, whatever the number of connections."""
    having = [one for one in connections if KINDS[kind].is_listed and KINDS[kind].applies(one)]
    syncs = {sync.connection_id: sync for sync in Sync.objects.filter(kind=kind, connection__in=having)}
    return [Freshness(one, syncs.get(one.pk), needs(one, kind, syncs.get(one.pk), age)) for one in having]


def outdated(
    connections: Iterable[Connection], kind: str, *, age: timedelta = FRESH, budget: float = 1.0
) -> int:
    """Read what is older than `age` until `budget` seconds are used up; return how many were.

    Those that went well come first, so that one that hangs keeps no other waiting.
    """
    until = time.monotonic() + budget
    waiting = [one for one in freshness(connections, kind, age=age) if one.is_outdated]
    waiting.sort(key=lambda one: one.sync.failures if one.sync else 0)
    done = 0
    for one in waiting:
        if done and time.monotonic() > until:
            break
        refresh(one.connection, kind)
        done += 1
    return done
