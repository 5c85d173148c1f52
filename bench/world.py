"""The processes that are measured: a console on SQLite with one signed-in person, and the simulator."""

import contextlib
import os
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
KEY = "bench-" + secrets.token_hex(12)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"Nothing listens on port {port}.")


@dataclass
class Process:
    """A server under measurement."""

    port: int
    running: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Return the CPU seconds used so far, in user and system mode."""
        values = Path(f"/proc/{self.running.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / TICKS

    def memory(self) -> int:
        """Return the resident memory in bytes."""
        pages = int(Path(f"/proc/{self.running.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def forget_peak(self) -> int:
        """Have the highest memory counted anew from what it is now, which is returned."""
        Path(f"/proc/{self.running.pid}/clear_refs").write_text("5")
        return self.peak()

    def peak(self) -> int:
        """Return the highest resident memory in bytes since it was counted anew."""
        status = Path(f"/proc/{self.running.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


@dataclass
class World:
    folder: Path
    environment: dict[str, str]
    simulator: Process
    processes: list[Process] = field(default_factory=list)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, port: int, *command: str) -> Process:
        process = Process(port, subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self.environment))
        self.processes.append(process)
        wait_for(port)
        return process

    def worker(self) -> Process:
        command = [sys.executable, "manage.py", "worker"]
        process = Process(0, subprocess.Popen(command, cwd=ROOT, env=self.environment))
        self.processes.append(process)
        return process

    def web(self) -> Process:
        port = int(self.environment["PORT"])
        return self.start(port, "manage.py", "web", "--port", str(port))


@contextlib.contextmanager
def world(*, files: int = 0) -> Iterator[World]:
    """Make a console with the account `bench` and the connection `bench`; everything goes at the end.

    With `files` there is a second connection `bulk`, to a resource that has that many.
    """
    folder = Path(tempfile.mkdtemp(prefix="console-bench-"))
    simulator_port, port = free_port(), free_port()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384) if soft < 16384 else soft, hard))
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "ENCRYPTION_KEYS": "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtISE=",
        "LOG_LEVEL": "WARNING",
        "OUTBOUND_ALLOW_HOSTS": f"127.0.0.1:{simulator_port}",
        "PLAYGROUND_RUNS": "2000",
        "PLAYGROUND_RUNS_PER_USER": "2000",
        "PORT": str(port),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SIMULATOR_URL": f"http://127.0.0.1:{simulator_port}",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    simulated = [
        sys.executable,
        "-m",
        "console.simulator",
        f"--port={simulator_port}",
        f"--key={KEY}",
        "--speed=1",
        f"--files={files}",
    ]
    simulator = Process(simulator_port, subprocess.Popen(simulated, cwd=ROOT))
    made = World(folder, environment, simulator, [simulator])
    try:
        wait_for(simulator_port)
        made.manage("migrate", "-v0")
        made.manage("create_user", "bench", "--role", "admin")
        environment["BENCH_KEY"] = KEY
        host = f"http://127.0.0.1:{simulator_port}"
        connect(made, "bench", f"{host}/openai/v1/")
        if files:
            connect(made, "bulk", f"{host}/resources/bulk/openai/v1/")
        yield made
    finally:
        for process in reversed(made.processes):
            process.running.terminate()
        for process in made.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.running.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def connect(made: World, name: str, url: str) -> None:
    made.manage("connection", "add", name, "--url", url, "--auth", "key", "--secret-env", "BENCH_KEY")
