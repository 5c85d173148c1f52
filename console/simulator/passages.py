"""The text of a stored file, in overlapping chunks as a vector store keeps them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from console.simulator.words import pieces

MOST_TOKENS = 5_000_000
_READ = 32 * 1024 * 1024
_BYTES_A_TOKEN = 4
TEXTS = (
    ".c", ".cpp", ".cs", ".css", ".go", ".html", ".java", ".js", ".json", ".md", ".php", ".py", ".rb", ".sh",
    ".tex", ".ts", ".txt",
)  # fmt: skip
_OFFICE = (".docx", ".pptx")
_BINARY = (".doc", ".pdf")
_TAG = re.compile(r"<(/?)([^\s>/]+)[^>]*>")
_BREAKS = ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "w:p", "a:p")
_RUN = re.compile(rb"[\x20-\x7e\n]{12,}")


def flaw_of(path: Path, filename: str, size: int) -> tuple[str, str] | None:
    """Why a file cannot be ingested, as a code and a message; None when it can."""
    ending = Path(filename).suffix.lower()
    if ending not in (*TEXTS, *_OFFICE, *_BINARY):
        supported = ", ".join((*TEXTS, *_OFFICE, *_BINARY))
        return (
            "unsupported_file",
            f"The file type '{ending or filename[-20:]}' is not supported: {supported}.",
        )
    if size == 0:
        return "invalid_file", "The file is empty."
    if size > MOST_TOKENS * _BYTES_A_TOKEN:
        return "invalid_file", f"The file has more than {MOST_TOKENS:,} tokens."
    try:
        if not text_of(path, filename).strip():
            return "invalid_file", "No text could be extracted from the file."
    except UnicodeDecodeError:
        return "invalid_file", "The file is not encoded in UTF-8, UTF-16 or ASCII."
    except (zipfile.BadZipFile, KeyError):
        return "invalid_file", "The file is damaged."
    return None


def text_of(path: Path, filename: str) -> str:
    """A file's plain text."""
    ending = Path(filename).suffix.lower()
    if ending in _OFFICE:
        return "\n".join(_office(path))
    with path.open("rb") as file:
        raw = file.read(_READ)
    if ending in _BINARY:
        return b"\n".join(_RUN.findall(raw)).decode("ascii")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = raw.decode(encoding)
    return _without_tags(text) if ending == ".html" else text


def chunks_of(text: str, size: int, overlap: int) -> list[str]:
    """Chunks of at most `size` tokens, each beginning with the last `overlap` of the one before."""
    tokens = pieces(text)
    step = max(size - overlap, 1)
    last = max(len(tokens) - overlap, 1)
    found = ("".join(tokens[start : start + size]).strip() for start in range(0, last, step))
    return [chunk for chunk in found if chunk]


def _office(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"word/document\.xml|ppt/slides/slide\d+\.xml", name):
                with archive.open(name) as part:
                    yield _without_tags(part.read(_READ).decode("utf-8", "replace"))


def _without_tags(markup: str) -> str:
    def instead(tag: re.Match[str]) -> str:
        return "\n" if tag[2].lower() in _BREAKS else ""

    return unescape(_TAG.sub(instead, re.sub(r"(?is)<(script|style)\b.*?</\1>", "", markup)))
