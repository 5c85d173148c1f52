"""The doctor on a file in the spool or at a resource: what it found, and what mending it would change."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from console import file_costs
from console.jsonl import CATALOGUE, REPAIRS, Purpose, Report, check, likely, repair
from console.jsonl.lines import BOM, CHUNK, Cancel, Progress
from console.models import Connection, Upload
from console.outbound.json_text import clean_text

SHOWN = 200
MODELS = 20


def examine(upload: Upload, *, progress: Progress, cancel: Cancel) -> dict[str, Any]:
    """Check a file in the spool and return what the page shows, as plain JSON. Raises jsonl.Cancelled."""
    report = check(upload.path, Purpose(upload.check_for), progress=progress, cancel=cancel)
    return told(report, upload.connection)


def examine_remote(
    connection: Connection, pieces: Iterator[bytes], purpose: str, *, progress: Progress, cancel: Cancel
) -> dict[str, Any]:
    """The same for a content as it comes from a resource; nothing of it is kept. Raises what `pieces` raise.

    Without a `purpose` the file is held to the rules that its first line speaks for.
    """
    content = io.BufferedReader(Pieces(pieces), buffer_size=CHUNK)
    rules = Purpose(purpose) if purpose else likely(first_object(content.peek()))
    return told(check(content, rules, progress=progress, cancel=cancel), connection)


def first_object(start: bytes) -> dict[str, Any]:
    """The object in the first line of a file, empty for what is none."""
    try:
        value = json.loads(start.removeprefix(BOM).lstrip().partition(b"\n")[0])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


class Pieces(io.RawIOBase):
    """Pieces of bytes, read like a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count


def told(report: Report, connection: Connection) -> dict[str, Any]:
    return {
        "at": timezone.now().isoformat(),
        "purpose": report.purpose.value,
        "errors": report.errors,
        "warnings": report.warnings,
        "lines": report.lines,
        "examples": report.examples,
        "bytes": report.bytes,
        "problems": [asdict(one) for one in report.problems[:SHOWN]],
        "kinds": kinds(report),
        "can_be_mended": any(report.repairable.values()),
        # The names are the file's; PostgreSQL takes no NUL and no half of a character in its JSON.
        "models": {
            clean_text(name)[:200]: count for name, count in Counter(report.models).most_common(MODELS)
        },
        "estimate": file_costs.estimate(connection, report),
    }


def kinds(report: Report) -> list[dict[str, Any]]:
    """Each code that was found, how often, and how often it can be mended."""
    return [
        {
            "code": code,
            "severity": CATALOGUE[code].severity,
            "count": count,
            "repairable": report.repairable.get(code, 0),
            "remedy": REPAIRS.get(code, ""),
        }
        for code, count in sorted(report.totals.items(), key=lambda one: -one[1])
    ]


def mend(upload: Upload, codes: set[str], *, progress: Progress, cancel: Cancel) -> dict[str, Any]:
    """Write a mended copy and put it in the place of the file; return what was changed. Raises jsonl.Cancelled."""
    copy = upload.path.with_suffix(".mended")
    try:
        report = repair(
            upload.path,
            copy,
            Purpose(upload.check_for),
            codes & REPAIRS.keys(),
            progress=progress,
            cancel=cancel,
        )
        upload.replace_by(copy, size=report.bytes_written)
    finally:
        copy.unlink(missing_ok=True)
    return {"totals": report.totals, "changes": [asdict(one) for one in report.changes[:SHOWN]]}
