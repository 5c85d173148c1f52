"""What a listing told of one remote object, made fit for either database before it is stored."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.outbound.json_text import clean_text

# In a JSON text NUL is always escaped; lone surrogates are not where ensure_ascii is off.
MAYBE_UNSTORABLE = re.compile(r"\\u0000|[\ud800-\udfff]|NaN|Infinity")
SPACE = re.compile(r"\s+")
MAX_BIGINT = 2**63 - 1


@dataclass(frozen=True)
class Seen:
    """One remote object as a listing told it.

    `labels` are its facet values ("capability:chat"), `refs` what it uses of the same connection, as
    (kind, remote id), `size` bytes or what else its kind counts, `raw` its JSON as the upstream wrote it.
    """

    remote_id: str
    name: str
    raw: Mapping[str, Any]
    status: str = ""
    family: str = ""
    labels: frozenset[str] = frozenset()
    refs: frozenset[tuple[str, str]] = frozenset()
    size: int | None = None
    retires_on: date | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def is_addressable(self) -> bool:
        """Whether its id can be kept whole; an object with another one could never be asked for again."""
        return 0 < len(self.remote_id) <= 256 and clean_text(self.remote_id) == self.remote_id

    @property
    def words(self) -> str:
        """What searching looks at."""
        name = clean_text(self.name).lower()
        return name if self.remote_id.lower() in name else f"{self.remote_id.lower()} {name}"

    def columns(self) -> dict[str, Any]:
        """The columns of an Item that say the same, cut to their lengths; `digest` is that of `raw`."""
        raw = storable(self.raw)
        size = self.size if self.size is not None and abs(self.size) <= MAX_BIGINT else None
        return {
            "name": clean_text(self.name)[:512],
            "words": self.words[:500],
            "status": clean_text(self.status)[:60],
            "family": clean_text(self.family)[:60],
            "labels": label_text(self.labels),
            "size": size,
            "retires_on": self.retires_on,
            "remote_created_at": self.created_at,
            "remote_updated_at": self.updated_at,
            "raw": raw,
            "digest": hashlib.sha256(canonical(raw).encode()).hexdigest(),
        }


def label(name: str, value: str) -> str:
    """One facet value as a word: `name:value`, spaces in it replaced."""
    return f"{name}:{SPACE.sub('_', clean_text(value).strip())[:100]}"


def label_text(labels: frozenset[str]) -> str:
    """Labels as they stand in their column: each between single spaces."""
    return f" {' '.join(sorted(labels))} " if labels else ""


def canonical(raw: Mapping[str, Any]) -> str:
    """The one JSON text of a value, whatever the order of its members."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def storable(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same JSON as SQLite and PostgreSQL both take it: no NUL, lone surrogates, NaN or infinities."""
    cleaned: dict[str, Any] = cleaned_tree(raw) if MAYBE_UNSTORABLE.search(canonical(raw)) else dict(raw)
    return cleaned


def cleaned_tree(value: Any) -> Any:
    match value:
        case str():
            return clean_text(value)
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {clean_text(str(key)): cleaned_tree(one) for key, one in value.items()}
        case list() | tuple():
            return [cleaned_tree(one) for one in value]
        case _:
            return value
