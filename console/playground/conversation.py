"""What a pane is asked: its own earlier turns and the new input, as chat messages or as a response's input.

Reasoning is never sent again, nor is a prompt that the content filter refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from console.models import Answer, Connection, Turn
from console.models.comparison import latest
from console.v1 import chat, responses
from console.v1.parameters import Api, wire


@dataclass(frozen=True)
class Pane:
    """One pane of a turn: whom to ask and how. `parameters` are only those that were set."""

    position: int
    connection: Connection
    model: str
    api: str
    parameters: dict[str, Any]

    @property
    def told(self) -> dict[str, Any]:
        """The pane as POST /playground/turns/ takes it."""
        return {
            "position": self.position,
            "connection": self.connection.slug,
            "model": self.model,
            "api": self.api,
            "parameters": self.parameters,
        }


@dataclass(frozen=True)
class Request:
    """The body of a call; `spelled_out` is the same without reference to a stored response, {} if it has
    none.
    """

    body: dict[str, Any]
    spelled_out: dict[str, Any]


def exchanges(turns: Iterable[Turn], position: int) -> list[tuple[Turn, Answer]]:
    """Return a pane's earlier turns with the answers that count: of several attempts the last."""
    found = []
    for turn in turns:
        answer = {one.position: one for one in latest(turn.answers.all())}.get(position)
        if answer is not None and answer.error_kind != "content_filtered":
            found.append((turn, answer))
    return found


def request(pane: Pane, text: str, earlier: Sequence[tuple[Turn, Answer]]) -> Request:
    """Build the call of one pane."""
    parameters = dict(pane.parameters)
    instructions = parameters.pop("instructions", "")
    api: Api = "responses" if pane.api == "responses" else "chat"
    sent = wire(parameters, api=api, provider=pane.connection.kind, model=pane.model)
    messages = history(earlier, text)
    if api == "chat":
        system = [{"role": "system", "content": instructions}] if instructions else []
        return Request(chat.body(pane.model, [*system, *messages], sent, stream=True), {})
    sent |= {"instructions": instructions} if instructions else {}
    items = [{"type": "message", **message} for message in messages]
    spelled_out = responses.body(pane.model, items if len(items) > 1 else text, sent, stream=True)
    previous = earlier[-1][1] if earlier else None
    if previous is None or not goes_on(pane, previous):
        return Request(spelled_out, {})
    return Request(
        responses.body(pane.model, text, sent | {"previous_response_id": previous.response_id}, stream=True),
        spelled_out,
    )


def goes_on(pane: Pane, previous: Answer) -> bool:
    """Whether the service itself remembers everything up to the pane's last answer."""
    return (
        previous.api == "responses"
        and previous.state == Answer.State.COMPLETE
        and bool(previous.response_id)
        and previous.parameters.get("store") is not False
        and (previous.connection_id, previous.model) == (pane.connection.pk, pane.model)
    )


def history(earlier: Sequence[tuple[Turn, Answer]], text: str) -> list[dict[str, str]]:
    """Return user and assistant in turns; prompts that were not answered are joined to the next one."""
    messages: list[dict[str, str]] = []
    waiting: list[str] = []
    for turn, answer in earlier:
        waiting.append(turn.input)
        if answer.text:
            messages += [
                {"role": "user", "content": "\n\n".join(waiting)},
                {"role": "assistant", "content": answer.text},
            ]
            waiting = []
    return [*messages, {"role": "user", "content": "\n\n".join([*waiting, text])}]
