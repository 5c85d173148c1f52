"""Reads the stored chat completions of a resource, with their metadata as labels to filter by."""

import re

from console.index import keeping, metadata
from console.index.keeping import listed
from console.index.models import KIND as MODEL
from console.index.reading import Reading
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import stored_completions
from console.v1.client import Client
from console.v1.stored_completions import StoredCompletion

KIND = "stored_completion"
NOT_OFFERED = (
    "This resource does not offer stored completions: its list answers 404. They are a preview that not every "
    "region and endpoint has."
)
REFUSED = (
    "This resource does not let its stored completions be listed (403). They may be switched off for the account "
    "(storedCompletionsDisabled), the identity may lack the data action stored-completions/read, or the network "
    "rules of the resource keep the console out."
)
LONGEST_NAME = 200
MARKS = re.compile(r"\*+|`+|^#+ ", re.MULTILINE)
"""What Markdown puts around words; a name has no use for it."""


def read(connection: Connection, after: str) -> Reading:
    """The stored answers page by page, from a cursor on. Raises NotOffered."""
    found = listed(
        connection,
        lambda client: stored_completions.pages(client, after=after),
        seen,
        otherwise=NOT_OFFERED,
        forbidden=REFUSED,
    )
    return Reading("list", found)


def seen(one: StoredCompletion) -> Seen:
    """A stored answer for the index; it is called by how it begins, and its size is in tokens."""
    facts = {"model": one.model, "finish": one.finish_reason}
    told = {label(name, value) for name, value in facts.items() if value}
    return Seen(
        remote_id=one.id,
        name=name_of(one),
        raw=one.raw,
        labels=frozenset({*told, *metadata.labels(one.metadata)}),
        refs=frozenset({(MODEL, one.model)} if one.model else ()),
        size=one.usage.total if one.usage else None,
        created_at=one.created,
    )


def name_of(one: StoredCompletion) -> str:
    text = " ".join(MARKS.sub("", one.text[: LONGEST_NAME * 4]).split())
    if text:
        return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
    called = [name for choice in one.choices for name, _ in choice.calls]
    return f"Calls {', '.join(called)}"[:LONGEST_NAME] if called else one.id


def remember(connection: Connection, one: StoredCompletion) -> Item:
    """Keep what a call told of one stored answer, before a listing does."""
    return keeping.remember(connection, KIND, seen(one))


def meet(client: Client, connection: Connection, completion_id: str) -> None:
    """Ask for one stored answer by its id."""
    remember(connection, stored_completions.get(client, completion_id))


def forget(connection: Connection, completion_id: str) -> None:
    """Note that a stored answer is gone."""
    keeping.forget(connection, KIND, completion_id)
