"""The one retry policy: reads only, at most two more attempts, as slowly as the upstream asks.

The hints, in this order: `x-should-retry`, `retry-after-ms`, `retry-after` in seconds or as an HTTP date
(RFC 9110, 10.2.3).
"""

import math
import random
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from .errors import ConnectionLost, UpstreamError

__all__ = ["READS", "RetryBudget", "delay_before_retry", "told_to_wait"]

READS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_RETRIES = 2
LONGEST_WAIT = 120.0
JITTER = random.SystemRandom()
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def told_to_wait(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Seconds the upstream asks to wait; None when it does not say, or not in a way that can be obeyed."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after", "")
    seconds = _number(text)
    return seconds if seconds is not None else _until(text, time.time() if now is None else now)


def delay_before_retry(error: UpstreamError, *, method: str, attempt: int, hint: str = "") -> float | None:
    """Seconds to wait before one more attempt; None when there must not be one.

    `attempt` counts from 1; `hint` is the answer's `x-should-retry`. A write is only repeated if no byte
    left.
    """
    if attempt > MAX_RETRIES or not _may_repeat(error, method, hint):
        return None
    if error.retry_after is None:
        return JITTER.uniform(0.5, 1.0) * 0.5 * float(2 ** (attempt - 1))
    if error.retry_after > LONGEST_WAIT:
        return None
    return error.retry_after + JITTER.uniform(0.0, 0.09)


def _may_repeat(error: UpstreamError, method: str, hint: str) -> bool:
    if not error.sent:
        return error.kind == "timeout_connect"
    if method not in READS or hint == "false":
        return False
    return hint == "true" or isinstance(error, ConnectionLost) or error.status in PASSING


class RetryBudget:
    """Lets retries be a fifth of the calls in the long run, so that a failing upstream is not flooded."""

    FULL = 10.0

    def __init__(self) -> None:
        self._left = self.FULL

    def called(self) -> None:
        self._left = min(self.FULL, self._left + 0.2)

    def spend(self) -> bool:
        """Takes one retry; False when none is left."""
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def _number(text: str) -> float | None:
    """The largest of the numbers in a header, which may have been sent twice; None if one is not a number."""
    parts = [part.strip() for part in text.split(",")]
    if not all(SECONDS.fullmatch(part) for part in parts):
        return None
    number = max(float(part) for part in parts)
    return number if math.isfinite(number) else None


def _until(date: str, now: float) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - now)
    except (ValueError, OverflowError, TypeError):
        return None
