"""Items of Responses and conversations: what they may be, their ids, and what they say.

Fields: `OpenAI.InputItem` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from typing import Any

from console.simulator import parameters as check
from console.simulator.answers import Turn
from console.simulator.world import Call

_PREFIXES = {"message": "msg_", "function_call": "fc_", "function_call_output": "fco_", "reasoning": "rs_"}
_PART = check.shape({"type": check.text(), "text": check.text()}, ("type",))
ITEM = check.shape(
    {
        "type": check.text(),
        "id": check.text(),
        "role": check.one_of("user", "assistant", "system", "developer"),
        "content": check.either(check.array(items=_PART), check.text()),
        "call_id": check.text(),
        "name": check.text(),
        "arguments": check.text(),
    }
)


def named(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    """An item with its type and an id; text content becomes a part."""
    kind = item.get("type") or "message"
    named = {
        **item,
        "type": kind,
        "id": item.get("id") or call.world.clock.identifier(_PREFIXES.get(kind, "item_")),
    }
    if kind == "message":
        part = "output_text" if item.get("role") == "assistant" else "input_text"
        if isinstance(item.get("content"), str):
            text = {"type": part, "text": item["content"]}
            named["content"] = [{**text, "annotations": []} if part == "output_text" else text]
        named["status"] = "completed"
    return named


def turn_of(item: dict[str, Any]) -> Turn:
    """What an item says in the conversation."""
    kind = item.get("type") or "message"
    if kind == "function_call_output":
        return Turn("tool", str(item.get("output") or ""))
    if kind == "function_call":
        return Turn("assistant", f"{item.get('name')}({item.get('arguments')})")
    if kind != "message":
        return Turn("assistant", "")
    content = item.get("content")
    if isinstance(content, list):
        content = " ".join(str(part.get("text") or f"[{part.get('type')}]") for part in content)
    return Turn(item.get("role") or "user", content or "")
