"""What refers to an object, as far as the index knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest

from console import index
from console.index.refresh import Freshness
from console.models import Connection, Item, Sync
from console.views.shared import asks_for
from console.views.shown_kinds import url_of

NOUNS = {
    "vector_store": "store",
    "fine_tuning_job": "job",
    "batch": "batch",
    "eval": "eval",
    "eval_run": "eval run",
}
PART = "uses"


@dataclass(frozen=True)
class Use:
    """Something that refers to an object; `url` is empty where it has no page."""

    item: Item

    @property
    def noun(self) -> str:
        return NOUNS.get(self.item.kind, self.item.kind.replace("_", " "))

    @cached_property
    def url(self) -> str:
        return url_of(self.item)


def uses(items: Iterable[Item]) -> list[tuple[Item, list[Use]]]:
    """Each item with what refers to it; a fixed number of queries."""
    found = list(items)
    users = Item.objects.users_of(found)
    return [
        (item, [Use(one) for one in users.get((item.connection_id, item.remote_id), [])]) for item in found
    ]


@dataclass(frozen=True)
class Told:
    """How far the lists that tell what uses an object can be trusted; one entry a list and connection."""

    lists: Sequence[Freshness]

    @property
    def is_outdated(self) -> bool:
        return any(one.is_outdated for one in self.lists)

    @property
    def is_unsettled(self) -> bool:
        """Whether the page has to ask again before it can be believed."""
        return any(one.is_outdated or one.is_running for one in self.lists)

    @property
    def oldest(self) -> datetime | None:
        """Since when something may have changed unseen, as far as lists were ever read."""
        return min(
            (one.sync.listed_at for one in self.lists if one.sync and one.sync.listed_at), default=None
        )

    @property
    def failed(self) -> list[tuple[str, Sync]]:
        """Of what the list could not be read, with why."""
        return [(NOUNS[one.sync.kind], one.sync) for one in self.lists if one.sync and one.is_failed]


def told(request: HttpRequest, connections: Sequence[Connection]) -> Told:
    """What the lists of `connections` tell by now; htmx that asks for the part has the first outdated one read."""
    if asks_for(request, PART):
        read_one(connections)
    return Told([one for kind in NOUNS for one in index.freshness(connections, kind)])


def read_one(connections: Sequence[Connection]) -> None:
    """Read the first list that is outdated: each turn of the page reads one more."""
    for kind in NOUNS:
        if index.outdated(connections, kind):
            return
