"""Figures of the streams: time to the first token, time added to a token, how many at once, what a token costs."""

import asyncio
import contextlib
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from bench.client import Session, events
from bench.figures import Figure, median, quantile
from bench.world import KEY, Process, World, free_port

MODEL = "bench-50"  # the simulator sends 50 tokens a second, each the time at which it left, in nanoseconds
ROUNDS = 30
STAMP = re.compile(r"\d{19}")


@dataclass
class Reading:
    """What one reader saw: milliseconds from each token's departure to its arrival."""

    first: float = 0.0
    lags: list[float] = field(default_factory=list)
    tokens: int = 0

    def take(self, now: int, text: str) -> None:
        stamps = [int(stamp) for stamp in STAMP.findall(text)]
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
    async for now, _, data in events(stream):
        if isinstance(data, dict) and data.get("choices"):
            text = data["choices"][0]["delta"].get("content") or ""
            if text and not reading.first:
                reading.first = (now - begun) / 1e6
            reading.take(now, text)
    return reading


async def read_console(session: Session, tokens: int, panes: int = 1) -> Reading:
    """Post a turn and read its stream to the end, as the page does."""
    pane = {"connection": "bench", "model": MODEL, "api": "chat", "parameters": {"max_output_tokens": tokens}}
    reading = Reading()
    begun = time.time_ns()
    made = await session.call("POST", "/playground/turns/", {"input": "Go", "panes": [pane] * panes})
    if made.status != 201:
        raise SystemExit(f"The turn was refused: {made.status} {made.body[:300]!r}")
    async for now, name, data in events(session.stream("GET", json.loads(made.body)["stream"])):
        if name == "delta":
            reading.first = reading.first or (now - begun) / 1e6
            reading.take(now, data["text"])
        elif name == "done":
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
    """Compare CPU time: 60 streams through the console, then 60 through the relay by hand."""
    streams, tokens = 60, 250
    port = free_port()
    by_hand = world.start(port, "-m", "bench.relay", str(port), str(world.simulator.port))
    before = by_hand.cpu()
    await asyncio.gather(*(read_direct(port, tokens) for _ in range(streams)))
    reference = (by_hand.cpu() - before) / (streams * tokens) * 1e6
    before = web.cpu()
    await asyncio.gather(*(read_console(session, tokens) for _ in range(streams)))
    measured = (web.cpu() - before) / (streams * tokens) * 1e6
    return Figure(
        "CPU of the web process for a token (60 streams)",
        "≤ 4 × a relay by hand",
        f"{measured:.0f} µs, POST and storing included",
        f"relay {reference:.0f} µs: {measured / reference:.1f} ×",
        measured <= 4 * reference,
    )


async def many_streams(web: Process, session: Session, count: int) -> list[Figure]:
    """Open `count` streams over some seconds, as people do, and hold them all at once."""
    tokens, idle = 750, web.memory()
    peak = idle

    async def one(number: int) -> Reading:
        await asyncio.sleep(number * 4 / count)
        return await read_console(session, tokens)

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, web.memory())
            await asyncio.sleep(0.5)

    watching = asyncio.create_task(watch())
    readings = await asyncio.gather(*(one(number) for number in range(count)))
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    lags = [lag for one in readings for lag in one.lags]
    wrong = sum(one.tokens != tokens for one in readings)
    each = (peak - idle) / count / 1000
    p95 = quantile(lags, 0.95)
    return [
        Figure(
            f"{count} streams at 50 tokens/s in one process",
            "p95 ≤ 50 ms, all whole",
            f"{median(lags):.1f} ms p50, {p95:.1f} ms p95",
            f"{wrong} streams with lost or doubled text",
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
