"""Figures of one very large file: what it costs in memory to take it in, send it on, check it and hand it out.

`BENCH_FILE_SIZE` is its size in bytes, 2 GiB by default.
"""

import asyncio
import hashlib
import json
import os
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from bench.client import Session, head
from bench.figures import Figure
from bench.world import Process

MIB = 1024 * 1024
PART = 8 * MIB
SIZE = int(os.environ.get("BENCH_FILE_SIZE", 2 * 1024 * MIB))
MOST = 64 * MIB
LINE = b'{"item": {"question": "%s"}}\n'
PATIENCE = 1800
SLOW = 100_000  # bytes a second
JSON = {"accept": "application/json"}


async def transfers(web: Process, worker: Process, session: Session) -> AsyncIterator[Figure]:
    """A small file first, so that what is loaded once (the tokenizer alone is 70 MiB) counts for nobody."""
    small = await sent(session, await uploaded(session, 4096, "small.txt"))
    await checked(session, small)
    web.forget_peak()
    before = web.memory()
    begun = time.perf_counter()
    upload = await uploaded(session, SIZE, "large.txt")
    yield figure("web", f"taking in {told(SIZE)} in parts", web, before, begun)

    before, begun = worker.forget_peak(), time.perf_counter()
    file_url = await sent(session, upload)
    yield figure("worker", "sending it to the resource", worker, before, begun)

    before, begun = worker.forget_peak(), time.perf_counter()
    await checked(session, file_url)
    yield figure("worker", "the doctor reading it there", worker, before, begun)

    before, begun = web.forget_peak(), time.perf_counter()
    await read(session, f"{file_url}download/", SIZE)
    yield figure("web", "handing it out", web, before, begun)

    before, begun = web.forget_peak(), time.perf_counter()
    await read(session, f"{file_url}download/", 10 * SLOW, pace=SLOW)
    yield figure("web", "handing it to a reader of 100 kB/s", web, before, begun, size=10 * SLOW)


def figure(
    process: str, doing: str, measured: Process, before: int, begun: float, *, size: int = SIZE
) -> Figure:
    grown = measured.peak() - before
    speed = size / MIB / (time.perf_counter() - begun)
    reference = f"from {before / MIB:.0f} MiB, at {speed:.1f} MiB/s"
    return Figure(f"{process}, {doing}", "≤ 64 MiB more", f"{grown / MIB:.1f} MiB", reference, grown <= MOST)


def told(size: int) -> str:
    return f"{size / MIB / 1024:g} GiB" if size >= 1024 * MIB else f"{size / MIB:g} MiB"


def content(size: int) -> bytes:
    """Lines of 1 KiB each, so that a part ends with one."""
    line = LINE % (b"word " * 300)[: 1024 - len(LINE) + 2]
    return (line * (size // len(line) + 1))[:size]


async def uploaded(session: Session, size: int, name: str) -> dict[str, Any]:
    """Bring a file into the console as the page does: part by part, each with its hash."""
    part = content(min(size, PART))
    digest = hashlib.sha256(part).hexdigest()
    fields = {"connection": "bench", "kind": "assistants", "name": name, "size": size, "first": digest}
    form = {"content-type": "application/x-www-form-urlencoded"}
    upload = parsed(await session.call("POST", "/uploads/", urlencode(fields).encode(), **form, **JSON))
    for number in range(-(-size // PART)):
        data = part[: min(PART, size - number * PART)]
        headers = {"content-type": "application/octet-stream", **JSON}
        headers["x-part-sha256"] = digest if data is part else hashlib.sha256(data).hexdigest()
        answer = await session.call("POST", f"{upload['url']}parts/{number}/", data, **headers)
        upload = parsed(answer)
    return upload


async def sent(session: Session, upload: dict[str, Any]) -> str:
    """Wait until the worker has sent it; the address of its page."""
    return str((await until(session, upload["url"], lambda now: now["file_url"]))["file_url"])


async def checked(session: Session, file_url: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded", **JSON}
    parsed(await session.call("POST", f"{file_url}check/", b"purpose=evals", **form))
    await until(session, f"{file_url}check/", lambda now: now["report"])


async def until(session: Session, path: str, is_so: Any) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while not is_so(now := parsed(await session.call("GET", path, **JSON))):
        if time.monotonic() > end or "failed" in (now.get("state"), (now["job"] or {}).get("state")):
            raise SystemExit(f"{path} came to nothing: {now}")
        await asyncio.sleep(0.5)
    return now


async def read(session: Session, path: str, size: int, *, pace: int = 0) -> None:
    """Read a body up to `size` bytes and drop it; with `pace` no faster than so many bytes a second."""
    reader, writer = await session.open("GET", path, accept="*/*")
    status, headers, _ = await head(reader)
    arrived, begun = 0, time.perf_counter()
    if status != 200 or int(headers["content-length"]) < size:
        raise SystemExit(f"{path} answered {status}: {headers}")
    while arrived < size and (piece := await reader.read(65536)):
        arrived += len(piece)
        if pace:
            await asyncio.sleep(max(arrived / pace - (time.perf_counter() - begun), 0))
    writer.close()
    if arrived < size:
        raise SystemExit(f"{path} ended after {arrived:,} bytes.")


def parsed(answer: Any) -> dict[str, Any]:
    if answer.status >= 400:
        raise SystemExit(f"The console answered {answer.status}: {answer.body[:300]!r}")
    found: dict[str, Any] = json.loads(answer.body)
    return found
