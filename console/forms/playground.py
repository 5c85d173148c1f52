"""What POST /playground/turns/ takes, as JSON or as a form, held to one set of rules.

A form has dotted names (`panes.0.model`); errors are sentences by field, in the same names.
"""

import json
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict

from console.models import Connection
from console.playground.conversation import Pane
from console.v1.parameters import PARAMETERS, TOKEN_LIMITS, Parameter

INPUT_LIMIT = 400_000  # characters
MODEL_LIMIT = 256
KEY_LIMIT = 64
POSITION_LIMIT = 1000
JSON_LIMIT = 100_000
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
INSTRUCTIONS = Parameter(
    "instructions", "System prompt", ("chat", "responses"), "text", "What the model is told first."
)
BY_NAME = {one.name: one for one in (*PARAMETERS, INSTRUCTIONS)} | {
    name: Parameter(name, name, ("chat",), "integer", "", minimum=1)
    for name in TOKEN_LIMITS
    if name != "max_output_tokens"
}


class Invalid(Exception):
    """The submission cannot be taken; `errors` are sentences by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Submission:
    """A turn as it was asked for; `comparison_id` is None for a new comparison, `key` makes sending it
    twice harmless.
    """

    comparison_id: uuid.UUID | None
    text: str
    panes: list[Pane]
    key: str | None


def read_json(body: bytes) -> Any:
    """Parse a JSON body; raises Invalid for what is none."""
    try:
        return json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise Invalid({"body": "The body must be JSON (UTF-8)."}) from None


def refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def read_form(data: QueryDict) -> dict[str, Any]:
    """Turn the dotted names of a form into the shape of the JSON body; fields that were left empty are not
    there.
    """
    panes: dict[int, dict[str, Any]] = {}
    for name in data:
        match = re.fullmatch(r"panes\.(\d{1,3})\.(connection|model|api|parameters\.(\w+))", name)
        value = str(data[name])
        if match is None or not value:
            continue
        pane = panes.setdefault(int(match[1]), {"parameters": {}})
        if match[3]:
            pane["parameters"][match[3]] = from_text(match[3], value)
        else:
            pane[match[2]] = value
    instructions = data.get("instructions", "")
    for number, pane in panes.items():
        pane["position"] = number
        if instructions:
            pane["parameters"]["instructions"] = instructions
    found: dict[str, Any] = {
        "input": data.get("input", ""),
        "panes": [panes[number] for number in sorted(panes)],
    }
    return found | {name: data[name] for name in ("comparison", "idempotency_key") if data.get(name)}


def from_text(name: str, text: str) -> Any:
    """Return what a form field of a parameter means; text that means nothing stays, to be refused."""
    parameter = BY_NAME.get(name)
    try:
        match parameter.type if parameter else "text":
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}.get(text, text)
            case "texts":
                return [line for line in text.splitlines() if line]
            case "json":
                return json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        pass
    return text


def check(value: Any, connections: "QuerySet[Connection]") -> Submission:
    """Hold a submission to the rules; `connections` are those that the user may operate. Raises Invalid."""
    if not isinstance(value, dict):
        raise Invalid({"body": "The body must be a JSON object."})
    errors: dict[str, str] = {}
    text = checked_input(value.get("input"), errors)
    comparison_id = checked_id(value.get("comparison"), errors)
    key = checked_key(value.get("idempotency_key"), errors)
    panes = checked_panes(value.get("panes"), connections, errors)
    if errors:
        raise Invalid(errors)
    return Submission(comparison_id, text, panes, key)


def checked_input(value: Any, errors: dict[str, str]) -> str:
    if not isinstance(value, str) or not value.strip():
        errors["input"] = "Write something to ask."
    elif len(value) > INPUT_LIMIT:
        errors["input"] = f"The message is longer than {INPUT_LIMIT:,} characters."
    elif UNSTORABLE.search(value):
        errors["input"] = "The message has characters that are no text (NUL or half of a pair)."
    else:
        return value.replace("\r\n", "\n")
    return ""


def checked_id(value: Any, errors: dict[str, str]) -> uuid.UUID | None:
    if value is None or value == "":
        return None
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        errors["comparison"] = "This is not the id of a comparison."
        return None


def checked_key(value: Any, errors: dict[str, str]) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and len(value) <= KEY_LIMIT and not CONTROL.search(value):
        return value
    errors["idempotency_key"] = f"The key must be text of at most {KEY_LIMIT} characters."
    return None


def checked_panes(value: Any, connections: "QuerySet[Connection]", errors: dict[str, str]) -> list[Pane]:
    if not isinstance(value, list) or not value:
        errors["panes"] = "Choose at least one model."
        return []
    if len(value) > settings.PLAYGROUND_MAX_PANES:
        errors["panes"] = f"At most {settings.PLAYGROUND_MAX_PANES} panes can be asked at once."
        return []
    slugs = {
        one["connection"] for one in value if isinstance(one, dict) and isinstance(one.get("connection"), str)
    }
    known = {
        one.slug: one
        for one in connections.filter(slug__in=[slug for slug in slugs if not CONTROL.search(slug)])
    }
    found = [checked_pane(one, number, known, errors) for number, one in enumerate(value)]
    panes = [pane for pane in found if pane is not None]
    if len({pane.position for pane in panes}) < len(panes):
        errors["panes"] = "Two panes have the same position."
    if len({pane.connection.workspace_id for pane in panes}) > 1:
        errors["panes"] = "All panes must belong to one workspace."
    return panes


def checked_pane(
    value: Any, number: int, known: Mapping[str, Connection], errors: dict[str, str]
) -> Pane | None:
    if not isinstance(value, dict):
        errors[f"panes.{number}"] = "A pane must be an object."
        return None
    problems: dict[str, str] = {}
    connection = checked_connection(value.get("connection"), known, problems)
    model = value.get("model")
    if not isinstance(model, str) or not model.strip():
        problems["model"] = "Choose a model or type the name of a deployment."
    elif len(model) > MODEL_LIMIT or CONTROL.search(model):
        problems["model"] = f"This is not a name of a model (at most {MODEL_LIMIT} characters, on one line)."
    api = value.get("api", "chat")
    if api not in ("chat", "responses"):
        problems["api"] = "The API must be chat or responses."
    position = value.get("position", number)
    if not isinstance(position, int) or isinstance(position, bool) or not 0 <= position < POSITION_LIMIT:
        problems["position"] = f"The position must be a whole number from 0 to {POSITION_LIMIT - 1}."
    parameters = checked_parameters(value.get("parameters"), str(api), problems)
    errors |= {f"panes.{number}.{name}": sentence for name, sentence in problems.items()}
    if problems or connection is None:
        return None
    return Pane(position, connection, str(model).strip(), str(api), parameters)


def checked_connection(
    value: Any, known: Mapping[str, Connection], problems: dict[str, str]
) -> Connection | None:
    connection = known.get(value) if isinstance(value, str) else None
    if not value:
        problems["connection"] = "Choose a connection."
    elif connection is None:
        problems["connection"] = "There is no such connection that you may use."
    elif connection.paused_at is not None:
        problems["connection"] = f"The connection {connection.name} is paused."
    return connection


def checked_parameters(value: Any, api: str, problems: dict[str, str]) -> dict[str, Any]:
    """Return the parameters that were set; null and empty text count as not set."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        problems["parameters"] = "The parameters must be an object."
        return {}
    found = {}
    for name, one in value.items():
        if one is None or one == "":
            continue
        parameter = BY_NAME.get(name)
        if parameter is None or api not in parameter.apis:
            shown = CONTROL.sub("?", name)[:60]
            problems[f"parameters.{shown}"] = (
                f"{shown} is not a parameter of this API that the playground sends."
            )
            continue
        problem = flaw(parameter, one)
        if problem:
            problems[f"parameters.{name}"] = f"{parameter.label}: {problem}"
        else:
            found[name] = one
    return found


def flaw(parameter: Parameter, value: Any) -> str:
    """Return what is wrong with a parameter's value, "" if nothing."""
    match parameter.type:
        case "integer":
            is_right = isinstance(value, int) and not isinstance(value, bool)
            return within(parameter, value) if is_right else "it must be a whole number."
        case "number":
            is_right = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            return within(parameter, value) if is_right else "it must be a number."
        case "choice":
            return "" if value in parameter.choices else f"it must be one of {', '.join(parameter.choices)}."
        case "boolean":
            return "" if isinstance(value, bool) else "it must be true or false."
        case "texts":
            lines = value if isinstance(value, list) else [value]
            is_right = 0 < len(lines) <= 4 and all(
                isinstance(one, str) and not UNSTORABLE.search(one) for one in lines
            )
            return "" if is_right else "it must be one to four texts."
        case "text":
            is_right = isinstance(value, str) and len(value) <= JSON_LIMIT and not UNSTORABLE.search(value)
            return "" if is_right else "it must be text."
        case _:
            return "" if is_plain(value) else "it must be JSON: an object, a list or a word."


def within(parameter: Parameter, value: float) -> str:
    low, high = parameter.minimum, parameter.maximum
    if abs(value) > 2**53 or (low is not None and value < low) or (high is not None and value > high):
        span = (
            f"from {low:g} to {high:g}"
            if low is not None and high is not None
            else f"at least {low:g}"
            if low is not None
            else "smaller"
        )
        return f"it must be {span}."
    return ""


def is_plain(value: Any) -> bool:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return len(text) <= JSON_LIMIT and not UNSTORABLE.search(text) and "\\u0000" not in text
