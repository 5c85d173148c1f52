"""Filters over the attributes of files: comparisons, and `and`/`or` of them.

Shapes: `OpenAI.ComparisonFilter` and `OpenAI.CompoundFilter` in the Azure v1 spec of 2026-01-28; `in` and
`nin` from the OpenAI spec of 2026-08-21.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from console.simulator import parameters
from console.simulator.errors import invalid

_DEEPEST = 10
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip
_COMPARISONS = ("eq", "ne", *_ORDERED, "in", "nin")
_COMPOUNDS = {"and": all, "or": any}


def check(name: str, value: Any, depth: int = 0) -> None:
    """Refuses anything but a comparison or a compound of filters."""
    parameters.shape({"type": parameters.one_of(*_COMPARISONS, *_COMPOUNDS)}, ("type",))(name, value)
    if depth > _DEEPEST:
        raise invalid("invalid_value", f"Invalid '{name}': too many levels.", param=name)
    if value["type"] in _COMPOUNDS:
        parameters.shape({"type": _any, "filters": parameters.array(64, 1)}, ("filters",), closed=True)(
            name, value
        )
        for index, part in enumerate(value["filters"]):
            check(f"{name}.filters[{index}]", part, depth + 1)
    else:
        fields = {"type": _any, "key": parameters.text(64), "value": _operand(value["type"])}
        parameters.shape(fields, ("key", "value"), closed=True)(name, value)


def admits(given: Mapping[str, Any] | None, attributes: Mapping[str, Any]) -> bool:
    """Whether a file with these attributes passes; no filter admits every file."""
    if given is None:
        return True
    kind = given["type"]
    if kind in _COMPOUNDS:
        return _COMPOUNDS[kind](admits(part, attributes) for part in given["filters"])
    return _compares(kind, attributes.get(given["key"]), given["value"])


def _compares(kind: str, here: Any, wanted: Any) -> bool:
    if kind in ("eq", "ne"):
        return _same(here, wanted) is (kind == "eq")
    if kind in ("in", "nin"):
        return any(_same(here, one) for one in wanted) is (kind == "in")
    return _comparable(here, wanted) and _ORDERED[kind](here, wanted)


def _same(here: Any, wanted: Any) -> bool:
    return isinstance(here, bool) == isinstance(wanted, bool) and bool(here == wanted)


def _comparable(here: Any, wanted: Any) -> bool:
    if isinstance(here, bool) or isinstance(wanted, bool):
        return False
    numbers = isinstance(here, int | float) and isinstance(wanted, int | float)
    return numbers or (isinstance(here, str) and isinstance(wanted, str))


def _operand(kind: str) -> parameters.Check:
    return parameters.array(256, 1, _scalar) if kind in ("in", "nin") else _scalar


def _scalar(name: str, value: Any) -> None:
    if not isinstance(value, str | int | float):
        raise parameters.wrong_type(name, value, "a string, a number or a boolean")


def _any(_name: str, _value: Any) -> None:
    return None
