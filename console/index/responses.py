"""Keeps the responses that the console has made or opened: the API has no list of them."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from console.index import keeping, metadata
from console.index.conversations import KIND as CONVERSATION
from console.index.deployments import KIND as DEPLOYMENT
from console.index.origins import Origin
from console.models import Connection, Item
from console.models.seen import Seen, label
from console.v1 import parse, responses
from console.v1.client import Client
from console.v1.responses import ENDED, Response

__all__ = ["ENDED", "KIND", "SETTLING", "forget", "is_settling", "look", "remember", "seen"]

KIND = "response"

SETTLING = timedelta(seconds=40)
"""A response that was streamed can be missing (404) for about half a minute after its end."""


def seen(response: Response, origin: Origin) -> Seen:
    """A response for the index: called by what was asked; `size` counts its tokens."""
    refs = {
        *used_by_tools(response),
        (KIND, response.previous),
        (CONVERSATION, response.conversation),
        (DEPLOYMENT, origin.deployment),
    }
    background = {label("background", "yes")} if response.is_background else set()
    tools = {label("tools", "used")} if response.calls_tools else set()
    return Seen(
        remote_id=response.id,
        name=origin.title or response.id,
        raw=response.raw,
        status=response.status,
        family=response.model,
        labels=frozenset(origin.labels | background | tools | set(metadata.labels(response.metadata))),
        refs=frozenset((kind, one) for kind, one in refs if one),
        size=response.tokens,
        created_at=response.created,
        updated_at=response.completed,
    )


def used_by_tools(response: Response) -> Iterator[tuple[str, str]]:
    """The vector stores and containers that the tools of a response name."""
    for tool in parse.rows(response.raw.get("tools")):
        yield from (("vector_store", one) for one in parse.texts(tool.get("vector_store_ids")))
        yield "container", parse.text(tool.get("container"))
    yield from (("container", parse.text(one.raw.get("container_id"))) for one in response.output)


def remember(connection: Connection, response: Response, origin: Origin | None = None) -> Item:
    """Keep what a call told of a response; what is known of its origin stays."""
    before = Item.objects.filter(connection=connection, kind=KIND, remote_id=response.id).first()
    known = (origin or Origin()).over(Origin.of(before))
    return keeping.remember(connection, KIND, seen(response, known))


def forget(connection: Connection, response_id: str) -> None:
    """Note that a response is gone."""
    keeping.forget(connection, KIND, response_id)


def look(client: Client, item: Item) -> None:
    """Read one response again."""
    remember(item.connection, responses.get(client, item.remote_id))


def is_settling(item: Item) -> bool:
    """Whether a 404 may still mean "not yet": it was met, or it ended, a moment ago."""
    latest = max(item.first_seen_at, item.remote_updated_at or item.first_seen_at)
    return item.gone_at is None and timezone.now() - latest < SETTLING
