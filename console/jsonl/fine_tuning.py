"""Rules for training examples: supervised, preference (DPO) and reinforcement.

Source: FineTuneChatRequestInput, FineTunePreferenceRequestInput and FineTuneReinforcementRequestInput of OpenAI's API
reference, and Azure's pages on fine-tuning, DPO and reinforcement fine-tuning, 2026-03.
"""

import re
from collections.abc import Iterator
from typing import Any

from . import chat, tool_calls
from .keys import SameKeys
from .problems import Finding, shown
from .roles import role_of
from .walk import Path

SUPERVISED_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions", "function_call"})
PREFERENCE_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
RESERVED = frozenset({"messages", "tools", "parallel_tool_calls"})
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Supervised:
    """Conversations that end with the answer to be learned."""

    def look(self, _number: int, value: dict[str, Any]) -> Iterator[Finding]:
        if "messages" not in value and "prompt" in value and "completion" in value:
            yield Finding("format_completion")
            return
        yield from chat.check(value, (), training=True)
        yield from unknown_keys(value, SUPERVISED_KEYS)
        messages = value.get("messages")
        if isinstance(messages, list) and messages:
            yield from _answers(messages)


def _answers(messages: list[Any]) -> Iterator[Finding]:
    """Yield what hinders learning: no answer, an answer that is not last, only weights of 0."""
    answers = [message for message in messages if role_of(message) == "assistant"]
    if not any(chat.speaks(message) for message in answers):
        yield Finding("assistant_missing", ("messages",))
    elif all(_is_zero(message.get("weight")) for message in answers):
        yield Finding("weight_all_zero", ("messages",))
    if role_of(messages[-1]) not in {"assistant", ""}:
        yield Finding("last_not_assistant", ("messages", len(messages) - 1))


def _is_zero(weight: Any) -> bool:
    return isinstance(weight, int | float | str) and weight in (0, "0")


def unknown_keys(value: dict[str, Any], known: frozenset[str], path: Path = ()) -> Iterator[Finding]:
    """Yield a finding for each key that the service does not read."""
    for key in value:
        if key not in known:
            yield Finding("key_unknown", (*path, key), details={"key": shown(key)})


class Preference:
    """A conversation, the output to prefer and the other one."""

    def look(self, _number: int, value: dict[str, Any]) -> Iterator[Finding]:
        yield from unknown_keys(value, PREFERENCE_KEYS)
        given = value.get("input")
        if not isinstance(given, dict):
            yield Finding("input_missing", ("input",) if "input" in value else ())
        else:
            yield from chat.check(given, ("input",), training=True)
            messages = given.get("messages")
            if isinstance(messages, list) and messages and role_of(messages[-1]) == "assistant":
                yield Finding("input_ends_with_assistant", ("input", "messages", len(messages) - 1))
        for key in ("preferred_output", "non_preferred_output"):
            yield from self._output(value, key, given.get("tools") if isinstance(given, dict) else None)
        better, worse = value.get("preferred_output"), value.get("non_preferred_output")
        if better is not None and better == worse:
            yield Finding("outputs_equal", ("non_preferred_output",))

    def _output(self, value: dict[str, Any], key: str, tools: Any) -> Iterator[Finding]:
        output = value.get(key)
        if key not in value:
            yield Finding("output_missing", details={"key": key})
        elif not isinstance(output, list) or not output:
            yield Finding("output_invalid", (key,), details={"key": key})
        else:
            yield from chat.turns(output, (key,), training=True)
            yield from tool_calls.check_order(output, (key,), tools)
            roles = [role_of(message) for message in output]
            for index, role in enumerate(roles):
                if role not in {"assistant", "tool", ""}:
                    yield Finding("output_role_invalid", (key, index), details={"role": role})
            if "assistant" not in roles:
                yield Finding("assistant_missing", (key,))


class Reinforcement:
    """Conversations that end with a question, and fields that graders compare the answer with."""

    def __init__(self) -> None:
        self._fields = SameKeys()

    def look(self, number: int, value: dict[str, Any]) -> Iterator[Finding]:
        yield from chat.check(value, (), training=True)
        messages = value.get("messages")
        if isinstance(messages, list) and messages and role_of(messages[-1]) not in {"user", ""}:
            yield Finding("last_not_user", ("messages", len(messages) - 1))
        fields = [key for key in value if key not in RESERVED]
        for key in fields:
            if not FIELD.fullmatch(key):
                yield Finding("key_unusable", (key,), details={"key": shown(key)})
        yield from self._fields.look(number, fields, ())
