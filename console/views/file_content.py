"""What is in a file: a part of it to look at, by ranged reading, or all of it to keep, as it comes."""

import csv
import io
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from console import access
from console.jsonl import preview as jsonl
from console.models import Item, audit
from console.v1 import files
from console.views.downloads import attachment
from console.views.files import KIND
from console.views.shared import BadQuery, wants_json

PART = 128 * 1024
MODES = {"table": "JSONL as a table", "csv": "CSV", "text": "Text"}
MAX_ROWS = 50
MAX_COLUMNS = 12
MAX_CELL = 300


@dataclass(frozen=True)
class View:
    """A part of a file to show: rows under columns, or a text; `next` is the query of the part behind it."""

    mode: str
    columns: tuple[str, ...] = ()
    rows: tuple[Any, ...] = ()
    text: str = ""
    next: str = ""
    is_binary: bool = False


@require_safe
def preview(request: HttpRequest, slug: str, file_id: str) -> HttpResponse:
    """A part of the content as a table, CSV or text; `?at=` is where it begins, in bytes."""
    item = access.item_for(request.user, slug, KIND, file_id, may="read")
    mode = request.GET.get("as", "") or fitting(item.name)
    if mode not in MODES:
        raise BadQuery(f"A file can be shown as {', '.join(MODES)}, not as “{mode[:40]}”.")
    view = looked_at(item, mode, at=number(request, "at"), line=max(number(request, "line"), 1))
    if wants_json(request):
        return JsonResponse(as_json(view))
    url = reverse("file-preview", args=[slug, file_id])
    context = {"view": view, "url": url, "modes": MODES, "item": item, "at": number(request, "at")}
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "files/preview.html#preview" if is_part else "files/preview.html", context)


def fitting(name: str) -> str:
    return {"jsonl": "table", "csv": "csv"}.get(name.lower().rpartition(".")[2], "text")


def number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "0")
    if not text.isdecimal() or len(text) > 15:
        raise BadQuery(f"“{name}” is a number of bytes or lines from the start.")
    return int(text)


def looked_at(item: Item, mode: str, *, at: int, line: int) -> View:
    """Fetch one part of the content, and nothing behind it; the byte before it tells whether a line begins."""
    base = max(at - 1, 0)
    with item.connection.client(audit.Actor()) as client:
        part = files.part(client, item.remote_id, start=base, length=PART + 2)
    if is_binary(part.data):
        return View(mode, is_binary=True)
    if mode == "table":
        return as_table(part.data, at=at, base=base, line=line)
    has_more = len(part.data) > PART
    data = part.data[at - base :][:PART]
    if has_more:
        data = data[: data.rfind(b"\n") + 1] or data
    following = query(mode, at + len(data), line + data.count(b"\n")) if has_more else ""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if mode == "csv":
        return as_csv(text, at=at, line=line, following=following)
    return View(mode, text=text, next=following)


def is_binary(data: bytes) -> bool:
    """Whether the bytes are no text in UTF-8, told by themselves and not by a name."""
    text = data.decode("utf-8", "replace")
    return "\x00" in text or text.count("\ufffd") > max(len(text) // 10, 4)


def as_table(data: bytes, *, at: int, base: int, line: int) -> View:
    page = jsonl(io.BytesIO(data), offset=at - base, line=line, rows=MAX_ROWS, most_bytes=PART)
    following = "" if page.next_offset is None else query("table", page.next_offset + base, page.next_line)
    rows = tuple(replace(row, offset=row.offset + base) for row in page.rows)
    table = tuple(
        (row.line, tuple(row.cells.get(name, "") for name in page.columns), row.raw) for row in rows
    )
    return View("table", page.columns, table, next=following)


def as_csv(text: str, *, at: int, line: int, following: str) -> View:
    """The first line names the columns; a part from further down has them numbered."""
    found: list[list[str]] = []
    position = 0
    try:
        for row in csv.reader(io.StringIO(text)):
            found.append([one[:MAX_CELL] for one in row[:MAX_COLUMNS]])
            if len(found) > MAX_ROWS:
                break
    except csv.Error:
        return View("text", text=text, next=following)
    if len(found) > MAX_ROWS:
        taken = text.splitlines(keepends=True)[:MAX_ROWS]
        position = at + len("".join(taken).encode())
        found, following = found[:MAX_ROWS], query("csv", position, line + MAX_ROWS)
    width = max((len(row) for row in found), default=0)
    head = found.pop(0) if at == 0 and found else [str(one + 1) for one in range(width)]
    table = tuple((line + place, tuple(row), "") for place, row in enumerate(found, 1 if at == 0 else 0))
    return View("csv", tuple(head), table, next=following)


def query(mode: str, at: int, line: int) -> str:
    return "?" + urlencode({"as": mode, "at": at, "line": line})


def as_json(view: View) -> dict[str, Any]:
    rows = [
        {"line": line, "cells": dict(zip(view.columns, cells, strict=False))} for line, cells, _ in view.rows
    ]
    return {"as": view.mode, "binary": view.is_binary, "rows": rows, "text": view.text, "next": view.next}


@require_GET
def download(request: HttpRequest, slug: str, file_id: str) -> StreamingHttpResponse:
    """The whole content as it comes, to be saved and never to be shown; a cut is one for the browser too."""
    item = access.item_for(request.user, slug, KIND, file_id, may="read")
    with ExitStack() as stack:
        client = stack.enter_context(item.connection.client(request.user))
        content = stack.enter_context(files.taken(client, file_id, size=item.size, label=item.name))
        return attachment(content.pieces, item.name, closing=stack.pop_all(), size=content.size)
