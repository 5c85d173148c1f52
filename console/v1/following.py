"""Following a response that runs in the background: its events after a sequence number, as they come.

`GET /responses/{id}?stream=true&starting_after=N`, getResponse of the GA specification of 2026-01-28; offered
only where the call that began the response streamed as well.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from console.outbound.errors import ProtocolError
from console.outbound.json_text import parse_json_text
from console.outbound.limits import STREAM
from console.v1 import parse
from console.v1.client import Client, segment
from console.v1.events import Delta
from console.v1.failures import failing
from console.v1.response_events import TERMINAL, ResponseAnswer
from console.v1.sse import SSEParser

TURN = replace(STREAM, first_byte=45.0, idle=45.0, total=60.0)
"""A follower comes back after a minute at the latest, so that it is asked again whether it may."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came at once: `number` is the last sequence number in it, `is_over` that the response has ended."""

    number: int
    deltas: tuple[Delta, ...]
    is_over: bool = False


async def follow(client: Client, response_id: str, *, after: int = -1) -> AsyncGenerator[Step, None]:
    """The steps behind event number `after`, -1 for all; ends with the stream, over or not.

    Raises the service's own error for an `error` event; one that cannot be streamed is refused with 400.
    """
    params = {"stream": "true", "starting_after": after if after >= 0 else None}
    reader, parser = ResponseAnswer(), SSEParser()
    async with client.afollow(f"/responses/{segment(response_id)}", params=params, limits=TURN) as answer:
        await answer.expect_events()
        async for chunk in answer.aiter_bytes():
            answer.touch()
            deltas: list[Delta] = []
            is_over = False
            for event in parser.feed(chunk):
                told = parse.mapping(parse_json_text(event.data) if event.data != "[DONE]" else {})
                number = parse.integer(told.get("sequence_number"))
                after = after if number is None else max(after, number)
                if told.get("type") == "error":
                    raise failing(client.auth)(told)
                if told.get("type") in TERMINAL:
                    is_over = True
                elif told:
                    deltas += reader.feed(told)
            if deltas or is_over:
                yield Step(after, tuple(deltas), is_over)
            if is_over:
                return
    if parser.flush():
        raise ProtocolError("The last event of the stream was cut in two.")
