"""`python -m bench [PART ...]`: every figure with its aim and its reference; all PARTS by default."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable

from bench.client import Session
from bench.figures import HEADING, Figure
from bench.files import FILES, many_files
from bench.pages import fill, lists, under_load
from bench.starting import starts
from bench.streams import cost_of_a_token, eight_panes, first_token, many_streams
from bench.transfers import transfers
from bench.world import Process, World, world

Part = Callable[[Process, Process, Session], AsyncIterator[Figure]]
PARTS = ("start", "streams", "pages", "files", "transfers")


async def sign_in(one: World, port: int) -> Session:
    session = Session(port)
    link = one.manage("sign_in_link", "bench").split()[-1]
    await session.call("GET", "/" + link.split("/", 3)[3])
    await session.call("GET", "/playground/")
    return session


async def measure(one: World, parts: set[str]) -> None:
    if "pages" in parts:
        fill(one)
    web = one.web()
    session = await sign_in(one, web.port)
    idle = web.memory()
    if "streams" in parts:
        show(await first_token(one, session))
        show(await eight_panes(one, session))
        show(await cost_of_a_token(one, web, session))
        show(*await many_streams(one, web, session, 300, idle=idle))
    if "pages" in parts:
        show(*await lists(one, session))
        show(await under_load(session))


async def moved(one: World, part: Part) -> None:
    """Measure a part that has a console of its own, with a worker."""
    web, worker = one.web(), one.worker()
    async for figure in part(web, worker, await sign_in(one, web.port)):
        show(figure)


def show(*figures: Figure) -> None:
    for figure in figures:
        print(figure, flush=True)


def main() -> None:
    parts = set(sys.argv[1:]) or set(PARTS)
    if unknown := parts - set(PARTS):
        raise SystemExit(f"Unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    print(HEADING, flush=True)
    if "start" in parts:
        show(*starts())
    if parts & {"streams", "pages"}:
        with world() as one:
            asyncio.run(measure(one, parts))
    if "files" in parts:
        with world(files=FILES) as one:
            asyncio.run(moved(one, many_files))
    if "transfers" in parts:
        with world() as one:
            asyncio.run(moved(one, transfers))


main()
