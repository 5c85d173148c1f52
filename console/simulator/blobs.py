"""The bytes of the files: one file on disk each, beside the state file or in a temporary folder."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path


class Blobs:
    """A folder of blobs by identifier; made at the first use, removed at the end when there is no state."""

    def __init__(self, state: Path | None) -> None:
        self._folder = state.with_suffix(".files") if state else None
        self._clear: Callable[[], object] | None = None

    def path(self, identifier: str) -> Path:
        """Where the bytes of an identifier are, or are to be written."""
        return self._home() / identifier

    def discard(self, identifier: str) -> None:
        self.path(identifier).unlink(missing_ok=True)

    def write(self, identifier: str, content: bytes) -> int:
        """Keep bytes made here; their number."""
        return self.path(identifier).write_bytes(content)

    def close(self) -> None:
        """Remove the folder, unless it belongs to a state; a signal ends the process without any exit hook."""
        if self._clear is not None:
            self._clear()

    def _home(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="simulator-"))
            self._clear = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder
