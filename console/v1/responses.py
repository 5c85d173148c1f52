"""Responses: the request body, reading an answer, and what can be done with a stored one.

Shapes from the GA specification (createResponse and its stream events). There is no list of responses in any
version of the API.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.outbound.json_text import parse_json, parse_json_text
from console.outbound.limits import ANSWER
from console.outbound.transport import StreamAnswer
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment
from console.v1.events import Finished, Reply, Usage
from console.v1.failures import UNREDACTED, Fail, failing, tokens
from console.v1.items import Item, parse_item
from console.v1.response_events import TERMINAL, ResponseAnswer
from console.v1.sse import SSEParser


def body(
    model: str,
    input: object,  # noqa: A002 - the API's own name
    parameters: Mapping[str, Any] | None = None,
    *,
    stream: bool = False,
) -> dict[str, Any]:
    """The JSON body of POST /responses: only parameters that were set are in it."""
    asked = parse.present({"model": model, "input": input, **(parameters or {})})
    if stream:
        asked["stream"] = True
    return asked


UNDER_WAY = frozenset({"queued", "in_progress"})
ENDED = frozenset(kind.removeprefix("response.") for kind in TERMINAL)


@dataclass(frozen=True, slots=True)
class Response:
    """A stored response. `error` is the service's own text; times are UTC; `output` are the API's own items."""

    id: str
    status: str
    model: str
    created: datetime | None
    completed: datetime | None
    text: str
    output: tuple[Item, ...]
    usage: Usage | None
    error: str
    is_background: bool
    previous: str
    conversation: str
    metadata: Mapping[str, str]
    finished: Finished
    raw: parse.Json

    @property
    def has_ended(self) -> bool:
        """A state that nobody knows yet counts as an end: nothing says that it will change."""
        return self.status not in UNDER_WAY

    @property
    def tokens(self) -> int | None:
        """Tokens in and out together."""
        told = (self.usage.input, self.usage.output) if self.usage else ()
        counts = [count for count in told if count is not None]
        return sum(counts) if counts else None

    @property
    def calls_tools(self) -> bool:
        return any(one.type.endswith("_call") for one in self.output)


def get(client: Client, response_id: str) -> Response:
    """One stored response by its id; `not_found` may mean "not yet" for some seconds after a stream."""
    return parse_response(client.get(f"/responses/{segment(response_id)}").json())


def delete(client: Client, response_id: str) -> bool:
    """Delete a stored response; False when it was gone already."""
    return client.delete(
        f"/responses/{segment(response_id)}",
        action="response.deleted",
        target=Target("response", response_id),
    )


def cancel(client: Client, response_id: str) -> Response:
    """Cancel a response that runs in the background; harmless when it has ended."""
    answer = client.change(
        "POST",
        f"/responses/{segment(response_id)}/cancel",
        action="response.cancelled",
        target=Target("response", response_id),
    )
    return parse_response(answer.json())


def input_items(
    client: Client, response_id: str, *, order: str | None = None, limit: int = 100, after: str = ""
) -> Iterator[Page[Item]]:
    """What a stored response was asked, page by page; `order` is asc or desc, the service's own is desc."""
    params = {"order": order, "limit": limit}
    return client.pages(
        f"/responses/{segment(response_id)}/input_items", parse_item, params=params, after=after
    )


def parse_response(value: object) -> Response:
    """A response object as a page shows it; `ProtocolError` when it is none."""
    raw = parse.mapping(value)
    if not isinstance(raw.get("id"), str) or not isinstance(raw.get("status"), str):
        raise ProtocolError("The answer is not a response object: it has no id or no status.")
    reply = _reply(raw)
    error = parse.mapping(raw.get("error"))
    return Response(
        id=raw["id"],
        status=raw["status"],
        model=parse.text(raw.get("model")),
        created=parse.time(raw.get("created_at")),
        completed=parse.time(raw.get("completed_at")),
        text=reply.text,
        output=tuple(parse_item(each) for each in parse.rows(raw.get("output")) if each.get("type")),
        usage=reply.finished.usage,
        error=parse.text(error.get("message")) or parse.text(error.get("code")),
        is_background=raw.get("background") is True,
        previous=parse.text(raw.get("previous_response_id")),
        conversation=parse.text(parse.path(raw, "conversation", "id")) or parse.text(raw.get("conversation")),
        metadata=parse.pairs(raw.get("metadata")),
        finished=reply.finished,
        raw=raw,
    )


def in_background(body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a response that runs in the background, as a stream that can be followed later."""
    return {**body, "background": True, "stream": True}


def start(client: Client, body: Mapping[str, Any], *, label: str = "") -> Response:
    """Begin a response in the background; what it is at first.

    Only the beginning of the stream is read: hanging up does not stop what runs in the background. Costs money,
    is recorded, and must not be repeated. Raises the service's own error, and `ProtocolError` without a response.
    """
    asked = in_background(body)
    fail = failing(client.auth, parse.text(body.get("model")))
    target = Target("response", "", label)
    with client.stream("/responses", json=asked, action="response.created", target=target) as (answer, call):
        response = (
            first_told(answer, fail) if answer.is_event_stream else parse_response(parse_json(answer.read()))
        )
        call.made = response.id
        return response


def first_told(answer: StreamAnswer, fail: Fail) -> Response:
    """The response as the first event that has one tells it."""
    parser = SSEParser()
    for chunk in answer.iter_bytes():
        for event in parser.feed(chunk):
            told = parse.mapping(parse_json_text(event.data))
            if told.get("type") == "error" or told.get("error"):
                raise fail(told)
            if parse.mapping(told.get("response")).get("id"):
                return parse_response(told["response"])
    raise ProtocolError("The stream ended before it told of a response.")


def create(client: Client, body: Mapping[str, Any], *, action: str, target: Target) -> Reply:
    """Ask for one whole answer; this costs money and is recorded."""
    answer = client.change(
        "POST", "/responses", json=body, action=action, target=target, limits=ANSWER, counts=tokens
    )
    return read(answer.json(), failing(client.auth, str(body.get("model", ""))))


def read(answer: object, fail: Fail = UNREDACTED) -> Reply:
    """A whole answer as the pieces and the ending that a stream gives.

    Raises the service's own error for a failed one, and `ProtocolError` when it is not an ended response.
    """
    raw = parse.mapping(answer)
    if "status" not in raw and raw.get("error"):
        raise fail(raw)
    if f"response.{raw.get('status')}" not in TERMINAL:
        raise ProtocolError("The answer is not a response that has ended.")
    reader = ResponseAnswer(fail)
    deltas = reader.feed({"type": f"response.{raw['status']}", "response": raw})
    return Reply(tuple(deltas), reader.finished(), raw)


def _reply(raw: parse.Json) -> Reply:
    reader = ResponseAnswer()
    return Reply(tuple(reader.whole(raw)), reader.finished(), raw)
