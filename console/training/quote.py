"""What a training would take before it is started: an estimate from the check of its file, and a price where known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.file_costs import EPOCHS
from console.jsonl import Purpose
from console.models import Connection
from console.playground.pricing import Price
from console.playground.training_price import training_price

RULES = {
    "supervised": Purpose.SUPERVISED,
    "dpo": Purpose.PREFERENCE,
    "reinforcement": Purpose.REINFORCEMENT,
}
"""What the doctor holds the files of each method to."""


@dataclass(frozen=True)
class Quote:
    """Tokens of the file times epochs, None for what is billed by the hour; `is_assumed`: nobody chose the epochs."""

    tokens: int | None
    epochs: int
    is_assumed: bool
    price: Price

    @property
    def trained_tokens(self) -> int | None:
        return None if self.tokens is None else self.tokens * self.epochs


def quote(
    connection: Connection, method: str, model: str, epochs: int | None, report: Mapping[str, Any]
) -> Quote | None:
    """An estimate for a file with this report of the doctor; None where its tokens were not counted."""
    counted = (report.get("estimate") or {}).get("tokens")
    if not model or not isinstance(counted, int):
        return None
    passes = epochs or EPOCHS
    tokens = None if method == "reinforcement" else counted
    price = training_price(connection.kind, model, counted * passes)
    return Quote(tokens, passes, epochs is None, price)
