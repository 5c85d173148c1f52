"""The schema of the rows of a file, told by its first line, of which no more is fetched than is needed."""

import json
from typing import Any

from console.models import Connection
from console.v1 import files

LONGEST = 256 * 1024
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


class NoRow(Exception):
    """The first line of a file is no row of an eval; the text says why."""


def schema(connection: Connection, user: Any, file_id: str) -> dict[str, Any]:
    """A JSON Schema that the first row fits. Raises NoRow, and what the resource refuses."""
    with connection.client(user) as client:
        part = files.part(client, file_id, start=0, length=LONGEST)
    return schema_of(first_row(part.data))


def first_row(data: bytes) -> dict[str, Any]:
    """The `item` of the first line that is not blank. Raises NoRow."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    line = next((one for one in text.split("\n") if one.strip()), "")
    if not line:
        raise NoRow("The file has no line.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        too_long = len(data) >= LONGEST and "\n" not in text
        raise NoRow(
            "Its first line is too long to look at." if too_long else "Its first line is not JSON."
        ) from None
    item = row.get("item") if isinstance(row, dict) else None
    if not isinstance(item, dict):
        raise NoRow("Its first line has no object “item”.")
    return item


def schema_of(value: Any) -> dict[str, Any]:
    """A schema for values like this one; nothing is asked of what is null or of an empty list."""
    kind = TYPES.get(type(value))
    if isinstance(value, dict):
        properties = {name: schema_of(each) for name, each in value.items()}
        return {"type": kind, "properties": properties, "required": list(value)}
    if isinstance(value, list) and value:
        return {"type": kind, "items": schema_of(value[0])}
    return {"type": kind} if kind else {}
