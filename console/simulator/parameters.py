"""Checks of request parameters that answer with the sentences and codes of the real service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from console.simulator.errors import Refusal, invalid

Check = Callable[[str, Any], None]

_NAMES = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string", list: "an array",
          dict: "an object", type(None): "null"}  # fmt: skip


def wrong_type(name: str, value: object, expected: str) -> Refusal:
    got = _NAMES.get(type(value), "another type")
    return invalid(
        "invalid_type", f"Invalid type for '{name}': expected {expected}, but got {got} instead.", param=name
    )


def integer(low: int | None = None, high: int | None = None) -> Check:
    """A whole number between the bounds."""

    def check(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(name, value, "an integer")
        _within(name, value, low, high, "integer")

    return check


def number(low: float | None = None, high: float | None = None) -> Check:
    """A number between the bounds."""

    def check(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong_type(name, value, "a decimal")
        _within(name, value, low, high, "decimal")

    return check


def text(longest: int | None = None) -> Check:
    """A string of at most `longest` characters."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, str):
            raise wrong_type(name, value, "a string")
        if longest is not None and len(value) > longest:
            raise invalid(
                "string_above_max_length",
                f"Invalid '{name}': string too long. Expected a string with maximum length {longest}, "
                f"but got a string with length {len(value)} instead.",
                param=name,
            )

    return check


def boolean(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise wrong_type(name, value, "a boolean")


def mapping(name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise wrong_type(name, value, "an object")


def array(most: int | None = None, least: int = 0, items: Check | None = None) -> Check:
    """An array of a number of items, each checked."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, list):
            raise wrong_type(name, value, "an array")
        _check_size(name, len(value), least, most)
        if items is not None:
            for index, item in enumerate(value):
                items(f"{name}[{index}]", item)

    return check


def one_of(*values: str) -> Check:
    """One of the named values."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, str):
            raise wrong_type(name, value, "one of " + _listed(values))
        if value not in values:
            raise invalid(
                "invalid_value",
                f"Invalid value: '{value}'. Supported values are: {_listed(values)}.",
                param=name,
            )

    return check


def either(*checks: Check) -> Check:
    """Any of the checks; when none passes, the refusal that goes deepest into the value."""

    def check(name: str, value: Any) -> None:
        refusals: list[Refusal] = []
        for alternative in checks:
            try:
                alternative(name, value)
            except Refusal as refusal:
                refusals.append(refusal)
            else:
                return
        raise next((refusal for refusal in refusals if not _is_of_another_type(refusal, name)), refusals[-1])

    return check


def shape(fields: Mapping[str, Check], required: tuple[str, ...] = (), *, closed: bool = False) -> Check:
    """An object with these fields; `closed` refuses any other."""

    def check(name: str, value: Any) -> None:
        mapping(name, value)
        for wanted in required:
            if value.get(wanted) is None:
                raise missing(f"{name}.{wanted}")
        for key, item in value.items():
            if key in fields:
                if item is not None:
                    fields[key](f"{name}.{key}", item)
            elif closed:
                raise unknown(f"{name}.{key}")

    return check


def metadata(name: str, value: Any) -> None:
    """Up to 16 pairs of text, keys to 64 and values to 512 characters."""
    mapping(name, value)
    _check_size(name, len(value), 0, 16)
    for key, item in value.items():
        text(64)(f"{name}.{key}"[:200], key)
        text(512)(f"{name}.{key}"[:200], item)


def missing(name: str) -> Refusal:
    return invalid("missing_required_parameter", f"Missing required parameter: '{name}'.", param=name)


def unknown(name: str) -> Refusal:
    """The refusal of the Responses family for a parameter that it does not know."""
    return invalid("unknown_parameter", f"Unknown parameter: '{name}'.", param=name)


def unrecognized(name: str) -> Refusal:
    """The refusal of chat completions and embeddings for a parameter that they do not know."""
    return invalid(
        "unrecognized_request_argument", f"Unrecognized request argument supplied: {name}", param=name
    )


def unsupported(name: str, instead: str = "") -> Refusal:
    """The refusal of a model that does not take a parameter."""
    hint = f" Use '{instead}' instead." if instead else ""
    return invalid(
        "unsupported_parameter",
        f"Unsupported parameter: '{name}' is not supported with this model.{hint}",
        param=name,
    )


def check_body(
    body: Mapping[str, Any],
    fields: Mapping[str, Check],
    *,
    required: tuple[str, ...],
    refuse_unknown: Callable[[str], Refusal],
) -> None:
    """Every parameter of a body: known, required ones there, each of its type. Null counts as absent."""
    for name in body:
        if name not in fields:
            raise refuse_unknown(name[:200])
    for name in required:
        if body.get(name) is None:
            raise missing(name)
    for name, value in body.items():
        if value is not None:
            fields[name](name, value)


def _is_of_another_type(refusal: Refusal, name: str) -> bool:
    error = cast(dict[str, Any], refusal.body["error"])
    return (error["code"], error["param"]) == ("invalid_type", name)


def _within(name: str, value: float, low: float | None, high: float | None, kind: str) -> None:
    if low is not None and value < low:
        raise invalid(
            f"{kind}_below_min_value",
            f"Invalid '{name}': {kind} below minimum value. Expected a value >= {low}, "
            f"but got {value} instead.",
            param=name,
        )
    if high is not None and value > high:
        raise invalid(
            f"{kind}_above_max_value",
            f"Invalid '{name}': {kind} above maximum value. Expected a value <= {high}, "
            f"but got {value} instead.",
            param=name,
        )


def _check_size(name: str, size: int, least: int, most: int | None) -> None:
    if size < least:
        raise invalid(
            "empty_array" if size == 0 else "array_below_min_length",
            f"Invalid '{name}': too short. Expected at least {least} items, but got {size} instead.",
            param=name,
        )
    if most is not None and size > most:
        raise invalid(
            "array_above_max_length",
            f"Invalid '{name}': too long. Expected at most {most} items, but got {size} instead.",
            param=name,
        )


def _listed(values: tuple[str, ...]) -> str:
    quoted = [f"'{value}'" for value in values]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f", and {quoted[-1]}"
