"""The parameters of chat completions and responses: as data for forms, and on their way to a request.

Names, ranges, choices from the GA specification of 2026-01-28; "since" from Microsoft's API version history
(https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle). Only what was set is ever sent.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from console.outbound.errors import UpstreamError
from console.v1.families import OPENAI_MAKER, family

Api = Literal["chat", "responses"]
Type = Literal["integer", "number", "choice", "text", "texts", "boolean", "json"]
BOTH: tuple[Api, ...] = ("chat", "responses")

TOKEN_LIMIT = "max_output_tokens"  # noqa: S105 - a parameter
TOKEN_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as a form shows it; `since` is the first API version that had it, "" for all."""

    name: str
    label: str
    apis: tuple[Api, ...]
    type: Type
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    since: str = ""


PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        TOKEN_LIMIT,
        "Max output tokens",
        BOTH,
        "integer",
        "The most tokens the answer may have, reasoning included. It is sent under the name the model knows.",
        minimum=1,
    ),
    Parameter(
        "temperature",
        "Temperature",
        BOTH,
        "number",
        "Higher is more varied, lower more predictable. Reasoning models refuse it.",
        minimum=0,
        maximum=2,
    ),
    Parameter(
        "top_p",
        "Top P",
        BOTH,
        "number",
        "Draw only from the likeliest tokens of this joint probability. Reasoning models refuse it.",
        minimum=0,
        maximum=1,
    ),
    Parameter(
        "reasoning_effort",
        "Reasoning effort",
        BOTH,
        "choice",
        "How much a reasoning model thinks. Not every model takes every value.",
        choices=("none", "minimal", "low", "medium", "high", "xhigh"),
        since="2024-12-01-preview",
    ),
    Parameter(
        "reasoning_summary",
        "Reasoning summary",
        ("responses",),
        "choice",
        "Whether the model sums up its reasoning, and at what length.",
        choices=("auto", "concise", "detailed"),
        since="2025-04-01-preview",
    ),
    Parameter(
        "verbosity",
        "Verbosity",
        BOTH,
        "choice",
        "How much the model writes.",
        choices=("low", "medium", "high"),
        since="v1 of 2026-01-28",
    ),
    Parameter(
        "seed",
        "Seed",
        ("chat",),
        "integer",
        "The same seed makes the same answer more likely, without a promise.",
    ),
    Parameter("stop", "Stop sequences", ("chat",), "texts", "Up to four texts at which the answer ends."),
    Parameter(
        "presence_penalty",
        "Presence penalty",
        ("chat",),
        "number",
        "Above zero favours new subjects.",
        minimum=-2,
        maximum=2,
    ),
    Parameter(
        "frequency_penalty",
        "Frequency penalty",
        ("chat",),
        "number",
        "Above zero disfavours repetition.",
        minimum=-2,
        maximum=2,
    ),
    Parameter(
        "response_format",
        "Response format",
        ("chat",),
        "json",
        "An object such as json_object, or json_schema with a schema.",
        since="2024-08-01-preview",
    ),
    Parameter(
        "text",
        "Text format",
        ("responses",),
        "json",
        "An object with `format`: text, json_object or json_schema.",
        since="2025-03-01-preview",
    ),
    Parameter("tools", "Tools", BOTH, "json", "A list of tools that the model may call."),
    Parameter("tool_choice", "Tool choice", BOTH, "json", "auto, none, required, or one tool."),
    Parameter(
        "parallel_tool_calls",
        "Parallel tool calls",
        BOTH,
        "boolean",
        "Whether the model may call several tools at once.",
        since="2024-09-01-preview",
    ),
    Parameter(
        "top_logprobs",
        "Top log probabilities",
        BOTH,
        "integer",
        "How many likely tokens to tell at each place.",
        minimum=0,
        maximum=20,
    ),
    Parameter(
        "truncation",
        "Truncation",
        ("responses",),
        "choice",
        "Whether input that is too long is cut (auto) or refused (disabled).",
        choices=("auto", "disabled"),
        since="2025-03-01-preview",
    ),
    Parameter(
        "store",
        "Store",
        BOTH,
        "boolean",
        "Whether the service keeps the answer, so that it can be fetched later.",
        since="2024-12-01-preview",
    ),
    Parameter(
        "metadata",
        "Metadata",
        BOTH,
        "json",
        'Up to 16 pairs of texts, such as {"team": "support"}, to find a stored answer by.',
        since="2024-12-01-preview",
    ),
    Parameter(
        "service_tier",
        "Service tier",
        BOTH,
        "choice",
        "How the call is processed; few models offer more than the default.",
        choices=("auto", "default", "flex", "priority"),
    ),
)

# Asked for by one flat name in forms, sent where the Responses API has it.
_NESTED = {
    "reasoning_effort": ("reasoning", "effort"),
    "reasoning_summary": ("reasoning", "summary"),
    "verbosity": ("text", "verbosity"),
}
_FIXED = frozenset({"model", "messages", "input", "stream"})
_REFUSED = frozenset(
    {
        "unsupported_parameter",
        "unsupported_value",
        "unrecognized_request_argument",
        "unknown_parameter",
        "extra_forbidden",
    }
)
_REFUSAL_WORDS = re.compile(
    r"unsupported parameter|unrecognized request argument|unknown parameter|not supported|extra inputs|"
    r"not permitted|unsupported value|does not support",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"['\"`]([A-Za-z_][A-Za-z0-9_.]{1,60})['\"`]")
_WORDS = re.compile(r"\b[a-z]+_[a-z_]+\b")


def parameters_of(api: Api) -> tuple[Parameter, ...]:
    """The parameters that a form offers for one API."""
    return tuple(each for each in PARAMETERS if api in each.apis)


def token_limit_name(api: Api, provider: str, model: str) -> str:
    """What the limit of output tokens is called for this model.

    OpenAI's newer models refuse `max_tokens`, Mistral's on Azure `max_completion_tokens`; a deployment
    whose name says nothing is taken for one of OpenAI's on Azure and OpenAI, for another's elsewhere.
    """
    if api == "responses":
        return "max_output_tokens"
    maker = family(model).maker
    if maker:
        return "max_completion_tokens" if maker in (OPENAI_MAKER, "xAI") else "max_tokens"
    return "max_completion_tokens" if provider in ("azure", "simulator", "openai", "xai") else "max_tokens"


def wire(parameters: Mapping[str, Any], *, api: Api, provider: str, model: str) -> dict[str, Any]:
    """The set parameters under the names and in the places that this API and model want them.

    The one limit that people set (`max_output_tokens`) gets its right name; a limit given under another of
    the API's names is left alone.
    """
    sent: dict[str, Any] = {}
    for name, value in parameters.items():
        if value is None or value == "":
            continue
        if name == TOKEN_LIMIT:
            sent.setdefault(token_limit_name(api, provider, model), value)
        elif api == "responses" and name in _NESTED:
            outer, inner = _NESTED[name]
            sent[outer] = {**_object(sent.get(outer)), inner: value}
        elif isinstance(value, Mapping) and isinstance(sent.get(name), dict):
            sent[name] = {**value, **sent[name]}
        else:
            sent[name] = value
    return sent


def swap(body: Mapping[str, Any], error: UpstreamError) -> tuple[dict[str, Any], str] | None:
    """The body corrected after a refused parameter, and a sentence for the user; None if nothing helps.

    A refused token limit gets its other name, any other refused parameter is left out. Nothing is sent here:
    asking again is the caller's decision.
    """
    if error.status not in (400, 422) or not _is_refusal(error):
        return None
    name = _named(body, error)
    if name in TOKEN_LIMITS:
        other = _other_limit(name, error.detail)
        if other in body:
            return None
        corrected = {key: value for key, value in body.items() if key != name} | {other: body[name]}
        return corrected, f"This model does not take {name}; the limit was sent as {other} instead."
    if not name:
        return None
    return _without(body, name), f"This model does not take {name}; it was left out."


def _is_refusal(error: UpstreamError) -> bool:
    return error.code.lower() in _REFUSED or _REFUSAL_WORDS.search(error.detail) is not None


def _named(body: Mapping[str, Any], error: UpstreamError) -> str:
    """The parameter that the refusal names, if it is one that was sent and may be changed."""
    names: list[str] = [error.param, *_QUOTED.findall(error.detail), *_WORDS.findall(error.detail)]
    for name in names:
        if name.partition(".")[0] not in _FIXED and _holds(body, name):
            return name
    return ""


def _holds(body: Mapping[str, Any], name: str) -> bool:
    outer, _, inner = name.partition(".")
    return outer in body and (not inner or inner in _object(body[outer]))


def _other_limit(name: str, detail: str) -> str:
    told = [each for each in TOKEN_LIMITS if each != name and re.search(rf"\b{each}\b", detail)]
    return told[0] if told else ("max_tokens" if name == "max_completion_tokens" else "max_completion_tokens")


def _without(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    outer, _, inner = name.partition(".")
    corrected = deepcopy(dict(body))
    if inner:
        del corrected[outer][inner]
    if not inner or not corrected[outer]:
        del corrected[outer]
    return corrected


def _object(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
