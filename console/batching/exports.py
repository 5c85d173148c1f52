"""Results of a batch to keep, each with its request: as JSON Lines that are untouched, or as CSV for a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import Any

from console.batching import lines as read
from console.batching.store import Whole
from console.jsonl import csv_line
from console.jsonl.edits import dump
from console.v1 import parse

COLUMNS = (
    *("line", "custom_id", "outcome", "status", "code", "message"),
    *("question", "answer", "tokens_in", "tokens_out"),
)


def as_row(whole: Whole) -> dict[str, Any]:
    return {
        "line": whole.number,
        "custom_id": id_of(whole),
        "outcome": outcome_of(whole),
        "request": whole.request or None,
        "result": whole.result or None,
    }


def id_of(whole: Whole) -> str:
    return parse.text((whole.request or whole.result).get("custom_id"))


def outcome_of(whole: Whole) -> str:
    if not whole.result:
        return "unanswered"
    return "succeeded" if read.outcome(whole.result).succeeded else "failed"


def texts(whole: Whole) -> dict[str, str]:
    """Question and answer in full."""
    return {"question": read.question(whole.request), "answer": read.answer(whole.result)}


def as_jsonl(rows: Iterable[Whole]) -> Iterator[bytes]:
    for whole in rows:
        yield dump(as_row(whole)).encode(errors="replace") + b"\n"


def as_csv(rows: Iterable[Whole]) -> Iterator[bytes]:
    yield csv_line(COLUMNS)
    for whole in rows:
        ended = read.outcome(whole.result) if whole.result else None
        usage, full = read.usage(whole.result), texts(whole)
        told = (ended.status, ended.code, ended.message) if ended else ("", "", "")
        found = (whole.number, id_of(whole), outcome_of(whole), *told)
        yield csv_line((*found, full["question"], full["answer"], usage.input, usage.output))
