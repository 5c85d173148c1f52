"""Where the outcome of a change waits while the database cannot take it: one fsynced line each in DATA_DIR.

A waiting line has its event id, so that taking it in twice writes it once.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings


def spool() -> Path:
    return Path(settings.DATA_DIR) / "audit-spool.jsonl"


@contextmanager
def locked() -> Iterator[Path]:
    """Hold the spool of this machine against every other process."""
    path = spool()
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


def keep(content: dict[str, Any]) -> None:
    """Add one event that waits; it is on the disk when this returns."""
    with locked() as path:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, json.dumps(content).encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def waiting() -> list[dict[str, Any]]:
    """Return the events that wait, oldest first; a line that was cut by a crash is left out."""
    path = spool()
    return list(parsed(path.read_bytes())) if path.exists() else []


def parsed(text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue
