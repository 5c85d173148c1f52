"""The stored objects of one resource: what one resource has, no other one sees."""

from __future__ import annotations

from typing import Any

from console.simulator.accounts import Account
from console.simulator.errors import not_found
from console.simulator.world import Call, World

Record = dict[str, Any]
Shelf = dict[str, Record]


def shelf_of(world: World, account: Account, kind: str) -> Shelf:
    """The objects of a kind in a resource, by id, the oldest first; call `store.touch` after a change."""
    return world.store.collection(f"{account.name}/{kind}")


def shelf(call: Call, kind: str) -> Shelf:
    """The objects of a kind in the resource that is called."""
    return shelf_of(call.world, call.account, kind)


def found(call: Call, kind: str, identifier: str, noun: str, param: str | None = "id") -> Record:
    """One object, or 404."""
    record = shelf(call, kind).get(identifier)
    if record is None:
        raise not_found(noun, identifier[:200], param=param)
    return record


def put(call: Call, kind: str, record: Record) -> Record:
    """Add an object under its `id`."""
    shelf(call, kind)[record["id"]] = record
    call.world.store.touch()
    return record


def remove(call: Call, kind: str, identifier: str) -> None:
    shelf(call, kind).pop(identifier, None)
    call.world.store.touch()
