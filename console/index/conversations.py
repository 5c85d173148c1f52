"""Keeps the conversations that the console has begun or opened: the API has no list of them."""

from console.index import keeping, metadata
from console.index.origins import Origin, titled
from console.models import Connection, Item
from console.models.seen import Seen
from console.v1.conversations import Conversation

KIND = "conversation"


def seen(conversation: Conversation, origin: Origin) -> Seen:
    """A conversation for the index: called as its metadata say, else by what was said first."""
    return Seen(
        remote_id=conversation.id,
        name=titled(conversation.metadata) or origin.title or conversation.id,
        raw=conversation.raw,
        labels=origin.labels | set(metadata.labels(conversation.metadata)),
        created_at=conversation.created,
    )


def remember(connection: Connection, conversation: Conversation, origin: Origin | None = None) -> Item:
    """Keep what a call told of a conversation; what is known of its origin stays."""
    before = Item.objects.filter(connection=connection, kind=KIND, remote_id=conversation.id).first()
    known = (origin or Origin()).over(Origin.of(before))
    return keeping.remember(connection, KIND, seen(conversation, known))


def forget(connection: Connection, conversation_id: str) -> None:
    """Note that a conversation is gone."""
    keeping.forget(connection, KIND, conversation_id)
