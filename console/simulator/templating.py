"""Templates of graders and evals: `{{ item.question }}`, `{{ sample.output_text }}`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{\{\s*([\w.\[\]-]+)\s*\}\}")
_STEP = re.compile(r"[^.\[\]]+")


def render(template: str, names: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The text, and the names in it that stand for nothing; those become empty."""
    missing: list[str] = []

    def value(place: re.Match[str]) -> str:
        try:
            found = look_up(place[1], names)
        except LookupError:
            missing.append(place[1])
            return ""
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)

    return _PLACE.sub(value, template), missing


def look_up(path: str, names: Mapping[str, Any]) -> Any:
    """The value at a dotted path; raises LookupError when there is none."""
    found: Any = names
    for step in _STEP.findall(path):
        if isinstance(found, list) and step.isdecimal():
            found = found[int(step)]
        elif isinstance(found, Mapping):
            found = found[step]
        else:
            raise LookupError(path)
    return found


def names_for(item: Mapping[str, Any], sample: str | Mapping[str, Any]) -> dict[str, Any]:
    """The namespaces of a template; `sample` is the text of an answer, or all that is known of one."""
    if not isinstance(sample, str):
        return {"item": item, "sample": sample}
    told: dict[str, Any] = {"output_text": sample, "output_tools": []}
    try:
        told["output_json"] = json.loads(sample)
    except ValueError:
        told["output_json"] = None
    return {"item": item, "sample": told}


def text_of(content: Any) -> str:
    """The text of a message's content: text itself, a part, or a list of either."""
    parts = content if isinstance(content, list) else [content]
    return " ".join(part for part in map(_text_of_part, parts) if part)


def _text_of_part(part: Any) -> str:
    if isinstance(part, Mapping):
        return str(part.get("text") or "")
    return part if isinstance(part, str) else ""
