"""Batches: a file of requests, answered within a day at half the price, into an output and an error file.

Shapes from the GA specification of 2026-01-28 (createBatch, listBatches); Microsoft's samples also show
`"Validating"` and ISO times (https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment
from console.v1.events import Usage
from console.v1.problem import Problem, problems

ENDPOINTS = ("/v1/chat/completions", "/v1/embeddings", "/chat/completions", "/v1/responses")
"""Suggestions: the specification lists the first two, Microsoft's pages the others too."""

WINDOW = "24h"
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
STATUSES = ENDED | {"validating", "in_progress", "finalizing", "cancelling"}


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """How many lines of a batch are in which state."""

    total: int
    completed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch. `counts` is None until the service counts; file ids are "" where there is none."""

    id: str
    status: str
    endpoint: str
    model: str
    window: str
    input_file: str
    output_file: str
    error_file: str
    counts: RequestCounts | None
    usage: Usage | None
    problems: tuple[Problem, ...]
    metadata: Mapping[str, str]
    created: datetime | None
    started: datetime | None
    finalizing: datetime | None
    ended: datetime | None
    expires: datetime | None
    raw: parse.Json

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


def pages(client: Client, *, limit: int = 100, after: str = "") -> Iterator[Page[Batch]]:
    """The batches of a resource page by page, in the order of the service."""
    return client.pages("/batches", parse_batch, params={"limit": limit}, after=after)


def get(client: Client, batch_id: str) -> Batch:
    """One batch by its id. It changes slowly: Microsoft asks for no more than one look a minute."""
    return parse_batch(client.get(f"/batches/{segment(batch_id)}").json())


def body(
    *,
    input_file: str,
    endpoint: str,
    window: str = WINDOW,
    output_expires_after: int | None = None,
    metadata: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON that asks for a batch. `output_expires_after` is in seconds from the files' creation."""
    expiry = {"anchor": "created_at", "seconds": output_expires_after}
    asked = {
        "input_file_id": input_file,
        "endpoint": endpoint,
        "completion_window": window,
        "output_expires_after": expiry if output_expires_after is not None else None,
        "metadata": metadata,
    }
    return parse.present(asked)


def create(client: Client, body: Mapping[str, Any], *, label: str = "") -> Batch:
    """Start a batch; this costs money."""
    answer = client.change(
        "POST",
        "/batches",
        action="batch.created",
        target=Target("batch", label=label or parse.text(body.get("input_file_id"))),
        json=dict(body),
    )
    return parse_batch(answer.json())


def cancel(client: Client, batch_id: str) -> Batch:
    """Stop a batch; it may be cancelling for ten minutes, and what was answered stays."""
    answer = client.change(
        "POST",
        f"/batches/{segment(batch_id)}/cancel",
        action="batch.cancelled",
        target=Target("batch", batch_id),
    )
    return parse_batch(answer.json())


def parse_batch(value: object) -> Batch:
    """A batch as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a batch: it has no id.")
    ends = ("completed_at", "failed_at", "expired_at", "cancelled_at")
    return Batch(
        id=identifier,
        status=parse.state(raw.get("status"), STATUSES),
        endpoint=parse.text(raw.get("endpoint")),
        model=parse.text(raw.get("model")),
        window=parse.text(raw.get("completion_window")),
        input_file=parse.text(raw.get("input_file_id")),
        output_file=parse.text(raw.get("output_file_id")),
        error_file=parse.text(raw.get("error_file_id")),
        counts=_counts(raw.get("request_counts")),
        usage=Usage.parse(raw.get("usage")),
        problems=problems(parse.path(raw, "errors", "data")),
        metadata=parse.pairs(raw.get("metadata")),
        created=parse.time(raw.get("created_at")),
        started=parse.time(raw.get("in_progress_at")),
        finalizing=parse.time(raw.get("finalizing_at")),
        ended=next((moment for name in ends if (moment := parse.time(raw.get(name)))), None),
        expires=parse.time(raw.get("expires_at")),
        raw=raw,
    )


def _counts(value: object) -> RequestCounts | None:
    raw = parse.mapping(value)
    told = [parse.integer(raw.get(name)) for name in ("total", "completed", "failed")]
    return RequestCounts(*(each or 0 for each in told)) if raw else None
