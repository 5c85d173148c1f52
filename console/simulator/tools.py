"""Which of the offered functions a simulated model calls, and with which arguments."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from console.simulator.structured import conforming_json


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call; `arguments` is JSON text."""

    name: str
    arguments: str


def choose_calls(
    functions: list[dict[str, Any]],
    choice: Any,
    last_role: str,
    prompt: str,
    parallel: bool,
    rng: random.Random,
) -> list[ToolCall]:
    """The calls: those whose name or description the prompt mentions, or the one that is demanded.

    After a tool's result the model answers in words, unless a call is demanded.
    """
    named = chosen_name(choice)
    if not functions or choice == "none":
        return []
    if named is not None:
        chosen = [function for function in functions if function["name"] == named]
    elif last_role == "tool":
        chosen = []
    else:
        scored = [(_mentions(function, prompt), function) for function in functions]
        chosen = [function for score, function in scored if score > 0]
        if not chosen and choice == "required":
            chosen = functions[:1]
        if not parallel:
            chosen = chosen[:1]
    return [ToolCall(function["name"], _arguments(function, prompt, rng)) for function in chosen]


def chosen_name(choice: Any) -> str | None:
    """The function that a `tool_choice` object names, in the shape of either API."""
    if not isinstance(choice, dict):
        return None
    inner = choice.get("function")
    name = inner.get("name") if isinstance(inner, dict) else choice.get("name")
    return name if isinstance(name, str) else None


def _mentions(function: dict[str, Any], prompt: str) -> int:
    words = set(re.findall(r"[a-z]{4,}", prompt.lower()))
    about = f"{function['name']} {function.get('description') or ''}".lower().replace("_", " ")
    return len(words & set(re.findall(r"[a-z]{4,}", about)))


def _arguments(function: dict[str, Any], prompt: str, rng: random.Random) -> str:
    schema = function.get("parameters")
    return conforming_json(schema, prompt, rng) if isinstance(schema, dict) and schema else "{}"
