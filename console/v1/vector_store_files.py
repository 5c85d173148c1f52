"""Files in a vector store: attached one by one or in batches, cut into chunks, and searched by attributes.

Shapes from the GA specification of 2026-01-28 (VectorStoreFileObject, VectorStoreFileBatchObject). A file in a
store has the id of the file itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment
from console.v1.problem import Problem, problem
from console.v1.vector_stores import Chunking, FileCounts, parse_chunking, parse_counts

STATUSES = frozenset({"in_progress", "completed", "cancelled", "failed"})
LARGEST_BATCH = 500
"""Files that one batch may attach (CreateVectorStoreFileBatchRequest)."""

Attributes = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class StoreFile:
    """A file in a store. `size` is what it takes there, in bytes."""

    id: str
    store: str
    status: str
    size: int
    problem: Problem | None
    chunking: Chunking | None
    attributes: Attributes
    created: datetime | None
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Files that are attached together."""

    id: str
    store: str
    status: str
    counts: FileCounts
    created: datetime | None
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class FileText:
    """The text that a store took from a file, chunk by chunk; `has_more` when there is more than can be
    asked for.
    """

    texts: tuple[str, ...]
    has_more: bool
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to attach with attributes and chunking of its own."""

    file_id: str
    attributes: Attributes | None = None
    chunking: Chunking | None = None

    def json(self) -> dict[str, object]:
        """As a request says it."""
        return {"file_id": self.file_id, **_manner(self.attributes, self.chunking)}


def pages(
    client: Client,
    store_id: str,
    *,
    status: str | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[StoreFile]]:
    """The files of a store page by page; `status` is one of STATUSES."""
    params = {"filter": status, "order": order, "limit": limit}
    return client.pages(f"{_store(store_id)}/files", parse_file, params=params, after=after)


def get(client: Client, store_id: str, file_id: str) -> StoreFile:
    """One file of a store."""
    return parse_file(client.get(_file(store_id, file_id)).json())


def attach(client: Client, store_id: str, attachment: Attachment, *, label: str = "") -> StoreFile:
    """Put a file into a store; taking it in goes on after the answer."""
    answer = client.change(
        "POST",
        f"{_store(store_id)}/files",
        action="vector_store_file.attached",
        target=Target("vector_store", store_id, label),
        json=attachment.json(),
    )
    return parse_file(answer.json())


def changes(attributes: Attributes) -> dict[str, Any]:
    """The JSON that replaces the attributes of a file in a store."""
    return {"attributes": dict(attributes)}


def update(
    client: Client, store_id: str, file_id: str, changes: Mapping[str, Any], *, label: str = ""
) -> StoreFile:
    """Change a file in a store."""
    answer = client.change(
        "POST",
        _file(store_id, file_id),
        action="vector_store_file.updated",
        target=Target("vector_store_file", file_id, label),
        json=dict(changes),
    )
    return parse_file(answer.json())


def detach(client: Client, store_id: str, file_id: str, *, label: str = "") -> bool:
    """Take a file out of a store; the file itself stays. False when it was out already."""
    return client.delete(
        _file(store_id, file_id),
        action="vector_store_file.detached",
        target=Target("vector_store_file", file_id, label),
    )


def text(client: Client, store_id: str, file_id: str) -> FileText:
    """What a store took from a file; the API knows no way to ask for a second page.

    Azure's specification hands out results of a search, their `content` being the chunks; OpenAI's the chunks as rows.
    """
    raw = parse.mapping(client.get(f"{_file(store_id, file_id)}/content").json())
    rows = parse.rows(raw.get("data"))
    chunks = [chunk for row in rows for chunk in (parse.rows(row.get("content")) or [row])]
    texts = tuple(parse.text(each.get("text")) for each in chunks)
    return FileText(texts, raw.get("has_more") is True, raw)


def batch_body(
    files: Sequence[str] | Sequence[Attachment],
    *,
    attributes: Attributes | None = None,
    chunking: Chunking | None = None,
) -> dict[str, Any]:
    """The JSON that attaches up to 500 files together.

    Ids share `attributes` and `chunking`; attachments have their own, and the service ignores the shared.
    """
    named = [each for each in files if isinstance(each, str)]
    described = [each.json() for each in files if isinstance(each, Attachment)]
    return {"files": described} if described else {"file_ids": named, **_manner(attributes, chunking)}


def create_batch(client: Client, store_id: str, body: Mapping[str, Any], *, label: str = "") -> FileBatch:
    """Attach files together."""
    answer = client.change(
        "POST",
        f"{_store(store_id)}/file_batches",
        action="vector_store_batch.created",
        target=Target("vector_store", store_id, label),
        json=dict(body),
    )
    return parse_batch(answer.json())


def get_batch(client: Client, store_id: str, batch_id: str) -> FileBatch:
    """How far a batch is."""
    return parse_batch(client.get(_batch(store_id, batch_id)).json())


def cancel_batch(client: Client, store_id: str, batch_id: str) -> FileBatch:
    """Stop attaching what is not attached yet."""
    answer = client.change(
        "POST",
        f"{_batch(store_id, batch_id)}/cancel",
        action="vector_store_batch.cancelled",
        target=Target("vector_store_batch", batch_id),
    )
    return parse_batch(answer.json())


def batch_pages(
    client: Client,
    store_id: str,
    batch_id: str,
    *,
    status: str | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[StoreFile]]:
    """The files of a batch page by page; `status` is one of STATUSES."""
    params = {"filter": status, "order": order, "limit": limit}
    return client.pages(f"{_batch(store_id, batch_id)}/files", parse_file, params=params, after=after)


def parse_file(value: object) -> StoreFile:
    """A file in a store as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a file of a vector store: it has no id.")
    return StoreFile(
        id=identifier,
        store=parse.text(raw.get("vector_store_id")),
        status=parse.state(raw.get("status"), STATUSES),
        size=parse.integer(raw.get("usage_bytes")) or 0,
        problem=problem(raw.get("last_error")),
        chunking=parse_chunking(raw.get("chunking_strategy")),
        attributes=parse.scalars(raw.get("attributes")),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def parse_batch(value: object) -> FileBatch:
    """A batch of files as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a batch of files: it has no id.")
    return FileBatch(
        id=identifier,
        store=parse.text(raw.get("vector_store_id")),
        status=parse.state(raw.get("status"), STATUSES),
        counts=parse_counts(raw.get("file_counts")),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def _manner(attributes: Attributes | None, chunking: Chunking | None) -> dict[str, Any]:
    return parse.present(
        {
            "attributes": dict(attributes) if attributes else None,
            "chunking_strategy": chunking.json() if chunking is not None else None,
        }
    )


def _store(store_id: str) -> str:
    return f"/vector_stores/{segment(store_id)}"


def _file(store_id: str, file_id: str) -> str:
    return f"{_store(store_id)}/files/{segment(file_id)}"


def _batch(store_id: str, batch_id: str) -> str:
    return f"{_store(store_id)}/file_batches/{segment(batch_id)}"
