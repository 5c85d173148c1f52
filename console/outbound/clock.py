"""Wall-clock deadlines of one call: connecting, first byte, silence, total."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .errors import ConnectTimeout, FirstByteTimeout, IdleTimeout, Timeout, TotalTimeout
from .limits import CallClass

__all__ = ["Clock", "Watch"]

T = TypeVar("T")


class Clock:
    """When the present phase of a call must be over, whatever trickles in meanwhile."""

    __slots__ = ("_is_connected", "_kind", "at", "ends", "limits", "started")

    def __init__(self, limits: CallClass) -> None:
        self.limits = limits
        self.started = time.monotonic()
        self.ends = self.started + limits.total
        self.begin_attempt()

    def begin_attempt(self) -> None:
        """An attempt starts with its connection."""
        self._is_connected = False
        self._until(time.monotonic() + self.limits.connect, ConnectTimeout)

    def connected(self) -> None:
        """There is a connection, new or kept: from now on the first byte of the body is waited for."""
        if not self._is_connected:
            self._is_connected = True
            self.sent()

    def sent(self) -> None:
        """The request has left, or is so short that it leaves at once: the answer may take its time."""
        self._until(time.monotonic() + self.limits.first_byte, FirstByteTimeout)

    def touch(self) -> None:
        """Something meaningful arrived: the silence may begin anew."""
        self._until(time.monotonic() + self.limits.idle, IdleTimeout)

    def _until(self, at: float, kind: type[Timeout]) -> None:
        self.at, self._kind = (at, kind) if at < self.ends else (self.ends, TotalTimeout)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def remaining(self) -> float:
        """Seconds left in this phase. Raises the phase's own error when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise self.error()
        return left

    def error(self) -> Timeout:
        """The error of the present phase's deadline."""
        return self._kind(sent=self._is_connected)


class Watch:
    """Ends an `await` at the clock's deadline.

    One loop timer serves the whole call: moving the deadline costs an assignment, not a new timer per chunk.
    """

    __slots__ = ("_clock", "_due", "_fail", "_fired", "_loop", "_task", "_timer")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._fail: Callable[[Exception], object] | None = None
        self._task: asyncio.Task[object] | None = None
        self._fired = False

    async def run(self, awaitable: Awaitable[T]) -> T:
        """The awaited value; raises the clock's error when the deadline passes first."""
        self._arm(self._clock.remaining())
        task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        self._task, self._fired = task, False
        try:
            return await awaitable
        except asyncio.CancelledError:
            if self._fired and task is not None and task.uncancel() <= before:
                raise self._clock.error() from None
            raise
        finally:
            self._task = None

    def guard(self, fail: Callable[[Exception], object]) -> None:
        """From now on tells `fail` the clock's error at the deadline, whether or not anybody waits then."""
        self._fail = fail
        self._arm(self._clock.remaining())

    def moved(self) -> None:
        """Obeys a deadline that has become nearer; one that has become later is seen when the timer rings."""
        if self._clock.at < self._due:
            self._arm(self._clock.at - time.monotonic())

    def connected(self) -> None:
        """Passes the news on to the clock, and obeys a deadline that has become nearer."""
        self._clock.connected()
        self._arm(self._clock.at - time.monotonic())

    def close(self) -> None:
        """Stops the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, left: float) -> None:
        due = self._loop.time() + left
        if self._timer is not None and (self._timer.when() > due or self._timer.cancelled()):
            self.close()
        if self._timer is None:
            self._due = time.monotonic() + left
            self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        left = self._clock.at - time.monotonic()
        if left > 0.001:
            self._arm(left)
        elif self._fail is not None:
            self._fail(self._clock.error())
        elif self._task is not None:
            self._fired = True
            self._task.cancel()
