"""The part of JSON Schema that tools and eval items are written in: is it a schema, and does a value fit it?

https://json-schema.org/draft/2020-12/json-schema-validation. Keywords not named here are not looked at.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .problems import shown
from .purposes import MAX_DEPTH
from .walk import Path

TYPES = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
UNIONS = ("anyOf", "oneOf", "allOf")


def schema_fault(schema: Any, path: Path = ()) -> tuple[Path, str] | None:
    """Return where and why `schema` is no schema, None when it is one."""
    if isinstance(schema, bool):
        return None
    if not isinstance(schema, dict):
        return path, f"{shown(schema)} is not a schema"
    return _type_fault(schema, path) or _shape_fault(schema, path) or _inner_fault(schema, path)


def _type_fault(schema: dict[str, Any], path: Path) -> tuple[Path, str] | None:
    kind = schema.get("type")
    if kind is None:
        return None
    for name in kind if isinstance(kind, list) else [kind]:
        if not isinstance(name, str) or name not in TYPES:
            return (*path, "type"), f"{shown(name)} is not a type"
    return None


def _shape_fault(schema: dict[str, Any], path: Path) -> tuple[Path, str] | None:
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        return (*path, "required"), "required is not a list of names"
    if not isinstance(schema.get("properties", {}), dict):
        return (*path, "properties"), "properties is not an object"
    if not isinstance(schema.get("enum", []), list):
        return (*path, "enum"), "enum is not a list"
    for union in UNIONS:
        if not isinstance(schema.get(union, []), list):
            return (*path, union), f"{union} is not a list"
    return None


def _inner_fault(schema: dict[str, Any], path: Path) -> tuple[Path, str] | None:
    for inner, inner_path in _inner(schema, path):
        fault = schema_fault(inner, inner_path)
        if fault is not None:
            return fault
    return None


def _inner(schema: dict[str, Any], path: Path) -> Iterator[tuple[Any, Path]]:
    for name, inner in schema.get("properties", {}).items():
        yield inner, (*path, "properties", name)
    for name in ("items", "additionalProperties"):
        if name in schema:
            yield schema[name], (*path, name)
    for union in UNIONS:
        for index, inner in enumerate(schema.get(union, [])):
            yield inner, (*path, union, index)


def misfit(value: Any, schema: Any, path: Path = ()) -> tuple[Path, str] | None:
    """Return where and why the value does not fit the schema, None when it does; the first misfit only."""
    if schema is False:
        return path, "nothing is allowed here"
    if not isinstance(schema, Mapping) or len(path) > MAX_DEPTH:
        return None
    kind = schema.get("type")
    if kind is not None and not any(
        _is(value, name) for name in (kind if isinstance(kind, list) else [kind])
    ):
        wanted = " or ".join(kind) if isinstance(kind, list) else kind
        return path, f"{shown(value)} is not of the type {wanted}"
    if "enum" in schema and not any(_same(value, allowed) for allowed in schema["enum"]):
        return path, f"{shown(value)} is not one of the allowed values"
    if isinstance(value, dict):
        return _object_misfit(value, schema, path)
    if isinstance(value, list) and "items" in schema:
        return _first(misfit(item, schema["items"], (*path, index)) for index, item in enumerate(value))
    return None


def _object_misfit(value: dict[str, Any], schema: Mapping[str, Any], path: Path) -> tuple[Path, str] | None:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            return path, f'"{shown(name)}" is missing'
    extra = schema.get("additionalProperties", True)
    return _first(misfit(inner, properties.get(name, extra), (*path, name)) for name, inner in value.items())


def _first(faults: Iterator[tuple[Path, str] | None]) -> tuple[Path, str] | None:
    return next((fault for fault in faults if fault is not None), None)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES.get(kind, (object,)))


def _same(value: Any, allowed: Any) -> bool:
    return value == allowed and isinstance(value, bool) == isinstance(allowed, bool)
