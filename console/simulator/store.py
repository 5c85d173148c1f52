"""What the simulator remembers: in memory, or also in one JSON file that survives a restart."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

_KEPT_WINDOWS = 2048


class Store:
    """Named collections of JSON objects by id; `save` writes them all in one atomic step."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._collections: dict[str, dict[str, dict[str, Any]]] = {}
        self._windows: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self.dirty = False
        if path is not None and path.exists():
            self._collections = _read(path)

    def collection(self, name: str) -> dict[str, dict[str, Any]]:
        """The live objects of a collection, by id; call `touch` after changing it."""
        return self._collections.setdefault(name, {})

    def touch(self) -> None:
        self.dirty = True

    def save(self) -> None:
        """Write the file if there is one and anything changed; a reader never sees half of it."""
        if self._path is not None and self.dirty:
            self.dirty = False
            temporary = self._path.with_name(self._path.name + ".part")
            temporary.write_text(json.dumps(self._collections), encoding="utf-8")
            os.replace(temporary, self._path)

    def spend(self, window: str, tokens: int) -> tuple[int, int]:
        """Requests and tokens spent in a window so far, this one included."""
        requests, used = self._windows.get(window, (0, 0))
        spent = (requests + 1, used + tokens)
        self._windows[window] = spent
        if len(self._windows) > _KEPT_WINDOWS:
            self._windows.popitem(last=False)
        return spent


def _read(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SystemExit(
            f"The simulator's state file {path} is not JSON; move it away and start again."
        ) from error
    if not isinstance(found, dict):
        raise SystemExit(
            f"The simulator's state file {path} holds no JSON object; move it away and start again."
        )
    return found
