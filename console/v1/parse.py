"""Tolerant reading of JSON that others wrote: never an exception for a strange member.

Microsoft says that new members may appear at any time, and times come as unix seconds, floats, ISO 8601 or
null.
"""

import re
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

Json = Mapping[str, Any]

_EMPTY: Json = {}
_LATEST = datetime.max.replace(tzinfo=UTC).timestamp() - 1
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FRACTION = re.compile(r"(\.\d{6})\d+")


def mapping(value: object) -> Json:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else _EMPTY


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON array; anything else in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: object, default: str = "") -> str:
    """The value when it is a string, else the default. Unknown enum values therefore stay as they are."""
    return value if isinstance(value, str) else default


def texts(value: object) -> tuple[str, ...]:
    """The strings of a JSON array."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def state(value: object, known: Container[str]) -> str:
    """A status in the documented spelling (`Validating` and `InProgress` are seen too); unknown ones as they
    are.
    """
    told = text(value)
    usual = _CAMEL.sub("_", told).lower()
    return usual if usual in known else told


def pairs(value: object) -> dict[str, str]:
    """Metadata: the members of an object whose values are texts."""
    return {key: each for key, each in mapping(value).items() if isinstance(each, str)}


def scalars(value: object) -> dict[str, str | int | float | bool]:
    """Attributes: the members of an object whose values are texts, numbers or truths."""
    return {key: each for key, each in mapping(value).items() if isinstance(each, str | int | float)}


def numbers(value: object) -> dict[str, float]:
    """Metrics: the members of an object whose values are finite numbers."""
    found = ((key, number(each)) for key, each in mapping(value).items())
    return {key: each for key, each in found if each is not None}


def label(value: object) -> str:
    """A string or number as text, for ids and codes that some servers send as numbers."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int | float) else ""


def integer(value: object) -> int | None:
    """A whole number from a JSON number or a string of digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and len(value) <= 18 and value.isascii() and value.isdigit():
        return int(value)
    return None


def number(value: object) -> float | None:
    """A finite number; None for anything else, booleans included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        return None
    return float(value) if value == value else None


def truth(value: object) -> bool | None:
    """A boolean, also spelled as the text `"true"` or `"false"`, as ARM spells capabilities."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return None


def time(value: object) -> datetime | None:
    """A moment in UTC from unix seconds (whole, broken or as text) or from ISO 8601; else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Zero is what services write for "never".
        return datetime.fromtimestamp(value, UTC) if 0 < value < _LATEST else None
    return _iso(value) if isinstance(value, str) else None


def day(value: object) -> date | None:
    """The UTC date of a moment, for retirement dates."""
    moment = time(value)
    return moment.date() if moment is not None else None


def _iso(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()[:64]))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def path(value: object, *keys: str) -> object:
    """The member at the end of a chain of names, or None as soon as one is missing."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def present(pairs: Mapping[str, Any]) -> dict[str, Any]:
    """The members that were set: those whose value is not None."""
    return {key: value for key, value in pairs.items() if value is not None}


def enabled(value: object) -> Iterator[str]:
    """The names of an object's members that are true, as in `capabilities`."""
    return (key for key, each in mapping(value).items() if truth(each))
