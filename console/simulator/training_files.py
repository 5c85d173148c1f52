"""Reading a training file line by line, as its method wants it: how many examples, or what is wrong where.

Formats: fine-tuning guides of OpenAI for supervised, preference and reinforcement data. A byte order mark is
allowed, since Azure's pages ask for one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEAST_EXAMPLES = 10
_KEPT_LESSONS = 200
_LONGEST_LESSON = 4000
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_BYTES_A_TOKEN = 4


@dataclass(slots=True)
class Reading:
    """What is in a file; `flaw` is the first thing wrong, `lessons` are questions with their answers."""

    examples: int = 0
    tokens: int = 0
    flaw: str = ""
    lessons: list[tuple[str, str]] = field(default_factory=list)


def read_training(path: Path, method: str) -> Reading:
    """The reading of a whole file, in constant memory; it ends at the first flaw."""
    reading = Reading()
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if line.strip():
                flaw = _read_line(line, method, reading)
                if flaw:
                    reading.flaw = f"Line {number}: {flaw}"
                    return reading
    return reading


def _read_line(line: bytes, method: str, reading: Reading) -> str:
    """Adds an example to the reading, or says what is wrong with it."""
    try:
        example = json.loads(line)
    except (ValueError, RecursionError):
        return "it is not valid JSON."
    if not isinstance(example, dict):
        return "it is not a JSON object."
    flaw = _CHECKS[method](example)
    if not flaw:
        reading.examples += 1
        reading.tokens += max(len(line) // _BYTES_A_TOKEN, 1)
        if len(reading.lessons) < _KEPT_LESSONS:
            reading.lessons += _LESSONS[method](example)
    return flaw


def _supervised(example: dict[str, Any]) -> str:
    messages = example.get("messages")
    flaw = _messages_flaw("messages", messages)
    if flaw or not isinstance(messages, list):
        return flaw
    if not any(message["role"] == "assistant" for message in messages):
        return "'messages' has no message of the assistant."
    return ""


def _preference(example: dict[str, Any]) -> str:
    given = example.get("input")
    if not isinstance(given, dict):
        return "'input' is missing or not an object."
    flaw = _messages_flaw("input.messages", given.get("messages"))
    for name in ("preferred_output", "non_preferred_output"):
        flaw = flaw or _messages_flaw(name, example.get(name))
        if not flaw and example[name][-1]["role"] != "assistant":
            flaw = f"the last message of '{name}' is not of the assistant."
    return flaw


def _reinforcement(example: dict[str, Any]) -> str:
    messages = example.get("messages")
    flaw = _messages_flaw("messages", messages)
    if flaw or not isinstance(messages, list):
        return flaw
    return "" if messages[-1]["role"] == "user" else "the last message is not of the user."


def _messages_flaw(name: str, messages: Any) -> str:
    if not isinstance(messages, list) or not messages:
        return f"'{name}' is missing or not a list of messages."
    flaws = (_message_flaw(message) for message in messages)
    return next((f"'{name}', message {number}: {flaw}" for number, flaw in enumerate(flaws, 1) if flaw), "")


def _message_flaw(message: Any) -> str:
    if not isinstance(message, dict):
        return "it is not an object."
    role = message.get("role")
    if role not in _ROLES:
        return f"the role '{str(role)[:40]}' is not one of {', '.join(_ROLES)}."
    content = message.get("content")
    if (
        content is None
        and role == "assistant"
        and (message.get("tool_calls") or message.get("function_call"))
    ):
        return ""
    if not isinstance(content, str | list):
        return "'content' is missing or not text."
    return "" if content else "'content' is empty."


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        content = " ".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return (content or "")[:_LONGEST_LESSON]


def _last(messages: list[dict[str, Any]], role: str) -> str:
    return next((_text(message) for message in reversed(messages) if message["role"] == role), "")


def _supervised_lessons(example: dict[str, Any]) -> list[tuple[str, str]]:
    return _lesson(_last(example["messages"], "user"), _last(example["messages"], "assistant"))


def _preference_lessons(example: dict[str, Any]) -> list[tuple[str, str]]:
    return _lesson(
        _last(example["input"]["messages"], "user"), _last(example["preferred_output"], "assistant")
    )


def _lesson(question: str, answer: str) -> list[tuple[str, str]]:
    return [(question, answer)] if question and answer else []


_CHECKS: dict[str, Callable[[dict[str, Any]], str]] = {
    "supervised": _supervised,
    "dpo": _preference,
    "reinforcement": _reinforcement,
}
_LESSONS: dict[str, Callable[[dict[str, Any]], list[tuple[str, str]]]] = {
    "supervised": _supervised_lessons,
    "dpo": _preference_lessons,
    "reinforcement": lambda _example: [],
}
