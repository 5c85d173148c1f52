"""What every change leaves in the audit: its intent before it is sent, its outcome after it ended."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from console.outbound.errors import Cancelled, ProtocolError, UpstreamError
from console.outbound.transport import Answer, AsyncStreamAnswer, StreamAnswer
from console.v1 import parse

Counts = Callable[[Answer], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Target:
    """What a change is done to: `type` is a noun ("file"), `id` the upstream's id, `label` what people call
    it.
    """

    type: str
    id: str = ""
    label: str = ""


class Recorder(Protocol):
    """Writes the audit. Called from a worker thread when the call is asynchronous and the recorder blocks."""

    @property
    def is_ready(self) -> bool:
        """Whether the next intent is committed already, so that `intent` only hands it over."""

    def intent(self, action: str, target: Target, method: str, path: str) -> str:
        """Record that a change is about to be sent; raising `AuditUnavailable` keeps it from being sent."""

    def outcome(
        self,
        token: str,
        *,
        outcome: str,
        http_status: int | None,
        error_kind: str,
        request_id: str,
        attempts: int,
        duration_ms: int,
        made: str = "",
        **counts: int,
    ) -> None:
        """Record how it ended: success, failure, partial, cancelled or unknown; `made` is the id of a new object."""


class NullRecorder:
    """Records nothing; for clients that only read, and for tests."""

    is_ready = True

    def intent(self, action: str, target: Target, method: str, path: str) -> str:  # noqa: ARG002
        return ""

    def outcome(self, token: str, **result: object) -> None:
        """Forget it."""


AnyStream = TypeVar("AnyStream", StreamAnswer, AsyncStreamAnswer)


class StreamCall(Generic[AnyStream]):
    """A streamed answer under way. `is_complete` and `counts` are for the audit."""

    def __init__(self, answer: AnyStream) -> None:
        self.answer: AnyStream = answer
        self.is_complete = False
        self.counts: dict[str, int] = {}

    def complete(self, counts: Mapping[str, int]) -> None:
        """The answer came to its own end; counts are tokens_in, tokens_out and the like."""
        self.is_complete = True
        self.counts |= counts


def nothing(answer: Answer) -> Mapping[str, int]:  # noqa: ARG001 - most changes have nothing to count
    return {}


class RecordedCall:
    """The audit of one change between its intent and its outcome; `made` is the id of what came of it."""

    def __init__(
        self, recorder: Recorder, token: str, *, is_creation: bool = False, is_read: bool = False
    ) -> None:
        self.made = ""
        self._recorder = recorder
        self._token = token
        self._is_creation = is_creation
        self._is_read = is_read
        self._started = time.monotonic()

    @classmethod
    def begin(cls, recorder: Recorder, action: str, target: Target, method: str, path: str) -> Self:
        """Write the intent; what this raises keeps the call from being sent."""
        token = recorder.intent(action, target, method, path)
        is_creation = method == "POST" and not target.id
        return cls(recorder, token, is_creation=is_creation, is_read=method == "GET")

    @classmethod
    async def abegin(cls, recorder: Recorder, action: str, target: Target, method: str, path: str) -> Self:
        """`begin` in a coroutine: one that is cancelled meanwhile leaves an outcome all the same."""
        if recorder.is_ready:
            return cls.begin(recorder, action, target, method, path)
        writing = asyncio.ensure_future(asyncio.to_thread(cls.begin, recorder, action, target, method, path))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError as error:
            await shielded((await writing).failed, error)
            raise

    def succeeded(self, answer: Answer, counts: Counts) -> None:
        if self._is_creation:
            self.made = id_in(answer)
        self._write(
            "success",
            answer.status,
            request_id=answer.request_id,
            attempts=answer.attempts,
            counts=counts(answer),
        )

    def streamed(self, answer: StreamAnswer) -> None:
        """A stream of which the caller has read all that it wanted."""
        self._write(
            "success", answer.status, request_id=answer.request_id, attempts=answer.attempts, counts={}
        )

    def failed(self, error: BaseException) -> None:
        if isinstance(error, UpstreamError):
            self._write(
                "failure" if self._is_read else _verdict(error),
                error.status,
                error_kind=error.kind,
                request_id=error.request_id,
                attempts=error.attempts,
                counts={},
            )
        else:
            self._write(*_broken_off(error), counts={})

    def ended(self, stream: StreamCall[Any] | None, error: BaseException | None) -> None:
        """A stream's end: whole if it said so, partial if it broke after it had begun."""
        if stream is None:
            self.failed(error or asyncio.CancelledError())
        elif stream.is_complete:
            self._write(
                "success", stream.answer.status, request_id=stream.answer.request_id, counts=stream.counts
            )
        elif isinstance(error, UpstreamError):
            request = error.request_id or stream.answer.request_id
            self._write(
                "partial",
                stream.answer.status,
                error_kind=error.kind,
                request_id=request,
                counts=stream.counts,
            )
        else:
            outcome, status, kind = _broken_off(error or asyncio.CancelledError())
            self._write(
                outcome,
                status or stream.answer.status,
                error_kind=kind,
                request_id=stream.answer.request_id,
                counts=stream.counts,
            )

    def _write(
        self,
        outcome: str,
        http_status: int | None,
        error_kind: str = "",
        *,
        request_id: str = "",
        attempts: int = 1,
        counts: Mapping[str, int],
    ) -> None:
        self._recorder.outcome(
            self._token,
            outcome=outcome,
            http_status=http_status,
            error_kind=error_kind,
            request_id=request_id,
            attempts=attempts,
            duration_ms=round((time.monotonic() - self._started) * 1000),
            made=self.made,
            **counts,
        )


def id_in(answer: Answer) -> str:
    """The id of the object that an answer tells of, "" where it tells of none."""
    try:
        return parse.text(parse.path(answer.json(), "id"))
    except ProtocolError:
        return ""


def _verdict(error: UpstreamError) -> str:
    """Without an answer nobody knows whether a change that left was carried out.

    A body that was stopped on request was not complete, so that nothing came of it.
    """
    if isinstance(error, Cancelled):
        return "cancelled"
    return "unknown" if error.status is None and error.sent else "failure"


def _broken_off(error: BaseException) -> tuple[str, int | None, str]:
    if isinstance(error, asyncio.CancelledError | GeneratorExit | KeyboardInterrupt):
        return "cancelled", None, "cancelled"
    return "unknown", None, "interrupted"


async def shielded(write: Callable[..., None], *arguments: object) -> None:
    """Write to the audit even while this task is being cancelled."""
    await asyncio.shield(asyncio.to_thread(write, *arguments))
