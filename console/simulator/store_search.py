"""Searching a vector store: its files' own text, filtered by attributes, ranked, cut at a threshold.

Operation: `searchVectorStore` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import attribute_filters, file_records, passages, ranking, store_files, vector_stores
from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.errors import invalid
from console.simulator.shelves import Record
from console.simulator.world import Call, call_of

_KEPT = 512
_DEFAULT_RESULTS = 10
_FIELDS: dict[str, check.Check] = {
    "query": check.either(check.array(16, 1, check.text(4096)), check.text(4096)),
    "rewrite_query": check.boolean,
    "max_num_results": check.integer(1, 50),
    "filters": attribute_filters.check,
    "ranking_options": check.shape(
        {
            "ranker": check.one_of("none", "auto", "default-2024-11-15"),
            "score_threshold": check.number(0, 1),
        },
        closed=True,
    ),
}


async def search(request: Request) -> Response:
    """POST /vector_stores/{vector_store_id}/search."""
    call = call_of(request)
    store = vector_stores.living(call, request)
    body = await json_object(request)
    check.check_body(body, _FIELDS, required=("query",), refuse_unknown=check.unknown)
    queries = [body["query"]] if isinstance(body["query"], str) else body["query"]
    if not any(query.strip() for query in queries):
        raise invalid("invalid_value", "Invalid 'query': it must not be empty.", param="query")
    if body.get("rewrite_query"):
        queries = [ranking.rewritten(query) for query in queries]
    options = body.get("ranking_options") or {}
    found = _ranked(call, store, queries, body.get("filters"), plain=options.get("ranker") == "none")
    threshold = options.get("score_threshold") or 0.0
    kept = [hit for hit in found if hit[1] > 0 and hit[1] >= threshold]
    best = heapq.nlargest(body.get("max_num_results") or _DEFAULT_RESULTS, kept, key=lambda hit: hit[1])
    return JSONResponse(results_page(queries, best))


Hit = tuple[Record, float, list[str]]


def results_page(queries: list[str], hits: Sequence[Hit]) -> dict[str, Any]:
    """Files of a store with a score and some of their text, as a page of search results."""
    return {
        "object": "vector_store.search_results.page",
        "search_query": queries,
        "data": [
            {
                "file_id": entry["id"],
                "filename": entry["filename"],
                "score": round(min(score, 1.0), 6),
                "attributes": entry["attributes"],
                "content": [{"type": "text", "text": text} for text in texts],
            }
            for entry, score, texts in hits
        ],
        "has_more": False,
        "next_page": None,
    }


def chunks_in(call: Call, entry: Record) -> list[str]:
    """The chunks of a file as its store keeps them."""
    return [text for text, _ in _indexed(call, entry)]


def _ranked(call: Call, store: Record, queries: list[str], filters: Any, *, plain: bool) -> list[Hit]:
    rank = ranking.overlap if plain else ranking.scores
    rows: list[tuple[Record, str]] = []
    words: list[Counter[str]] = []
    for entry in store_files.entries(call, store["id"]).values():
        done = store_files.status(call.world, entry) == "completed"
        if done and attribute_filters.admits(filters, entry["attributes"]):
            for text, counted in _indexed(call, entry):
                rows.append((entry, text))
                words.append(counted)
    marks = [rank(query, words) for query in queries]
    return [(entry, max(mark[index] for mark in marks), [text]) for index, (entry, text) in enumerate(rows)]


def _indexed(call: Call, entry: Record) -> list[tuple[str, Counter[str]]]:
    """The chunks with their counted words; kept in memory, since the text of a file never changes."""
    static = entry["static"]
    size, overlap = static["max_chunk_size_tokens"], static["chunk_overlap_tokens"]
    key = (entry["id"], size, overlap)
    kept = call.world.chunks
    if key not in kept:
        file = file_records.find(call, entry["id"])
        text = passages.text_of(file_records.path_of(call.world, file), entry["filename"])
        chunks = passages.chunks_of(text, size, overlap)
        kept[key] = [(chunk, Counter(ranking.terms(chunk))) for chunk in chunks]
        while len(kept) > _KEPT:
            del kept[next(iter(kept))]
    return kept[key]


ROUTES = [Route("/vector_stores/{vector_store_id}/search", search, methods=["POST"])]
