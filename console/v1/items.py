"""Items of responses and conversations: messages, reasoning, calls of tools and what they gave back.

Shapes from the GA specification of 2026-01-28 (ConversationItem); a kind that nobody knows yet is shown by its
name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from console.outbound.errors import ProtocolError
from console.v1 import parse


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `text` is what can be read of it; `name` is the function or tool of a call."""

    id: str
    type: str
    role: str
    status: str
    name: str
    call_id: str
    text: str
    raw: parse.Json


def parse_item(value: object) -> Item:
    """An item as a page shows it; `ProtocolError` when it has neither an id nor a type."""
    raw = parse.mapping(value)
    identifier, kind = parse.text(raw.get("id")), parse.text(raw.get("type"))
    if not identifier and not kind:
        raise ProtocolError("The answer is not an item: it has no id and no type.")
    return Item(
        id=identifier,
        type=kind or "message",
        role=parse.text(raw.get("role")),
        status=parse.text(raw.get("status")),
        name=parse.text(raw.get("name")),
        call_id=parse.text(raw.get("call_id")),
        text=text_of(raw),
        raw=raw,
    )


def text_of(item: parse.Json) -> str:
    """What can be read of an item: its content, else its summary, input, output or error."""
    for name in ("content", "summary", "arguments", "input", "code", "output", "error"):
        if text := "\n\n".join(_texts(item.get(name))):
            return text
    return ""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    for part in parse.rows(value):
        found = (parse.text(part.get(name)) for name in ("text", "refusal", "transcript"))
        if text := next((each for each in found if each), ""):
            yield text
