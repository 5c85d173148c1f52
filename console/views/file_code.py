"""Calls of the files API as code, without a secret in them."""

import json
import shlex
from collections.abc import Sequence
from urllib.parse import quote

from console.models import Connection
from console.views.code import Sample, header, setup


def reading(connection: Connection, file_id: str) -> list[Sample]:
    """GET /files/{file_id}, its content, and DELETE."""
    name, url = json.dumps(file_id), f"{connection.url}/files/{quote(file_id, safe='')}"
    python = (
        f"file = client.files.retrieve({name})\n"
        f"content = client.files.content({name})\n"
        'content.write_to_file(file.filename.rsplit("/", 1)[-1])\n\n'
        f"# client.files.delete({name})"
    )
    key = f"-H {header(connection)}"
    curl = (
        f"curl {shlex.quote(url)} {key}\n"
        f"curl {shlex.quote(url + '/content')} {key} -o content\n\n"
        f"# curl -X DELETE {shlex.quote(url)} {key}"
    )
    return [Sample("Python", "python", setup(connection) + python), Sample("curl", "curl", curl)]


def copying(
    connection: Connection, file_id: str, name: str, *, target: Connection, purpose: str
) -> list[Sample]:
    """GET /files/{file_id}/content here, then POST /files there."""
    url = f"{connection.url}/files/{quote(file_id, safe='')}/content"
    there = f"# then on {target.slug}, with its own sign-in\n"
    fetched = (
        f"{setup(connection)}content = client.files.content({json.dumps(file_id)})\n"
        f"content.write_to_file({json.dumps(name)})\n\n{there}",
        f"curl {shlex.quote(url)} -H {header(connection)} -o {shlex.quote(name)}\n\n{there}",
    )
    sent = sending(target, name, purpose)
    return [Sample(one.title, one.id, first + one.text) for first, one in zip(fetched, sent, strict=True)]


def sending(
    connection: Connection, name: str, purpose: str, *, expires_after: int | None = None
) -> list[Sample]:
    """POST /files; `expires_after` in seconds."""
    expiry = (
        f',\n    expires_after={{"anchor": "created_at", "seconds": {expires_after}}}'
        if expires_after
        else ""
    )
    python = (
        "file = client.files.create(\n"
        f'    file=open({json.dumps(name)}, "rb"),\n    purpose={json.dumps(purpose)}{expiry},\n)\n'
        "print(file.id)"
    )
    fields = [f"purpose={purpose}"]
    if expires_after:
        fields += [f"expires_after[seconds]={expires_after}", "expires_after[anchor]=created_at"]
    curl = form(connection, "/files", fields, name)
    return [Sample("Python", "python", setup(connection) + python), Sample("curl", "curl", curl)]


def form(connection: Connection, url_path: str, fields: Sequence[str], name: str = "") -> str:
    """A form with curl: `fields` as name=value, and the file `name` if there is one."""
    lines = [f"curl {shlex.quote(connection.url + url_path)}", f"-H {header(connection)}"]
    lines += [" ".join(f"-F {shlex.quote(one)}" for one in fields)] if fields else []
    lines += [f"-F {shlex.quote('file=@' + json.dumps(name))}"] if name else []
    return " \\\n  ".join(lines)
