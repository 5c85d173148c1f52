"""The doctor on a file in the spool: what it found, what that costs, and what mending it would change."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils import timezone

from console.jsonl import (
    CATALOGUE,
    REPAIRS,
    Purpose,
    Report,
    batch_estimate,
    check,
    repair,
    training_estimate,
)
from console.jsonl.lines import Cancel, Progress
from console.models import Upload
from console.playground.pricing import price, sold

SHOWN = 200
EPOCHS = 3  # what a supervised job takes for a file of usual size; the page says so


def examine(upload: Upload, *, progress: Progress, cancel: Cancel) -> dict[str, Any]:
    """Check a file and return what the page shows, as plain JSON. Raises jsonl.Cancelled."""
    purpose = Purpose(upload.check_for)
    report = check(upload.path, purpose, progress=progress, cancel=cancel)
    return {
        "at": timezone.now().isoformat(),
        "purpose": purpose.value,
        "errors": report.errors,
        "warnings": report.warnings,
        "lines": report.lines,
        "examples": report.examples,
        "bytes": report.bytes,
        "problems": [asdict(one) for one in report.problems[:SHOWN]],
        "kinds": kinds(report),
        "models": report.models,
        "estimate": estimate(upload, report),
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


def estimate(upload: Upload, report: Report) -> dict[str, Any]:
    """Tokens, and for a batch the dollars where the price of its one deployment is known."""
    if report.tokens is None:
        return {}
    told: dict[str, Any] = {"tokens": report.tokens.total, "longest": report.tokens.most}
    if report.purpose.is_training:
        training = training_estimate(report.tokens, epochs=EPOCHS)
        return {**told, "epochs": EPOCHS, "trained_tokens": training.trained_tokens}
    if report.purpose is not Purpose.BATCH:
        return told
    model = next(iter(report.models)) if len(report.models) == 1 else ""
    source = ""

    def dollars(tokens_in: int, tokens_out: int) -> Decimal | None:
        nonlocal source
        if not model:
            return None
        what = sold(upload.connection_id, upload.connection.kind, model, region=upload.connection.region)
        found = price(what, input_tokens=tokens_in, output_tokens=tokens_out)
        source = found.source
        return found.amount

    batch = batch_estimate(report.tokens, price=dollars)
    return {
        **told,
        "output_tokens": batch.output_tokens,
        "guessed": batch.guessed,
        "assumed_output": batch.assumed_output,
        "online": money(batch.online),
        "batch": money(batch.batch),
        "source": source,
    }


def money(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)


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
