"""Searching a vector store: the question, its filters, and the chunks that were found.

Shapes from the GA specification of 2026-01-28 (VectorStoreSearchRequest, ComparisonFilter, CompoundFilter).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.outbound.limits import SEARCH
from console.v1 import parse
from console.v1.client import Client, Target, segment

OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte")
RANKERS = ("auto", "default-2024-11-15", "none")
MOST_RESULTS = 50

Value = str | int | float | bool | Sequence[str | int | float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An attribute compared with a value by one of OPERATORS."""

    key: str
    operator: str
    value: Value

    def json(self) -> dict[str, Any]:
        """As a request says it."""
        value = self.value if isinstance(self.value, str | int | float) else list(self.value)
        return {"type": self.operator, "key": self.key, "value": value}


@dataclass(frozen=True, slots=True)
class Compound:
    """Conditions joined by `and` or `or`, nested as deep as one likes."""

    operator: str
    filters: tuple["Comparison | Compound", ...]

    def json(self) -> dict[str, Any]:
        """As a request says it."""
        return {"type": self.operator, "filters": [each.json() for each in self.filters]}


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: the chunks of a file that fit, and how well, from 0 to 1."""

    file_id: str
    filename: str
    score: float | None
    texts: tuple[str, ...]
    attributes: Mapping[str, str | int | float | bool]
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search; `queries` is what was really searched for after rewriting."""

    queries: tuple[str, ...]
    hits: tuple[Hit, ...]
    has_more: bool
    raw: parse.Json


def body(
    query: str | Sequence[str],
    *,
    filters: Comparison | Compound | None = None,
    most: int | None = None,
    rewrite: bool | None = None,
    ranker: str | None = None,
    score_threshold: float | None = None,
) -> dict[str, Any]:
    """The JSON body of a search: only what was set is in it. `most` is from 1 to 50, the threshold 0 to 1."""
    ranking = parse.present({"ranker": ranker, "score_threshold": score_threshold})
    return parse.present(
        {
            "query": query if isinstance(query, str) else list(query),
            "filters": filters.json() if filters is not None else None,
            "max_num_results": most,
            "rewrite_query": rewrite,
            "ranking_options": ranking or None,
        }
    )


def search(client: Client, store_id: str, body: Mapping[str, Any], *, label: str = "") -> Found:
    """Search a store. It is recorded, because it counts as use: it is billed, and the store lives longer."""
    answer = client.change(
        "POST",
        f"/vector_stores/{segment(store_id)}/search",
        action="vector_store.searched",
        target=Target("vector_store", store_id, label),
        json=dict(body),
        limits=SEARCH,
    )
    return parse_found(answer.json())


def parse_found(value: object) -> Found:
    """A page of results; whatever is strange in it is left out."""
    raw = parse.mapping(value)
    asked = raw.get("search_query")
    return Found(
        queries=(asked,) if isinstance(asked, str) else parse.texts(asked),
        hits=tuple(_hit(each) for each in parse.rows(raw.get("data"))),
        has_more=raw.get("has_more") is True,
        raw=raw,
    )


def _hit(raw: parse.Json) -> Hit:
    texts = (parse.text(each.get("text")) for each in parse.rows(raw.get("content")))
    return Hit(
        file_id=parse.text(raw.get("file_id")),
        filename=parse.text(raw.get("filename")),
        score=parse.number(raw.get("score")),
        texts=tuple(each for each in texts if each),
        attributes=parse.scalars(raw.get("attributes")),
        raw=raw,
    )
