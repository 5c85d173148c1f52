"""The files of a resource: what is kept of each, how it looks at this moment, and where its bytes are.

Fields: `OpenAI.OpenAIFile` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.simulator import synthetic
from console.simulator.accounts import BULK, Account
from console.simulator.errors import not_found
from console.simulator.shelves import Record, Shelf, shelf_of
from console.simulator.world import Call, World

KIND = "files"
_GONE = "deleted_files"
_CHECKED_IN = 1.5
_BYTES_A_SECOND = 50_000_000


def show(world: World, record: Record) -> Record:
    """A file as the API tells it now."""
    row = {
        "id": record["id"],
        "object": "file",
        "bytes": record["bytes"],
        "created_at": record["created_at"],
        "filename": record["filename"],
        "purpose": record["purpose"],
        "status": _status(world, record),
    }
    if record.get("expires_at") is not None:
        row["expires_at"] = record["expires_at"]
    if row["status"] == "error":
        row["status_details"] = record["flaw"]
    return row


def is_processed(world: World, record: Record) -> bool:
    return _status(world, record) == "processed"


def keep(
    world: World,
    account: Account,
    identifier: str,
    *,
    filename: str,
    purpose: str,
    size: int,
    expires_after: int | None = None,
    made: bool = False,
    at: float | None = None,
) -> Record:
    """Remember a file whose bytes are on disk; one `made` by the service itself is processed at once."""
    began = world.clock.now() if at is None else at
    record: Record = {
        "id": identifier,
        "bytes": size,
        "created_at": int(began),
        "began": None if made else began,
        "filename": filename,
        "purpose": purpose,
        "expires_at": int(began) + expires_after if expires_after else None,
        "flaw": "" if size or made or purpose == "batch" else "The file is empty.",
    }
    shelf_of(world, account, KIND)[identifier] = record
    world.store.touch()
    return record


def find(call: Call, identifier: str, *, param: str = "file_id") -> Record:
    """A file of the resource, or 404."""
    record = look(call.world, call.account, identifier)
    if record is None:
        raise not_found("File", identifier[:200], param=param)
    return record


def look(world: World, account: Account, identifier: str) -> Record | None:
    """A file of a resource, or None when it never was, is deleted or has expired."""
    record = shelf_of(world, account, KIND).get(identifier)
    if record is not None and _is_over(world, record):
        forget(world, account, identifier)
        record = None
    elif record is None and account.name == BULK and identifier not in shelf_of(world, account, _GONE):
        record = synthetic.file(world.seed, world.bulk_files, identifier)
    return record


def identifiers(world: World, account: Account, purpose: str | None) -> Sequence[str]:
    """The ids of all files of a purpose (None: of every one), the oldest first."""
    living = _living(world, account)
    ids = [key for key, record in living.items() if purpose in (None, record["purpose"])]
    if account.name != BULK:
        return ids
    gone = shelf_of(world, account, _GONE)
    made = synthetic.identifiers(world.seed, world.bulk_files, purpose)
    return [*(key for key in made if key not in gone), *ids] if gone or ids else made


def path_of(world: World, record: Record) -> Path:
    """Where a file's bytes are; those of a synthetic file are written now."""
    path = world.blobs.path(record["id"])
    if record.get("synthetic") and not path.exists():
        path.write_bytes(synthetic.content(record))
    return path


def forget(world: World, account: Account, identifier: str) -> None:
    """Remove a file and its bytes."""
    if shelf_of(world, account, KIND).pop(identifier, None) is None:
        shelf_of(world, account, _GONE)[identifier] = {"id": identifier}
    world.blobs.discard(identifier)
    world.store.touch()


def _living(world: World, account: Account) -> Shelf:
    """The stored files, without those whose time is over."""
    files = shelf_of(world, account, KIND)
    for record in [one for one in files.values() if _is_over(world, one)]:
        forget(world, account, record["id"])
    return files


def _is_over(world: World, record: Record) -> bool:
    return record["expires_at"] is not None and record["expires_at"] <= world.clock.now()


def _status(world: World, record: Record) -> str:
    due = _CHECKED_IN + record["bytes"] / _BYTES_A_SECOND
    if record["began"] is not None and world.clock.elapsed(record["began"]) < due:
        return "pending"
    return "error" if record["flaw"] else "processed"
