"""Runs the console's processes on one machine: starts them, restarts what dies, stops all of them in order."""

import contextlib
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from console.first_start import BASE_DIR

PATIENCE = 8.0  # seconds that a process gets to stop by itself
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to stop this process when the supervisor is killed; other systems have no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Part:
    """One process: `command` is what follows the Python interpreter; one that `waits` is not needed for a page."""

    name: str
    command: Sequence[str]
    waits: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=BASE_DIR,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def revive(self, say: Callable[[str], None]) -> None:
        """Start again when the process has ended, after a pause that grows while it keeps failing."""
        if self.process is None or self.process.poll() is None:
            return
        lived = time.monotonic() - self.started
        self.failures = 0 if lived > 30 else self.failures + 1
        if lived >= min(0.5 * 2**self.failures, 30):
            say(f"{self.name} ended with status {self.process.returncode}; starting it again.")
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Keeps `parts` running from `start` until a signal; the first of them is stopped first."""

    def __init__(self, parts: Sequence[Part], say: Callable[[str], None]) -> None:
        self.parts = parts
        self.say = say
        self.is_stopping = False

    def start(self) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.ask_to_stop)
        for part in reversed(self.parts):
            if not part.waits:
                part.start()

    def start_rest(self) -> None:
        """Start the parts that waited, so that they did not slow down the first page."""
        for part in self.parts:
            if part.waits:
                part.start()

    def ask_to_stop(self, *_: object) -> None:
        self.is_stopping = True

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> bool:
        """Return whether `is_ready` came true in time, before a stop and before a part ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.is_stopping:
            if is_ready():
                return True
            if any(part.process and part.process.poll() is not None for part in self.parts):
                return False
            time.sleep(0.05)
        return False

    def watch(self) -> None:
        """Restart what dies until a signal comes."""
        while not self.is_stopping:
            for part in self.parts:
                part.revive(self.say)
            with contextlib.suppress(InterruptedError):
                time.sleep(0.2)

    def stop(self) -> None:
        """Stop the first part, which serves people, then all others at once."""
        first, *others = self.parts
        first.stop()
        for part in others:
            part.ask_to_stop()
        for part in others:
            part.stop()
