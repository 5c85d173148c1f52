"""Filters of a search as people build them: rows of conditions that are joined, or JSON for nested ones.

Shapes: ComparisonFilter and CompoundFilter of the Azure v1 specification of 2026-01-28.
"""

import json
from collections.abc import Iterable
from typing import Any

from console.v1.vector_search import OPERATORS, Comparison, Compound

JOINS = ("and", "or")
DEEPEST = 10

Filter = Comparison | Compound


class NotAFilter(ValueError):
    """The text says no filter; the message says where."""


def joined(conditions: Iterable[Comparison], join: str) -> Filter | None:
    """One condition by itself, several joined, None of none."""
    found = tuple(conditions)
    return found[0] if len(found) == 1 else Compound(join, found) if found else None


def parse(text: str) -> Filter:
    """The filter that a JSON text says. Raises NotAFilter."""
    try:
        return read(json.loads(text), "the filter", DEEPEST)
    except json.JSONDecodeError as error:
        raise NotAFilter(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise NotAFilter("This is nested too deep.") from None


def read(value: Any, place: str, depth: int) -> Filter:
    if not isinstance(value, dict):
        raise NotAFilter(f"{place.capitalize()} must be an object with a “type”.")
    kind = value.get("type")
    if kind in JOINS:
        return compound(value, place, depth)
    if kind in OPERATORS:
        return comparison(value, place)
    raise NotAFilter(f"The type of {place} can be {', '.join((*OPERATORS, *JOINS))}.")


def compound(value: dict[str, Any], place: str, depth: int) -> Compound:
    parts = value.get("filters")
    if not isinstance(parts, list) or not parts:
        raise NotAFilter(f"{place.capitalize()} needs a list “filters”.")
    if depth == 0:
        raise NotAFilter("This is nested too deep.")
    read_parts = [read(one, f"part {n} of {place}", depth - 1) for n, one in enumerate(parts, 1)]
    return Compound(value["type"], tuple(read_parts))


def comparison(value: dict[str, Any], place: str) -> Comparison:
    key, wanted = value.get("key"), value.get("value")
    if not isinstance(key, str) or not key:
        raise NotAFilter(f"{place.capitalize()} needs a “key”.")
    if not isinstance(wanted, str | int | float):
        raise NotAFilter(f"The value of {place} can be a text, a number, true or false.")
    return Comparison(key, value["type"], wanted)
