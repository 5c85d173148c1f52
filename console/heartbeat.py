"""The worker's sign of life: when a worker last ended a task, told to the web processes through the cache."""

import time
from typing import Any

from django.core.cache import cache

KEY = "worker.seen"


def note(*_: Any, **__: Any) -> None:
    """Remember that a worker is alive now."""
    cache.set(KEY, time.time(), timeout=None)


def age() -> float | None:
    """Return how many seconds ago a worker was last seen; None for never."""
    seen = cache.get(KEY)
    return max(time.time() - seen, 0.0) if isinstance(seen, float) else None
