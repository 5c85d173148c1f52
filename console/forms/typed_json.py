"""JSON as people type it into a form: such as can be sent, and kept by either database."""

import json
from typing import Any

from console.outbound.json_text import clean_text, finite, refuse
from console.outbound.limits import MAX_JSON_DEPTH

TOO_DEEP = f"it is nested more than {MAX_JSON_DEPTH} levels deep"


def value_of(text: str) -> Any:
    """The value that a JSON text is. Raises ValueError, as json.JSONDecodeError where the place is known.

    NaN, infinities, NUL and halves of characters are refused: one database or the other cannot keep them.
    """
    try:
        value = json.loads(text, parse_constant=refuse, parse_float=finite)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    found = texts(value, MAX_JSON_DEPTH)
    if clean_text(found) != found:
        raise ValueError("it holds a NUL or half of a character")
    return value


def texts(value: Any, levels: int) -> str:
    """All texts in a value, one behind the other. Raises ValueError for more levels."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict | list):
        return ""
    if not levels:
        raise ValueError(TOO_DEEP)
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    return "".join(texts(one, levels - 1) for one in inner)
