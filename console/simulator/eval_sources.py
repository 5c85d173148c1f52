"""The data sources of eval runs: what they must look like, and the rows that they give.

Shapes: `OpenAI.CreateEvalRunRequest` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from console.simulator import file_records, stored_completions
from console.simulator import parameters as check
from console.simulator.errors import invalid
from console.simulator.shelves import Record, shelf
from console.simulator.world import Call

MOST_ROWS = 5000
_ROW = check.shape({"item": check.mapping, "sample": check.mapping}, ("item",), closed=True)
_SOURCES: dict[str, dict[str, check.Check]] = {
    "file_content": {"content": check.array(MOST_ROWS, 1, _ROW)},
    "file_id": {"id": check.text()},
    "stored_completions": {
        "metadata": check.metadata,
        "model": check.text(),
        "created_after": check.integer(0),
        "created_before": check.integer(0),
        "limit": check.integer(1, MOST_ROWS),
    },
    "responses": {
        "metadata": check.mapping,
        "model": check.text(),
        "instructions_search": check.text(),
        "created_after": check.integer(0),
        "created_before": check.integer(0),
        "reasoning_effort": check.text(),
        "temperature": check.number(0, 2),
        "top_p": check.number(0, 1),
        "users": check.array(items=check.text()),
        "tools": check.array(items=check.text()),
    },
}
_REQUIRED = {"file_content": ("content",), "file_id": ("id",)}
_ALLOWED = {
    "jsonl": ("file_content", "file_id"),
    "completions": ("file_content", "file_id", "stored_completions"),
    "responses": ("file_content", "file_id", "responses"),
}
_MESSAGES = check.shape(
    {
        "type": check.one_of("template", "item_reference"),
        "template": check.array(128, 1, check.shape({"role": check.text()}, ("role", "content"))),
        "item_reference": check.text(),
    },
    ("type",),
    closed=True,
)
_SAMPLED: dict[str, check.Check] = {
    "model": check.text(),
    "input_messages": _MESSAGES,
    "sampling_params": check.mapping,
}


class Unreadable(Exception):
    """A source whose rows cannot be read; the run fails with these words."""


def check_source(name: str, value: Any) -> None:
    """Refuses a data source that is not well formed."""
    check.shape({"type": check.one_of(*_ALLOWED)}, ("type", "source"))(name, value)
    kind = value["type"]
    fields: dict[str, check.Check] = {"type": check.text(), "source": check.mapping}
    check.shape({**fields, **(_SAMPLED if kind != "jsonl" else {})}, closed=True)(name, value)
    source = value["source"]
    place = f"{name}.source"
    check.shape({"type": check.one_of(*_ALLOWED[kind])}, ("type",))(place, source)
    known = _SOURCES[source["type"]]
    check.shape({"type": check.text(), **known}, _REQUIRED.get(source["type"], ()), closed=True)(
        place, source
    )
    given = value.get("input_messages")
    if value.get("model") and not given:
        raise check.missing(f"{name}.input_messages")
    if given and given.get(given["type"]) is None:
        raise check.missing(f"{name}.input_messages.{given['type']}")


def rows_of(call: Call, source: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a source, each `{item, sample?}`; raises Unreadable, or refuses an unknown file."""
    kind = source["type"]
    if kind == "file_content":
        return list(source["content"])
    if kind == "file_id":
        return _file_rows(call, source["id"])
    if kind == "stored_completions":
        return _stored_rows(call, source)
    return _response_rows(call, source)


def _file_rows(call: Call, identifier: str) -> list[dict[str, Any]]:
    file = file_records.look(call.world, call.account, identifier)
    if file is None:
        message = f"Invalid 'data_source.source.id': there is no file '{identifier[:100]}'."
        raise invalid("file_not_found", message, param="data_source.source.id")
    return _lines(file_records.path_of(call.world, file))


def _lines(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                rows.append(_line(raw.removeprefix(b"\xef\xbb\xbf"), number))
            if len(rows) > MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows.")
    if not rows:
        raise Unreadable("The file has no rows.")
    return rows


def _line(raw: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"Line {number} is not valid JSON.") from error
    if not isinstance(row, dict) or not isinstance(row.get("item"), dict):
        raise Unreadable(f"Line {number} has no object 'item'.")
    sample = row.get("sample")
    return {"item": row["item"], **({"sample": sample} if isinstance(sample, dict) else {})}


def _stored_rows(call: Call, source: dict[str, Any]) -> list[dict[str, Any]]:
    fitting = [
        record
        for record in shelf(call, stored_completions.KIND).values()
        if stored_completions.matches(record, source.get("model"), source.get("metadata") or {})
        and _within(record["told"]["created"], source)
    ]
    rows = [_stored_row(record) for record in fitting[: source.get("limit") or MOST_ROWS]]
    if not rows:
        raise Unreadable("No stored completion fits the source.")
    return rows


def _stored_row(record: Record) -> dict[str, Any]:
    message = record["told"]["choices"][0]["message"]
    sample = {"output_text": message["content"] or "", "model": record["told"]["model"]}
    return {"item": {"input": record["messages"], "metadata": record["told"]["metadata"]}, "sample": sample}


def _response_rows(call: Call, source: dict[str, Any]) -> list[dict[str, Any]]:
    records = call.world.store.collection("responses").values()
    told = [record["final"] for record in records if record["account"] == call.account.name]
    rows = [
        {"item": {"input": one["id"]}, "sample": {"output_text": _output_text(one), "model": one["model"]}}
        for one in told
        if source.get("model") in (None, one["model"]) and _within(one["created_at"], source)
    ]
    if not rows:
        raise Unreadable("No response fits the source.")
    return rows[:MOST_ROWS]


def _output_text(response: dict[str, Any]) -> str:
    parts = [part for item in response["output"] if item["type"] == "message" for part in item["content"]]
    return "".join(part.get("text") or "" for part in parts)


def _within(created: int, source: dict[str, Any]) -> bool:
    after, before = source.get("created_after") or 0, source.get("created_before")
    return created >= after and (before is None or created <= before)
