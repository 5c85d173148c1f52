"""Makes `azure-v1.json` from the published specification: the same schemas without prose, one line a schema.

    python tests/contract/derive.py PATH-TO-azure-v1.prepared.json

The prepared file is Microsoft's azure-v1-v1-generated.json of 2026-01-28 (Azure/azure-rest-api-specs,
specification/ai/data-plane/OpenAI.v1, MIT licence), rewritten as OpenAPI 3.1 with its known errata mended.
"""

import json
import sys
from pathlib import Path
from typing import Any

PROSE = {"description", "summary", "title", "example", "examples", "externalDocs", "tags", "x-oaiMeta", "deprecated"}
GROUPS = (
    "/batches",
    "/chat",
    "/containers",
    "/conversations",
    "/embeddings",
    "/evals",
    "/files",
    "/fine_tuning",
    "/models",
    "/responses",
    "/vector_stores",
)
SOURCE = {
    "title": "Azure OpenAI v1, 2026-01-28, without prose",
    "from": "Azure/azure-rest-api-specs: specification/ai/data-plane/OpenAI.v1/azure-v1-v1-generated.json",
    "licence": "MIT, Copyright (c) Microsoft Corporation",
}
TARGET = Path(__file__).with_name("azure-v1.json")


def bare(node: Any, *, names: bool = False) -> Any:
    """Return `node` without prose; `names` says that its keys are names of properties, not keywords."""
    if isinstance(node, dict):
        return {
            key: bare(value, names=key in {"properties", "schemas"} and not names)
            for key, value in node.items()
            if names or not (key in PROSE or key.startswith("x-"))
        }
    return [bare(one) for one in node] if isinstance(node, list) else node


def references(node: Any) -> set[str]:
    found: set[str] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if isinstance(one.get("$ref"), str):
                found.add(one["$ref"].rpartition("/")[2])
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return found


def derive(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the paths of the groups that the console speaks, and the schemas that they reach."""
    paths = {
        path: bare(item)
        for path, item in spec["paths"].items()
        if path.removeprefix("/openai/v1").startswith(GROUPS)
    }
    parts = spec["components"]
    parameters = bare(parts.get("parameters", {}))
    known = parts["schemas"]
    todo, schemas = references(paths) | references(parameters), {}
    while todo:
        name = todo.pop()
        if name in known and name not in schemas:
            schemas[name] = bare(known[name])
            todo |= references(schemas[name])
    return {"source": SOURCE, "paths": paths, "parameters": parameters, "schemas": dict(sorted(schemas.items()))}


def lines(derived: dict[str, Any]) -> str:
    """Return the JSON with one path, parameter or schema a line, so that a difference can be read."""
    parts = []
    for part, entries in derived.items():
        rows = ",\n".join(f"{json.dumps(key)}:{json.dumps(one, separators=(',', ':'))}" for key, one in entries.items())
        parts.append(f"{json.dumps(part)}:{{\n{rows}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(lines(derive(json.loads(Path(sys.argv[1]).read_text()))))
