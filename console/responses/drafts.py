"""The text of responses under way, as far as it was followed: a reload shows it and goes on behind it.

The resource keeps all events itself. A draft that the cache has lost only means that they are told from the
beginning.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.cache import cache

from console.models import Item
from console.v1.events import Delta

KEPT = 3600  # seconds
KINDS = ("reasoning", "text", "tool")


@dataclass
class Draft:
    """What came up to event number `after`, by kind; -1 when nothing was read yet."""

    after: int = -1
    texts: dict[str, str] = field(default_factory=lambda: dict.fromkeys(KINDS, ""))

    @property
    def is_empty(self) -> bool:
        return not any(self.texts.values())

    def add(self, after: int, deltas: Iterable[Delta]) -> list[tuple[str, str]]:
        """Take in what came; return it by kind, for the page."""
        self.after = after
        news = [(kind_of(each), text_of(each)) for each in deltas]
        for kind, text in news:
            self.texts[kind] += text
        return [(kind, text) for kind, text in news if text]


def kind_of(delta: Delta) -> str:
    return delta.kind if delta.kind in KINDS else "text"


def text_of(delta: Delta) -> str:
    """A call of a tool begins with its name, on a line of its own."""
    is_beginning = delta.kind == "tool" and not delta.text
    return f"\n{delta.name or 'tool'} " if is_beginning else delta.text


def draft_of(item: Item) -> Draft:
    found = cache.get(name_of(item))
    return Draft(found["after"], found["texts"]) if found else Draft()


def keep(item: Item, draft: Draft) -> None:
    cache.set(name_of(item), {"after": draft.after, "texts": draft.texts}, KEPT)


def drop(item: Item) -> None:
    cache.delete(name_of(item))


def name_of(item: Item) -> str:
    return f"response-draft-{item.pk}"
