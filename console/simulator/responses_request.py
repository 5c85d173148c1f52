"""Reading a request for a response: parameters, input items, and the conversation before it.

Fields: `OpenAI.CreateResponse` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from typing import Any

from console.simulator import conversations
from console.simulator import parameters as check
from console.simulator.accounts import Deployment
from console.simulator.answers import Ask, Turn
from console.simulator.chat_request import deployment_for, prompt_tokens
from console.simulator.errors import invalid, operation_not_supported
from console.simulator.response_items import ITEM, named, turn_of
from console.simulator.tools import chosen_name
from console.simulator.world import Call

_LONGEST_CHAIN = 200
_TOOLS = (
    "function", "file_search", "web_search", "web_search_preview", "code_interpreter", "image_generation",
    "mcp", "computer_use_preview", "local_shell", "shell", "apply_patch", "custom",
)  # fmt: skip
_INCLUDES = (
    "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
    "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
    "reasoning.encrypted_content", "message.output_text.logprobs",
)  # fmt: skip
_FORMAT = check.shape(
    {
        "type": check.one_of("text", "json_object", "json_schema"),
        "name": check.text(64),
        "schema": check.mapping,
        "strict": check.boolean,
        "description": check.text(),
    },
    ("type",),
)
_TOOL = check.shape(
    {
        "type": check.one_of(*_TOOLS),
        "name": check.text(64),
        "parameters": check.mapping,
        "strict": check.boolean,
    },
    ("type",),
)

FIELDS: dict[str, check.Check] = {
    "model": check.text(),
    "input": check.either(check.array(2048, 1, ITEM), check.text()),
    "instructions": check.text(),
    "previous_response_id": check.text(),
    "conversation": check.either(check.mapping, check.text()),
    "tools": check.array(128, items=_TOOL),
    "tool_choice": check.either(check.mapping, check.one_of("none", "auto", "required")),
    "parallel_tool_calls": check.boolean,
    "max_tool_calls": check.integer(1),
    "max_output_tokens": check.integer(16),
    "reasoning": check.shape(
        {
            "effort": check.one_of("none", "minimal", "low", "medium", "high", "xhigh"),
            "summary": check.one_of("auto", "concise", "detailed"),
            "generate_summary": check.one_of("auto", "concise", "detailed"),
        },
        closed=True,
    ),
    "text": check.shape({"format": _FORMAT, "verbosity": check.one_of("low", "medium", "high")}, closed=True),
    "temperature": check.number(0, 2),
    "top_p": check.number(0, 1),
    "top_logprobs": check.integer(0, 20),
    "truncation": check.one_of("auto", "disabled"),
    "include": check.array(items=check.one_of(*_INCLUDES)),
    "store": check.boolean,
    "background": check.boolean,
    "stream": check.boolean,
    "stream_options": check.shape({"include_obfuscation": check.boolean}, closed=True),
    "metadata": check.metadata,
    "prompt": check.mapping,
    "user": check.text(),
    "safety_identifier": check.text(64),
    "prompt_cache_key": check.text(),
    "prompt_cache_retention": check.one_of("in-memory", "24h"),
    "service_tier": check.one_of("auto", "default", "flex", "priority"),
}


def read_response(call: Call, body: dict[str, Any]) -> Ask:
    """The ask in a body that passed every check, else a refusal."""
    deployment = deployment_for(call, body)
    if not deployment.model.can("r"):
        raise operation_not_supported("responses", deployment.model.name)
    check.check_body(body, FIELDS, required=("input",), refuse_unknown=check.unknown)
    _check_model_takes(deployment, body)
    _check_together(body)
    turns = _turns(call, body)
    format_ = (body.get("text") or {}).get("format") or {}
    return Ask(
        deployment=deployment,
        turns=turns,
        prompt_tokens=prompt_tokens(turns, body.get("tools")),
        functions=_functions(body),
        tool_choice=body.get("tool_choice"),
        parallel=body.get("parallel_tool_calls") is not False,
        json_mode=format_.get("type") == "json_object",
        schema=(format_.get("schema") or {}) if format_.get("type") == "json_schema" else None,
        max_tokens=body.get("max_output_tokens"),
        effort=(body.get("reasoning") or {}).get("effort"),
    )


def items_of(call: Call, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The input as items with ids, as `input_items` lists them."""
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    return [named(call, item) for item in items]


def _turns(call: Call, body: dict[str, Any]) -> list[Turn]:
    turns = [Turn("system", body["instructions"])] if body.get("instructions") else []
    turns += [turn_of(item) for item in conversations.items_before(call, body)]
    for record in _chain(call, body.get("previous_response_id")):
        turns += [turn_of(item) for item in record["input_items"]]
        turns += [turn_of(item) for item in record["final"]["output"]]
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    return [turn for turn in (*turns, *(turn_of(item) for item in items)) if turn.text] or [Turn("user", "")]


def _chain(call: Call, response_id: str | None) -> list[dict[str, Any]]:
    """The stored responses that lead to this one, the oldest first."""
    known = call.world.store.collection("responses")
    chain: list[dict[str, Any]] = []
    while response_id and len(chain) < _LONGEST_CHAIN:
        record = known.get(response_id)
        if (
            record is None
            or record["account"] != call.account.name
            or record["visible_at"] > call.world.clock.now()
        ):
            raise invalid(
                "previous_response_not_found",
                f"Previous response with id '{response_id}' not found.",
                param="previous_response_id",
            )
        chain.insert(0, record)
        response_id = record["initial"].get("previous_response_id")
    return chain


def _check_model_takes(deployment: Deployment, body: dict[str, Any]) -> None:
    character = deployment.character
    for name in ("temperature", "top_p"):
        if body.get(name) is not None and name in character.refuses:
            raise check.unsupported(name)
    reasoning = body.get("reasoning") or {}
    if reasoning.get("effort") and (
        character.reasoning != "hidden" or "reasoning_effort" in character.refuses
    ):
        raise check.unsupported("reasoning.effort")
    if body.get("top_logprobs"):
        raise check.unsupported("top_logprobs")
    if body.get("service_tier") == "flex" and deployment.model.name != "gpt-5.6-sol":
        raise check.unsupported("service_tier")


def _check_together(body: dict[str, Any]) -> None:
    if body.get("background") and body.get("store") is False:
        message = "Background mode requires the response to be stored: 'store' cannot be false."
        raise invalid("invalid_parameter_combination", message, param="store")
    if body.get("previous_response_id") and body.get("conversation"):
        message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'."
        raise invalid("mutually_exclusive_parameters", message, param="previous_response_id")
    if body.get("stream_options") is not None and not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise invalid("invalid_value", message, param="stream_options")
    _check_tools(body)


def _check_tools(body: dict[str, Any]) -> None:
    for index, tool in enumerate(body.get("tools") or ()):
        if tool["type"] == "function" and not tool.get("name"):
            raise check.missing(f"tools[{index}].name")
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") == "function":
        named, offered = chosen_name(choice), {function["name"] for function in _functions(body)}
        if named not in offered:
            message = f"Tool choice '{named}' not found in 'tools'."
            raise invalid("invalid_value", message, param="tool_choice")


def _functions(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [tool for tool in body.get("tools") or () if tool["type"] == "function"]
