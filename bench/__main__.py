"""`python -m bench [start] [streams] [pages]`: every figure with its aim and its reference; all parts by default."""

import asyncio
import sys

from bench.client import Session
from bench.figures import HEADING, Figure
from bench.pages import fill, lists, under_load
from bench.starting import starts
from bench.streams import cost_of_a_token, eight_panes, first_token, many_streams
from bench.world import World, world

PARTS = ("start", "streams", "pages")


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


main()
