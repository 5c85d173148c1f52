"""Every background task, a few lines each: take ids, call one method, safe to run twice."""

from celery import shared_task

from console.models import Connection
from console.playground import sweeper


@shared_task
def sync(connection_id: int, kind: str) -> None:
    """Read all objects of one kind of one connection into the index."""
    from console.index import refresh

    connection = Connection.objects.active().filter(pk=connection_id).first()
    if connection is not None:
        refresh(connection, kind)


@shared_task
def sync_due() -> None:
    """Wake a sync for each kind that has grown stale, connection by connection."""
    from console.index import KINDS, due

    for connection in Connection.objects.active():
        for kind in KINDS:
            if due(connection, kind):
                sync.delay(connection.pk, kind)


@shared_task
def end_abandoned_answers() -> None:
    """Mark what a killed process left behind as interrupted."""
    sweeper.sweep()
