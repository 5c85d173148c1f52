"""One response over time: its events, each with the second at which it happens, and its state at any moment.

Order of events: API notes of 2026-11-23, part b; fields: `ResponseStreamEvent` of the OpenAI spec of
2026-08-21. A run is a function of its stored record and the clock; nothing works in the background, so it
survives a restart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.simulator import filters
from console.simulator.answers import Answer
from console.simulator.tools import ToolCall
from console.simulator.words import pieces

Event = tuple[float, dict[str, Any]]

TERMINAL = {
    "completed": "response.completed",
    "incomplete": "response.incomplete",
    "failed": "response.failed",
}


def initial_response(
    response_id: str, created: int, model: str, body: dict[str, Any], effort: str | None
) -> dict[str, Any]:
    """The response as it is told first: nothing done yet. Members and nulls as in a live capture of 2025."""
    text = body.get("text") or {}
    reasoning = body.get("reasoning") or {}
    return {
        "id": response_id,
        "object": "response",
        "created_at": created,
        "status": "queued" if body.get("background") else "in_progress",
        "background": bool(body.get("background")),
        "completed_at": None,
        "content_filters": [],
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": model,
        "output": [],
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": {"effort": effort, "summary": reasoning.get("summary")},
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": body.get("service_tier") or "default",
        "store": body.get("store") is not False,
        "temperature": 1.0 if body.get("temperature") is None else body["temperature"],
        "text": {
            "format": text.get("format") or {"type": "text"},
            "verbosity": text.get("verbosity") or "medium",
        },
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": [_told(tool) for tool in body.get("tools") or ()],
        "top_p": 1.0 if body.get("top_p") is None else body["top_p"],
        "truncation": body.get("truncation") or "disabled",
        "usage": None,
        "user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }


def output_items(
    found: Answer, ids: Iterator[str], *, summary: str, encrypted: str, reasons: bool
) -> list[dict[str, Any]]:
    """The finished output: a reasoning item for models that reason, then the calls or the message."""
    items: list[dict[str, Any]] = []
    if reasons:
        told = [{"type": "summary_text", "text": summary}] if summary else []
        items.append({"id": f"rs_{next(ids)}", "type": "reasoning", "summary": told})
        if found.thoughts:
            items[0]["content"] = [{"type": "reasoning_text", "text": "".join(found.thoughts)}]
        if encrypted:
            items[0]["encrypted_content"] = encrypted
    items += [_call_item(made, ids) for made in found.calls]
    if found.pieces or (not found.calls and found.finish == "stop"):
        part = {"type": "output_text", "annotations": [], "logprobs": [], "text": found.text}
        status = "completed" if found.finish == "stop" else "incomplete"
        items.append(
            {
                "id": f"msg_{next(ids)}",
                "type": "message",
                "status": status,
                "content": [part],
                "role": "assistant",
            }
        )
    return items


def _call_item(made: ToolCall, ids: Iterator[str]) -> dict[str, Any]:
    return {
        "id": f"fc_{next(ids)}",
        "type": "function_call",
        "status": "completed",
        "arguments": made.arguments,
        "call_id": f"call_{next(ids)[:24]}",
        "name": made.name,
    }


def final_response(
    response: dict[str, Any],
    items: list[dict[str, Any]],
    found: Answer,
    *,
    prompt: int,
    cached: int,
    azure: bool,
) -> dict[str, Any]:
    """The response as it is told last."""
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    reason = reasons.get(found.finish)
    told: list[dict[str, Any]] = []
    if azure:
        completion = filters.responses_results(
            source="completion", blocked=found.cut_by_filter, end=len(found.text)
        )
        told = [filters.responses_results(source="prompt"), completion]
    return {
        **response,
        "status": "incomplete" if reason else "completed",
        "content_filters": told,
        "incomplete_details": {"reason": reason} if reason else None,
        "output": items,
        "usage": {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": cached},
            "output_tokens": found.tokens,
            "output_tokens_details": {"reasoning_tokens": found.reasoning_tokens},
            "total_tokens": prompt + found.tokens,
        },
    }


def events(record: dict[str, Any]) -> Iterator[Event]:
    """All events of a run in order, numbered, with the seconds since its start."""
    for number, (due, event) in enumerate(_events(record)):
        yield due, {**event, "sequence_number": number}


def _events(record: dict[str, Any]) -> Iterator[Event]:
    early, final, timing = record["initial"], record["final"], record["timing"]
    yield 0.0, {"type": "response.created", "response": early}
    if early["background"]:
        yield 0.0, {"type": "response.queued", "response": early}
    yield timing["start"], {"type": "response.in_progress", "response": {**early, "status": "in_progress"}}
    last = timing["start"]
    for index, item in enumerate(final["output"]):
        for due, event in _item_events(index, item, timing, last):
            last = due
            yield due, event
    yield timing["end"], {"type": TERMINAL[final["status"]], "response": final}


def _item_events(index: int, item: dict[str, Any], timing: dict[str, float], due: float) -> Iterator[Event]:
    place = {"item_id": item["id"], "output_index": index}
    if item["type"] == "reasoning":
        begun, inner = {**item, "summary": []}, _reasoning_events(item, place, timing, due)
        begun.pop("content", None)
    elif item["type"] == "function_call":
        begun, inner = (
            {**item, "status": "in_progress", "arguments": ""},
            _call_events(item, place, timing, due),
        )
    else:
        begun, inner = {**item, "status": "in_progress", "content": []}, _text_events(item, place, timing)
    yield due, {"type": "response.output_item.added", "output_index": index, "item": begun}
    last = due
    for last, event in inner:
        yield last, event
    yield last, {"type": "response.output_item.done", "output_index": index, "item": item}


def _reasoning_events(
    item: dict[str, Any], place: dict[str, Any], timing: dict[str, float], due: float
) -> Iterator[Event]:
    for position, part in enumerate(item["summary"]):
        where = {**place, "summary_index": position}
        empty = {"type": "summary_text", "text": ""}
        parts = pieces(part["text"])
        step = max(timing["text"] - due, 0.0) / max(len(parts), 1)
        yield due, {"type": "response.reasoning_summary_part.added", **where, "part": empty}
        for number, piece in enumerate(parts):
            due += step if number else 0.0
            yield due, {"type": "response.reasoning_summary_text.delta", **where, "delta": piece}
        yield due, {"type": "response.reasoning_summary_text.done", **where, "text": part["text"]}
        yield due, {"type": "response.reasoning_summary_part.done", **where, "part": part}
    for position, part in enumerate(item.get("content") or ()):
        where = {**place, "content_index": position}
        for number, piece in enumerate(pieces(part["text"])):
            due = timing["thoughts"] + number * timing["interval"]
            yield due, {"type": "response.reasoning_text.delta", **where, "delta": piece}
        yield due, {"type": "response.reasoning_text.done", **where, "text": part["text"]}


def _call_events(
    item: dict[str, Any], place: dict[str, Any], timing: dict[str, float], due: float
) -> Iterator[Event]:
    due = max(due, timing["text"])
    arguments = item["arguments"]
    for start in range(0, len(arguments), 12):
        delta = arguments[start : start + 12]
        yield due, {"type": "response.function_call_arguments.delta", **place, "delta": delta}
        due += timing["interval"] * 3
    done = {"arguments": arguments, "name": item["name"]}
    yield due, {"type": "response.function_call_arguments.done", **place, **done}


def _text_events(item: dict[str, Any], place: dict[str, Any], timing: dict[str, float]) -> Iterator[Event]:
    part = item["content"][0]
    where = {**place, "content_index": 0}
    due = timing["text"]
    yield due, {"type": "response.content_part.added", **where, "part": {**part, "text": ""}}
    for number, piece in enumerate(pieces(part["text"])):
        due = timing["text"] + number * timing["interval"]
        yield due, {"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []}
    yield due, {"type": "response.output_text.done", **where, "text": part["text"], "logprobs": []}
    yield due, {"type": "response.content_part.done", **where, "part": part}


def _told(tool: dict[str, Any]) -> dict[str, Any]:
    if tool["type"] != "function":
        return tool
    return {"description": None, "parameters": {}, **tool, "strict": tool.get("strict") is not False}
