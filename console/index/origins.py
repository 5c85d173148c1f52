"""What an object does not tell of itself: how the console met it, what it is about, who made it.

It is kept as labels of the index, so that it survives every later look at the object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from console.models import Item
from console.models.seen import label

LONGEST_TITLE = 120

WAYS = {"playground": "Playground", "background": "Background", "form": "Form", "opened": "Opened by id"}
"""How an object came to be known, and what that is called."""


@dataclass(frozen=True)
class Origin:
    """Empty members are not known. `way` is one of WAYS, `comparison` the id of one, `by` a user name."""

    title: str = ""
    way: str = ""
    by: str = ""
    deployment: str = ""
    comparison: str = ""

    @classmethod
    def of(cls, item: Item | None) -> "Origin":
        """What was known before; nothing of an object that is new."""
        if item is None:
            return cls()
        told = {name: next(iter(item.values(name)), "") for name in LABELLED}
        return cls(title=item.name if item.name != item.remote_id else "", **told)

    def over(self, before: "Origin") -> "Origin":
        """What is known now: what was known first stays, a title may be bettered."""
        told = {name: getattr(before, name) or getattr(self, name) for name in LABELLED}
        return Origin(title=title_of(self.title) or before.title, **told)

    @property
    def labels(self) -> frozenset[str]:
        told = {name: getattr(self, name) for name in LABELLED}
        return frozenset(label(name, value) for name, value in told.items() if value)


LABELLED = tuple(one.name for one in fields(Origin) if one.name != "title")


def title_of(text: str) -> str:
    """The first line of a text, cut at a word."""
    line = next((one.strip() for one in text.splitlines() if one.strip()), "")
    if len(line) <= LONGEST_TITLE:
        return line
    return line[:LONGEST_TITLE].rsplit(" ", 1)[0].rstrip() + "…"


def titled(metadata: Mapping[str, Any]) -> str:
    """What the metadata of an object call it, if they do."""
    names = (metadata.get(name) for name in ("title", "name", "topic"))
    return next((name for name in names if isinstance(name, str) and name), "")
