"""Conversations: items that outlive a response. There is no list of them in any version of the API.

Shapes from the GA specification of 2026-01-28 (createConversation, listConversationItems). Where an account
does not serve them they are not found
(https://github.com/Azure-Samples/azure-openai-responses-api-samples/issues/21).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment
from console.v1.items import Item, parse_item


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, without its items."""

    id: str
    created: datetime | None
    metadata: Mapping[str, str]
    raw: parse.Json


def get(client: Client, conversation_id: str) -> Conversation:
    """One conversation by its id."""
    return parse_conversation(client.get(_path(conversation_id)).json())


def body(
    *,
    items: Sequence[Mapping[str, Any]] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON that begins a conversation, with items in it if any are given."""
    asked = {"items": [dict(each) for each in items] if items else None, "metadata": metadata or None}
    return parse.present(asked)


def create(client: Client, body: Mapping[str, Any]) -> Conversation:
    """Begin a conversation."""
    answer = client.change(
        "POST",
        "/conversations",
        action="conversation.created",
        target=Target("conversation"),
        json=dict(body),
    )
    return parse_conversation(answer.json())


def update(client: Client, conversation_id: str, changes: Mapping[str, Any]) -> Conversation:
    """Change a conversation: `changes` has its metadata, all of it anew."""
    answer = client.change(
        "POST",
        _path(conversation_id),
        action="conversation.updated",
        target=Target("conversation", conversation_id),
        json=dict(changes),
    )
    return parse_conversation(answer.json())


def delete(client: Client, conversation_id: str) -> bool:
    """Delete a conversation; its items are not deleted by that. False when it was gone already."""
    return client.delete(
        _path(conversation_id),
        action="conversation.deleted",
        target=Target("conversation", conversation_id),
    )


def item_pages(
    client: Client,
    conversation_id: str,
    *,
    order: str | None = None,
    include: Sequence[str] = (),
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[Item]]:
    """The items of a conversation page by page; `order` is asc or desc."""
    params = {"order": order, "include": _listed(include), "limit": limit}
    return client.pages(f"{_path(conversation_id)}/items", parse_item, params=params, after=after)


def get_item(client: Client, conversation_id: str, item_id: str, *, include: Sequence[str] = ()) -> Item:
    """One item of a conversation."""
    return parse_item(
        client.get(_item(conversation_id, item_id), params={"include": _listed(include)}).json()
    )


def add_items(client: Client, conversation_id: str, items: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Append items to a conversation; what the service made of them."""
    answer = client.change(
        "POST",
        f"{_path(conversation_id)}/items",
        action="conversation_item.created",
        target=Target("conversation", conversation_id),
        json={"items": [dict(each) for each in items]},
    )
    rows = parse.rows(parse.mapping(answer.json()).get("data"))
    return tuple(parse_item(each) for each in rows if each.get("type"))


def delete_item(client: Client, conversation_id: str, item_id: str) -> bool:
    """Take an item out of a conversation; False when it was gone already."""
    return client.delete(
        _item(conversation_id, item_id),
        action="conversation_item.deleted",
        target=Target("conversation", conversation_id, item_id),
    )


def parse_conversation(value: object) -> Conversation:
    """A conversation as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a conversation: it has no id.")
    return Conversation(identifier, parse.time(raw.get("created_at")), parse.pairs(raw.get("metadata")), raw)


def _listed(names: Sequence[str]) -> str | None:
    # The specification writes this list with commas (`explode: false`).
    return ",".join(names) or None


def _path(conversation_id: str) -> str:
    return f"/conversations/{segment(conversation_id)}"


def _item(conversation_id: str, item_id: str) -> str:
    return f"{_path(conversation_id)}/items/{segment(item_id)}"
