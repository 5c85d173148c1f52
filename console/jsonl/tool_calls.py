"""Rules for tools, for the calls of assistant messages, and for the tool messages that answer them.

Source: ChatCompletionTool, ChatCompletionMessageToolCall and ChatCompletionRequestToolMessage in OpenAI's
OpenAPI 2.3.0.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from .edits import Insert, Replace, dump
from .problems import Finding, shown
from .roles import role_of
from .schema import schema_fault
from .walk import Path

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_tools(value: dict[str, Any], path: Path) -> Iterator[Finding]:
    """Yield the findings in `tools` and `parallel_tool_calls`."""
    parallel = value.get("parallel_tool_calls")
    if parallel is not None and not isinstance(parallel, bool):
        yield Finding(
            "parallel_tool_calls_invalid", (*path, "parallel_tool_calls"), details={"value": shown(parallel)}
        )
    tools = value.get("tools")
    if tools is None:
        return
    if not isinstance(tools, list):
        yield Finding("tools_invalid", (*path, "tools"))
        return
    names: set[str] = set()
    for index, tool in enumerate(tools):
        yield from _tool(tool, names, (*path, "tools", index))


def _tool(tool: Any, names: set[str], path: Path) -> Iterator[Finding]:
    kind = tool.get("type") if isinstance(tool, dict) else None
    if kind == "custom":
        return
    function = tool.get("function") if kind == "function" else None
    if not isinstance(function, dict):
        yield Finding("tool_invalid", path)
        return
    here = (*path, "function")
    name = function.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield Finding("tool_name_invalid", (*here, "name") if "name" in function else here)
    elif name in names:
        yield Finding("tool_name_duplicate", (*here, "name"), details={"name": name})
    else:
        names.add(name)
    if function.get("parameters") is not None:
        yield from _parameters(function["parameters"], (*here, "parameters"))


def _parameters(parameters: Any, path: Path) -> Iterator[Finding]:
    fault = schema_fault(parameters, path)
    if fault is None and isinstance(parameters, bool):
        fault = path, "it is not an object"
    if fault is None and parameters.get("type", "object") != "object":
        fault = (*path, "type"), "its type is not object"
    if fault is not None:
        yield Finding("tool_parameters_invalid", fault[0], details={"fault": fault[1]})


def check_order(messages: list[Any], path: Path, tools: Any) -> Iterator[Finding]:
    """Yield the calls without a result and the results without a call; the last message may call without one."""
    known = _names(tools)
    open_calls: dict[str, Path] = {}
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        here = (*path, index)
        if role_of(message) == "tool":
            yield from _result(message, open_calls, here)
            continue
        yield from _unanswered(open_calls)
        open_calls = {}
        calls = message.get("tool_calls")
        if isinstance(calls, list):
            yield from _calls(calls, open_calls, known, (*here, "tool_calls"))
        elif calls is not None:
            yield Finding("tool_calls_invalid", (*here, "tool_calls"))
    if messages and role_of(messages[-1]) == "tool":
        yield from _unanswered(open_calls)


def _unanswered(open_calls: dict[str, Path]) -> Iterator[Finding]:
    for call_id, path in open_calls.items():
        yield Finding("tool_call_unanswered", path, details={"id": shown(call_id)})


def _result(message: dict[str, Any], open_calls: dict[str, Path], path: Path) -> Iterator[Finding]:
    call_id = message.get("tool_call_id")
    if isinstance(call_id, str) and call_id in open_calls:
        del open_calls[call_id]
    elif isinstance(call_id, str):
        yield Finding("tool_call_unknown", (*path, "tool_call_id"), details={"id": shown(call_id)})
    elif len(open_calls) == 1 and "tool_call_id" not in message:
        yield Finding("tool_call_id_missing", path, Insert(path, "tool_call_id", open_calls.popitem()[0]))
    else:
        yield Finding("tool_call_id_missing", path)


def _calls(
    calls: list[Any], open_calls: dict[str, Path], known: set[str] | None, path: Path
) -> Iterator[Finding]:
    for index, call in enumerate(calls):
        here = (*path, index)
        if not isinstance(call, dict):
            yield Finding("tool_call_invalid", here)
            continue
        call_id = call.get("id")
        if not isinstance(call_id, str) or not call_id:
            yield Finding("tool_call_id_missing", here)
        elif call_id in open_calls:
            yield Finding("tool_call_id_duplicate", (*here, "id"), details={"id": shown(call_id)})
        else:
            open_calls[call_id] = (*here, "id")
        if "type" not in call and "function" in call:
            yield Finding("tool_call_type_missing", here, Insert(here, "type", "function"))
        if call.get("type", "function") != "custom":
            yield from _function(call.get("function"), known, here)


def _function(function: Any, known: set[str] | None, path: Path) -> Iterator[Finding]:
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str):
        yield Finding("tool_call_invalid", path)
        return
    here = (*path, "function")
    if known is not None and name not in known:
        yield Finding("tool_undefined", (*here, "name"), details={"name": shown(name)})
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        if not _holds_object(arguments):
            yield Finding("arguments_invalid", (*here, "arguments"))
    else:
        spot = (*here, "arguments") if "arguments" in function else here
        fix = Replace(spot, dump(arguments)) if isinstance(arguments, dict) else None
        yield Finding("arguments_not_text", spot, fix, {"value": shown(arguments)})


def _holds_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _names(tools: Any) -> set[str] | None:
    """Return the names of the tools; no tools at all is an empty set, None what cannot be told."""
    if tools is None:
        return set()
    if not isinstance(tools, list):
        return None
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)]
    return {str(function.get("name")) for function in functions if isinstance(function, dict)}
