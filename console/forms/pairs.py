"""Metadata and attributes as people type them: one `key = value` a line.

Limits from the schemas Metadata and VectorStoreFileAttributes of the Azure v1 specification of 2026-01-28.
"""

import json
from collections.abc import Mapping

from django.core.exceptions import ValidationError

from console.forms.typed_json import value_of

MOST, LONGEST_KEY, LONGEST_VALUE = 16, 64, 512

Scalar = str | int | float | bool


def pairs(text: str) -> dict[str, str]:
    """The pairs of a text. Raises ValidationError with the line that is wrong."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            key, sign, value = (part.strip() for part in line.partition("="))
            check_pair(number, key, sign, value)
            if key in found:
                raise ValidationError(f"Line {number}: “{key}” stands there twice.")
            found[key] = value
    if len(found) > MOST:
        raise ValidationError(f"There can be {MOST} pairs at most, not {len(found)}.")
    return found


def check_pair(number: int, key: str, sign: str, value: str) -> None:
    if not sign or not key:
        raise ValidationError(f"Line {number}: write it as key = value.")
    if len(key) > LONGEST_KEY:
        raise ValidationError(f"Line {number}: a key has {LONGEST_KEY} characters at most.")
    if len(value) > LONGEST_VALUE:
        raise ValidationError(f"Line {number}: a value has {LONGEST_VALUE} characters at most.")


def scalars(text: str) -> dict[str, Scalar]:
    """The same with numbers and truths as what they are. Raises ValidationError."""
    return {key: scalar(value) for key, value in pairs(text).items()}


def scalar(text: str) -> Scalar:
    """`12` and `1.5` are numbers, `true` and `false` truths; anything else, and what is quoted, is text."""
    try:
        value = value_of(text)
    except ValueError:
        return text
    return value if isinstance(value, str | int | float) else text


def lines(values: Mapping[str, Scalar]) -> str:
    """The text of some pairs, which reads as the same pairs again."""
    return "\n".join(f"{key} = {written(value)}" for key, value in values.items())


def plain_lines(values: Mapping[str, str]) -> str:
    """The text of metadata, whose values are always texts."""
    return "\n".join(f"{key} = {value}" for key, value in values.items())


def written(value: Scalar) -> str:
    if isinstance(value, str) and scalar(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
