"""What pages show of an item of a response or a conversation: a title and blocks, for each kind that the API has.

Kinds from the GA specification of 2026-01-28 (OutputItem, ConversationItem); one that is not known is shown as
its JSON.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from console.v1 import parse
from console.v1.items import Item

SPEAKERS = {
    "user": "User",
    "assistant": "Assistant",
    "system": "System",
    "developer": "Developer",
    "tool": "Tool",
}
TITLES = {
    "reasoning": "Reasoning",
    "function_call": "Function call",
    "function_call_output": "Function result",
    "custom_tool_call": "Tool call",
    "custom_tool_call_output": "Tool result",
    "file_search_call": "File search",
    "web_search_call": "Web search",
    "code_interpreter_call": "Code interpreter",
    "image_generation_call": "Image generation",
    "computer_call": "Computer use",
    "computer_call_output": "Computer result",
    "local_shell_call": "Shell command",
    "local_shell_call_output": "Shell result",
    "shell_call": "Shell command",
    "shell_call_output": "Shell result",
    "apply_patch_call": "Patch",
    "apply_patch_call_output": "Patch result",
    "mcp_call": "MCP call",
    "mcp_list_tools": "MCP tools",
    "mcp_approval_request": "MCP approval asked for",
    "mcp_approval_response": "MCP approval",
    "item_reference": "Reference to an item",
    "compaction": "Compaction",
}


@dataclass(frozen=True)
class Block:
    """`style` says how `value` is shown: prose (Markdown), text, json, code, links or passages."""

    style: str
    value: Any
    title: str = ""


@dataclass(frozen=True)
class Shown:
    """An item as a page shows it; `speaker` is the role of a message, "" for anything else."""

    item: Item
    title: str
    speaker: str
    blocks: tuple[Block, ...]


def shown(items: Iterable[Item]) -> list[Shown]:
    return [show(one) for one in items]


def show(item: Item) -> Shown:
    read = READERS.get(item.type)
    blocks = list(read(item.raw)) if read else []
    if not blocks:
        blocks = [Block("json", rest_of(item.raw))]
    title = SPEAKERS.get(item.role, item.role) if item.type == "message" else title_of(item)
    return Shown(item, title or "Message", item.role if item.type == "message" else "", tuple(blocks))


def title_of(item: Item) -> str:
    known = TITLES.get(item.type, item.type.replace("_", " ").capitalize())
    return f"{known}: {item.name}" if item.name else known


def rest_of(raw: parse.Json) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in {"id", "type", "status"}}


def message(raw: parse.Json) -> Iterable[Block]:
    """The parts of a message, with what they cite."""
    content = raw.get("content")
    if isinstance(content, str):
        return [Block("text", content)]
    return [block for part in parse.rows(content) for block in part_blocks(part)]


def part_blocks(part: parse.Json) -> Iterable[Block]:
    kind = parse.text(part.get("type"))
    if kind == "output_text":
        yield Block("prose", parse.text(part.get("text")))
        if cited := [cited_by(one) for one in parse.rows(part.get("annotations"))]:
            yield Block("links", cited, "Cites")
    elif kind in {"input_text", "text", "summary_text", "reasoning_text"}:
        yield Block("text", parse.text(part.get("text")))
    elif kind == "refusal":
        yield Block("text", parse.text(part.get("refusal")), "Refused")
    elif kind in {"input_image", "input_file", "input_audio", "computer_screenshot"}:
        yield Block("text", source_of(part), f"{kind.partition('_')[2].capitalize()}, not loaded")
    else:
        yield Block("json", part, kind)


def cited_by(annotation: parse.Json) -> tuple[str, str]:
    """The label and the address ("" without one) of what an annotation refers to."""
    names = ("title", "filename", "file_id", "url", "type")
    label = next((text for name in names if (text := parse.text(annotation.get(name)))), "?")
    return label, parse.text(annotation.get("url"))


def source_of(part: parse.Json) -> str:
    names = ("filename", "file_id", "image_url", "file_url")
    found = next((text for name in names if (text := parse.text(part.get(name)))), "")
    return f"{found[:200]}…" if len(found) > 200 else found or "sent along as data"


def reasoning(raw: parse.Json) -> Iterable[Block]:
    parts = [*parse.rows(raw.get("summary")), *parse.rows(raw.get("content"))]
    texts = [text for part in parts if (text := parse.text(part.get("text")))]
    yield from (Block("prose", text) for text in texts)
    if size := len(parse.text(raw.get("encrypted_content"))):
        yield Block("text", f"{size:,} characters that only the service can read.", "Encrypted")
    elif not texts:
        yield Block("text", "The model did not sum up its reasoning.")


def call(raw: parse.Json) -> Iterable[Block]:
    """A call of a function or a tool, and what came of it where the item tells that too."""
    if server := parse.text(raw.get("server_label")):
        yield Block("text", server, "Server")
    given = raw.get("arguments") or raw.get("input") or raw.get("action") or raw.get("operation")
    if given:
        yield Block("json", given, "Arguments")
    if raw.get("output"):
        yield output_block(raw["output"], "Output")
    if raw.get("error"):
        yield output_block(raw["error"], "Error")


def result(raw: parse.Json) -> Iterable[Block]:
    if raw.get("output") is not None:
        yield output_block(raw["output"], "")


def output_block(value: object, title: str) -> Block:
    return Block("code" if isinstance(value, str) else "json", value, title)


def file_search(raw: parse.Json) -> Iterable[Block]:
    yield Block("text", "\n".join(parse.texts(raw.get("queries"))), "Queries")
    found = [
        (
            parse.text(one.get("filename")) or parse.text(one.get("file_id")),
            parse.number(one.get("score")),
            parse.text(one.get("text")),
        )
        for one in parse.rows(raw.get("results"))
    ]
    if found:
        yield Block("passages", found, "Found")


def web_search(raw: parse.Json) -> Iterable[Block]:
    action = parse.mapping(raw.get("action"))
    asked = [parse.text(action.get("query")), *parse.texts(action.get("queries"))]
    if query := "\n".join(dict.fromkeys(one for one in asked if one)):
        yield Block("text", query, "Query")
    urls = [parse.text(action.get("url"))]
    urls += [parse.text(one.get("url")) for one in parse.rows(action.get("sources"))]
    if links := [(url, url) for url in urls if url]:
        yield Block("links", links, "Sources")


def code_interpreter(raw: parse.Json) -> Iterable[Block]:
    yield Block("code", parse.text(raw.get("code")), "Python")
    for output in parse.rows(raw.get("outputs")):
        logs = parse.text(output.get("logs"))
        yield Block("code", logs, "Logs") if logs else Block("text", source_of(output), "Image, not loaded")
    if container := parse.text(raw.get("container_id")):
        yield Block("text", container, "Container")


def image_generation(raw: parse.Json) -> Iterable[Block]:
    if prompt := parse.text(raw.get("revised_prompt")):
        yield Block("text", prompt, "Prompt")
    if size := len(parse.text(raw.get("result"))):
        yield Block("text", f"{size * 3 // 4 // 1024:,} KiB, not shown.", "Image")


def mcp_tools(raw: parse.Json) -> Iterable[Block]:
    names = [parse.text(one.get("name")) for one in parse.rows(raw.get("tools"))]
    yield Block("text", ", ".join(names) or "none", parse.text(raw.get("server_label")) or "Tools")
    if raw.get("error"):
        yield output_block(raw["error"], "Error")


READERS: dict[str, Callable[[parse.Json], Iterable[Block]]] = {
    "message": message,
    "reasoning": reasoning,
    "file_search_call": file_search,
    "web_search_call": web_search,
    "code_interpreter_call": code_interpreter,
    "image_generation_call": image_generation,
    "mcp_list_tools": mcp_tools,
    "mcp_approval_request": call,
    "mcp_call": call,
    "function_call": call,
    "custom_tool_call": call,
    "computer_call": call,
    "local_shell_call": call,
    "shell_call": call,
    "apply_patch_call": call,
    "function_call_output": result,
    "custom_tool_call_output": result,
    "computer_call_output": result,
    "local_shell_call_output": result,
    "shell_call_output": result,
    "apply_patch_call_output": result,
}
