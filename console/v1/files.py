"""Files of a resource: what fine-tuning, batches, evals and vector stores read, and what they write.

Shapes from the GA specification of 2026-01-28 (createFile, listFiles, downloadFile), and for `expires_after`
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch (14 to 30 days, in seconds).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from console.outbound.errors import ProtocolError
from console.outbound.limits import UPLOAD
from console.v1 import content, parse
from console.v1.client import Client, Page, Target, segment
from console.v1.multipart import FileForm, Progress

PURPOSES = ("assistants", "batch", "fine-tune", "evals")
"""The purposes that an upload may have; the service itself writes files of three more."""

STATUSES = frozenset({"uploaded", "pending", "running", "processed", "error", "deleting", "deleted"})


@dataclass(frozen=True, slots=True)
class File:
    """One file. `size` is in bytes, None when the service does not tell; times are UTC."""

    id: str
    name: str
    purpose: str
    status: str
    status_details: str
    size: int | None
    created: datetime | None
    expires: datetime | None
    raw: parse.Json

    @property
    def is_ready(self) -> bool:
        """Whether batches and jobs may use it; on Azure an upload is processed first."""
        return self.status == "processed"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: what the service made of it, and what left here."""

    file: File
    sha256: str
    size: int


def pages(
    client: Client,
    *,
    purpose: str | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[File]]:
    """The files of a resource page by page; `order` is asc or desc by creation."""
    params = {"purpose": purpose, "order": order, "limit": limit}
    return client.pages("/files", parse_file, params=params, after=after)


def get(client: Client, file_id: str) -> File:
    """One file by its id."""
    return parse_file(client.get(f"/files/{segment(file_id)}").json())


def delete(client: Client, file_id: str, *, label: str = "") -> bool:
    """Delete a file, which takes it out of every vector store too; False when it was gone already."""
    return client.delete(
        f"/files/{segment(file_id)}", action="file.deleted", target=Target("file", file_id, label)
    )


def upload(
    client: Client,
    file: BinaryIO,
    *,
    name: str,
    size: int,
    purpose: str,
    expires_after: int | None = None,
    progress: Progress | None = None,
) -> Upload:
    """Send a file of `size` bytes, read in pieces while it is sent; never repeated by itself.

    `expires_after` is in seconds from its creation. Raises `Cancelled` when `progress` answers False.
    """
    fields = {"purpose": purpose}
    if expires_after is not None:
        fields |= {"expires_after[seconds]": str(expires_after), "expires_after[anchor]": "created_at"}
    form = FileForm(fields, file, name=name, size=size, progress=progress)
    answer = client.change(
        "POST",
        "/files",
        action="file.uploaded",
        target=Target("file", label=name),
        content=form.body,
        limits=UPLOAD,
    )
    return Upload(parse_file(answer.json()), form.sha256, size)


def part(client: Client, file_id: str, *, start: int, length: int) -> content.Part:
    """A part of a file's content, in bytes, without fetching what is behind it."""
    return content.part(client, _content(file_id), start=start, length=length)


def opened(
    client: Client, file_id: str, *, size: int | None = None
) -> AbstractContextManager[content.Content]:
    """A file's content as it comes, in a `with` block; `size` is what the file is known to have."""
    return content.opened(client, _content(file_id), size=size)


def taken(
    client: Client, file_id: str, *, size: int | None = None, label: str = ""
) -> AbstractContextManager[content.Content]:
    """`opened` for somebody who takes the content away, which is recorded."""
    target = Target("file", file_id, label)
    return content.taken(client, _content(file_id), size=size, action="file.downloaded", target=target)


def download(
    client: Client,
    file_id: str,
    write: Callable[[bytes], object],
    *,
    size: int | None = None,
    progress: Progress | None = None,
) -> content.Downloaded:
    """Write a file's content piece by piece; raises `ConnectionLost` when it ends too early."""
    return content.download(client, _content(file_id), write, size=size, progress=progress)


def parse_file(value: object) -> File:
    """A file object as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a file: it has no id.")
    return File(
        id=identifier,
        name=parse.text(raw.get("filename")),
        purpose=parse.text(raw.get("purpose")),
        status=parse.state(raw.get("status"), STATUSES),
        status_details=parse.text(raw.get("status_details")),
        size=parse.integer(raw.get("bytes")),
        created=parse.time(raw.get("created_at")),
        expires=parse.time(raw.get("expires_at")),
        raw=raw,
    )


def _content(file_id: str) -> str:
    return f"/files/{segment(file_id)}/content"
