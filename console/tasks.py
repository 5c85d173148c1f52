"""Every background task, a few lines each: take ids, call one method, safe to run twice."""

from celery import shared_task

from console import bulk, container_jobs, datasets, file_jobs, jobs  # noqa: F401 - register what workers do
from console.batching import building, cancelling, results, retrying  # noqa: F401 - register their jobs
from console.batching import work as batching  # noqa: F401 - register its jobs
from console.models import Connection, User, audit, audit_check, audit_recorder
from console.models import selection as selections
from console.models import upload as uploads
from console.playground import sweeper
from console.responses import work as responding  # noqa: F401 - registers its jobs
from console.retrieval import golden, work  # noqa: F401 - register their jobs
from console.retrieval import uploads as store_uploads  # noqa: F401 - registers its job
from console.training import copying  # noqa: F401 - registers its jobs
from console.training import work as training  # noqa: F401 - registers its job


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
def begin_talks() -> None:
    """Give the demo a few responses and a conversation to look at."""
    from console import demo

    demo.begin_talks()


@shared_task
def follow_work() -> None:
    """Read jobs, batches and the like that are under way again: they change by the minute."""
    from console.index import following

    following.follow()


@shared_task
def end_abandoned_answers() -> None:
    """Mark what a killed process left behind as interrupted."""
    sweeper.sweep()


@shared_task
def keep_audit() -> None:
    """Take in the outcomes that had to wait, and close the intents of killed processes."""
    audit_recorder.take_in_kept()
    audit_recorder.close_abandoned()


@shared_task
def verify_audit(user_id: int | None = None) -> None:
    """Verify the audit chain, on the wish of a person or by itself."""
    person = User.objects.filter(pk=user_id or 0).first()
    with audit.acting(audit.Actor.of(person) if person else audit.Actor()):
        audit_check.verify_and_record()


@shared_task
def sweep_uploads() -> None:
    """End uploads that nobody goes on with, and free their room; and that of results and selections."""
    uploads.sweep()
    results.sweep()
    selections.sweep()


@shared_task
def run_job(job_id: str) -> None:
    """Do one job of the ledger."""
    jobs.run(job_id)


@shared_task
def wake_jobs() -> None:
    """Wake a worker for each job whose message or worker was lost."""
    for job_id in jobs.sweep():
        run_job.delay(job_id)
