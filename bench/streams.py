"""Figures of the streams: time to the first token, time added to a token, how many at once, what a token costs."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bench.client import Session
from bench.figures import Figure, median, quantile
from bench.world import KEY, Process, World, free_port

MODEL = "bench-50"  # the simulator sends 50 tokens a second, each the time at which it left, in nanoseconds
ROUNDS = 30
OPENING = 10  # seconds in which many streams are opened
STAMP = re.compile(rb"(?<!\d)\d{19}(?!\d)")


@dataclass
class Reading:
    """What one reader saw: milliseconds from each token's departure to its arrival."""

    first: float = 0.0
    lags: list[float] = field(default_factory=list)
    tokens: int = 0

    def take(self, now: int, begun: int, part: bytes) -> None:
        """Look for the stamps alone: a client that parses everything would be measured with the server."""
        stamps = [int(stamp) for stamp in STAMP.findall(part)]
        if stamps and not self.first:
            self.first = (now - begun) / 1e6
        self.tokens += len(stamps)
        self.lags += [(now - stamp) / 1e6 for stamp in stamps]


def direct_body(tokens: int) -> dict[str, Any]:
    message = [{"role": "user", "content": "Go"}]
    return {"model": MODEL, "messages": message, "stream": True, "max_completion_tokens": tokens}


async def read_direct(port: int, tokens: int) -> Reading:
    """Ask the simulator, or a relay before it, without the console."""
    reading = Reading()
    session = Session(port, {"api-key": KEY})
    begun = time.time_ns()
    stream = session.stream("POST", "/openai/v1/chat/completions", direct_body(tokens))
    async for now, part in stream:
        reading.take(now, begun, part)
    return reading


async def read_console(session: Session, tokens: int, panes: int = 1) -> Reading:
    """Post a turn and read its stream to the end, as the page does."""
    pane = {"connection": "bench", "model": MODEL, "api": "chat", "parameters": {"max_output_tokens": tokens}}
    reading = Reading()
    begun = time.time_ns()
    made = await session.call("POST", "/playground/turns/", {"input": "Go", "panes": [pane] * panes})
    if made.status != 201:
        raise SystemExit(f"The turn was refused: {made.status} {made.body[:300]!r}")
    async for now, part in session.stream("GET", json.loads(made.body)["stream"]):
        reading.take(now, begun, part)
        if b"event: done" in part:
            break
    return reading


async def first_token(world: World, session: Session) -> Figure:
    direct, console = [], []
    for _ in range(ROUNDS):
        direct.append((await read_direct(world.simulator.port, 2)).first)
        console.append((await read_console(session, 2)).first)
    added = median(console) - median(direct)
    return Figure(
        "first token, POST to first delta, minus direct",
        "≤ 10 ms p50",
        f"{added:.1f} ms ({median(console):.1f} ms in all)",
        f"direct {median(direct):.1f} ms",
        added <= 10,
    )


async def eight_panes(world: World, session: Session) -> Figure:
    direct = await asyncio.gather(*(read_direct(world.simulator.port, 200) for _ in range(8)))
    console = await read_console(session, 200, panes=8)
    reference = [lag for one in direct for lag in one.lags]
    p50 = median(console.lags) - median(reference)
    p95 = quantile(console.lags, 0.95) - quantile(reference, 0.95)
    return Figure(
        "added to a token, eight panes in one response",
        "≤ 1 ms p50, ≤ 5 ms p95",
        f"{p50:.2f} ms p50, {p95:.2f} ms p95",
        f"direct {median(reference):.2f} / {quantile(reference, 0.95):.2f} ms",
        p50 <= 1 and p95 <= 5,
    )


async def cost_of_a_token(world: World, web: Process, session: Session) -> Figure:
    """Compare CPU time: 60 streams through the relay by hand, then 60 through the console.

    What a turn costs whatever its length is measured with turns of two tokens, and told apart.
    """
    port = free_port()
    by_hand = world.start(port, "-m", "bench.relay", str(port), str(world.simulator.port))
    _, reference = await costs(by_hand, lambda tokens: read_direct(port, tokens))
    turn, measured = await costs(web, lambda tokens: read_console(session, tokens))
    return Figure(
        "CPU of the web process for a token (60 streams)",
        "≤ 4 × a relay by hand",
        f"{measured:.0f} µs with storing; {turn:.0f} ms a turn",
        f"relay {reference:.0f} µs: {measured / reference:.1f} ×",
        measured <= 4 * reference,
    )


async def costs(process: Process, read: Callable[[int], Awaitable[Reading]]) -> tuple[float, float]:
    """Return the CPU milliseconds of a turn and the CPU microseconds of each of its tokens."""
    streams, short, long = 60, 2, 500
    used = []
    for tokens in (short, long):
        before = process.cpu()
        await asyncio.gather(*(read(tokens) for _ in range(streams)))
        used.append((process.cpu() - before) / streams)
    each = (used[1] - used[0]) / (long - short)
    return (used[0] - short * each) * 1e3, each * 1e6


async def many_streams(
    world: World, web: Process, session: Session, count: int, *, idle: int
) -> list[Figure]:
    """Open `count` streams over some seconds, as people do, and hold them all at once.

    The reference is the same without the console: what is late there, the machine is too small for. `idle` is
    the memory, in bytes, that the process took before it had done anything.
    """
    tokens = 1000
    before = peak = web.memory()

    async def one(number: int, read: Callable[[], Awaitable[Reading]]) -> Reading:
        await asyncio.sleep(number * OPENING / count)
        return await read()

    def all_of(read: Callable[[], Awaitable[Reading]]) -> Awaitable[list[Reading]]:
        return asyncio.gather(*(one(number, read) for number in range(count)))

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, web.memory())
            await asyncio.sleep(0.5)

    direct = await all_of(lambda: read_direct(world.simulator.port, tokens))
    reference = quantile((lag for one in direct for lag in one.lags), 0.95)
    watching = asyncio.create_task(watch())
    readings = await all_of(lambda: read_console(session, tokens))
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    lags = [lag for one in readings for lag in one.lags]
    wrong = sum(one.tokens != tokens for one in readings)
    each = (peak - before) / count / 1000
    p95 = quantile(lags, 0.95)
    return [
        Figure(
            f"{count} streams at 50 tokens/s in one process",
            "p95 ≤ 50 ms, all whole",
            f"{median(lags):.1f} ms p50, {p95:.1f} ms p95; {wrong} not whole",
            f"direct {reference:.1f} ms p95",
            p95 <= 50 and not wrong,
        ),
        Figure(
            "memory of a stream; web process when idle",
            "≤ 100 KB; ≤ 150 MB",
            f"{each:.0f} KB; {idle / 1e6:.0f} MB",
            "",
            each <= 100 and idle <= 150e6,
        ),
    ]
