"""What requests are given before they are repeated; every other character of a line stays as it was."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.jsonl.edits import Edit, Insert, Remove, Replace, apply
from console.jsonl.purposes import family
from console.v1.parameters import TOKEN_LIMITS, Api, token_limit_name

APIS: dict[str, Api] = {"chat": "chat", "responses": "responses"}


@dataclass(frozen=True)
class Changes:
    """`model` is the deployment that answers instead, `max_tokens` the most tokens of an answer; empty: as it was.

    `provider` is the kind of the connection, by which models call their limit differently.
    """

    model: str = ""
    max_tokens: int | None = None
    provider: str = ""

    def told(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The members that a body gets, by their names for this API and this model."""
        members: dict[str, Any] = {"model": self.model} if self.model else {}
        if self.max_tokens and has_limit(url):
            members[self.limit_name(url, body)] = self.max_tokens
        return members

    def limit_name(self, url: str, body: Mapping[str, Any]) -> str:
        """The name of the limit: the one that is there, unless another model may call it differently."""
        present = next((name for name in TOKEN_LIMITS if name in body), "")
        if present and not self.model:
            return present
        model = self.model or str(body.get("model") or "")
        return token_limit_name(APIS[family(url)], self.provider, model)


def has_limit(url: str) -> bool:
    """Whether answers of an endpoint can be limited: embeddings cannot."""
    return family(url) in APIS


def changed(lines: Iterable[bytes], changes: Changes) -> Iterator[bytes]:
    """The lines with the changes; one that is no request stays whole, and is the doctor's to find."""
    is_wanted = changes.model or changes.max_tokens
    for line in lines:
        yield changed_line(line, changes) if is_wanted else line


def changed_line(line: bytes, changes: Changes) -> bytes:
    try:
        text = line.decode()
        row = json.loads(text)
    except (ValueError, RecursionError):
        return line
    body = row.get("body") if isinstance(row, dict) else None
    if not isinstance(body, dict):
        return line
    return apply(text, edits(body, changes.told(str(row.get("url") or ""), body))).encode()


def edits(body: Mapping[str, Any], members: Mapping[str, Any]) -> list[Edit]:
    """What puts the members into a body; a limit under another name goes."""
    is_limited = any(name in TOKEN_LIMITS for name in members)
    others = [name for name in TOKEN_LIMITS if is_limited and name in body and name not in members]
    removed: list[Edit] = [Remove(("body", name)) for name in others]
    put: list[Edit] = [
        Replace(("body", name), value) if name in body else Insert(("body",), name, value)
        for name, value in members.items()
    ]
    return removed + put
