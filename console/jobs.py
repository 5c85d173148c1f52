"""Which function does which kind of job, and how one is started, run and found again after a fall."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from console.models import Connection, Job, User, Workspace
from console.outbound.errors import UpstreamError

log = logging.getLogger(__name__)

Handler = Callable[[Job], None]
HANDLERS: dict[str, Handler] = {}
KEPT = timedelta(days=14)


class CancelledError(Exception):
    """A handler raises it when `job.advance` said that nobody wants the work any more."""


class LaterError(Exception):
    """A handler raises it when it can only wait: the job goes on by itself in about half a minute."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler: it works from `job.arguments`, tells its progress, and is safe to run twice."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def start(
    kind: str,
    *,
    title: str,
    effect: str,
    workspace: Workspace,
    user: User | None,
    connection: Connection | None = None,
    key: str | None = None,
    **more: Any,
) -> Job:
    """Write a job down; the caller wakes a worker: `tasks.run_job.delay_on_commit(str(job.pk))`.

    With an idempotency `key` that was used before, the job of that time comes back.
    """
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=kind,
                title=title[:300],
                effect=effect,
                workspace=workspace,
                connection=connection,
                created_by=user,
                idempotency_key=key,
                **more,
            )
    except IntegrityError:
        known = Job.objects.filter(idempotency_key=key).first() if key else None
        if known is None:
            raise
        return known


def run(job_id: str) -> None:
    """Do one job, if it is still to be done; every way in which it can end is written into its row."""
    job = Job.objects.claim(job_id)
    if job is None:
        return
    try:
        HANDLERS[job.kind](job)
    except CancelledError:
        job.end(Job.State.CANCELLED)
    except LaterError:
        job.put_off()
    except UpstreamError as error:
        state = Job.State.UNKNOWN if error.kind == "unknown_outcome" else Job.State.FAILED
        job.end(state, error_kind=error.kind, error_message=f"{error.message} {error.remedy}".strip())
    except Exception:
        log.exception("job %s (%s) broke", job.pk, job.kind)
        job.end(
            Job.State.FAILED, error_kind="interrupted", error_message="The console broke while doing this."
        )
        raise
    else:
        job.end(Job.State.DONE)


def sweep() -> list[str]:
    """Return the ids of forgotten jobs to wake again; end those that must not be repeated; drop old ones."""
    Job.objects.filter(finished_at__lt=timezone.now() - KEPT).delete()
    again = []
    for job in Job.objects.forgotten():
        if not job.give_up():
            Job.objects.filter(pk=job.pk).update(woken_at=timezone.now())
            again.append(str(job.pk))
    return again
