"""Copying a checkpoint to another resource and following the copy, and permitting its use: jobs of the ledger."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, NoReturn

from django.urls import reverse
from django.utils import timezone

from console import jobs
from console.models import Connection, Job
from console.once import done_once, kept_errors, of
from console.outbound.errors import NotFound, ServerFailed, UnknownOutcome, UpstreamError
from console.v1 import checkpoints
from console.v1.checkpoints import Copy, Destination
from console.v1.client import Client

COPY = "checkpoint.copy"
PERMIT = "checkpoint.permit"
FOLLOWED = timedelta(hours=24)


@dataclass(frozen=True)
class NewCopy:
    """What a form asks for; `resource` is the ARM id of the destination, `place` what people call it."""

    key: str
    job: str
    checkpoint: str
    resource: str
    region: str
    place: str

    def body(self) -> dict[str, str]:
        """The JSON that is sent."""
        return checkpoints.copy_body(resource=self.resource, region=self.region)


@dataclass(frozen=True)
class NewPermissions:
    """The projects that may use the model of a checkpoint."""

    key: str
    job: str
    checkpoint: str
    model: str
    projects: list[str]


def copy(connection: Connection, user: Any, asked: NewCopy, label: str) -> Job:
    """Have a checkpoint copied, or find the copy that this form asked for; the job then follows it."""
    return done_once(
        COPY,
        title=f"Copy a checkpoint of {label} to {asked.place}",
        effect=Job.Effect.MARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("checkpoint", args=[connection.slug, asked.job, asked.checkpoint]),
        arguments=asdict(asked),
    )


def permit(connection: Connection, user: Any, asked: NewPermissions, label: str) -> Job:
    """Let projects use a checkpoint, once for each form."""
    return done_once(
        PERMIT,
        title=f"Permit the use of a checkpoint of {label}",
        effect=Job.Effect.UNMARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("checkpoint", args=[connection.slug, asked.job, asked.checkpoint]),
        arguments=asdict(asked),
    )


@jobs.handles(PERMIT)
def make_permissions(job: Job) -> None:
    asked = NewPermissions(**job.arguments)
    with kept_errors(job), of(job).client(job.actor) as client:
        checkpoints.permit(client, asked.model, asked.projects)


@jobs.handles(COPY)
def copy_and_follow(job: Job) -> None:
    """Begin the copy, then look every half minute until it has ended; only the beginning is a change."""
    asked = NewCopy(**job.arguments)
    with of(job).client(job.actor) as client:
        if "model" in job.outcome:
            told = looked_at(client, job, asked)
        else:
            with kept_errors(job):
                told = begun(client, job, asked)
            job.keep({"model": told.model})
    state = status(told, asked)
    if not job.advance(0, note=state.replace("_", " ").capitalize()):
        raise jobs.CancelledError
    if state == "failed":
        raise ServerFailed(
            f"The resource could not copy the checkpoint to {asked.place}.",
            remedy="Look at its ARM id, its region, and whether this resource may write there.",
        )
    if state != "completed":
        wait(job)


def begun(client: Client, job: Job, asked: NewCopy) -> Copy:
    """The copy that an earlier attempt began, else a new one."""
    if job.attempt > 1:
        try:
            known = checkpoints.get_copy(client, asked.job, asked.checkpoint)
        except NotFound:
            known = None
        if known is not None and destination(known, asked) is not None:
            return known
    return checkpoints.copy(client, asked.job, asked.checkpoint, asked.body())


def looked_at(client: Client, job: Job, asked: NewCopy) -> Copy:
    """How far the copy is; what fails for a while is asked again for a day."""
    try:
        return checkpoints.get_copy(client, asked.job, asked.checkpoint)
    except NotFound:
        raise
    except UpstreamError:
        wait(job)


def wait(job: Job) -> NoReturn:
    """Put the job off; give up when a day has passed."""
    if timezone.now() - job.created_at < FOLLOWED:
        raise jobs.LaterError
    raise UnknownOutcome("The copy has not ended within a day.", remedy="Its checkpoint's page shows it.")


def status(told: Copy, asked: NewCopy) -> str:
    found = destination(told, asked)
    return found.status if found else "in_progress"


def destination(told: Copy, asked: NewCopy) -> Destination | None:
    """The latest copy to the resource that was asked for; ARM ids differ in case from place to place."""
    wanted = asked.resource.casefold()
    return next((one for one in reversed(told.destinations) if one.resource.casefold() == wanted), None)
