"""Any call of the v1 API as code, from its method, path and body: what an action sends, without its key."""

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from textwrap import indent
from typing import Any
from urllib.parse import quote

from console.models import Connection, Item
from console.v1.routes import preview_headers
from console.views.code import Sample, header, setup

WIDTH = 72
METHODS = {"retrieve": "GET", "update": "POST", "delete": "DELETE"}
"""What is done with an object at its own path; anything else is a POST to a path below it."""
SILENT = frozenset({"containers.delete", "containers.files.delete", "responses.delete"})
"""Methods of the SDK that give nothing back."""


class Variable(str):
    """A name in Python, where a value would stand."""


def path(*parts: str) -> str:
    """A path of quoted parts."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def calling(
    connection: Connection,
    name: str,
    method: str,
    url_path: str,
    *,
    ids: Sequence[str] = (),
    named: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> list[Sample]:
    """`name` is the method of the SDK ("vector_stores.create"), `ids` and `named` its ids, `body` the JSON.

    An operation without a method in the SDK has an empty `name`: it is called by its path.
    """
    headers = preview_headers(method, url_path)
    extra: dict[str, Any] = {"extra_headers": headers} if headers else {}
    text = (
        python(name, ids, {**(named or {}), **extra}, body or {})
        if name
        else by_path(method, url_path, body or {})
    )
    return [
        Sample("Python", "python", setup(connection) + text),
        Sample("curl", "curl", curl(connection, method, url_path, body)),
    ]


def about(item: Item, name: str, *, body: Mapping[str, Any] | None = None) -> list[Sample]:
    """A call about one object; its path follows from what the SDK calls it: "evals.delete", "batches.cancel"."""
    *place, verb = name.split(".")
    url_path = path(*place, item.remote_id, *([] if verb in METHODS else [verb]))
    return calling(
        item.connection, name, METHODS.get(verb, "POST"), url_path, ids=[item.remote_id], body=body
    )


def about_each(items: Iterable[Item], name: str) -> list[Sample]:
    """`about` each of several objects, those of one connection after those of another."""
    *place, verb = name.split(".")
    below = [] if verb in METHODS else [verb]
    texts, shell = [], []
    there = attrgetter("connection_id")
    for _, group in groupby(sorted(items, key=there), key=there):
        found = list(group)
        connection, ids = found[0].connection, [item.remote_id for item in found]
        call = indent(python(name, [Variable("one")], {}, {}), "    ")
        texts.append(f"{setup(connection)}for one in {literal(ids, 0)}:\n{call}")
        paths = [path(*place, one, *below) for one in ids]
        shell += [curl(connection, METHODS.get(verb, "POST"), one, None) for one in paths]
    return [Sample("Python", "python", "\n".join(texts)), Sample("curl", "curl", "\n\n".join(shell))]


def titled(title: str, samples: Sequence[Sample]) -> list[Sample]:
    """Samples of an action that a page offers by a click, to stand beside those of reading its object."""
    name = title.lower().replace(" ", "-")
    return [Sample(f"{one.title}: {title.lower()}", f"{name}-{one.id}", one.text) for one in samples]


def by_path(method: str, url_path: str, body: Mapping[str, Any]) -> str:
    """A call of a path that the SDK has no method for, with the header of its preview."""
    given = [literal(url_path), "cast_to=object"]
    given += [f"body={literal(dict(body))}"] if body else []
    headers = preview_headers(method, url_path)
    given += [f'options={{"headers": {literal(headers)}}}'] if headers else []
    lines = "".join(f"    {one},\n" for one in given)
    return f"answer = client.{method.lower()}(\n{lines})\nprint(answer)\n"


def python(name: str, ids: Sequence[str], named: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    given = [literal(one) for one in ids]
    given += [f"{key}={literal(value)}" for key, value in {**named, **body}.items()]
    if name in SILENT:
        return f"client.{name}({', '.join(given)})\n"
    if not body:
        return f"answer = client.{name}({', '.join(given)})\nprint(answer.to_json())\n"
    lines = "".join(f"    {one},\n" for one in given)
    ending = (
        "for event in answer:\n    print(event.to_json())"
        if body.get("stream")
        else "print(answer.to_json())"
    )
    return f"answer = client.{name}(\n{lines})\n{ending}\n"


def literal(value: Any, depth: int = 1) -> str:
    """JSON as Python writes it: in one line where there is room, else a line for each member, `depth` steps in."""
    if isinstance(value, Variable):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inner = [f"{literal(str(key))}: {literal(one, depth + 1)}" for key, one in value.items()]
        return bracketed("{", inner, "}", depth)
    if isinstance(value, list | tuple):
        return bracketed("[", [literal(one, depth + 1) for one in value], "]", depth)
    return repr(value)


def bracketed(opening: str, inner: Sequence[str], closing: str, depth: int) -> str:
    line = f"{opening}{', '.join(inner)}{closing}"
    if len(line) + 4 * depth <= WIDTH and "\n" not in line:
        return line
    steps = "    " * depth
    members = "".join(f"{steps}    {one},\n" for one in inner)
    return f"{opening}\n{members}{steps}{closing}"


def curl(connection: Connection, method: str, url_path: str, body: Mapping[str, Any] | None) -> str:
    verb = "" if method == "GET" or (method == "POST" and body is not None) else f" -X {method}"
    call = f"curl{verb} {shlex.quote(connection.url + url_path)} \\\n  -H {header(connection)}"
    for name, value in preview_headers(method, url_path).items():
        call += f" \\\n  -H {shlex.quote(f'{name}: {value}')}"
    if body is None:
        return call
    text = shlex.quote(json.dumps(dict(body), ensure_ascii=False))
    return f"{call} \\\n  -H 'Content-Type: application/json' \\\n  -d {text}"
