"""The console as people run it: `manage.py up --demo`, with a data folder and a port of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.conftest import reserve_port

HERE = Path(__file__).parent.parent.parent
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
PATIENCE = 60.0  # seconds for anything that has to happen at all


def until(is_so: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> None:
    """Wait for `is_so`; fails with `what` when it does not come true in time."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds:g} s: {what}")
        time.sleep(0.05)


class Console:
    """A running console; `url`, `sign_in_url` and the simulator's `simulator_url` and key are what it printed."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="console-browser-")
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment |= {"DATA_DIR": self.folder, "PORT": str(reserve_port())}
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--demo"],
            cwd=HERE,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        until(self.has_started, "the console starts")
        self.url = self.found(r"v1 console: (\S+)/$")
        self.sign_in_url = self.found(r"Sign in: (\S+)$")
        self.simulator_url = self.found(r"Simulator: (http://[^/]+)/openai/v1/ key")
        self.simulator_key = self.found(r"Simulator: \S+ key (\S+)$")

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    def has_started(self) -> bool:
        self.must_run()
        return "Stop with Ctrl-C." in self.said

    def found(self, pattern: str) -> str:
        return next(match[1] for line in self.said if (match := re.match(pattern, line)))

    def manage(self, *arguments: str) -> str:
        """Run a management command beside the running console, as somebody with a shell does."""
        command = [sys.executable, "manage.py", *arguments]
        ran = subprocess.run(
            command, cwd=HERE, env=self.environment, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()

    def calls(self, deployment: str) -> int:
        """Return how many requests `RESOURCE/DEPLOYMENT` of the simulator has taken on."""
        return self.counted(f"deployment {deployment}")

    def counted(self, name: str) -> int:
        """Return one of the simulator's counters, 0 for one that it does not have yet."""
        with urlopen(f"{self.simulator_url}/statistics") as answer:
            return int(json.load(answer)["calls"].get(name, 0))

    def must_run(self) -> None:
        """Fail at once, and with what the console said, when it has ended by itself."""
        if self.process.poll() is not None:
            self.reader.join(PATIENCE)
            raise AssertionError(
                f"The console has ended, {self.process.returncode}:\n" + "\n".join(self.said)
            )

    def is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz") as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            return False

    def children(self) -> dict[int, str]:
        """Return the processes that the console has started: what they run, by their id."""
        table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,args="], text=True)
        rows = (line.split(None, 2) for line in table.splitlines())
        return {int(row[0]): row[2] for row in rows if row[1] == str(self.process.pid)}

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Let the simulator accept whatever comes and answer nothing, as a frozen resource does."""
        frozen = next(pid for pid, command in self.children().items() if "simulator" in command)
        os.kill(frozen, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(frozen, signal.SIGCONT)

    def pull_the_plug(self) -> None:
        """Kill the web process without a warning, and wait for the one that takes its place."""
        victim = next(pid for pid, command in self.children().items() if command.endswith("manage.py web"))
        os.kill(victim, signal.SIGKILL)
        until(lambda: victim not in self.children(), "the killed process is gone")
        until(self.is_ready, "the console is ready again")

    def stop(self) -> None:
        """Press Ctrl-C and hold the console to a clean end."""
        self.must_run()
        children = self.children()
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        table = subprocess.check_output(["ps", "-A", "-o", "pid=,args="], text=True)
        running = dict(line.split(None, 1) for line in table.splitlines())
        left = [command for pid, command in children.items() if running.get(str(pid)) == command]
        assert status == 0, "\n".join(self.said)
        assert left == []
