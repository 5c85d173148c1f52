"""The client of one v1 resource: reads are free, changes are recorded before and after.

Paths are relative to the base URL of the endpoint; ids in them are checked before anything leaves.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from console.outbound.auth import Auth
from console.outbound.errors import NotFound
from console.outbound.limits import DOWNLOAD, LIST, READ, STREAM, WRITE, CallClass
from console.outbound.policy import Endpoint
from console.outbound.transport import Answer, AsyncStreamAnswer, Door, SizedBody, StreamAnswer, get_door
from console.v1 import paging, routes
from console.v1.paging import IncompleteList, Page
from console.v1.paths import checked_path, model_segment, segment
from console.v1.recording import (
    Counts,
    NullRecorder,
    RecordedCall,
    Recorder,
    StreamCall,
    Target,
    nothing,
    shielded,
)

__all__ = [
    "Client",
    "IncompleteList",
    "NullRecorder",
    "Page",
    "Recorder",
    "StreamCall",
    "Target",
    "checked_path",
    "model_segment",
    "segment",
]

T = TypeVar("T")

_AZURE = frozenset({"azure", "simulator"})


class Client:
    """Talks to one endpoint with one identity on behalf of one recorder. Also a context manager."""

    def __init__(
        self,
        endpoint: Endpoint,
        auth: Auth,
        recorder: Recorder,
        *,
        door: Door | None = None,
        provider: str = "azure",
    ) -> None:
        self.endpoint = endpoint
        self.auth = auth
        self.recorder = recorder
        self.provider = provider
        self._door = door or get_door()

    def get(self, path: str, *, params: Mapping[str, Any] | None = None, limits: CallClass = READ) -> Answer:
        """One GET; raises an `UpstreamError` for anything but success."""
        return self._send("GET", path, params=params, limits=limits)

    def get_beside_v1(self, path: str, *, params: Mapping[str, Any], limits: CallClass = READ) -> Answer:
        """One GET of the same resource outside of v1, for the one list that v1 does not have."""
        root = self.endpoint.base_path.removesuffix("/openai/v1")
        # A project's route has no such lists of its own; its account has them.
        root = "" if root.startswith("/api/projects/") else root
        url = self.endpoint.origin + root + checked_path(path)
        return self._door.request("GET", url, auth=self.auth, params=params, limits=limits)

    def page(
        self, path: str, *, params: Mapping[str, Any] | None = None, after: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page, from a cursor on if one is given.

        Raises `IncompleteList` after 2,000 pages and when the cursors turn in a circle.
        """
        return paging.rows(
            lambda query: self.get(path, params=query, limits=LIST).json(), params or {}, after
        )

    def pages(
        self,
        path: str,
        read: Callable[[object], T],
        *,
        params: Mapping[str, Any] | None = None,
        after: str = "",
    ) -> Iterator[Page[T]]:
        """A list page by page, each row read by `read`; rows that it refuses are left out.

        It can be gone on with from the `after` of any page. Raises `IncompleteList` as `page` does.
        """
        pages = paging.pages(
            lambda query: self.get(path, params=query, limits=LIST).json(), params or {}, after
        )
        return (page.map(read) for page in pages)

    def download(
        self, path: str, *, headers: Mapping[str, str] | None = None, limits: CallClass = DOWNLOAD
    ) -> AbstractContextManager[StreamAnswer]:
        """One GET whose body is fetched as it is asked for; leaving the block closes the connection."""
        return self._door.stream(
            "GET",
            self.endpoint.url + checked_path(path),
            headers={"accept": "*/*", **routes.preview_headers("GET", path), **(headers or {})},
            auth=self.auth,
            params=self._query("GET", path, None),
            limits=limits,
        )

    @contextmanager
    def take(
        self, path: str, *, action: str, target: Target, limits: CallClass = DOWNLOAD
    ) -> Iterator[StreamCall[StreamAnswer]]:
        """A recorded `download`, for content that leaves the console.

        Recorded as a success when the caller said `complete`, else by the exception that ended the block.
        """
        call = RecordedCall.begin(self.recorder, action, target, "GET", checked_path(path))
        stream: StreamCall[StreamAnswer] | None = None
        try:
            with self.download(path, limits=limits) as answer:
                stream = StreamCall(answer)
                yield stream
        except BaseException as error:
            call.ended(stream, error)
            raise
        call.ended(stream, None)

    def change(
        self,
        method: str,
        path: str,
        *,
        action: str,
        target: Target,
        json: object = None,
        content: SizedBody | None = None,
        params: Mapping[str, Any] | None = None,
        limits: CallClass = WRITE,
        counts: Counts = nothing,
    ) -> Answer:
        """One call that creates, changes, deletes or costs something: recorded before and after.

        `json` and `content` exclude each other; `counts` are recorded with a success (tokens_in, tokens_out).
        """
        url_path = checked_path(path)
        call = RecordedCall.begin(self.recorder, action, target, method, url_path)
        try:
            answer = self._send(method, path, params=params, json=json, content=content, limits=limits)
        except BaseException as error:
            call.failed(error)
            raise
        call.succeeded(answer, counts)
        return answer

    def delete(self, path: str, *, action: str, target: Target) -> bool:
        """A recorded DELETE. An object that was gone already counts as done, and answers False."""
        try:
            self.change("DELETE", path, action=action, target=target)
        except NotFound:
            return False
        return True

    @contextmanager
    def stream(
        self,
        path: str,
        *,
        json: object,
        action: str,
        target: Target,
        limits: CallClass = STREAM,
    ) -> Iterator[tuple[StreamAnswer, RecordedCall]]:
        """A recorded POST whose answer is read as it comes; leaving the block closes the connection.

        Recorded as a success once the block was left without an error, however much was read; who reads the id
        of a new object tells the call that it `made` it.
        """
        url_path = checked_path(path)
        call = RecordedCall.begin(self.recorder, action, target, "POST", url_path)
        try:
            with self._door.stream(
                "POST",
                self.endpoint.url + url_path,
                headers=routes.preview_headers("POST", path),
                auth=self.auth,
                json=json,
                params=self._query("POST", path, None),
                limits=limits,
            ) as answer:
                yield answer, call
        except BaseException as error:
            call.failed(error)
            raise
        call.streamed(answer)

    @asynccontextmanager
    async def afollow(
        self, path: str, *, params: Mapping[str, Any], limits: CallClass = STREAM
    ) -> AsyncIterator[AsyncStreamAnswer]:
        """One GET whose answer streams: it reads what is there and is not recorded."""
        async with self._door.astream(
            "GET",
            self.endpoint.url + checked_path(path),
            headers=routes.preview_headers("GET", path),
            auth=self.auth,
            params=self._query("GET", path, params),
            limits=limits,
        ) as answer:
            yield answer

    async def achange(
        self,
        method: str,
        path: str,
        *,
        action: str,
        target: Target,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        limits: CallClass = WRITE,
        counts: Counts = nothing,
    ) -> Answer:
        """`change` for asynchronous code; cancelling it is recorded too. `counts` are recorded with a
        success.
        """
        url_path = checked_path(path)
        call = await RecordedCall.abegin(self.recorder, action, target, method, url_path)
        try:
            answer = await self._door.arequest(
                method,
                self.endpoint.url + url_path,
                headers=routes.preview_headers(method, path),
                auth=self.auth,
                json=json,
                params=self._query(method, path, params),
                limits=limits,
            )
        except BaseException as error:
            await shielded(call.failed, error)
            raise
        await shielded(call.succeeded, answer, counts)
        return answer

    @asynccontextmanager
    async def astream(
        self, path: str, *, json: object, action: str, target: Target, limits: CallClass = STREAM
    ) -> AsyncIterator[StreamCall[AsyncStreamAnswer]]:
        """A recorded POST whose answer streams; leaving the block closes the connection.

        Recorded as a success when the caller said `complete`, else by the exception that ended the block.
        """
        url_path = checked_path(path)
        call = await RecordedCall.abegin(self.recorder, action, target, "POST", url_path)
        stream: StreamCall[AsyncStreamAnswer] | None = None
        try:
            async with self._door.astream(
                "POST",
                self.endpoint.url + url_path,
                headers=routes.preview_headers("POST", path),
                auth=self.auth,
                json=json,
                params=self._query("POST", path, None),
                limits=limits,
            ) as answer:
                stream = StreamCall(answer)
                yield stream
        except BaseException as error:
            await shielded(call.ended, stream, error)
            raise
        await shielded(call.ended, stream, None)

    def close(self) -> None:
        """Nothing is held open by a client: connections belong to the door."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None,
        limits: CallClass,
        json: object = None,
        content: SizedBody | None = None,
    ) -> Answer:
        return self._door.request(
            method,
            self.endpoint.url + checked_path(path),
            headers=routes.preview_headers(method, path),
            auth=self.auth,
            json=json,
            content=content,
            params=self._query(method, path, params),
            limits=limits,
        )

    def _query(self, method: str, path: str, params: Mapping[str, Any] | None) -> dict[str, Any] | None:
        query = {key: value for key, value in (params or {}).items() if value is not None}
        if self.provider in _AZURE:
            query = routes.preview_query(method, path) | query
        return query or None
