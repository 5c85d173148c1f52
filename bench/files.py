"""Figures of very many files in one connection: the first listing of all, stopping it, and what pages then take."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bench.client import Session
from bench.figures import Figure, median
from bench.pages import timed
from bench.world import Process

FILES = 100_000
PATIENCE = 600
REST = 6  # seconds: what was read within the last 5 is not read again
LIST = "/files/?connection=bulk"
MIB = 1024 * 1024


async def many_files(web: Process, worker: Process, session: Session) -> AsyncIterator[Figure]:
    """Read them once as a person's page has it done, from a listing that was stopped on its way."""
    stopped, seen = await stop(session)
    yield Figure(
        "stopping a listing on its way", "≤ 5 s", f"{stopped:.1f} s", f"after {seen:,} files", stopped <= 5
    )
    await asyncio.sleep(REST)
    used = web.cpu() + worker.cpu()
    begun = time.perf_counter()
    async with reading(session):
        await until(session, lambda sync: sync["state"] == "done")
    taken, used = time.perf_counter() - begun, web.cpu() + worker.cpu() - used
    total = (await known(session))["total"]
    yield Figure(
        f"first listing of {total:,} files",
        "≤ 120 s",
        f"{taken:.0f} s",
        f"{used:.0f} s of the processor",
        taken <= 120 and total == FILES,
    )
    for name, path, most in (
        ("list of files, 50 rows, all connections", "/files/", 100),
        ("list of one connection, newest first", f"{LIST}&sort=-created", 100),
        ("search in the names of files", f"{LIST}&q=handbook+0041", 300),
    ):
        taken = median(await timed(session, path, 20))
        yield Figure(name, f"< {most} ms", f"{taken:.0f} ms", "", taken < most)
    peak = web.peak() / MIB
    yield Figure("web process after all that, peak", "< 250 MB", f"{peak:.0f} MiB", "", peak * MIB < 250e6)


@asynccontextmanager
async def reading(session: Session) -> AsyncIterator[None]:
    """Ask for a listing as the page does, and do not wait for its end."""
    _, writer = await session.open("POST", "/files/refresh/", accept="application/json")
    await writer.drain()
    yield
    writer.close()


async def known(session: Session) -> dict[str, Any]:
    answer = await session.call("GET", LIST, accept="application/json")
    found: dict[str, Any] = next(
        one for one in json.loads(answer.body)["syncs"] if one["connection"] == "bulk"
    )
    return found


async def until(session: Session, is_so: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so(await known(session)):
        if time.monotonic() > end:
            raise SystemExit(f"Not within {PATIENCE} s: {await known(session)}")
        await asyncio.sleep(0.5)


async def stop(session: Session) -> tuple[float, int]:
    """Stop a listing that has begun; the seconds until it ended, and how many files it had read."""
    async with reading(session):
        await until(session, lambda sync: sync["state"] == "running" and sync["read"] > 5000)
        begun = time.perf_counter()
        await session.call("POST", "/c/bulk/index/file/cancel/")
        await until(session, lambda sync: sync["state"] == "cancelled")
        return time.perf_counter() - begun, (await known(session))["read"]
