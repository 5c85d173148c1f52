"""Lines of a dataset from chat completions that a service stored: what was asked, and what was answered.

Shapes: a conversation to learn from, a prompt for graders, an item of an eval, a request of a batch; each as the
doctor wants it (see `fine_tuning`, `evals` and `batches`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .fine_tuning import FIELD
from .purposes import Purpose

SHAPES = (Purpose.SUPERVISED, Purpose.REINFORCEMENT, Purpose.EVALS, Purpose.BATCH)
OWN_FIELDS = frozenset(
    {"id", "model", "question", "input", "answer", "messages", "tools", "reference_answer"}
)
CUT = frozenset({"length", "content_filter"})
PARAMETERS: dict[str, Any] = {
    "temperature": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "seed": None,
    "max_completion_tokens": None,
    "reasoning_effort": None,
    "response_format": None,
    "tools": None,
    "tool_choice": None,
}
"""What a request is repeated with, where the stored one tells something else than the service's own value."""


class LeftOut(Exception):
    """No line can be made of a completion; the text says why, in a few words that fit many."""


@dataclass(frozen=True)
class Shape:
    """What lines are to be made: `fields` maps keys of metadata to names in the line, `model` is a batch's."""

    purpose: str
    model: str = ""
    keeps_system: bool = True
    is_last_turn: bool = False
    leaves_out_cut: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)


def line(
    completion: Mapping[str, Any], messages: Sequence[Mapping[str, Any]], shape: Shape
) -> dict[str, Any]:
    """The object of one line. Raises LeftOut."""
    asked = turns(messages, shape)
    if shape.purpose == Purpose.BATCH:
        return request(completion, asked, shape)
    answer = answer_of(completion, shape)
    match shape.purpose:
        case Purpose.SUPERVISED:
            tools = completion.get("tools")
            return {"messages": [*asked, answer], **({"tools": tools} if tools else {})}
        case Purpose.REINFORCEMENT:
            if asked[-1].get("role") != "user":
                raise LeftOut("does not end with a question")
            return {"messages": asked, "reference_answer": text_of(answer), **marks(completion, shape)}
        case Purpose.EVALS:
            return item(completion, asked, answer, shape)
    raise ValueError(f"No line can be made for {shape.purpose}.")


def turns(messages: Sequence[Mapping[str, Any]], shape: Shape) -> list[dict[str, Any]]:
    """What was asked, as a request has it."""
    said = [message(one) for one in messages]
    leading = [one for one in said if one["role"] in {"system", "developer"}]
    rest = [one for one in said if one["role"] not in {"system", "developer"}]
    if shape.is_last_turn:
        last = max((place for place, one in enumerate(rest) if one["role"] == "user"), default=0)
        rest = rest[last:]
    if not rest:
        raise LeftOut("has no messages")
    return [*leading, *rest] if shape.keeps_system else rest


def message(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A message without what only the store knows of it: its id, and members that are null."""
    parts = stored.get("content_parts")
    content = parts if isinstance(parts, list) and parts else stored.get("content")
    role = stored.get("role")
    told: dict[str, Any] = {"role": role if isinstance(role, str) else ""}
    kept = {key: stored[key] for key in ("name", "refusal", "tool_calls", "tool_call_id") if stored.get(key)}
    if content is None and not (told["role"] == "assistant" and kept):
        content = ""
    return told | ({"content": content} if content is not None else {}) | kept


def answer_of(completion: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """The first of the answers as a message."""
    choices = completion.get("choices")
    first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    told = first.get("message")
    answer = message({**told, "role": "assistant"}) if isinstance(told, dict) else {}
    if not (answer.get("content") or answer.get("tool_calls") or answer.get("refusal")):
        raise LeftOut("has an empty answer")
    if shape.leaves_out_cut and first.get("finish_reason") in CUT:
        raise LeftOut("was cut before its end")
    return answer


def item(
    completion: Mapping[str, Any],
    asked: Sequence[Mapping[str, Any]],
    answer: Mapping[str, Any],
    shape: Shape,
) -> dict[str, Any]:
    """An item with the stored answer as the sample, so that it can be graded without asking anew."""
    questions = [text_of(one) for one in asked if one["role"] == "user"]
    calls = answer.get("tool_calls")
    return {
        "item": {
            "id": str(completion.get("id") or ""),
            "model": str(completion.get("model") or ""),
            "question": questions[-1] if questions else "",
            "input": list(asked),
            "answer": text_of(answer),
            **marks(completion, shape),
        },
        "sample": {"output_text": text_of(answer), **({"output_tools": calls} if calls else {})},
    }


def request(
    completion: Mapping[str, Any], asked: Sequence[Mapping[str, Any]], shape: Shape
) -> dict[str, Any]:
    """The same question to a deployment, with what was set when it was asked first."""
    told = {name: completion.get(name) for name in PARAMETERS}
    set_by_hand = {name: one for name, one in told.items() if one not in (None, "", PARAMETERS[name])}
    return {
        "custom_id": str(completion.get("id") or ""),
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": shape.model, "messages": list(asked), **set_by_hand},
    }


def marks(completion: Mapping[str, Any], shape: Shape) -> dict[str, str]:
    """The chosen metadata as fields; one that a completion does not have is empty, so that all lines are alike."""
    known = completion.get("metadata")
    known = known if isinstance(known, dict) else {}
    return {name: str(known.get(key) or "") for key, name in shape.fields.items()}


def text_of(message: Mapping[str, Any]) -> str:
    """What can be read of a message."""
    content = message.get("content") or message.get("refusal") or ""
    if isinstance(content, str):
        return content
    texts = [part.get("text") or part.get("refusal") for part in content if isinstance(part, dict)]
    return "\n\n".join(one for one in texts if isinstance(one, str))


def is_field(name: str) -> bool:
    """Whether metadata can stand under this name in a line."""
    return bool(FIELD.fullmatch(name)) and name not in OWN_FIELDS
