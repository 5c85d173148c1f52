"""Answers: whole ones in memory, and the two kinds of streams that are read as they come."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx

from .clock import Clock, Watch
from .diagnosis import region_of, request_id_of
from .endpoint import Endpoint
from .errors import ProtocolError, TooLarge, UpstreamError
from .failures import BROKEN, clean
from .json_text import clean_text, parse_json
from .limits import MAX_HEADER_BYTES
from .redaction import Redactor

__all__ = ["Answer", "AsyncStreamAnswer", "StreamAnswer", "kept_headers"]

SHOWN = 200


@dataclass(frozen=True)
class Answer:
    """A complete answer. Header names are in lower case; `elapsed` is in seconds, all attempts together."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float
    attempts: int

    @property
    def request_id(self) -> str:
        return request_id_of(self.headers)

    @property
    def region(self) -> str:
        return region_of(self.headers)

    def json(self) -> Any:
        """The value of a JSON body. Raises ProtocolError, with the first characters, for something else."""
        if "json" not in self.headers.get("content-type", "json").lower():
            raise _not_expected(self.status, self.headers, self.body, "JSON")
        try:
            return parse_json(self.body)
        except ProtocolError as error:
            error.status, error.request_id = self.status, self.request_id
            error.detail = error.detail or _beginning(self.body)
            raise


class _Stream:
    """What both kinds of streams share."""

    def __init__(
        self,
        response: httpx.Response,
        clock: Clock,
        endpoint: Endpoint,
        attempts: int,
        secrets: Sequence[str] = (),
    ) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = kept_headers(response, secrets)
        self.attempts = attempts
        self._response = response
        self._clock = clock
        self._endpoint = endpoint
        self._size = 0

    @property
    def request_id(self) -> str:
        return request_id_of(self.headers)

    @property
    def region(self) -> str:
        return region_of(self.headers)

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self._clock.elapsed

    def touch(self) -> None:
        """Tells that something meaningful was read: the idle deadline begins anew.

        Needed with call classes that have `marks` (STREAM): without it comments would keep a stream alive.
        """
        self._clock.touch()

    @property
    def is_event_stream(self) -> bool:
        return self.headers.get("content-type", "").lower().startswith("text/event-stream")

    def _count(self, chunk: bytes) -> None:
        clock = self._clock
        if not clock.limits.marks or self._size == 0:
            self.touch()
        self._size += len(chunk)
        if self._size > clock.limits.max_bytes:
            raise TooLarge(f"The answer is larger than {clock.limits.max_bytes:,} bytes.")

    def _told(self, error: Exception) -> UpstreamError:
        told = clean(error, self._endpoint)
        told.status, told.request_id, told.region = self.status, self.request_id, self.region
        return told


class StreamAnswer(_Stream):
    """A download in a blocking world: bytes are fetched as they are asked for."""

    def iter_bytes(self) -> Iterator[bytes]:
        """The body as it arrives. Raises the errors of deadlines, sizes and broken connections."""
        try:
            for chunk in self._response.iter_raw():
                self._count(chunk)
                yield chunk
            return
        except (UpstreamError, *BROKEN) as error:
            told = self._told(error)
        raise told

    def read(self) -> bytes:
        """The rest of the body at once."""
        return b"".join(self.iter_bytes())

    def close(self) -> None:
        """Gives the connection back, or ends it when the body was not read to its end."""
        self._response.close()


class AsyncStreamAnswer(_Stream):
    """A stream in a coroutine: bytes are passed on in the moment that they arrive."""

    def __init__(
        self,
        response: httpx.Response,
        clock: Clock,
        endpoint: Endpoint,
        attempts: int,
        secrets: Sequence[str],
        watch: Watch,
    ) -> None:
        super().__init__(response, clock, endpoint, attempts, secrets)
        self._watch = watch

    def touch(self) -> None:
        self._clock.touch()
        self._watch.moved()

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises the errors of deadlines, sizes and broken connections."""
        content: aiohttp.StreamReader = self._response.extensions["content"]
        count = self._count
        try:
            self._watch.guard(content.set_exception)
            while chunk := await content.readany():
                count(chunk)
                yield chunk
            return
        except (UpstreamError, *BROKEN) as error:
            told = self._told(error)
        raise told

    async def read(self) -> bytes:
        """The rest of the body at once."""
        return b"".join([chunk async for chunk in self.aiter_bytes()])

    async def aclose(self) -> None:
        """Gives the connection back, or ends it when the body was not read to its end."""
        self._watch.close()
        await self._response.aclose()

    async def expect_events(self) -> None:
        """Raises ProtocolError, with the first characters of the body, when this is not an event stream."""
        if self.is_event_stream:
            return
        start = b""
        async for chunk in self.aiter_bytes():
            start += chunk
            if len(start) >= 4 * SHOWN:
                break
        raise _not_expected(self.status, self.headers, start, "an event stream")


def kept_headers(response: httpx.Response, secrets: Sequence[str] = ()) -> dict[str, str]:
    """The headers of an answer, without cookies and credentials.

    Raises ProtocolError for an encoded body and TooLarge for headers beyond the limit.
    """
    if sum(len(name) + len(value) for name, value in response.headers.raw) > MAX_HEADER_BYTES:
        raise TooLarge("The headers of the answer are larger than is allowed.", status=response.status_code)
    headers = {name.lower(): value for name, value in response.headers.items()}
    headers.pop("set-cookie", None)
    for name, value in headers.items():
        if any(secret in value for secret in secrets):
            headers[name] = Redactor(secrets)(value)
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ProtocolError("The answer is compressed, which was not asked for.", status=response.status_code)
    return headers


def _not_expected(status: int, headers: Mapping[str, str], body: bytes, wanted: str) -> ProtocolError:
    kind = headers.get("content-type", "").partition(";")[0].strip()[:100] or "no content type"
    return ProtocolError(
        f"The answer is not {wanted} but {kind}.",
        status=status,
        detail=_beginning(body),
        request_id=request_id_of(headers),
    )


def _beginning(body: bytes) -> str:
    return clean_text(body[: 4 * SHOWN].decode("utf-8", "replace"))[:SHOWN]
