"""JSON that obeys a JSON Schema and draws its words from a prompt (structured outputs, tool arguments)."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from console.simulator.words import key_terms

_DEEPEST = 12
_LARGEST = 10**15
_FORMATS = {
    "date-time": "2026-11-23T09:30:00Z",
    "date": "2026-11-23",
    "time": "09:30:00Z",
    "duration": "P3D",
    "email": "ada@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.10",
    "ipv6": "2001:db8::10",
    "uuid": "6f0d1c2e-3b4a-4c5d-8e6f-708192a3b4c5",
    "uri": "https://example.com/",
}


def conforming_json(schema: dict[str, Any], prompt: str, rng: random.Random) -> str:
    """JSON text that is valid against the schema."""
    return json.dumps(_Builder(schema, prompt, rng).value(schema, "", 0), ensure_ascii=False)


def loose_json(prompt: str, model: str, rng: random.Random) -> str:
    """A JSON object about the prompt, for `json_object`."""
    terms = key_terms(prompt, 4) or ["your question"]
    points = [{"topic": term, "weight": round(rng.uniform(0.2, 0.95), 2)} for term in terms]
    body = {"topic": terms[0], "points": points, "note": f"Simulated answer by {model}."}
    return json.dumps(body, indent=2, ensure_ascii=False)


class _Builder:
    """Builds one value; remembers the root for `$ref` and walks through the prompt's terms and numbers."""

    def __init__(self, root: dict[str, Any], prompt: str, rng: random.Random) -> None:
        self.root = root
        self.prompt = prompt
        self.rng = rng
        self.terms = key_terms(prompt, 8) or ["example"]
        self.numbers = [float(found) for found in re.findall(r"-?\d{1,9}(?:\.\d{1,6})?", prompt)]
        self.used = 0

    def value(self, schema: Any, name: str, depth: int) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._choice(schema["enum"])
        kind = self._kind(schema, depth)
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind in ("integer", "number"):
            return self._number(schema, whole=kind == "integer")
        if kind == "boolean":
            return self.rng.random() < 0.7
        return None if kind == "null" else self._string(schema, name)

    def _resolved(self, schema: Any, hops: int = 0) -> dict[str, Any]:
        if not isinstance(schema, dict):
            return {}
        if isinstance(schema.get("$ref"), str) and hops < _DEEPEST:
            return self._resolved(self._target(schema["$ref"]), hops + 1)
        options = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(options, list) and options and hops < _DEEPEST:
            return self._resolved(options[0] if hops < 3 else options[-1], hops + 1)
        if isinstance(schema.get("allOf"), list):
            return self._merged(schema, hops)
        return schema

    def _merged(self, schema: dict[str, Any], hops: int) -> dict[str, Any]:
        merged: dict[str, Any] = {key: item for key, item in schema.items() if key != "allOf"}
        for part in _listing(schema["allOf"]) if hops < _DEEPEST else ():
            resolved = self._resolved(part, hops + 1)
            properties = {**_mapping(merged.get("properties")), **_mapping(resolved.get("properties"))}
            merged |= resolved
            if properties:
                merged["properties"] = properties
        return merged

    def _target(self, reference: str) -> Any:
        found: Any = self.root
        for step in reference.removeprefix("#").strip("/").split("/"):
            if step:
                found = _mapping(found).get(step.replace("~1", "/").replace("~0", "~"), {})
        return found

    def _kind(self, schema: dict[str, Any], depth: int) -> str:
        kind = schema.get("type")
        if isinstance(kind, list):
            kinds = [item for item in kind if isinstance(item, str)]
            kind = "null" if depth > _DEEPEST and "null" in kinds else next(iter(kinds), None)
        if isinstance(kind, str):
            return kind
        return "object" if "properties" in schema else "array" if "items" in schema else "string"

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = _mapping(schema.get("properties"))
        required = [name for name in _listing(schema.get("required")) if isinstance(name, str)]
        names = (
            required
            if depth > _DEEPEST // 2
            else [*properties, *(n for n in required if n not in properties)]
        )
        if depth > _DEEPEST:
            names = []
        return {name: self.value(properties.get(name, {}), name, depth + 1) for name in names}

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> list[Any]:
        least = _whole(schema.get("minItems"), 0)
        most = _whole(schema.get("maxItems"), 64)
        size = min(max(least, 0 if depth > _DEEPEST // 2 else 2), most, 64)
        return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(size)]

    def _number(self, schema: dict[str, Any], *, whole: bool) -> float | int:
        low, high = _bounds(schema, 1.0 if whole else 0.01)
        wanted = self.numbers.pop(0) if self.numbers else self.rng.uniform(max(low, 1), min(high, 100))
        value = min(max(wanted, low), high)
        step = schema.get("multipleOf")
        if isinstance(step, (int, float)) and 0 < step < _LARGEST:
            value = round(value / step) * step
        return round(value) if whole else round(value, 2)

    def _string(self, schema: dict[str, Any], name: str) -> str:
        wanted = schema.get("format")
        if isinstance(wanted, str) and wanted in _FORMATS:
            return _FORMATS[wanted]
        text = self._word(name)
        least, most = _whole(schema.get("minLength"), 0), _whole(schema.get("maxLength"), 4000)
        return text.ljust(min(least, 4000), ".")[: max(most, 0)]

    def _word(self, name: str) -> str:
        term = self.terms[self.used % len(self.terms)]
        self.used += 1
        lowered = name.lower()
        if any(part in lowered for part in ("city", "location", "place", "country")):
            proper = re.findall(r"(?<!^)(?<![.!?] )\b[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)*", self.prompt)
            return proper[-1] if proper else term
        if any(
            part in lowered for part in ("summary", "description", "reason", "explanation", "text", "answer")
        ):
            return f"Simulated: {term} in one sentence, drawn from the prompt."
        return term

    def _choice(self, options: list[Any]) -> Any:
        lowered = self.prompt.lower()
        named = [option for option in options if isinstance(option, str) and option.lower() in lowered]
        return named[0] if named else options[self.rng.randrange(len(options))]


def _bounds(schema: dict[str, Any], step: float) -> tuple[float, float]:
    low, high = _real(schema.get("minimum"), -1e9), _real(schema.get("maximum"), 1e9)
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    low = max(low, _real(above, -1e9) + step) if above is not None else low
    high = min(high, _real(below, 1e9) - step) if below is not None else high
    return (low, high) if low <= high else (low, low)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listing(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default


def _real(value: Any, default: float) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < _LARGEST else default
