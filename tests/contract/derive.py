"""Makes the data files of this folder from published specifications: the same schemas without prose.

    python tests/contract/derive.py v1 azure-v1.prepared.json
    python tests/contract/derive.py events openapi.yaml
    python tests/contract/derive.py arm azure-mgmt-cognitiveservices-14.1.0.derived.json

The prepared v1 file is Microsoft's azure-v1-v1-generated.json of 2026-01-28 rewritten as OpenAPI 3.1 with its
known errata mended. The ARM file lists the models, enums and operations of an installed
azure-mgmt-cognitiveservices. Each result names its source and licence.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

FOLDER = Path(__file__).parent
PROSE = {"description", "summary", "title", "example", "examples", "externalDocs", "tags", "deprecated"}

V1_SOURCE = {
    "title": "Azure OpenAI v1, 2026-01-28, without prose",
    "from": "Azure/azure-rest-api-specs: specification/ai/data-plane/OpenAI.v1/azure-v1-v1-generated.json",
    "licence": "MIT, Copyright (c) Microsoft Corporation",
}
EVENTS_SOURCE = {
    "title": "Events of a streamed response: ResponseStreamEvent of OpenAPI 2.3.0, nested schemas left out",
    "from": "openai/openai-openapi f85dbe223d40e1a31cba812ab2d755c7e98a92a3 (2026-08-21): openapi.yaml",
    "licence": "MIT, Copyright (c) OpenAI",
}
ARM_EXTRA = {"ErrorResponse"}
ARM_SOURCE = {
    "title": "Microsoft.CognitiveServices, api-version 2025-09-01: what is read of accounts and deployments",
    "from": "PyPI azure-mgmt-cognitiveservices 14.1.0 (models, enums, URLs of the operations)",
    "licence": "MIT, Copyright (c) Microsoft Corporation",
}
ARM_OPERATIONS = {
    "accounts.get": "Account",
    "accounts.list": "[Account]",
    "accounts.list_by_resource_group": "[Account]",
    "accounts.list_keys": "ApiKeys",
    "accounts.list_models": "[AccountModel]",
    "accounts.list_usages": "[Usage]",
    "deployments.get": "Deployment",
    "deployments.list": "[Deployment]",
    "models.list": "[Model]",
    "usages.list": "[Usage]",
}


def v1(published: Path) -> Json:
    """All paths, and the schemas that they reach."""
    spec = json.loads(published.read_text())
    paths, known = bare(spec["paths"], names=True), spec["components"]["schemas"]
    todo, schemas = references(paths), {}
    while todo:
        name = todo.pop()
        if name not in schemas:
            schemas[name] = bare(known[name])
            todo |= references(schemas[name])
    return {"source": V1_SOURCE, "paths": paths, "schemas": ordered(schemas)}


def events(published: Path) -> Json:
    """The schema of each event by the name of the event; what it refers to may be anything."""
    known = yaml.safe_load(published.read_text())["components"]["schemas"]
    union = known["ResponseStreamEvent"]
    found = {}
    for name in sorted(references(union.get("anyOf") or union["oneOf"])):
        schema = bare(known[name])
        (kind,) = schema["properties"]["type"]["enum"]
        found[kind] = loose(schema)
    return {"source": EVENTS_SOURCE, "events": ordered(found)}


def arm(published: Path) -> Json:
    """The operations above and the models that they reach, as closed JSON schemas."""
    package = json.loads(published.read_text())
    operations = {
        name: {key: package["operations"][name][key] for key in ("method", "url", "query")}
        | {"answer": answer}
        for name, answer in ARM_OPERATIONS.items()
    }
    todo, schemas = ARM_EXTRA | {answer.strip("[]") for answer in ARM_OPERATIONS.values()}, {}
    while todo:
        name = todo.pop()
        if name not in schemas:
            schemas[name] = closed(package["models"][name], package["models"])
            todo |= references(schemas[name])
    return {"source": ARM_SOURCE, "operations": operations, "schemas": ordered(schemas)}


def bare(node: Any, *, names: bool = False) -> Any:
    """Return `node` without prose; `names` says that its keys are names of properties, not keywords."""
    if isinstance(node, dict):
        return {
            key: bare(value, names=key == "properties" and not names)
            for key, value in node.items()
            if names or not (key in PROSE or key.startswith("x-"))
        }
    return [bare(one) for one in node] if isinstance(node, list) else node


def loose(node: Any) -> Any:
    """Return `node` with anything allowed where it refers to another schema."""
    if isinstance(node, dict):
        return {} if "$ref" in node else {key: loose(value) for key, value in node.items()}
    return [loose(one) for one in node] if isinstance(node, list) else node


def closed(fields: Json, models: Json) -> Json:
    """The JSON schema of a model of the package: its members, and no others."""
    return {
        "type": "object",
        "properties": {name: json_type(field["type"], models) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.get("required")],
        "additionalProperties": False,
    }


def json_type(name: str, models: Json) -> Json:
    """The schema of a type in the package's own spelling: `str`, `[Sku]`, `{str}`, `iso-8601`."""
    plain = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "iso-8601": "string"}
    if name[0] == "[":
        return {"type": "array", "items": json_type(name[1:-1], models)}
    if name[0] == "{":
        return {"type": "object", "additionalProperties": json_type(name[1:-1], models)}
    if name in models:
        return {"$ref": f"#/components/schemas/{name}"}
    return {"type": plain[name]} if name in plain else {}


def references(node: Any) -> set[str]:
    return set(re.findall(r'"\$ref": "[^"]*/([^"/]+)"', json.dumps(node)))


def ordered(entries: Json) -> Json:
    return dict(sorted(entries.items()))


def lines(derived: Json) -> str:
    """Return the JSON with one path, operation or schema a line, so that a difference can be read."""
    return (
        "{\n"
        + ",\n".join(f"{json.dumps(part)}:{{\n{rows(each.items())}\n}}" for part, each in derived.items())
        + "\n}\n"
    )


def rows(entries: Iterable[tuple[str, Any]]) -> str:
    return ",\n".join(f"{json.dumps(key)}:{json.dumps(one, separators=(',', ':'))}" for key, one in entries)


MAKERS: dict[str, tuple[Callable[[Path], Json], str]] = {
    "v1": (v1, "azure-v1.json"),
    "events": (events, "response-events.json"),
    "arm": (arm, "arm-2025-09-01.json"),
}

if __name__ == "__main__":
    make, target = MAKERS[sys.argv[1]]
    (FOLDER / target).write_text(lines(make(Path(sys.argv[2]))))
