"""Containers: where code interpreter works, and the files in them. They end after some minutes without use.

Shapes from the GA specification of 2026-01-28 (ContainerResource, ContainerFileResource).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from console.outbound.errors import ProtocolError
from console.outbound.limits import UPLOAD
from console.v1 import content, parse
from console.v1.client import Client, Page, Target, segment
from console.v1.multipart import FileForm, Progress, fields_only

MEMORY = ("1g", "4g", "16g", "64g")
STATUSES = frozenset({"running", "active", "expired", "deleted"})


@dataclass(frozen=True, slots=True)
class Container:
    """One container; `minutes` is how long it lives after its last use."""

    id: str
    name: str
    status: str
    memory: str
    minutes: int | None
    created: datetime | None
    last_active: datetime | None
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class ContainerFile:
    """A file in a container; `size` is in bytes, `source` says who put it there (user or assistant)."""

    id: str
    container: str
    path: str
    size: int | None
    source: str
    created: datetime | None
    raw: parse.Json

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2] or self.id


def pages(
    client: Client, *, order: str | None = None, limit: int = 100, after: str = ""
) -> Iterator[Page[Container]]:
    """The containers of a resource page by page; `order` is asc or desc by creation."""
    params = {"order": order, "limit": limit}
    return client.pages("/containers", parse_container, params=params, after=after)


def get(client: Client, container_id: str) -> Container:
    """One container by its id."""
    return parse_container(client.get(_path(container_id)).json())


def body(
    *,
    name: str,
    file_ids: Sequence[str] | None = None,
    minutes: int | None = None,
    memory: str | None = None,
) -> dict[str, Any]:
    """The JSON that starts a container; `memory` is one of MEMORY."""
    life = {"anchor": "last_active_at", "minutes": minutes}
    asked = {
        "name": name,
        "file_ids": list(file_ids) if file_ids else None,
        "expires_after": life if minutes is not None else None,
        "memory_limit": memory,
    }
    return parse.present(asked)


def create(client: Client, body: Mapping[str, Any]) -> Container:
    """Start a container, which is billed."""
    answer = client.change(
        "POST",
        "/containers",
        action="container.created",
        target=Target("container", label=parse.text(body.get("name"))),
        json=dict(body),
    )
    return parse_container(answer.json())


def delete(client: Client, container_id: str, *, label: str = "") -> bool:
    """Delete a container with its files; False when it was gone already."""
    return client.delete(
        _path(container_id), action="container.deleted", target=Target("container", container_id, label)
    )


def file_pages(
    client: Client, container_id: str, *, order: str | None = None, limit: int = 100, after: str = ""
) -> Iterator[Page[ContainerFile]]:
    """The files of a container page by page."""
    params = {"order": order, "limit": limit}
    return client.pages(f"{_path(container_id)}/files", parse_file, params=params, after=after)


def get_file(client: Client, container_id: str, file_id: str) -> ContainerFile:
    """One file of a container."""
    return parse_file(client.get(_file(container_id, file_id)).json())


def add_file(client: Client, container_id: str, file_id: str, *, label: str = "") -> ContainerFile:
    """Put a file of the resource into a container."""
    answer = client.change(
        "POST",
        f"{_path(container_id)}/files",
        action="container_file.created",
        target=Target("container", container_id, label or file_id),
        content=fields_only({"file_id": file_id}),
    )
    return parse_file(answer.json())


def upload_file(
    client: Client,
    container_id: str,
    file: BinaryIO,
    *,
    name: str,
    size: int,
    progress: Progress | None = None,
) -> ContainerFile:
    """Send a file of `size` bytes into a container; `progress` as in `files.upload`."""
    form = FileForm({}, file, name=name, size=size, progress=progress)
    answer = client.change(
        "POST",
        f"{_path(container_id)}/files",
        action="container_file.created",
        target=Target("container", container_id, name),
        content=form.body,
        limits=UPLOAD,
    )
    return parse_file(answer.json())


def delete_file(client: Client, container_id: str, file_id: str, *, label: str = "") -> bool:
    """Delete a file of a container; False when it was gone already."""
    return client.delete(
        _file(container_id, file_id),
        action="container_file.deleted",
        target=Target("container_file", file_id, label),
    )


def part(client: Client, container_id: str, file_id: str, *, start: int, length: int) -> content.Part:
    """A part of a file's content, in bytes."""
    return content.part(client, f"{_file(container_id, file_id)}/content", start=start, length=length)


def opened(
    client: Client, container_id: str, file_id: str, *, size: int | None = None
) -> AbstractContextManager[content.Content]:
    """A file's content as it comes, in a `with` block."""
    return content.opened(client, f"{_file(container_id, file_id)}/content", size=size)


def taken(
    client: Client, container_id: str, file_id: str, *, size: int | None = None, label: str = ""
) -> AbstractContextManager[content.Content]:
    """`opened` for somebody who takes the content away, which is recorded."""
    path, target = f"{_file(container_id, file_id)}/content", Target("container_file", file_id, label)
    return content.taken(client, path, size=size, action="container_file.downloaded", target=target)


def download(
    client: Client,
    container_id: str,
    file_id: str,
    write: Callable[[bytes], object],
    *,
    size: int | None = None,
    progress: Progress | None = None,
) -> content.Downloaded:
    """Write a file's content piece by piece; raises `ConnectionLost` when it ends too early."""
    path = f"{_file(container_id, file_id)}/content"
    return content.download(client, path, write, size=size, progress=progress)


def parse_container(value: object) -> Container:
    """A container as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a container: it has no id.")
    return Container(
        id=identifier,
        name=parse.text(raw.get("name")),
        status=parse.state(raw.get("status"), STATUSES),
        memory=parse.text(raw.get("memory_limit")),
        minutes=parse.integer(parse.path(raw, "expires_after", "minutes")),
        created=parse.time(raw.get("created_at")),
        last_active=parse.time(raw.get("last_active_at")),
        raw=raw,
    )


def parse_file(value: object) -> ContainerFile:
    """A file of a container as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a file of a container: it has no id.")
    return ContainerFile(
        id=identifier,
        container=parse.text(raw.get("container_id")),
        path=parse.text(raw.get("path")),
        size=parse.integer(raw.get("bytes")),
        source=parse.text(raw.get("source")),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def _path(container_id: str) -> str:
    return f"/containers/{segment(container_id)}"


def _file(container_id: str, file_id: str) -> str:
    return f"{_path(container_id)}/files/{segment(file_id)}"
