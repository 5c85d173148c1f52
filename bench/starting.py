"""Figures of the start: `make run` in a fresh copy, and again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.world import ROOT, free_port


def timed_start(folder: Path, data: Path) -> float:
    """Return the seconds from `make run` to the line with the sign-in link, then stop it."""
    environment = {**os.environ, "PORT": str(free_port()), "DATA_DIR": str(data)}
    begun = time.perf_counter()
    run = subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    found = any(line.startswith("Sign in:") for line in iter(run.stdout.readline, ""))
    taken = time.perf_counter() - begun
    os.killpg(run.pid, signal.SIGINT)
    run.wait(30)
    if not found:
        raise SystemExit("make run ended before it told how to sign in.")
    return taken


def starts() -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="console-start-"))
    try:
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        cold = timed_start(folder, folder / "var")
        warm = min(timed_start(folder, folder / "var") for _ in range(2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Figure(
            "make run in a fresh copy, to the link",
            "≤ 60 s",
            f"{cold:.1f} s",
            "packages may be cached",
            cold <= 60,
        ),
        Figure("make run again", "≤ 5 s", f"{warm:.1f} s", "better of two", warm <= 5),
    ]
