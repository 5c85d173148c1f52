"""Server-sent events against the specifications: chunks of chat completions, events of responses.

The v1 specification has lost the names of 20 of the 53 events, so the events themselves are held to OpenAI's
(response-events.json), and what they carry (a response, an item) to Azure's.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.contract.deviations import ANSWERS, CHUNK, FIRST_CHUNK
from tests.contract.schemas import Schemas
from tests.contract.spec import V1, value_flaws

EVENTS = Schemas("response-events.json").published["events"]
TERMINAL = {"response.completed", "response.incomplete", "response.failed"}
ITEM = {"$ref": "#/components/schemas/OpenAI.OutputItem"}


@dataclass(frozen=True)
class Event:
    name: str
    data: str

    def json(self) -> Any:
        return json.loads(self.data)


def events_of(text: str) -> list[Event]:
    """The events of a whole stream; every one ends with an empty line."""
    assert text.endswith("\n\n"), "the stream ends within an event"
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        assert set(fields) <= {"event", "data"}, block
        found.append(Event(fields.get("event", ""), fields["data"]))
    return found


def chat_flaws(events: Sequence[Event]) -> list[str]:
    """What is wrong with the stream of a chat completion."""
    *chunks, end = events
    flaws = [] if end.data == "[DONE]" else ["the stream does not end with [DONE]"]
    for index, chunk in enumerate(chunks):
        told = chunk.json()
        permitted = FIRST_CHUNK if index == 0 and told["choices"] == [] and not told["id"] else CHUNK
        flaws += [f"chunk {index} {one}" for one in value_flaws(CHUNK_SCHEMA, told, permitted)]
    return flaws + [f"the choice {index} has no finish_reason" for index in unfinished(chunks)]


def unfinished(chunks: Sequence[Event]) -> set[int]:
    choices = [choice for chunk in chunks for choice in chunk.json()["choices"]]
    return {one["index"] for one in choices} - {one["index"] for one in choices if one["finish_reason"]}


def response_flaws(events: Sequence[Event], *, after: int = -1) -> list[str]:
    """What is wrong with the stream of a response, from the event `after` on."""
    told = [event.json() for event in events]
    numbers = [one.get("sequence_number") for one in told]
    flaws = [] if numbers == list(range(after + 1, after + 1 + len(told))) else [f"numbers {numbers}"]
    ends = [index for index, one in enumerate(told) if one["type"] in TERMINAL]
    flaws += [] if ends == [len(told) - 1] else ["no terminal event at the end, and there only"]
    if after < 0:
        flaws += [] if told[0]["type"] == "response.created" else ["response.created is not the first"]
        flaws += order_flaws(told)
    for event, one in zip(events, told, strict=True):
        flaws += [f"{one['type']} {flaw}" for flaw in event_flaws(event.name, one)]
    return flaws


def event_flaws(name: str, told: Mapping[str, Any]) -> Iterator[str]:
    schema = EVENTS.get(told["type"])
    if name != told["type"]:
        yield f"is sent under the name {name!r}"
    if schema is None:
        yield "is not a known event"
    else:
        yield from value_flaws(schema, told, {})
        if "response" in told:
            yield from value_flaws(RESPONSE_SCHEMA, told["response"], ANSWERS["createResponse"])
        if "item" in told:
            yield from value_flaws(ITEM, told["item"], {})


def order_flaws(told: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Items open in the order of their index, and nothing is said of one that is not open."""
    opened: list[int] = []
    closed: set[int] = set()
    for one in told:
        index = one.get("output_index")
        if one["type"] == "response.output_item.added":
            opened.append(one["output_index"])
        elif index is not None and (index not in opened or index in closed):
            yield f"{one['type']} of item {index}, which is not open"
        if one["type"] == "response.output_item.done":
            closed.add(one["output_index"])
    if opened != list(range(len(opened))) or closed != set(opened):
        yield f"items opened {opened}, closed {sorted(closed)}"


def joined(told: Sequence[Event], kind: str, member: str = "delta") -> str:
    """The text of all events of a kind."""
    return "".join(str(one.json()[member]) for one in told if one.json()["type"] == kind)


def answer_schema(path: str) -> Mapping[str, Any]:
    content = V1.published["paths"][path]["post"]["responses"]["200"]["content"]
    found: Mapping[str, Any] = content["application/json"]["schema"]
    return found


CHUNK_SCHEMA = next(
    each
    for each in map(V1.resolved, answer_schema("/openai/v1/chat/completions")["anyOf"])
    if each["properties"]["object"]["enum"] == ["chat.completion.chunk"]
)
RESPONSE_SCHEMA = answer_schema("/openai/v1/responses")
