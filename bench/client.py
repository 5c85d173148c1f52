"""A client on bare sockets, so that what is measured is the server: requests, cookies, and event streams."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


async def head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], list[str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines[1:] if line]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    cookies = [value.strip() for name, _, value in pairs if name.lower() == "set-cookie"]
    return int(lines[0].split()[1]), headers, cookies


async def chunks(reader: asyncio.StreamReader, headers: dict[str, str]) -> AsyncIterator[bytes]:
    """Yield the body as it comes."""
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
    else:
        yield await reader.readexactly(int(headers.get("content-length", 0)))


@dataclass
class Session:
    """One origin with its cookies; a connection of its own for each call, as a browser has for a stream.

    A body is JSON, or bytes under the content type that comes with them.
    """

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    async def open(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {
            "host": f"localhost:{self.port}",
            **self.headers,
            **headers,
            "content-length": str(len(content)),
        }
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            token = next((value for name, value in self.cookies.items() if "csrf" in name), "")
            sent["x-csrftoken"] = token
        if content:
            sent.setdefault("content-type", "application/json")
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content)
        return reader, writer

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        reader, writer = await self.open(method, path, body, connection="close", **headers)
        status, told, cookies = await head(reader)
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        content = b"".join([part async for part in chunks(reader, told)])
        writer.close()
        return Answer(status, told, content)

    async def stream(self, method: str, path: str, body: Any = None) -> AsyncIterator[tuple[int, bytes]]:
        """Yield `(time in nanoseconds, bytes)` as they arrive."""
        reader, writer = await self.open(method, path, body, accept="text/event-stream")
        try:
            status, told, _ = await head(reader)
            if status != 200:
                text = b"".join([part async for part in chunks(reader, told)])
                raise SystemExit(f"{method} {path} answered {status}: {text[:300]!r}")
            async for part in chunks(reader, told):
                yield time.time_ns(), part
        finally:
            writer.close()
