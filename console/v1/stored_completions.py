"""Stored chat completions: those that were asked for with `store`, and can be listed (preview).

Documented, not in the specification of the v1 API:
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/stored-completions. There is no way to delete many
at once, and a resource can have them switched off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.chat import ChatAnswer
from console.v1.client import Client, Page, Target, segment
from console.v1.events import Usage
from console.v1.items import text_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to the same messages; `calls` are the tools that it asks for, as (name, arguments)."""

    text: str
    reasoning: str
    calls: tuple[tuple[str, str], ...]
    finish_reason: str


@dataclass(frozen=True, slots=True)
class StoredCompletion:
    """One stored answer; `text` is that of its first choice, `finish_reason` the service's own word."""

    id: str
    model: str
    text: str
    finish_reason: str
    usage: Usage | None
    metadata: Mapping[str, str]
    request_id: str
    seed: int | None
    temperature: float | None
    top_p: float | None
    created: datetime | None
    raw: parse.Json

    @property
    def choices(self) -> list[Choice]:
        """Every answer, in the order of the resource."""
        return [parse_choice(one) for one in parse.rows(self.raw.get("choices"))]


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of the request that was answered."""

    id: str
    role: str
    text: str
    raw: parse.Json

    @property
    def parts(self) -> list[str]:
        """What else is in it besides text, by its type: "image_url", "file"."""
        kinds = [parse.text(part.get("type")) for part in parse.rows(self.raw.get("content_parts"))]
        return [kind for kind in kinds if kind not in ("", "text", "refusal")]

    @property
    def calls(self) -> object:
        """The tools that a message of the model asked for, as they came; None without any."""
        return self.raw.get("tool_calls") or None


def pages(
    client: Client,
    *,
    model: str | None = None,
    metadata: Mapping[str, str] | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[StoredCompletion]]:
    """Stored answers page by page, of one model or with all of these metadata; `order` is asc or desc."""
    chosen = {f"metadata[{key}]": value for key, value in (metadata or {}).items()}
    params = {"model": model, "order": order, "limit": limit, **chosen}
    return client.pages("/chat/completions", parse_completion, params=params, after=after)


def get(client: Client, completion_id: str) -> StoredCompletion:
    """One stored answer by its id."""
    return parse_completion(client.get(_path(completion_id)).json())


def message_pages(
    client: Client, completion_id: str, *, order: str | None = None, limit: int = 100, after: str = ""
) -> Iterator[Page[StoredMessage]]:
    """The messages that were answered, page by page."""
    params = {"order": order, "limit": limit}
    return client.pages(f"{_path(completion_id)}/messages", parse_message, params=params, after=after)


def update(client: Client, completion_id: str, changes: Mapping[str, Any]) -> StoredCompletion:
    """Change a stored answer: `changes` has its metadata, all of it anew; nothing else can be changed."""
    answer = client.change(
        "POST",
        _path(completion_id),
        action="stored_completion.updated",
        target=Target("stored_completion", completion_id),
        json=dict(changes),
    )
    return parse_completion(answer.json())


def delete(client: Client, completion_id: str) -> bool:
    """Delete a stored answer; False when it was gone already."""
    return client.delete(
        _path(completion_id),
        action="stored_completion.deleted",
        target=Target("stored_completion", completion_id),
    )


def parse_completion(value: object) -> StoredCompletion:
    """A stored answer as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a stored completion: it has no id.")
    reader = ChatAnswer()
    pieces = [*reader.feed(raw), *reader.flush()]
    return StoredCompletion(
        id=identifier,
        model=parse.text(raw.get("model")),
        text="".join(each.text for each in pieces if each.kind in ("text", "refusal")),
        finish_reason=reader.finish_reason,
        usage=reader.usage,
        metadata=parse.pairs(raw.get("metadata")),
        request_id=parse.text(raw.get("request_id")),
        seed=parse.integer(raw.get("seed")),
        temperature=parse.number(raw.get("temperature")),
        top_p=parse.number(raw.get("top_p")),
        created=parse.time(raw.get("created")) or parse.time(raw.get("created_at")),
        raw=raw,
    )


def parse_choice(value: parse.Json) -> Choice:
    """One answer of several, read as if it were the only one."""
    reader = ChatAnswer()
    pieces = [*reader.feed({"choices": [{**value, "index": 0}]}), *reader.flush()]
    return Choice(
        text="".join(each.text for each in pieces if each.kind in ("text", "refusal")),
        reasoning="".join(each.text for each in pieces if each.kind == "reasoning"),
        calls=tuple((each.name, each.text) for each in pieces if each.kind == "tool"),
        finish_reason=reader.finish_reason,
    )


def parse_message(value: object) -> StoredMessage:
    """A message as a page shows it; `ProtocolError` when it has neither an id nor a role."""
    raw = parse.mapping(value)
    identifier, role = parse.text(raw.get("id")), parse.text(raw.get("role"))
    if not identifier and not role:
        raise ProtocolError("The answer is not a message: it has no id and no role.")
    told = text_of(raw) or text_of({"content": raw.get("content_parts")})
    return StoredMessage(identifier, role, told, raw)


def _path(completion_id: str) -> str:
    return f"/chat/completions/{segment(completion_id)}"
