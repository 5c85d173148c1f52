"""Vector stores: what file search reads. They expire by their last use, and an expired one keeps showing.

Shapes from the GA specification of 2026-01-28 (VectorStoreObject, CreateVectorStoreRequest).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment

STATUSES = frozenset({"in_progress", "completed", "expired"})
LONGEST_LIFE = 365
"""Days that a store may live after its last use (VectorStoreExpirationAfter)."""


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many files of a store or batch are in which state."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


@dataclass(frozen=True, slots=True)
class Chunking:
    """How files are cut, in tokens. `type` is auto, static or other; sizes are known of static ones only."""

    type: str
    size: int | None = None
    overlap: int | None = None

    def json(self) -> dict[str, object]:
        """As a request says it."""
        if self.type != "static":
            return {"type": self.type}
        sizes = {"max_chunk_size_tokens": self.size, "chunk_overlap_tokens": self.overlap}
        return {"type": "static", "static": sizes}


@dataclass(frozen=True, slots=True)
class VectorStore:
    """One store. `size` is in bytes; `days` is how long it lives after its last use, None for ever."""

    id: str
    name: str
    description: str
    status: str
    counts: FileCounts
    size: int
    days: int | None
    expires: datetime | None
    last_active: datetime | None
    created: datetime | None
    metadata: Mapping[str, str]
    raw: parse.Json

    @property
    def is_expired(self) -> bool:
        return self.status == "expired"


def pages(
    client: Client, *, order: str | None = None, limit: int = 100, after: str = ""
) -> Iterator[Page[VectorStore]]:
    """The stores of a resource page by page; `order` is asc or desc by creation."""
    params = {"order": order, "limit": limit}
    return client.pages("/vector_stores", parse_store, params=params, after=after)


def get(client: Client, store_id: str) -> VectorStore:
    """One store by its id."""
    return parse_store(client.get(f"/vector_stores/{segment(store_id)}").json())


def body(
    *,
    name: str,
    description: str | None = None,
    file_ids: Sequence[str] | None = None,
    days: int | None = None,
    chunking: Chunking | None = None,
    metadata: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON that makes a store, of files that are there already if any are named; `chunking` needs files."""
    asked = {
        "name": name,
        "description": description,
        "file_ids": list(file_ids) if file_ids else None,
        "expires_after": _life(days),
        "chunking_strategy": chunking.json() if chunking is not None else None,
        "metadata": metadata,
    }
    return parse.present(asked)


def create(client: Client, body: Mapping[str, Any]) -> VectorStore:
    """Make a store."""
    answer = client.change(
        "POST",
        "/vector_stores",
        action="vector_store.created",
        target=Target("vector_store", label=parse.text(body.get("name"))),
        json=dict(body),
    )
    return parse_store(answer.json())


def changes(
    *, name: str | None = None, days: int | None = None, metadata: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The JSON that renames a store, or changes its life or metadata; what is None stays as it is."""
    return parse.present({"name": name, "expires_after": _life(days), "metadata": metadata})


def update(client: Client, store_id: str, changes: Mapping[str, Any], *, label: str = "") -> VectorStore:
    """Change a store."""
    answer = client.change(
        "POST",
        f"/vector_stores/{segment(store_id)}",
        action="vector_store.updated",
        target=Target("vector_store", store_id, label),
        json=dict(changes),
    )
    return parse_store(answer.json())


def delete(client: Client, store_id: str, *, label: str = "") -> bool:
    """Delete a store; its files stay. False when it was gone already."""
    return client.delete(
        f"/vector_stores/{segment(store_id)}",
        action="vector_store.deleted",
        target=Target("vector_store", store_id, label),
    )


def parse_store(value: object) -> VectorStore:
    """A store as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a vector store: it has no id.")
    return VectorStore(
        id=identifier,
        name=parse.text(raw.get("name")),
        description=parse.text(raw.get("description")),
        status=parse.state(raw.get("status"), STATUSES),
        counts=parse_counts(raw.get("file_counts")),
        size=parse.integer(raw.get("usage_bytes")) or 0,
        days=parse.integer(parse.path(raw, "expires_after", "days")),
        expires=parse.time(raw.get("expires_at")),
        last_active=parse.time(raw.get("last_active_at")),
        created=parse.time(raw.get("created_at")),
        metadata=parse.pairs(raw.get("metadata")),
        raw=raw,
    )


def parse_counts(value: object) -> FileCounts:
    """Counts of files; what is not told counts as none."""
    raw = parse.mapping(value)
    names = ("in_progress", "completed", "failed", "cancelled", "total")
    return FileCounts(*(parse.integer(raw.get(name)) or 0 for name in names))


def parse_chunking(value: object) -> Chunking | None:
    """How a file was cut; None when it is not told."""
    raw = parse.mapping(value)
    sizes = parse.mapping(raw.get("static"))
    told = Chunking(
        parse.text(raw.get("type")),
        parse.integer(sizes.get("max_chunk_size_tokens")),
        parse.integer(sizes.get("chunk_overlap_tokens")),
    )
    return told if told.type else None


def _life(days: int | None) -> dict[str, object] | None:
    return {"anchor": "last_active_at", "days": days} if days is not None else None
