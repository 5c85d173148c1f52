"""JSON schemas of a published file: what is wrong with a value, and which of its members nobody published."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """One alternative of a schema, put together from all its parts."""

    types: frozenset[str] = frozenset()
    members: Mapping[str, tuple[Schema, ...]] = field(default_factory=dict)
    items: tuple[Schema, ...] = ()
    open: bool = False

    def __add__(self, other: "Shape") -> "Shape":
        names = {*self.members, *other.members}
        return Shape(
            self.types | other.types,
            {name: (*self.members.get(name, ()), *other.members.get(name, ())) for name in names},
            (*self.items, *other.items),
            self.open or other.open,
        )


class Schemas:
    """The named schemas of one published file in this folder."""

    def __init__(self, file: str) -> None:
        self.published: dict[str, Any] = json.loads(Path(__file__).with_name(file).read_text())
        self.named: dict[str, Any] = self.published.get("schemas", {})
        self._document = f"urn:{file}"
        contents = {"components": {"schemas": self.named}}
        resource = Resource(contents=contents, specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(self._document, resource)
        self._validators: dict[str, Draft202012Validator] = {}

    def flaws(self, schema: Schema, value: Any) -> Iterator[str]:
        """What is wrong with `value`, each with its place."""
        for error in self._validator(schema).iter_errors(value):
            deepest = best_match([error]) or error
            yield f"{deepest.json_path}: {deepest.message[:300]}"

    def flaw(self, schema: Schema, value: Any) -> str:
        """The first thing that is wrong with `value`; empty if nothing."""
        return next(self.flaws(schema, value), "")

    def strangers(self, schema: Schema, value: Any, at: str = "$") -> Iterator[str]:
        """The places of members that no alternative of `schema` publishes, however deep."""
        fitting = [shape for shape in self._shapes(schema) if self._fits(shape, value)]
        if isinstance(value, list):
            for index, one in enumerate(value):
                schemas = [items for shape in fitting for items in shape.items]
                yield from self.strangers({"anyOf": schemas}, one, f"{at}[{index}]")
        elif isinstance(value, dict) and fitting and not any(_is_open(shape) for shape in fitting):
            for name, one in value.items():
                schemas = [member for shape in fitting for member in shape.members.get(name, ())]
                if schemas:
                    yield from self.strangers({"anyOf": schemas}, one, f"{at}.{name}")
                else:
                    yield f"{at}.{name}"

    def resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.named[schema["$ref"].rpartition("/")[2]]
        return schema

    def _shapes(self, schema: Schema) -> list[Shape]:
        schema = self.resolved(schema)
        kinds = schema.get("type", [])
        additional = schema.get("additionalProperties")
        found = [
            Shape(
                frozenset([kinds] if isinstance(kinds, str) else kinds),
                {name: (member,) for name, member in schema.get("properties", {}).items()},
                (schema["items"],) if "items" in schema else (),
                additional is True or isinstance(additional, dict),
            )
        ]
        for part in schema.get("allOf", ()):
            found = [one + other for one in found for other in self._shapes(part)]
        for key in ("anyOf", "oneOf"):
            if key in schema:
                others = [other for part in schema[key] for other in self._shapes(part)]
                found = [one + other for one in found for other in others]
        return found

    def _fits(self, shape: Shape, value: Any) -> bool:
        """Whether an alternative is meant: by the kind of value, and by its constants (`type`, `role`)."""
        if not isinstance(value, dict):
            return not isinstance(value, list) or bool(shape.items)
        if shape.types and "object" not in shape.types:
            return False
        return all(
            value[name] in schema["enum"]
            for name, schemas in shape.members.items()
            for schema in map(self.resolved, schemas)
            if name in value and "enum" in schema
        )

    def _validator(self, schema: Schema) -> Draft202012Validator:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(self._absolute(schema), registry=self._registry)
        return self._validators[key]

    def _absolute(self, node: Any) -> Any:
        """`node` with its references pointing into the registry."""
        if isinstance(node, Mapping):
            return {
                key: self._document + value
                if key == "$ref" and isinstance(value, str)
                else self._absolute(value)
                for key, value in node.items()
            }
        return [self._absolute(one) for one in node] if isinstance(node, list) else node


def _is_open(shape: Shape) -> bool:
    return shape.open or not shape.members


def place_of(flaw: str) -> str:
    """The place that a flaw names, its indexes left out: `$.data[].status`."""
    found = re.search(r"\$[^\s:]*", flaw)
    return re.sub(r"\[\d+\]", "[]", found[0]) if found else ""
