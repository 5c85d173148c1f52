"""Reading a chat completion request: which parameters there are, what they may be, what they ask.

Fields: `createChatCompletion` in the Azure v1 spec of 2026-01-28; `service_tier` from the pages of 2026-09.
"""

from __future__ import annotations

from typing import Any

from console.simulator import parameters as check
from console.simulator.accounts import Deployment
from console.simulator.answers import Ask, Turn
from console.simulator.errors import Refusal, deployment_not_found, invalid, operation_not_supported
from console.simulator.tools import chosen_name
from console.simulator.tuned_models import deployment_of
from console.simulator.words import count
from console.simulator.world import Call

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
_NAME = check.text(64)

_PART = check.shape({"type": check.one_of("text", "image_url", "input_audio", "file", "refusal")}, ("type",))
_CONTENT = check.either(check.array(items=_PART), check.text())
_MESSAGE = check.shape(
    {
        "role": check.one_of(*ROLES),
        "content": _CONTENT,
        "name": _NAME,
        "tool_call_id": check.text(),
        "tool_calls": check.array(
            items=check.shape({"id": check.text(), "function": check.mapping}, ("id",))
        ),
        "refusal": check.text(),
        "reasoning_content": check.text(),
    },
    ("role",),
)
_FUNCTION = check.shape(
    {"name": _NAME, "description": check.text(), "parameters": check.mapping, "strict": check.boolean},
    ("name",),
)
_TOOL = check.shape(
    {"type": check.one_of("function", "custom"), "function": _FUNCTION, "custom": check.mapping}, ("type",)
)
_FORMAT = check.shape(
    {
        "type": check.one_of("text", "json_object", "json_schema"),
        "json_schema": check.shape(
            {"name": _NAME, "schema": check.mapping, "strict": check.boolean, "description": check.text()},
            ("name",),
        ),
    },
    ("type",),
)

FIELDS: dict[str, check.Check] = {
    "messages": check.array(2048, 1, _MESSAGE),
    "model": check.text(),
    "temperature": check.number(0, 2),
    "top_p": check.number(0, 1),
    "n": check.integer(1, 128),
    "stream": check.boolean,
    "stream_options": check.shape(
        {"include_usage": check.boolean, "include_obfuscation": check.boolean}, closed=True
    ),
    "stop": check.either(check.array(4, items=check.text()), check.text()),
    "max_tokens": check.integer(1),
    "max_completion_tokens": check.integer(1),
    "presence_penalty": check.number(-2, 2),
    "frequency_penalty": check.number(-2, 2),
    "logit_bias": check.mapping,
    "logprobs": check.boolean,
    "top_logprobs": check.integer(0, 20),
    "user": check.text(),
    "safety_identifier": check.text(),
    "prompt_cache_key": check.text(),
    "prompt_cache_retention": check.one_of("in-memory", "24h"),
    "seed": check.integer(-(2**63), 2**63 - 1),
    "tools": check.array(128, items=_TOOL),
    "tool_choice": check.either(check.mapping, check.one_of("none", "auto", "required")),
    "parallel_tool_calls": check.boolean,
    "functions": check.array(128, 1, _FUNCTION),
    "function_call": check.either(check.mapping, check.one_of("none", "auto")),
    "response_format": _FORMAT,
    "reasoning_effort": check.one_of(*_EFFORTS),
    "verbosity": check.one_of("low", "medium", "high"),
    "modalities": check.array(items=check.one_of("text", "audio")),
    "audio": check.mapping,
    "prediction": check.mapping,
    "store": check.boolean,
    "metadata": check.metadata,
    "service_tier": check.one_of("auto", "default", "flex", "priority"),
    "user_security_context": check.mapping,
}


def deployment_for(call: Call, body: dict[str, Any]) -> Deployment:
    """The deployment that `model` names; 400 when it is missing or no text, 404 when it does not exist."""
    model = body.get("model")
    if model is None:
        raise check.missing("model")
    if not isinstance(model, str):
        raise check.wrong_type("model", model, "a string")
    deployment = named_deployment(call, model)
    if deployment is None or deployment.state != "Succeeded":
        raise deployment_not_found()
    return deployment


def named_deployment(call: Call, name: str) -> Deployment | None:
    """A deployment of the resource, or a fine-tuned model of it under its own name."""
    return call.account.deployment(name) or deployment_of(call.world, call.account, name)


def read_chat(call: Call, body: dict[str, Any]) -> Ask:
    """The ask in a body that passed every check, else a refusal."""
    deployment = deployment_for(call, body)
    if not deployment.model.can("c"):
        raise operation_not_supported("chatCompletion", deployment.model.name)
    check.check_body(body, FIELDS, required=("messages",), refuse_unknown=check.unrecognized)
    _check_model_takes(deployment, body)
    _check_together(body)
    turns = [Turn(message["role"], text_of(message)) for message in body["messages"]]
    return Ask(
        deployment=deployment,
        turns=turns,
        prompt_tokens=prompt_tokens(turns, body.get("tools") or body.get("functions")),
        functions=_functions(body),
        tool_choice=body.get("tool_choice") or body.get("function_call"),
        parallel=body.get("parallel_tool_calls") is not False,
        json_mode=_format(body).get("type") == "json_object",
        schema=_schema(body),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        stop=_stops(body),
        effort=body.get("reasoning_effort"),
    )


def text_of(message: dict[str, Any]) -> str:
    """A message's text; other parts are named in brackets."""
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(str(part.get("text") or f"[{part.get('type')}]") for part in content)
    if content is None and message.get("tool_calls"):
        return "[tool calls]"
    return content if isinstance(content, str) else ""


def prompt_tokens(turns: list[Turn], tools: Any = None) -> int:
    """Estimated tokens of a conversation: its texts, four a message, three to begin the answer."""
    total = 3 + sum(4 + count(turn.text) for turn in turns)
    return total + (count(str(tools)) if tools else 0)


def _check_model_takes(deployment: Deployment, body: dict[str, Any]) -> None:
    character = deployment.character
    for name, value in body.items():
        if value is not None and name in character.refuses:
            raise _refusal(name)
    if body.get("reasoning_effort") is not None and not character.reasoning:
        raise check.unrecognized("reasoning_effort")
    if body.get("logprobs") or body.get("top_logprobs"):
        raise check.unsupported("logprobs")
    if body.get("service_tier") == "flex" and deployment.model.name != "gpt-5.6-sol":
        raise check.unsupported("service_tier")


def _refusal(name: str) -> Refusal:
    if name in ("thinking", "prompt_cache_key"):
        return check.unrecognized(name)
    swapped = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
    return check.unsupported(name, swapped.get(name, ""))


def _check_together(body: dict[str, Any]) -> None:
    if body.get("stream_options") is not None and not body.get("stream"):
        raise invalid(
            "invalid_value", "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )  # fmt: skip
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        raise invalid("invalid_parameter_combination", message, param="max_tokens")
    for index, message in enumerate(body["messages"]):
        _check_message(index, message)
    _check_tools(body)
    kind = _format(body).get("type")
    if kind == "json_schema" and not isinstance(_format(body).get("json_schema"), dict):
        raise check.missing("response_format.json_schema")
    if kind == "json_object" and not any("json" in text_of(m).lower() for m in body["messages"]):
        message = (
            "'messages' must contain the word 'json' in some form, "
            "to use 'response_format' of type 'json_object'."
        )
        raise invalid("invalid_value", message, param="messages")


def _check_message(index: int, message: dict[str, Any]) -> None:
    where = f"messages[{index}]"
    role = message["role"]
    if role == "tool" and message.get("tool_call_id") is None:
        raise check.missing(f"{where}.tool_call_id")
    instead = ("tool_calls", "refusal", "function_call") if role == "assistant" else ()
    if message.get("content") is None and not any(message.get(key) for key in instead):
        raise check.missing(f"{where}.content")


def _check_tools(body: dict[str, Any]) -> None:
    for index, tool in enumerate(body.get("tools") or ()):
        if tool["type"] == "function" and tool.get("function") is None:
            raise check.missing(f"tools[{index}].function")
    named = chosen_name(body.get("tool_choice"))
    if body.get("tool_choice") is not None and not body.get("tools"):
        raise invalid(
            "invalid_value", "'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice"
        )
    if named is not None and named not in {function["name"] for function in _functions(body)}:
        raise invalid("invalid_value", f"Tool choice '{named}' not found in 'tools'.", param="tool_choice")


def _functions(body: dict[str, Any]) -> list[dict[str, Any]]:
    tools = [tool["function"] for tool in body.get("tools") or () if tool["type"] == "function"]
    return [*tools, *(body.get("functions") or ())]


def _format(body: dict[str, Any]) -> dict[str, Any]:
    return body.get("response_format") or {}


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    if _format(body).get("type") != "json_schema":
        return None
    schema = _format(body)["json_schema"].get("schema")
    return schema if isinstance(schema, dict) else {}


def _stops(body: dict[str, Any]) -> tuple[str, ...]:
    stop = body.get("stop")
    return (stop,) if isinstance(stop, str) else tuple(stop or ())
