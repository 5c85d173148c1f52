"""JSON from strangers: bounded in depth, one reading only, and safe to store in either database."""

import json
import math
import re
from typing import Any

from .errors import ProtocolError
from .limits import MAX_JSON_DEPTH

__all__ = ["clean_text", "finite", "parse_json", "parse_json_text", "refuse"]

STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
ONE_KIND = bytes.maketrans(b"{}", b"[]")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ESCAPED_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def parse_json(body: bytes) -> Any:
    """The value of a JSON text; NUL and lone surrogates become U+FFFD.

    Raises ProtocolError for what is not JSON, for NaN, infinities and duplicate keys, and for more than
    MAX_JSON_DEPTH levels (looked at before parsing).
    """
    try:
        text = body.decode("utf-8-sig")
    except ValueError as error:
        raise ProtocolError("The answer is not valid JSON.", detail=str(error)) from None
    return parse_json_text(text)


def parse_json_text(text: str) -> Any:
    """`parse_json` of a text that is decoded already."""
    if _is_too_deep(text):
        raise ProtocolError(f"The answer is nested more than {MAX_JSON_DEPTH} levels deep.")
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("The answer is not valid JSON.", detail=str(error)) from None
    return _clean_tree(value) if "\\u" in text and ESCAPED_UNSTORABLE.search(text) else value


def clean_text(text: str) -> str:
    """The text with NUL and lone surrogates replaced, so that SQLite and PostgreSQL both store it."""
    return UNSTORABLE.sub("\ufffd", text)


def _is_too_deep(text: str) -> bool:
    """Whether brackets outside of strings nest too deep: each round removes the innermost pairs."""
    if text.count("[") + text.count("{") <= MAX_JSON_DEPTH:
        return False
    brackets = STRING.sub(b"", text.encode("utf-8", "replace")).translate(ONE_KIND, NOT_BRACKETS)
    for _ in range(MAX_JSON_DEPTH):
        if b"[]" not in brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    return b"[]" in brackets or len(brackets) > MAX_JSON_DEPTH


def refuse(name: str) -> float:
    """For `parse_constant`: NaN and infinities are no JSON. Raises ValueError."""
    raise ValueError(f"{name} is no number in JSON")


def finite(text: str) -> float:
    """For `parse_float`: the number, if a float can hold it. Raises ValueError."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is out of range")
    return number


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("an object names a key twice")
    return mapping


DECODER = json.JSONDecoder(parse_constant=refuse, parse_float=finite, object_pairs_hook=_unique_keys)


def _clean_tree(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): _clean_tree(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_tree(item) for item in value]
    return value
