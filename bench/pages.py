"""Figures of the pages: a list of 50 rows out of 100,000, its size, and what many streams do to it."""

import asyncio
import gzip
import time

from bench.client import Session
from bench.figures import Figure, median, quantile
from bench.streams import read_console
from bench.world import World, free_port

ROWS = 100_000
ROUNDS = 60
FILL = """
import hashlib
from django.utils import timezone
from console.models import Connection, Item
connection, now = Connection.objects.get(), timezone.now()
names = [f"ft-gpt-4.1-mini-{hashlib.sha256(str(n).encode()).hexdigest()[:12]}" for n in range(%d)]
from console.models.item import Seen
for start in range(0, len(names), 5000):
    Item.objects.take_in(connection.pk, "model", [
        Seen(name, name, {"id": name, "object": "model"}, status="generally-available", family="gpt-4.1",
             labels=frozenset({"chat", "fine-tuned"})) for name in names[start:start + 5000]])
"""


async def timed(session: Session, path: str, rounds: int = ROUNDS) -> list[float]:
    """Return the milliseconds of each call."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = await session.call("GET", path, accept="text/html")
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise SystemExit(f"GET {path} answered {answer.status}")
    return taken


async def lists(world: World, session: Session) -> list[Figure]:
    port = free_port()
    world.start(port, "-m", "bench.bare", str(port))
    bare = Session(port)
    await timed(bare, "/", 10)
    await timed(session, "/models/", 10)
    reference, measured = median(await timed(bare, "/")), median(await timed(session, "/models/"))
    searched = median(await timed(session, "/models/?q=ft-gpt+ab12", 15))
    zipped = await session.call("GET", "/models/", **{"accept": "text/html", "accept-encoding": "gzip"})
    size = len(zipped.body)
    if zipped.headers.get("content-encoding") == "gzip":
        gzip.decompress(zipped.body)
    return [
        Figure(
            f"list page, 50 rows out of {ROWS:,}, signed in",
            "≤ 2 × a bare page; < 100 ms",
            f"{measured:.1f} ms",
            f"bare {reference:.1f} ms: {measured / reference:.1f} ×",
            measured <= 2 * reference and measured < 100,
        ),
        Figure("the same over the wire, gzip", "≤ 15 KB", f"{size / 1000:.1f} KB", "", size <= 15_000),
        Figure(f"search in {ROWS:,} names", "< 300 ms", f"{searched:.0f} ms", "", searched < 300),
    ]


async def under_load(session: Session) -> Figure:
    idle = await timed(session, "/models/")
    streams = [asyncio.create_task(read_console(session, 400)) for _ in range(100)]
    await asyncio.sleep(2)
    busy = await timed(session, "/models/")
    await asyncio.gather(*streams)
    before, after = quantile(idle, 0.95), quantile(busy, 0.95)
    return Figure(
        "other pages while 100 streams run, p95",
        "≤ 4 × idle",
        f"{after:.0f} ms",
        f"idle {before:.0f} ms: {after / before:.1f} ×",
        after <= 4 * before,
    )


def fill(world: World) -> None:
    world.manage("shell", "-c", FILL % ROWS)
