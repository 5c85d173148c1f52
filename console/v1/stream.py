"""Asking a model and following its answer: the asynchronous part, one typed event after the other.

An answer is whole only when it says so itself (chat: a finish reason and `[DONE]`; Responses: a
terminal event).
Everything else raises an `UpstreamError`, after the pieces that did come.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from console.outbound.answer import Answer, AsyncStreamAnswer
from console.outbound.errors import ConnectionLost, ProtocolError, UpstreamError
from console.outbound.json_text import parse_json, parse_json_text
from console.outbound.limits import ANSWER, STREAM, CallClass
from console.v1 import chat, models, parse, responses
from console.v1.chat import ChatAnswer
from console.v1.client import Client, StreamCall, Target
from console.v1.events import Delta, Event, Finished, Reply, Started, Usage
from console.v1.failures import Fail, counted, failing, tokens
from console.v1.response_events import ResponseAnswer
from console.v1.sse import ServerSentEvent, SSEParser

__all__ = [
    "Delta",
    "Event",
    "Finished",
    "Started",
    "Usage",
    "answer_chat",
    "answer_responses",
    "limits_for",
    "stream_chat",
    "stream_responses",
]

CHAT = "/chat/completions"
RESPONSES = "/responses"
PATIENCE = 300.0
DRAIN_SECONDS = 0.25


def stream_chat(
    client: Client, body: Mapping[str, Any], *, action: str, target: Target, limits: CallClass | None = None
) -> AsyncGenerator[Event, None]:
    """Started, Deltas, Finished of a streamed chat completion; closing the generator hangs up."""
    fail = failing(client.auth, _model(body))
    return _stream(client, CHAT, body, _ChatStream(fail), chat.read, action, target, limits)


def stream_responses(
    client: Client, body: Mapping[str, Any], *, action: str, target: Target, limits: CallClass | None = None
) -> AsyncGenerator[Event, None]:
    """Started, Deltas, Finished of a streamed response; closing the generator hangs up."""
    fail = failing(client.auth, _model(body))
    return _stream(client, RESPONSES, body, _ResponseStream(fail), responses.read, action, target, limits)


def answer_chat(
    client: Client, body: Mapping[str, Any], *, action: str, target: Target, limits: CallClass = ANSWER
) -> AsyncGenerator[Event, None]:
    """The same events of a chat completion that is asked for in one piece."""
    return _answer(client, CHAT, body, chat.read, action, target, limits)


def answer_responses(
    client: Client, body: Mapping[str, Any], *, action: str, target: Target, limits: CallClass = ANSWER
) -> AsyncGenerator[Event, None]:
    """The same events of a response that is asked for in one piece."""
    return _answer(client, RESPONSES, body, responses.read, action, target, limits)


def limits_for(model: str) -> CallClass:
    """Reasoning models may be silent for minutes before their first word; others for one."""
    return replace(STREAM, first_byte=PATIENCE, idle=PATIENCE) if models.reasons(model) else STREAM


class _Reader(Protocol):
    """What the two streams have in common."""

    def take(self, event: ServerSentEvent) -> tuple[list[Delta], bool]:
        """The pieces of an event, and whether it was more than a sign of life."""

    def rest(self) -> list[Delta]:
        """Pieces that were held back until the end."""

    def finished(self) -> Finished:
        """How it ended."""

    @property
    def is_over(self) -> bool:
        """Whether its own end has come."""

    @property
    def cut(self) -> UpstreamError:
        """The error of a stream that ended too early."""


class _ChatStream:
    def __init__(self, fail: Fail) -> None:
        self.is_over = False
        self._fail = fail
        self._answer = ChatAnswer()

    def take(self, event: ServerSentEvent) -> tuple[list[Delta], bool]:
        if event.data == "[DONE]":
            self.is_over = True
            if not self._answer.is_finished:
                raise ProtocolError("The stream said that it was done before the model gave a finish reason.")
            return [], True
        chunk = _object(event)
        if chunk.get("error") or event.event == "error":
            raise self._fail(chunk)
        pieces = self._answer.feed(chunk)
        return pieces, bool(pieces) or self._answer.is_finished

    def rest(self) -> list[Delta]:
        return self._answer.flush()

    def finished(self) -> Finished:
        return self._answer.finished()

    @property
    def cut(self) -> UpstreamError:
        if self._answer.is_finished:
            return ConnectionLost("The model had finished, but the stream ended without its closing mark.")
        return ConnectionLost("The stream ended before the answer did.")


class _ResponseStream:
    def __init__(self, fail: Fail) -> None:
        self._answer = ResponseAnswer(fail)

    def take(self, event: ServerSentEvent) -> tuple[list[Delta], bool]:
        if event.data == "[DONE]":
            return [], False
        value = _object(event)
        if "type" not in value:
            value = {**value, "type": event.event}
        before = self._answer.unknown
        pieces = self._answer.feed(value)
        return pieces, self._answer.unknown == before

    def rest(self) -> list[Delta]:
        return []

    def finished(self) -> Finished:
        return self._answer.finished()

    @property
    def is_over(self) -> bool:
        return self._answer.is_finished

    @property
    def cut(self) -> UpstreamError:
        return ConnectionLost("The stream ended before the answer did.")


async def _stream(
    client: Client,
    path: str,
    body: Mapping[str, Any],
    reader: _Reader,
    read: Callable[[object, Fail], Reply],
    action: str,
    target: Target,
    limits: CallClass | None,
) -> AsyncGenerator[Event, None]:
    asked = {**body, "stream": True}
    limits = limits or limits_for(_model(body))
    async with client.astream(path, json=asked, action=action, target=target, limits=limits) as call:
        answer = call.answer
        yield _started(answer, _model(body))
        try:
            if _is_json(answer):
                # Some gateways pass `stream` over and answer in one piece.
                reply = read(parse_json(await answer.read()), failing(client.auth, _model(body)))
                yield Delta("notice", "The resource did not stream; it answered in one piece.")
                for delta in reply.deltas:
                    yield delta
                yield _ended(call, reply.finished)
                return
            await answer.expect_events()
            parser, chunks = SSEParser(), answer.aiter_bytes()
            async for chunk in chunks:
                for event in parser.feed(chunk):
                    pieces, is_meaningful = reader.take(event)
                    if is_meaningful:
                        answer.touch()
                    for piece in pieces:
                        yield piece
                    if reader.is_over:
                        break
                if reader.is_over:
                    break
            for piece in reader.rest():
                yield piece
            if not reader.is_over:
                raise _cut(reader, parser)
        except UpstreamError as error:
            raise _named(error, answer) from None
        yield _ended(call, reader.finished())
        await _drain(chunks)


async def _answer(
    client: Client,
    path: str,
    body: Mapping[str, Any],
    read: Callable[[object, Fail], Reply],
    action: str,
    target: Target,
    limits: CallClass,
) -> AsyncGenerator[Event, None]:
    answer = await client.achange(
        "POST", path, json=body, action=action, target=target, limits=limits, counts=tokens
    )
    try:
        reply = read(answer.json(), failing(client.auth, _model(body)))
    except UpstreamError as error:
        raise _named(error, answer) from None
    yield _started(answer, _model(body))
    for delta in reply.deltas:
        yield delta
    yield replace(reply.finished, headers=answer.headers, request_id=answer.request_id)


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read to the end of the body, so that the connection can be used again; failures matter no more."""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                continue
    except (UpstreamError, TimeoutError):
        return


def _started(answer: Answer | AsyncStreamAnswer, model: str) -> Started:
    name = answer.headers.get("x-ms-deployment-name") or model
    return Started(answer.headers, answer.request_id, answer.region, name)


def _ended(call: StreamCall[AsyncStreamAnswer], finished: Finished) -> Finished:
    call.complete(counted(finished.usage))
    return replace(finished, headers=call.answer.headers, request_id=call.answer.request_id)


def _cut(reader: _Reader, parser: SSEParser) -> UpstreamError:
    error = reader.cut
    if parser.flush():
        error.detail = "The last event of the stream was cut in two."
    return error


def _named(error: UpstreamError, answer: Answer | AsyncStreamAnswer) -> UpstreamError:
    """The error with the id and the region by which the call is found again."""
    error.request_id = error.request_id or answer.request_id
    error.region = error.region or answer.region
    if error.status is None:
        error.status = answer.status
    return error


def _is_json(answer: AsyncStreamAnswer) -> bool:
    return "json" in answer.headers.get("content-type", "").partition(";")[0].lower()


def _object(event: ServerSentEvent) -> parse.Json:
    value = parse_json_text(event.data)
    if not isinstance(value, dict):
        raise ProtocolError("An event of the stream is not an object.", detail=event.data[:200])
    return value


def _model(body: Mapping[str, Any]) -> str:
    return parse.text(body.get("model"))
