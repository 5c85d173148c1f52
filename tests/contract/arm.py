"""The management plane against its published models (arm-2025-09-01.json; derive.py says where from)."""

import re
from collections.abc import Mapping
from typing import Any

from tests.contract.deviations import ARM_ANSWERS
from tests.contract.schemas import Schemas, place_of

ARM = Schemas("arm-2025-09-01.json")
VERSION = "2025-09-01"


def operation(method: str, path: str) -> Mapping[str, Any] | None:
    for each in ARM.published["operations"].values():
        expression = re.sub(r"\{[^/]+?\}", "[^/]+", each["url"])
        if each["method"] == method and re.fullmatch(expression, path):
            found: Mapping[str, Any] = each
            return found
    return None


def request_flaws(method: str, path: str, query: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with a read of the management plane; `$skiptoken` is part of the links it hands out."""
    known = operation(method, path)
    if known is None:
        return [f"{method} {path} is not in the specification"]
    flaws = [
        f"unknown query parameter {name}" for name in query if name not in {*known["query"], "$skiptoken"}
    ]
    if query.get("api-version") != [VERSION]:
        flaws.append(f"api-version is not {VERSION}")
    return [f"{method} {path}: {one}" for one in flaws]


def answer_flaws(method: str, path: str, body: Any) -> list[str]:
    """What is wrong with an answer: every member against the model, closed, so that a new name shows."""
    known = operation(method, path)
    if known is None:
        return [f"{method} {path} is not in the specification"]
    flaws = ARM.flaws(answer_schema(known["answer"]), body)
    return [f"{method} {path} {one}" for one in flaws if place_of(one) not in ARM_ANSWERS]


def answer_schema(name: str) -> dict[str, Any]:
    """A list is `{value, nextLink?}`."""
    one = {"$ref": f"#/components/schemas/{name.strip('[]')}"}
    if name[0] != "[":
        return one
    members = {"value": {"type": "array", "items": one}, "nextLink": {"type": "string"}}
    return {"type": "object", "properties": members, "required": ["value"], "additionalProperties": False}
