"""A checkpoint of a training: what it is, where it was copied to, and who may use it, all asked anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from console.models import Connection
from console.outbound.errors import NotFound, UpstreamError
from console.training.curves import words_of
from console.training.progress import MOST_PAGES
from console.v1 import checkpoints, fine_tuning
from console.v1.checkpoints import Copy, Permission
from console.v1.client import Client
from console.v1.fine_tuning import Checkpoint


@dataclass(frozen=True)
class Kept:
    """A checkpoint with its copies and permissions. With an `error` the rest is what was read before it.

    `permissions` is None where the resource has no such notion.
    """

    checkpoint: Checkpoint | None = None
    copies: Copy | None = None
    permissions: Sequence[Permission] | None = ()
    error: UpstreamError | None = None

    @property
    def figures(self) -> list[tuple[str, str, float]]:
        """What was measured: by words, by the name of the service, and how much."""
        metrics = self.checkpoint.metrics if self.checkpoint else {}
        return [(words_of(name), name, value) for name, value in metrics.items()]

    @property
    def is_copying(self) -> bool:
        return self.copies is not None and not self.copies.has_ended


def look(connection: Connection, user: Any, job_id: str, checkpoint_id: str) -> Kept:
    """A checkpoint as it is now; an error is told, not raised."""
    found: Checkpoint | None = None
    try:
        with connection.client(user) as client:
            found = find(client, job_id, checkpoint_id)
            return Kept(found, copies_of(client, job_id, checkpoint_id), permissions_of(client, found.model))
    except UpstreamError as error:
        return Kept(found, error=error)


def find(client: Client, job_id: str, checkpoint_id: str) -> Checkpoint:
    """One checkpoint; the API has only lists of them. Raises NotFound."""
    for page in islice(fine_tuning.checkpoint_pages(client, job_id), MOST_PAGES):
        for one in page.rows:
            if one.id == checkpoint_id:
                return one
    raise NotFound("This job has no such checkpoint.", sent=False)


def copies_of(client: Client, job_id: str, checkpoint_id: str) -> Copy | None:
    """How far the copies are; None where there are none, or where copying is not offered."""
    try:
        return checkpoints.get_copy(client, job_id, checkpoint_id)
    except NotFound:
        return None


def permissions_of(client: Client, model: str) -> Sequence[Permission] | None:
    try:
        pages = islice(checkpoints.permission_pages(client, model), MOST_PAGES)
        return [row for page in pages for row in page.rows]
    except NotFound:
        return None
