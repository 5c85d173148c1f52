"""What is asked of a vector store and must happen once, however often its form is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from console import jobs
from console.index import vector_stores as index
from console.models import Connection, Job
from console.once import MARKER, done_once, kept_errors, made_once, of
from console.v1 import vector_store_files, vector_stores
from console.v1.client import Client
from console.v1.vector_stores import Chunking, VectorStore

CREATE = "vector_store.create"
ATTACH = "vector_store.attach"


@dataclass(frozen=True)
class NewStore:
    """What a form asks for; `key` names the form."""

    key: str
    name: str
    description: str = ""
    days: int | None = None
    file_ids: list[str] = field(default_factory=list)
    chunking: dict[str, Any] | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return vector_stores.body(
            name=self.name,
            description=self.description or None,
            file_ids=self.file_ids,
            days=self.days,
            chunking=chunking(self.chunking) if self.file_ids else None,
            metadata={**self.metadata, MARKER: self.key},
        )


@dataclass(frozen=True)
class NewFiles:
    """Files to attach to a store, with the attributes and the chunking that they share."""

    key: str
    file_ids: list[str]
    attributes: dict[str, Any] = field(default_factory=dict)
    chunking: dict[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return vector_store_files.batch_body(
            self.file_ids, attributes=self.attributes or None, chunking=chunking(self.chunking)
        )


def create(connection: Connection, user: Any, asked: NewStore) -> Job:
    """Make a store, or find the one that this form made."""
    arguments = {name: getattr(asked, name) for name in NewStore.__dataclass_fields__}
    return done_once(
        CREATE,
        title=f"Create the vector store {asked.name}",
        effect=Job.Effect.MARKED,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("vector-stores"),
        arguments=arguments,
    )


def attach(connection: Connection, user: Any, store_id: str, label: str, asked: NewFiles) -> Job:
    """Attach files as one batch; a file that is in the store already is taken in anew."""
    arguments = {name: getattr(asked, name) for name in NewFiles.__dataclass_fields__}
    count = len(asked.file_ids)
    return done_once(
        ATTACH,
        title=f"Add {count} file{'' if count == 1 else 's'} to {label or store_id}",
        effect=Job.Effect.IDEMPOTENT,
        connection=connection,
        user=user,
        key=asked.key,
        url=reverse("vector-store", args=[connection.slug, store_id]),
        arguments={**arguments, "store": store_id, "label": label},
    )


@jobs.handles(CREATE)
def make_store(job: Job) -> None:
    asked = NewStore(**job.arguments)
    connection = of(job)
    with kept_errors(job), connection.client(job.actor) as client:
        store = made_once(
            job, lambda: vector_stores.create(client, asked.body()), lambda: found(client, asked.key)
        )
    index.remember(connection, store, asked.file_ids)
    job.keep({"store": store.id})
    Job.objects.filter(pk=job.pk).update(url=reverse("vector-store", args=[connection.slug, store.id]))


def found(client: Client, key: str) -> VectorStore | None:
    """The store that an earlier attempt made, among the newest."""
    page = next(vector_stores.pages(client, order="desc"), None)
    rows = page.rows if page else ()
    return next((one for one in rows if one.metadata.get(MARKER) == key), None)


@jobs.handles(ATTACH)
def attach_files(job: Job) -> None:
    told = dict(job.arguments)
    store_id, label = told.pop("store"), told.pop("label")
    asked = NewFiles(**told)
    with kept_errors(job), of(job).client(job.actor) as client:
        batch = vector_store_files.create_batch(client, store_id, asked.body(), label=label)
    job.keep({"batch": batch.id})


def chunking(told: Mapping[str, Any] | None) -> Chunking | None:
    return Chunking(**told) if told else None
