"""Rules for lists of chat messages, in training examples and in requests.

Source: ChatCompletionRequestMessage and FineTuneChatCompletionRequestAssistantMessage in OpenAI's OpenAPI 2.3.0;
Azure's pages on fine-tuning and on vision fine-tuning (64 images an example), 2026-03.
"""

from collections.abc import Iterator
from typing import Any

from . import tool_calls
from .edits import Remove, Replace
from .problems import Finding, shown
from .roles import role_of
from .walk import Path

# True and 1.0 are the key 1 as well.
WEIGHTS: dict[object, int] = {"0": 0, "1": 1, 0: 0, 1: 1}
MOST_IMAGES = 64
IMAGES = ("http://", "https://", "data:image/jpeg;", "data:image/jpg;", "data:image/png;", "data:image/webp;")
PARTS = {
    "text": ("text", str),
    "refusal": ("refusal", str),
    "image_url": ("image_url", dict),
    "input_audio": ("input_audio", dict),
    "file": ("file", dict),
}
TRAINING_PARTS = {"user": {"text", "image_url"}, "assistant": {"text", "refusal"}}
REQUEST_PARTS = {"user": {"text", "image_url", "input_audio", "file"}, "assistant": {"text", "refusal"}}


def check(value: dict[str, Any], path: Path, *, training: bool) -> Iterator[Finding]:
    """Yield the findings in `messages` and `tools` of the object at `path`."""
    messages = value.get("messages")
    if "messages" not in value:
        yield Finding("messages_missing", path)
    elif not isinstance(messages, list):
        yield Finding("messages_invalid", (*path, "messages"))
    elif not messages:
        yield Finding("messages_empty", (*path, "messages"))
    else:
        yield from turns(messages, (*path, "messages"), training=training)
    yield from tool_calls.check_tools(value, path)
    if isinstance(messages, list):
        yield from tool_calls.check_order(messages, (*path, "messages"), value.get("tools"))


def turns(messages: list[Any], path: Path, *, training: bool) -> Iterator[Finding]:
    """Yield what is wrong with each message, and with the order of their roles."""
    has_begun = False
    images = 0
    for index, message in enumerate(messages):
        here = (*path, index)
        if not isinstance(message, dict):
            yield Finding("message_invalid", here)
            continue
        role = role_of(message)
        if role == "" or message["role"] != role:
            yield from _role(message, here)
        if role in {"system", "developer"} and has_begun:
            yield Finding("role_misplaced", (*here, "role"), details={"role": role})
        has_begun = has_begun or role not in {"system", "developer"}
        yield from _content(message, role, here, training=training)
        if "weight" in message:
            yield from _weight(message["weight"], role, here)
        images += _count_images(message)
    if training and images > MOST_IMAGES:
        yield Finding("images_too_many", path, details={"count": images, "most": MOST_IMAGES})


def _role(message: dict[str, Any], path: Path) -> Iterator[Finding]:
    role = message.get("role")
    meant = role_of(message)
    if "role" not in message:
        yield Finding("role_missing", path)
    elif meant:
        details = {"role": shown(role), "meant": meant}
        yield Finding("role_alias", (*path, "role"), Replace((*path, "role"), meant), details)
    else:
        yield Finding("role_unknown", (*path, "role"), details={"role": shown(role)})


def _content(message: dict[str, Any], role: str, path: Path, *, training: bool) -> Iterator[Finding]:
    content = message.get("content")
    here = (*path, "content")
    if isinstance(content, str):
        if not content and role in {"system", "developer", "user"}:
            yield Finding("content_empty", here)
        if not content and role == "assistant" and not speaks(message):
            yield Finding("assistant_empty", path)
    elif isinstance(content, list):
        yield from _parts(content, role, here, training=training)
    elif content is not None:
        yield Finding("content_invalid", here, details={"value": shown(content)})
    elif role == "assistant":
        if not speaks(message):
            yield Finding("assistant_empty", path)
    elif role and "content" in message:
        yield Finding("content_null", here, Replace(here, ""), {"role": role})
    elif role:
        yield Finding("content_missing", path, details={"role": role})


def speaks(message: dict[str, Any]) -> bool:
    """Say whether an assistant message has something in it."""
    return any(message.get(key) for key in ("content", "tool_calls", "function_call", "refusal", "audio"))


def _parts(parts: list[Any], role: str, path: Path, *, training: bool) -> Iterator[Finding]:
    if not parts:
        yield Finding("content_empty", path)
    allowed = (TRAINING_PARTS if training else REQUEST_PARTS).get(role, {"text"})
    for index, part in enumerate(parts):
        here = (*path, index)
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str):
            yield Finding("part_invalid", here)
        elif kind not in allowed:
            details = {"type": shown(kind), "role": role or "nameless"}
            yield Finding("part_unsupported", (*here, "type"), details=details)
        elif not isinstance(part.get(PARTS[kind][0]), PARTS[kind][1]):
            yield Finding("part_invalid", here)
        elif kind == "image_url":
            yield from _image(part["image_url"], (*here, "image_url"))


def _image(image: dict[str, Any], path: Path) -> Iterator[Finding]:
    url = image.get("url")
    if not isinstance(url, str):
        yield Finding("image_invalid", path)
    elif not url.startswith((*IMAGES, "data:image/gif;")):
        yield Finding("image_invalid", (*path, "url"))


def _count_images(message: dict[str, Any]) -> int:
    content = message.get("content")
    if not isinstance(content, list):
        return 0
    return sum(isinstance(part, dict) and part.get("type") == "image_url" for part in content)


def _weight(weight: Any, role: str, path: Path) -> Iterator[Finding]:
    here = (*path, "weight")
    if role not in {"assistant", ""}:
        yield Finding("weight_misplaced", here, Remove(here), {"role": role})
    elif type(weight) is not int or weight not in (0, 1):
        meant = WEIGHTS.get(weight) if isinstance(weight, str | bool | float) else None
        fix = None if meant is None else Replace(here, meant)
        yield Finding("weight_invalid", here, fix, {"value": shown(weight)})
