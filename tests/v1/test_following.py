"""Following a response in the background: which events come, where it goes on, how it ends; and beginning one."""

import pytest

from console.outbound.errors import BadRequest, ConnectionLost, ProtocolError, RateLimited
from console.v1 import responses
from console.v1.following import Step, follow
from tests.upstream import Script
from tests.v1.test_stream import SSE, event

EVENTS = "GET /responses/resp_1"
STARTS = "POST /responses"
CREATED = {"id": "resp_1", "status": "queued", "background": True, "output": []}


def told(number: int, kind: str, **fields: object) -> bytes:
    return event({"type": f"response.{kind}", "sequence_number": number, **fields}, f"response.{kind}")


def text(number: int, delta: str) -> bytes:
    return told(number, "output_text.delta", delta=delta, output_index=0, content_index=0)


async def followed(client, after: int = -1) -> list[Step]:
    return [step async for step in follow(client, "resp_1", after=after)]


def said(steps: list[Step]) -> str:
    return "".join(delta.text for step in steps for delta in step.deltas)


@pytest.mark.anyio
async def test_it_is_followed_to_its_end(client, upstream, recorder):
    chunks = [told(0, "created", response=CREATED), text(3, "Hel"), text(4, "lo"), told(5, "completed")]
    upstream[EVENTS] = Script(200, chunks, SSE)

    steps = await followed(client)

    assert (said(steps), steps[-1].number, steps[-1].is_over) == ("Hello", 5, True)
    assert upstream.requests[0].query == {"stream": ["true"]}
    assert recorder.events == []


@pytest.mark.anyio
async def test_it_goes_on_behind_the_last_number(client, upstream):
    upstream[EVENTS] = Script(200, [text(5, "lo"), told(6, "cancelled")], SSE)

    steps = await followed(client, after=4)

    assert upstream.requests[0].query == {"stream": ["true"], "starting_after": ["4"]}
    assert said(steps) == "lo"


@pytest.mark.anyio
async def test_a_stream_that_breaks_off_is_not_over(client, upstream):
    upstream[EVENTS] = Script(200, [text(3, "Hel")], SSE, cut=True)
    steps = follow(client, "resp_1")

    first = await anext(steps)
    with pytest.raises(ConnectionLost):
        await anext(steps)

    assert (said([first]), first.is_over) == ("Hel", False)


@pytest.mark.anyio
async def test_what_did_not_stream_is_refused(client, upstream):
    upstream[EVENTS] = 400, {"error": {"message": "This response cannot be streamed."}}

    with pytest.raises(BadRequest):
        await followed(client)


@pytest.mark.anyio
async def test_an_error_event_is_the_services_own_error(client, upstream):
    failing = event({"type": "error", "code": "rate_limit_exceeded", "message": "Slow down."}, "error")
    upstream[EVENTS] = Script(200, [text(3, "Hel"), failing], SSE)

    with pytest.raises(RateLimited):
        await followed(client)


def test_beginning_one_reads_the_beginning_and_hangs_up(client, upstream, recorder):
    later = [text(number, "x") for number in range(2, 50)]
    upstream[STARTS] = Script(200, [told(0, "created", response=CREATED), *later], SSE, pause=0.05)

    made = responses.start(client, {"model": "mini", "input": "Hi"}, label="mini")

    assert (made.id, made.status) == ("resp_1", "queued")
    body = upstream.requests[0].json()
    assert (body["background"], body["stream"], body["model"]) == (True, True, "mini")
    assert recorder.names == ["intent", "outcome"]
    assert recorder.last["outcome"] == "success"


def test_a_resource_that_does_not_stream_answers_in_one_piece(client, upstream):
    upstream[STARTS] = 200, CREATED

    assert responses.start(client, {"model": "mini", "input": "Hi"}).id == "resp_1"


def test_a_stream_without_a_response_is_an_error_and_is_recorded(client, upstream, recorder):
    upstream[STARTS] = Script(200, [b": nothing\n\n", b"data: {}\n\n"], SSE)

    with pytest.raises(ProtocolError):
        responses.start(client, {"model": "mini", "input": "Hi"})

    assert recorder.last["outcome"] != "success"
