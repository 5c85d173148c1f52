"""Validates requests and answers against the published v1 specification (azure-v1.json; derive.py says where from)."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPEC: dict[str, Any] = json.loads(Path(__file__).with_name("azure-v1.json").read_text())
DOCUMENT = "urn:azure-v1"
REGISTRY: Registry[Any] = Registry().with_resource(
    DOCUMENT,
    Resource(contents={"components": {"schemas": SPEC["schemas"]}}, specification=DRAFT202012),
)

# Operations that Microsoft documents on the v1 base and that its specification lacks.
DOCUMENTED_ONLY = {
    ("GET", "/openai/v1/chat/completions"),
    ("GET", "/openai/v1/chat/completions/{id}"),
    ("GET", "/openai/v1/chat/completions/{id}/messages"),
    ("POST", "/openai/v1/chat/completions/{id}"),
    ("DELETE", "/openai/v1/chat/completions/{id}"),
    ("POST", "/openai/v1/responses/compact"),
}
# Body members that Microsoft documents and that the specification lacks.
DOCUMENTED_MEMBERS = {
    "createChatCompletion": {"store", "metadata"},
    "createResponse": {"prompt_cache_retention", "safety_identifier", "conversation", "stream_options"},
    "createBatch": {"metadata", "output_expires_after"},
}


def absolute(node: Any) -> Any:
    """Return `node` with its references pointing into the registry."""
    if isinstance(node, dict):
        return {k: DOCUMENT + v if k == "$ref" and isinstance(v, str) else absolute(v) for k, v in node.items()}
    return [absolute(one) for one in node] if isinstance(node, list) else node


def pattern(path: str) -> re.Pattern[str]:
    return re.compile("^" + re.sub(r"\\\{[^/]+?\\\}", r"[^/]+", re.escape(path)) + "$")


PATHS = [(pattern(path), path) for path in sorted(SPEC["paths"], key=lambda path: (path.count("{"), path))]
EXTRA_PATHS = [(method, pattern(path)) for method, path in DOCUMENTED_ONLY]


def operation(method: str, path: str) -> dict[str, Any] | None:
    for expression, template in PATHS:
        found: dict[str, Any] | None = SPEC["paths"][template].get(method.lower())
        if expression.match(path) and found is not None:
            return found
    return None


@cache
def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(absolute(json.loads(schema)), registry=REGISTRY)


def flaw(schema: Mapping[str, Any], value: Any) -> str:
    """Return what is wrong with `value`, with the place; empty if nothing."""
    error = best_match(validator(json.dumps(schema, sort_keys=True)).iter_errors(value))
    return f"{error.json_path}: {error.message[:300]}" if error else ""


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = SPEC["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def members(schema: Mapping[str, Any]) -> set[str]:
    """Return the names of all properties that `schema` knows, whichever alternative."""
    schema = resolved(schema)
    names = set(schema.get("properties", {}))
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, []):
            names |= members(part)
    return names


def request_flaws(method: str, path: str, query: Mapping[str, list[str]], body: Any) -> list[str]:
    """Return what is wrong with a request: unknown operation, query parameter or member, or a value against its schema.

    `body` is the decoded JSON, or None when there is none (multipart bodies are not looked into).
    """
    known = operation(method, path)
    if known is None:
        documented = any(method == one and expression.match(path) for one, expression in EXTRA_PATHS)
        return [] if documented else [f"{method} {path} is not in the specification"]
    allowed = {p["name"].removesuffix("[]") for p in known.get("parameters", []) if p["in"] == "query"}
    flaws = [f"query parameter {name}" for name in query if name.removesuffix("[]") not in allowed]
    content = known.get("requestBody", {}).get("content", {})
    if body is not None and "application/json" in content:
        schema = content["application/json"]["schema"]
        strangers = set(body) - members(schema) - DOCUMENTED_MEMBERS.get(known["operationId"], set())
        flaws += [f"unknown member {name}" for name in sorted(strangers)]
        problem = flaw(schema, body)
        flaws += [problem] if problem else []
    elif body is not None:
        flaws.append("a JSON body where the specification has none")
    elif known.get("requestBody", {}).get("required") and "application/json" in content:
        flaws.append("the body is missing")
    return [f"{method} {path}: {one}" for one in flaws]


def answer_flaws(method: str, path: str, status: int, body: Any) -> list[str]:
    """Return what is wrong with a JSON answer to `method path`; errors are checked for Azure's envelope."""
    known = operation(method, path)
    if known is None:
        return []
    if status >= 400:
        error = body.get("error") if isinstance(body, dict) else None
        fine = isinstance(error, dict) and isinstance(error.get("code"), str) and isinstance(error.get("message"), str)
        return [] if fine else [f"{method} {path} {status}: no error envelope"]
    answers = known["responses"]
    answer = answers.get(str(status)) or answers.get("default")
    if answer is None:
        return [f"{method} {path}: status {status} is not in the specification ({', '.join(answers)})"]
    content = answer.get("content", {}).get("application/json")
    problem = flaw(content["schema"], body) if content else ""
    return [f"{method} {path} {status} {problem}"] if problem else []
