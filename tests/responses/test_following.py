"""What one reader of a response under way is told, and the draft that a reload shows."""

import pytest

from console.index import responses as index
from console.responses import drafts
from console.responses.following import lines
from console.v1.responses import parse_response
from tests.upstream import Script
from tests.v1.test_following import EVENTS, text, told
from tests.v1.test_stream import SSE

pytestmark = pytest.mark.django_db(transaction=True)
RUNNING = {"id": "resp_1", "status": "in_progress", "background": True, "output": []}


@pytest.fixture
def item(connection):
    return index.remember(connection, parse_response(RUNNING))


@pytest.fixture
def read(item, alice):
    client = item.connection.client(alice)

    async def read(after: int = -1) -> list[dict]:
        return [line async for line in lines(client, item, after=after)]

    return read


def said(found: list[dict]) -> str:
    return "".join(text for line in found for _, text in line.get("parts", ()))


@pytest.mark.anyio
async def test_the_text_comes_with_its_number_and_the_end_is_told(read, upstream, item):
    upstream[EVENTS] = Script(200, [text(3, "Hel"), text(4, "lo"), told(5, "completed")], SSE, pause=0.05)

    found = await read()

    assert (said(found), found[-2]["after"], found[-1]) == ("Hello", 5, {"end": True})


@pytest.mark.anyio
async def test_a_broken_stream_leaves_a_draft_that_the_next_reader_goes_on_from(read, upstream, item):
    upstream[EVENTS] = Script(200, [text(3, "Hel")], SSE, cut=True)
    first = await read()
    draft = drafts.draft_of(item)
    upstream[EVENTS] = Script(200, [text(4, "lo"), told(5, "completed")], SSE)

    second = await read(draft.after)

    assert (draft.after, draft.texts["text"]) == (3, "Hel")
    assert "end" not in first[-1]
    assert said(second) == "lo"
    assert upstream.requests[-1].query["starting_after"] == ["3"]
    assert drafts.draft_of(item).texts["text"] == "Hello"


@pytest.mark.anyio
async def test_a_reader_whose_beginning_nobody_knows_keeps_no_draft(read, upstream, item):
    upstream[EVENTS] = Script(200, [text(9, "lo")], SSE)

    await read(8)

    assert drafts.draft_of(item).after == -1


@pytest.mark.anyio
async def test_what_cannot_be_streamed_is_polled(read, upstream):
    upstream[EVENTS] = 400, {"error": {"message": "This response cannot be streamed."}}

    assert await read() == [{"poll": True}]


@pytest.mark.anyio
async def test_calls_of_tools_are_named(read, upstream, item):
    call = {"type": "function_call", "id": "fc_1", "name": "weather", "call_id": "c"}
    added = told(3, "output_item.added", output_index=0, item=call)
    arguments = told(4, "function_call_arguments.delta", output_index=0, delta='{"city"')
    upstream[EVENTS] = Script(200, [added, arguments, told(5, "completed")], SSE)

    assert said(await read()).strip() == 'weather {"city"'
