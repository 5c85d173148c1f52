"""What refers to an object, as far as the index knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from console.models import Item
from console.views.shown_kinds import url_of

NOUNS = {
    "vector_store": "store",
    "fine_tuning_job": "job",
    "batch": "batch",
    "eval": "eval",
    "eval_run": "eval run",
}


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
