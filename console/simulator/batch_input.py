"""Checking the input of a batch line by line, before anything of it is answered.

Codes: Azure's batch pages (API notes of 2026-11-23, part a).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_LINES = 100_000
_MOST_ERRORS = 50
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Input:
    """What is in a file: how many lines, for which model, and what is wrong with them."""

    lines: int = 0
    model: str = ""
    errors: list[dict[str, Any]] = field(default_factory=list)

    def wrong(self, code: str, message: str, line: int | None = None, param: str | None = None) -> None:
        if len(self.errors) < _MOST_ERRORS:
            self.errors.append({"code": code, "message": message, "param": param, "line": line})


def same_path(url: str) -> str:
    """An endpoint without the version before it: `/v1/embeddings` and `/embeddings` are one."""
    return url.removeprefix("/v1")


def read_input(path: Path, endpoint: str) -> Input:
    """The reading of a whole file; its memory is that of the ids alone."""
    found = Input()
    ids: set[str] = set()
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                found.lines += 1
                _read_line(found, ids, raw, number, endpoint)
            if found.lines > MOST_LINES:
                found.errors.clear()
                found.wrong("too_many_tasks", f"The file has more than {MOST_LINES:,} requests.")
                return found
    if not found.lines:
        found.wrong("empty_file", "The input file is empty. Please ensure that the batch has requests.")
    return found


def _read_line(found: Input, ids: set[str], raw: bytes, number: int, endpoint: str) -> None:
    row = _parsed(raw)
    if row is None:
        hint = " It begins with a byte order mark." if raw.startswith(_BOM) else ""
        found.wrong("invalid_json_line", f"This line is not parseable as valid JSON.{hint}", number)
        return
    body, name = row.get("body"), row.get("custom_id")
    if not isinstance(name, str) or not name or not isinstance(body, dict) or row.get("method") != "POST":
        param = (
            "custom_id"
            if not isinstance(name, str) or not name
            else "method"
            if isinstance(body, dict)
            else "body"
        )
        found.wrong("invalid_request", f"'{param}' is missing or not valid.", number, param)
        return
    if name in ids:
        found.wrong(
            "duplicate_custom_id",
            f"The custom_id '{name[:100]}' is used more than once.",
            number,
            "custom_id",
        )
    ids.add(name)
    _check_together(found, row, body, number, endpoint)


def _check_together(
    found: Input, row: dict[str, Any], body: dict[str, Any], number: int, endpoint: str
) -> None:
    if same_path(str(row.get("url"))) != same_path(endpoint):
        message = f"The URL '{str(row.get('url'))[:100]}' is not the endpoint of the batch, '{endpoint}'."
        found.wrong("url_mismatch", message, number, "url")
    model = str(body.get("model") or "")
    found.model = found.model or model
    if model != found.model:
        message = f"The model '{model[:100]}' is not that of the first request, '{found.model}'."
        found.wrong("model_mismatch", message, number, "body.model")


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
