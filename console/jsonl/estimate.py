"""What training on a file, or running it as a batch, would cost by a price that the caller knows.

Training: tokens of the file x epochs. Batch: Azure's page on batches (2026-03) promises half of the price of Global
Standard; where a deployment's meter says otherwise, that meter counts. All amounts are US dollars, Decimal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .tokens import Tokens

ASSUMED_OUTPUT = 500
BATCH_SHARE = Decimal("0.5")


@dataclass(frozen=True)
class TrainingEstimate:
    """Tokens that training goes through, and their price; None when that is not known."""

    tokens: int
    epochs: int
    trained_tokens: int
    amount: Decimal | None


@dataclass(frozen=True)
class BatchEstimate:
    """Input tokens as counted, output tokens at most; online and batch price, None when not known.

    `guessed` requests have no output limit of their own; `assumed_output` tokens were assumed for each of them.
    """

    input_tokens: int
    output_tokens: int
    guessed: int
    assumed_output: int
    online: Decimal | None
    batch: Decimal | None


def training_estimate(
    tokens: Tokens, *, epochs: int, price: Callable[[int], Decimal | None] | None = None
) -> TrainingEstimate:
    """Estimate a training; `price` gives the dollars for a number of trained tokens."""
    trained = tokens.total * epochs
    return TrainingEstimate(tokens.total, epochs, trained, price(trained) if price else None)


def batch_estimate(
    tokens: Tokens,
    *,
    assumed_output: int = ASSUMED_OUTPUT,
    price: Callable[[int, int], Decimal | None] | None = None,
) -> BatchEstimate:
    """Estimate a batch; `price` gives the online dollars for input and output tokens."""
    output = tokens.output_limit + tokens.without_limit * assumed_output
    online = price(tokens.total, output) if price else None
    batch = None if online is None else online * BATCH_SHARE
    return BatchEstimate(tokens.total, output, tokens.without_limit, assumed_output, online, batch)
