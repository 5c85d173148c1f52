"""Responses: the request body, reading an answer, and what can be done with a stored one.

Shapes from the GA specification (createResponse and its stream events). There is no list of responses in any
version of the API.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.outbound.limits import ANSWER
from console.v1 import parse
from console.v1.client import Client, Target, segment
from console.v1.events import Finished, Reply, Usage
from console.v1.failures import UNREDACTED, Fail, failing, tokens
from console.v1.response_events import TERMINAL, ResponseAnswer


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


@dataclass(frozen=True, slots=True)
class Response:
    """A stored response. `error` is the service's own text; times are UTC."""

    id: str
    status: str
    model: str
    created: datetime | None
    text: str
    usage: Usage | None
    error: str
    is_background: bool
    previous: str
    finished: Finished
    raw: parse.Json


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


def input_items(client: Client, response_id: str) -> Iterator[dict[str, Any]]:
    """What a stored response was asked, as the API's own items, newest first unless the service says
    otherwise.
    """
    return client.page(f"/responses/{segment(response_id)}/input_items", params={"limit": 100})


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
        text=reply.text,
        usage=reply.finished.usage,
        error=parse.text(error.get("message")) or parse.text(error.get("code")),
        is_background=raw.get("background") is True,
        previous=parse.text(raw.get("previous_response_id")),
        finished=reply.finished,
        raw=raw,
    )


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
