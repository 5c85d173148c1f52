"""The asynchronous connections: httpx over aiohttp, one session per event loop, only to checked addresses.

aiohttp asks its resolver at every new connection and connects to exactly the addresses that it gets. It does
not ask for hosts that are addresses already; those, `Policy.check_target` has judged by then.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

from .clock import Watch
from .limits import MAX_HEADER_BYTES
from .resolve import Resolver

__all__ = ["WATCH", "AsyncPool"]

LONGEST_LOOKUP = 5.0
WATCH: ContextVar[Watch | None] = ContextVar("WATCH", default=None)
"""The watch of the call that this task makes at the moment, to be told when its connection stands."""


class AsyncPool:
    """Hands out the client of the running loop; a loop that shuts down closes its own client."""

    def __init__(self, resolver: Resolver, context: ssl.SSLContext) -> None:
        self._resolver = resolver
        self._context = context
        self._clients: dict[asyncio.AbstractEventLoop, _LoopClient] = {}
        self._lock = threading.Lock()

    async def client(self) -> httpx.AsyncClient:
        """The client of the running loop, made at its first call."""
        loop = asyncio.get_running_loop()
        mine = self._clients.get(loop)
        if mine is None:
            mine = _LoopClient(self._resolver, self._context)
            with self._lock:
                closed = [other for other in self._clients if other.is_closed()]
                for other in closed:
                    del self._clients[other]
                self._clients[loop] = mine
            await mine.open()
        return mine.client

    async def aclose(self) -> None:
        """Closes the client of the running loop."""
        with self._lock:
            mine = self._clients.pop(asyncio.get_running_loop(), None)
        if mine is not None:
            await mine.close()


class _LoopClient:
    def __init__(self, resolver: Resolver, context: ssl.SSLContext) -> None:
        self._session = _session(resolver, context)
        self.client = httpx.AsyncClient(
            transport=_Transport(verify=context, trust_env=False, client=self._session),
            trust_env=False,
            follow_redirects=False,
        )
        self.client.headers.clear()
        self._life = self._lifetime()

    async def open(self) -> None:
        await anext(self._life)

    async def close(self) -> None:
        await self._life.aclose()

    async def _lifetime(self) -> AsyncGenerator[None, None]:
        """Ends with its loop: `asyncio.run` and its kin close the asynchronous generators still alive."""
        try:
            yield
        finally:
            await self.client.aclose()


class _Transport(AiohttpTransport):
    """Leaves aiohttp's own reader of the body in reach: a stream need not pass four generators a chunk."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, AiohttpResponseStream)  # noqa: S101 - what it makes
        response.extensions["content"] = response.stream._aiohttp_response.content
        return response


class _CheckedResolver(AbstractResolver):
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        found = await self._resolver.aaddresses(host, port, seconds=LONGEST_LOOKUP)
        return [_result(host, port, address) for address in found]

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )


async def _connected(session: aiohttp.ClientSession, context: SimpleNamespace, told: object) -> None:  # noqa: ARG001
    watch = WATCH.get()
    if watch is not None:
        watch.connected()


def _session(resolver: Resolver, context: ssl.SSLContext) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=_CheckedResolver(resolver), use_dns_cache=False, ssl=context, limit=0, keepalive_timeout=15.0
    )
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(_connected)
    tracing.on_connection_reuseconn.append(_connected)
    session = aiohttp.ClientSession(
        connector=connector,
        trace_configs=[tracing],
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
    )
    # aiohttp would repeat DELETE and PUT when a kept connection breaks; only retry.py decides on repeating.
    session._retry_connection = False
    return session
