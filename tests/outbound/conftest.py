"""Doors and upstreams for the tests of the door; nothing here needs Django's database."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator

import pytest

from console.outbound.limits import CallClass
from console.outbound.policy import Policy
from console.outbound.transport import Answer, Door, trusting_context

from .faults import FaultServer

QUICK = CallClass("quick", 1024 * 1024, connect=2.0, first_byte=0.4, idle=0.4, total=5.0)
ONCE = dataclasses.replace(QUICK, retry=False)


@pytest.fixture
def upstream() -> Iterator[FaultServer]:
    server = FaultServer()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[FaultServer]:
    server = FaultServer()
    yield server
    server.close()


CONTEXT = trusting_context()


@pytest.fixture
def door(upstream: FaultServer) -> Iterator[Door]:
    door = Door(Policy(allow_hosts=[f"127.0.0.1:{upstream.port}"]), context=CONTEXT)
    yield door
    door.close()


class Caller:
    """Makes the same call in one of the ways that the door offers, and reads the whole answer."""

    def __init__(self, way: str) -> None:
        self.way = way

    def __call__(self, door: Door, method: str, url: str, **options: object) -> Answer:
        call: Callable[..., Answer] = getattr(self, "_" + self.way)
        return call(door, method, url, **{"limits": ONCE, **options})

    def _request(self, door: Door, method: str, url: str, **options: object) -> Answer:
        return door.request(method, url, **options)

    def _arequest(self, door: Door, method: str, url: str, **options: object) -> Answer:
        return asyncio.run(door.arequest(method, url, **options))

    def _stream(self, door: Door, method: str, url: str, **options: object) -> Answer:
        with door.stream(method, url, **options) as answer:
            return Answer(answer.status, answer.headers, answer.read(), answer.elapsed, answer.attempts)

    def _astream(self, door: Door, method: str, url: str, **options: object) -> Answer:
        async def whole() -> Answer:
            async with door.astream(method, url, **options) as answer:
                body = await answer.read()
                return Answer(answer.status, answer.headers, body, answer.elapsed, answer.attempts)

        return asyncio.run(whole())


@pytest.fixture(params=["request", "arequest", "stream", "astream"])
def ask(request: pytest.FixtureRequest) -> Caller:
    """Every way of calling."""
    return Caller(request.param)


@pytest.fixture(params=["request", "arequest"])
def ask_whole(request: pytest.FixtureRequest) -> Caller:
    """The ways that return a whole answer, and repeat reads."""
    return Caller(request.param)
