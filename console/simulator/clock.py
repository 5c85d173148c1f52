"""Time in the simulator: scaled waiting, and identifiers that carry the second they were made in."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

from console.simulator.words import digest


class Clock:
    """Now, and pauses multiplied by `speed` (1 = as a real model, 0.5 = twice as fast, 0 = no waiting)."""

    def __init__(self, *, seed: int, speed: float, now: Callable[[], float] = time.time) -> None:
        self.speed = speed
        self.now = now
        self._seed = seed
        self._count = 0

    def seconds(self) -> int:
        return int(self.now())

    async def pause(self, seconds: float) -> None:
        if self.speed > 0 and seconds > 0:
            await asyncio.sleep(seconds * self.speed)

    def elapsed(self, began: float) -> float:
        """Seconds of simulated time (at speed 1) since `began`; endless when nothing waits."""
        return (self.now() - began) / self.speed if self.speed > 0 else math.inf

    def moment(self, began: float, seconds: float) -> int:
        """The Unix second at which `seconds` of simulated time after `began` are over."""
        return int(began + seconds * self.speed)

    def identifier(self, prefix: str, length: int = 48) -> str:
        """`prefix` and hexadecimal digits: the second, then a hash of the seed and a running number."""
        self._count += 1
        tail = digest("id", self._seed, self._count, self.now())
        return f"{prefix}{self.seconds():08x}{tail}"[: len(prefix) + length]

    def request_id(self) -> str:
        """Identifier in the shape of a UUID."""
        text = self.identifier("", 32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def iso(timestamp: float) -> str:
    """ISO 8601 in UTC, as ARM writes it."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
