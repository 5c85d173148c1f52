"""The files in a vector store: how far the ingestion of each is, and the batches they came in.

Fields: `OpenAI.VectorStoreFileObject` in the Azure v1 spec of 2026-01-28. Each ingestion is a function of
its record and the clock.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from console.simulator import file_records, passages
from console.simulator import parameters as check
from console.simulator.errors import invalid
from console.simulator.shelves import Record, Shelf, shelf
from console.simulator.world import Call, World

STATUSES = ("in_progress", "completed", "failed", "cancelled")
MOST_FILES = 10_000
DEFAULT_CHUNK, DEFAULT_OVERLAP = 800, 400
_FIRST_SECONDS, _SECONDS_BETWEEN = 2.0, 0.5
_BYTES_A_SECOND = 400_000


def attributes(name: str, value: Any) -> None:
    """Up to 16 pairs; values are text, numbers or booleans."""
    check.mapping(name, value)
    if len(value) > 16:
        raise invalid("too_many_attributes", f"Invalid '{name}': at most 16 pairs are allowed.", param=name)
    for key, item in value.items():
        check.text(64)(f"{name}.{key}"[:200], key)
        if isinstance(item, str):
            check.text(512)(f"{name}.{key}"[:200], item)
        elif not isinstance(item, int | float):
            raise check.wrong_type(f"{name}.{key}"[:200], item, "a string, a number or a boolean")


def chunking(name: str, value: Any) -> None:
    """`{type: auto}` or `{type: static, static: {…}}`; the overlap is at most half of the size."""
    sizes = {"max_chunk_size_tokens": check.integer(100, 4096), "chunk_overlap_tokens": check.integer(0)}
    fields = {"type": check.one_of("auto", "static"), "static": check.shape(sizes, tuple(sizes), closed=True)}
    check.shape(fields, ("type",), closed=True)(name, value)
    if value["type"] == "static":
        if value.get("static") is None:
            raise check.missing(f"{name}.static")
        size, overlap = (value["static"][key] for key in sizes)
        if overlap > size // 2:
            place = f"{name}.static.chunk_overlap_tokens"
            message = f"Invalid '{place}': it must be at most half of 'max_chunk_size_tokens' ({size // 2})."
            raise invalid("invalid_value", message, param=place)


FIELDS: dict[str, check.Check] = {
    "file_id": check.text(),
    "chunking_strategy": chunking,
    "attributes": attributes,
}


def entries(call: Call, store_id: str) -> Shelf:
    """The files of a store by their id, in the order in which they came."""
    return shelf(call, f"vector_stores/{store_id}/files")


def attach(
    call: Call, store_id: str, asked: dict[str, Any], *, batch: str | None = None, place: int = 0
) -> Record:
    """Put a file into a store; `asked` as in the body of a request, `place` its number in a batch."""
    known = entries(call, store_id)
    file = file_records.find(call, asked["file_id"])
    if len(known) >= MOST_FILES:
        raise invalid(
            "too_many_files", f"A vector store holds at most {MOST_FILES:,} files.", param="file_id"
        )
    path = file_records.path_of(call.world, file)
    flaw = passages.flaw_of(path, file["filename"], file["bytes"])
    strategy = asked.get("chunking_strategy") or {"type": "auto"}
    static = {"max_chunk_size_tokens": DEFAULT_CHUNK, "chunk_overlap_tokens": DEFAULT_OVERLAP}
    began = call.world.clock.now()
    known.pop(file["id"], None)
    known[file["id"]] = {
        "id": file["id"],
        "vector_store_id": store_id,
        "created_at": int(began),
        "began": began,
        "seconds": _FIRST_SECONDS + place * _SECONDS_BETWEEN + file["bytes"] / _BYTES_A_SECOND,
        "filename": file["filename"],
        "bytes": file["bytes"],
        "flaw": flaw,
        "static": strategy.get("static") or static,
        "attributes": asked.get("attributes") or {},
        "batch": batch,
        "cancelled": False,
    }
    call.world.store.touch()
    return known[file["id"]]


def status(world: World, entry: Record) -> str:
    if entry["cancelled"]:
        return "cancelled"
    if world.clock.elapsed(entry["began"]) < entry["seconds"]:
        return "in_progress"
    return "failed" if entry["flaw"] else "completed"


def show(world: World, entry: Record) -> Record:
    """A file of a store as the API tells it now."""
    state = status(world, entry)
    code, message = entry["flaw"] or ("", "")
    return {
        "id": entry["id"],
        "object": "vector_store.file",
        "usage_bytes": entry["bytes"] if state == "completed" else 0,
        "created_at": entry["created_at"],
        "vector_store_id": entry["vector_store_id"],
        "status": state,
        "last_error": {"code": code, "message": message} if state == "failed" else None,
        "chunking_strategy": {"type": "static", "static": entry["static"]},
        "attributes": entry["attributes"],
    }


def counts(world: World, some: list[Record]) -> dict[str, int]:
    """How many files are in which state."""
    number = Counter(status(world, entry) for entry in some)
    return {**{state: number[state] for state in STATUSES}, "total": len(some)}


def forget_file(call: Call, file_id: str) -> None:
    """Take a deleted file out of every store."""
    for store_id in shelf(call, "vector_stores"):
        if entries(call, store_id).pop(file_id, None) is not None:
            call.world.store.touch()
