"""Requests and answers against the published v1 specification (azure-v1.json; derive.py says where from)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contract.deviations import ANSWERS, DOCUMENTED, EMPTY_PROBES, MEMBERS
from tests.contract.schemas import Schemas, place_of

V1 = Schemas("azure-v1.json")
JSON = "application/json"
Query = Mapping[str, list[str]]


def request_flaws(
    method: str, path: str, query: Query, body: Any, headers: Mapping[str, str] | None = None
) -> list[str]:
    """What is wrong with a request: an unknown operation, parameter or member, or a value against its schema.

    `path` as it was sent, percent-encoded; `body` is the decoded JSON, or None when there is none (multipart
    bodies are not looked into).
    """
    known = operation(method, path)
    if known is None:
        flaws = documented_flaws(method, path, query, body)
    else:
        flaws = [*query_flaws(known, query), *header_flaws(known, headers or {})]
        flaws += [] if is_empty_probe(method, path, body) else body_flaws(known, body)
    return [f"{method} {path}: {one}" for one in flaws]


def answer_flaws(method: str, path: str, status: int, body: Any) -> list[str]:
    """What is wrong with a JSON answer to `method path`; errors are checked for Azure's envelope."""
    known = operation(method, path)
    if known is None:
        return [f"{method} {path} is not in the specification"]
    if status >= 400:
        return [f"{method} {path} {status}: {one}" for one in error_flaws(body)]
    answers = known["responses"]
    answer = answers.get(str(status)) or answers.get("default")
    if answer is None:
        return [f"{method} {path}: status {status} is not in the specification ({', '.join(answers)})"]
    schema = answer.get("content", {}).get(JSON, {}).get("schema")
    if schema is None:
        return []
    return [f"{method} {path} {status} {one}" for one in value_flaws(schema, body, permitted_in(known))]


def permitted_in(known: Mapping[str, Any]) -> Mapping[str, str]:
    return ANSWERS.get(known["operationId"], {})


def value_flaws(schema: Mapping[str, Any], value: Any, permitted: Mapping[str, str]) -> list[str]:
    """What is wrong with a value, and which members are unknown, but for the permitted places."""
    flaws = [*V1.flaws(schema, value), *(f"unknown member {place}" for place in V1.strangers(schema, value))]
    return [one for one in flaws if place_of(one) not in permitted]


def error_flaws(body: Any) -> Iterator[str]:
    """An error is `{"error": {code, message, param?, type?}}`."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        yield "no error envelope"
    else:
        if not isinstance(error.get("message"), str):
            yield "error.message is not a text"
        for name in ("code", "param", "type"):
            if not isinstance(error.get(name), str | None):
                yield f"error.{name} is not a text"


def operation(method: str, path: str) -> dict[str, Any] | None:
    for expression, template in PATHS:
        found: dict[str, Any] | None = V1.published["paths"][template].get(method.lower())
        if found is not None and expression.match(path):
            return found
    return None


def query_flaws(known: Mapping[str, Any], query: Query) -> Iterator[str]:
    parameters = {
        each["name"].removesuffix("[]"): each for each in known.get("parameters", ()) if each["in"] == "query"
    }
    for name, values in query.items():
        parameter = parameters.get(name.removesuffix("[]"))
        if parameter is None:
            yield f"unknown query parameter {name}"
        elif problem := V1.flaw(parameter["schema"], read_as(V1.resolved(parameter["schema"]), values)):
            yield f"query parameter {name}: {problem}"
    for name, parameter in parameters.items():
        if parameter.get("required") and name not in query:
            yield f"the query parameter {name} is missing"


def read_as(schema: Mapping[str, Any], values: list[str]) -> Any:
    """The text of a query as the type that its schema asks for."""
    kind = schema.get("type")
    if kind == "array":
        return values
    (value,) = values if len(values) == 1 else (values,)
    if kind == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return {"true": True, "false": False}.get(str(value), value) if kind == "boolean" else value


def header_flaws(known: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[str]:
    for parameter in known.get("parameters", ()):
        if parameter["in"] == "header" and parameter.get("required"):
            problem = V1.flaw(parameter["schema"], headers.get(parameter["name"]))
            if problem:
                yield f"header {parameter['name']}: {problem}"


def body_flaws(known: Mapping[str, Any], body: Any) -> Iterator[str]:
    asked = known.get("requestBody", {})
    schema = asked.get("content", {}).get(JSON, {}).get("schema")
    if body is not None and schema is not None:
        yield from value_flaws(schema, body, MEMBERS.get(known["operationId"], {}))
    elif body is not None:
        yield "a JSON body where the specification has none"
    elif asked.get("required") and schema is not None:
        yield "the body is missing"


def documented_flaws(method: str, path: str, query: Query, body: Any) -> list[str]:
    """Of an operation that only Microsoft's documentation has, its parameters' names are known."""
    for (known_method, expression), operation_ in DOCUMENTED_PATHS:
        if known_method == method and expression.match(path):
            names = [name for name in query if name.partition("[")[0] not in operation_.query]
            strange = [f"unknown query parameter {name}" for name in names]
            given = body if isinstance(body, dict) else {}
            return strange + [f"unknown member $.{name}" for name in given if name not in operation_.members]
    return ["it is not in the specification"]


def is_empty_probe(method: str, path: str, body: Any) -> bool:
    """Whether this is one of the harmless questions that `deviations.EMPTY_PROBES` lists."""
    return method == "POST" and body == {} and path in EMPTY_PROBES


def pattern(template: str) -> re.Pattern[str]:
    return re.compile("^" + re.sub(r"\\\{[^/]+?\\\}", r"[^/]+", re.escape(template)) + "$")


PATHS = [
    (pattern(path), path) for path in sorted(V1.published["paths"], key=lambda path: (path.count("{"), path))
]
DOCUMENTED_PATHS = [((method, pattern(path)), each) for (method, path), each in DOCUMENTED.items()]
