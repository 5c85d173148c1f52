"""What is asked of a resource and must happen once, however often its form is sent: jobs of the ledger.

The form carries a key. The first to send it does the job within its request; who sends it again finds the
job, and what came of it; one that failed had no effect, and is done anew. What has metadata carries the key
there, so that a cut attempt finds its own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from console import jobs
from console.models import Connection, Job
from console.outbound.errors import (
    Cancelled,
    ConnectionLost,
    NotFound,
    ProtocolError,
    ServerFailed,
    Timeout,
    UnknownOutcome,
    UpstreamError,
    error_of,
)

Made = TypeVar("Made")
LOST = (ConnectionLost, ProtocolError, ServerFailed, Timeout)
"""Ways in which a request can end that may have had its effect."""

MARKER = "console_key"
"""The member of an object's metadata that says which form made it."""


def without_mark(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata of an object without the member that the console wrote for itself."""
    return {name: value for name, value in metadata.items() if name != MARKER}


def unmarked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON that is sent, without the mark: as somebody would send it who has no console."""
    rest = {name: value for name, value in body.items() if name != "metadata"}
    metadata = without_mark(body.get("metadata") or {})
    return {**rest, "metadata": metadata} if metadata else rest


def done_once(
    kind: str,
    *,
    title: str,
    effect: str,
    connection: Connection,
    user: Any,
    key: str,
    url: str,
    arguments: Mapping[str, Any],
) -> Job:
    """Do a job now, or find the one that this form started before; `failure` tells how it went."""
    job = begun_once(
        kind,
        title=title,
        effect=effect,
        connection=connection,
        user=user,
        key=key,
        url=url,
        arguments=arguments,
    )
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def begun_once(
    kind: str,
    *,
    title: str,
    effect: str,
    connection: Connection,
    user: Any,
    key: str,
    url: str,
    arguments: Mapping[str, Any],
) -> Job:
    """Write a job down that a worker shall do, or find the one that this form started before and that did not fail."""
    key = ledger_key(user, key)
    Job.objects.filter(idempotency_key=key, state=Job.State.FAILED).update(idempotency_key=None)
    return jobs.start(
        kind,
        title=title,
        effect=effect,
        workspace=connection.workspace,
        user=user,
        connection=connection,
        key=key,
        url=url,
        arguments=dict(arguments),
    )


def is_begun(user: Any, key: str) -> bool:
    """Whether this form started a job that did not fail, so that sending it again only leads there."""
    return Job.objects.filter(idempotency_key=ledger_key(user, key)).exclude(state=Job.State.FAILED).exists()


def ledger_key(user: Any, key: str) -> str:
    """A form's key in the ledger: nobody finds a job of another's by it."""
    return f"{user.pk}:{key}"


def made_once(job: Job, make: Callable[[], Made], look: Callable[[], Made | None] | None = None) -> Made:
    """Make an object; `look` finds the one that an earlier attempt, or a request without a good answer, left.

    Raises UnknownOutcome where something may have been made and cannot be found; what carries no mark never can.
    """
    if look and job.attempt > 1 and (left := look()) is not None:
        return left
    try:
        return make()
    except LOST as error:
        return left_by(error, look)


def left_by(error: UpstreamError, look: Callable[[], Made | None] | None) -> Made:
    """What the request that ended like this made all the same.

    Raises the error where nothing can have been made, UnknownOutcome where that cannot be told.
    """
    if not error.sent:
        raise error
    try:
        left = look() if look else None
    except UnknownOutcome:
        raise
    except UpstreamError:
        left = None
    if left is not None:
        return left
    if isinstance(error, ServerFailed):
        raise error
    if look is None:
        raise UnknownOutcome(
            "The request was sent and its answer got lost. Whether it had its effect cannot be looked up.",
            remedy="Sending it again may do it a second time.",
        ) from error
    raise UnknownOutcome(
        "The request was sent and its answer got lost. The list of the resource does not show yet what was made.",
        remedy="Look into the list in a minute before you send this again.",
    ) from error


def failure(job: Job) -> UpstreamError | None:
    """The error that ended a job, as it came; None where none did."""
    if job.state == Job.State.CANCELLED:
        return Cancelled("Somebody cancelled this before it was done.", remedy="Look what is there already.")
    if not job.error_kind:
        return None
    told = job.outcome.get("error") or {"message": job.error_message}
    return error_of(job.error_kind)(**told)


@contextmanager
def kept_errors(job: Job) -> Iterator[None]:
    """Keep what the resource said beside the kind of the error, for the page of the form."""
    try:
        yield
    except UpstreamError as error:
        names = ("message", "remedy", "status", "code", "param", "detail", "request_id")
        job.keep({"error": {name: getattr(error, name) for name in names}})
        raise


def of(job: Job) -> Connection:
    if job.connection is None:
        raise NotFound("The connection of this job was removed.")
    return job.connection
