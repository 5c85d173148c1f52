"""Reading a response or a conversation that was not known here: it is called by what was said first or last in it."""

from collections.abc import Iterator

from console.index import conversations as known_conversations
from console.index import responses as known_responses
from console.index.origins import Origin
from console.models import Connection, Item
from console.outbound.errors import UpstreamError
from console.v1 import conversations, responses
from console.v1.client import Client, Page
from console.v1.items import Item as ApiItem


def read_response(client: Client, connection: Connection, response_id: str) -> Item:
    """Raises NotFound where the resource does not know it either."""
    found = responses.get(client, response_id)
    title = said(responses.input_items(client, response_id, order="desc", limit=1))
    return known_responses.remember(connection, found, Origin(title, "opened"))


def read_conversation(client: Client, connection: Connection, conversation_id: str) -> Item:
    """Raises NotFound where the resource does not know it either."""
    found = conversations.get(client, conversation_id)
    title = said(conversations.item_pages(client, conversation_id, order="asc", limit=1))
    return known_conversations.remember(connection, found, Origin(title, "opened"))


def said(pages: Iterator[Page[ApiItem]]) -> str:
    """The text of the first item, by which people know an object; "" where that cannot be told."""
    try:
        page = next(pages, None)
    except UpstreamError:
        return ""
    return page.rows[0].text if page and page.rows else ""
