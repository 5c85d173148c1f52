"""What is asked of containers and must happen once, however often its form is sent: jobs of the ledger.

Containers and their files have no metadata that could carry a mark of ours, so that a cut attempt is not repeated.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.urls import reverse

from console import jobs
from console.index import containers as index
from console.models import Connection, Item, Job, Upload
from console.once import done_once, kept_errors, made_once, of
from console.v1 import containers

CREATE, ATTACH, UPLOAD = "container.create", "container.attach", "container.upload"


@dataclass(frozen=True)
class NewContainer:
    """What a form asks for; `key` names the form, `minutes` is its life after the last use."""

    key: str
    name: str
    memory: str = ""
    minutes: int | None = None
    file_ids: list[str] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return containers.body(
            name=self.name, file_ids=self.file_ids, minutes=self.minutes, memory=self.memory or None
        )


def create(connection: Connection, user: Any, asked: NewContainer) -> Job:
    """Start a container, or find the one that this form started."""
    return done_once(
        CREATE,
        title=f"Start the container {asked.name}",
        effect=Job.Effect.UNMARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("containers"),
        arguments=asdict(asked),
    )


def attach(item: Item, user: Any, *, key: str, file_ids: list[str]) -> Job:
    """Put files of the resource into a container."""
    count = len(file_ids)
    return done_once(
        ATTACH,
        title=f"Put {count} file{'' if count == 1 else 's'} into {item.name}",
        effect=Job.Effect.UNMARKED,
        connection=item.connection,
        user=user,
        key=key,
        url=reverse("container", args=[item.connection.slug, item.remote_id]),
        arguments={"container": item.remote_id, "file_ids": file_ids},
    )


def upload(item: Item, user: Any, *, key: str, spooled: Upload) -> Job:
    """Send what lies in the spool into a container."""
    return done_once(
        UPLOAD,
        title=f"Upload {spooled.name} into {item.name}",
        effect=Job.Effect.UNMARKED,
        connection=item.connection,
        user=user,
        key=key,
        url=reverse("container", args=[item.connection.slug, item.remote_id]),
        arguments={"container": item.remote_id, "upload": str(spooled.pk)},
    )


@jobs.handles(CREATE)
def start(job: Job) -> None:
    asked, connection = NewContainer(**job.arguments), of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        made = made_once(job, lambda: containers.create(client, asked.body()))
    index.remember(connection, made)
    job.keep({"container": made.id})
    Job.objects.filter(pk=job.pk).update(url=reverse("container", args=[connection.slug, made.id]))


@jobs.handles(ATTACH)
def attach_files(job: Job) -> None:
    """One call a file; the first that is refused ends it, and what came before stays."""
    added: list[str] = []
    with kept_errors(job), of(job).client(job.actor) as client:
        for file_id in job.arguments["file_ids"]:
            added.append(containers.add_file(client, job.arguments["container"], file_id).id)
            job.keep({"added": added})


@jobs.handles(UPLOAD)
def upload_file(job: Job) -> None:
    spooled = Upload.objects.get(pk=job.arguments["upload"])
    state = Upload.State.FAILED
    try:
        with kept_errors(job), of(job).client(job.actor) as client, spooled.opened() as stream:
            made = containers.upload_file(
                client, job.arguments["container"], stream, name=spooled.name, size=spooled.size
            )
        state = Upload.State.SENT
        job.keep({"added": [made.id]})
    finally:
        spooled.end(state)
