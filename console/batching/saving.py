"""What batches cost and what they save, from the tokens that the service counted and the price of asking online.

Azure's page on batches (2026-03) promises half of the price of Global Standard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from console.jsonl.estimate import BATCH_SHARE
from console.models import Connection, Item
from console.playground.pricing import Price, price, sold_as
from console.v1.batches import Batch
from console.v1.events import Usage


@dataclass(frozen=True)
class Saving:
    """US dollars for the same tokens online and as a batch; both None where the price is not known.

    `source` says whose price it is, or why none is known.
    """

    online: Decimal | None
    source: str

    @property
    def batch(self) -> Decimal | None:
        return None if self.online is None else self.online * BATCH_SHARE

    @property
    def saved(self) -> Decimal | None:
        return None if self.online is None else self.online * (1 - BATCH_SHARE)


def savings(rows: Iterable[tuple[Item, Batch]]) -> dict[int, Saving]:
    """What each of these batches saves, by the primary key of its item; one query for all their deployments."""
    counted = [(item, batch, batch.usage) for item, batch in rows if batch.usage is not None]
    found = Item.objects.filter(
        kind="deployment",
        connection__in={item.connection_id for item, _, _ in counted},
        remote_id__in={batch.model for _, batch, _ in counted},
    )
    deployments = {(one.connection_id, one.remote_id): one for one in found}
    return {
        item.pk: saving(
            item.connection, batch.model, usage, deployments.get((item.connection_id, batch.model))
        )
        for item, batch, usage in counted
    }


def saving(connection: Connection, model: str, usage: Usage, deployment: Item | None) -> Saving:
    """What these tokens save at a model; `deployment` is the index's row of that name, if it has one."""
    found = priced(connection, model, usage, deployment)
    return Saving(found.amount, found.source)


def priced(connection: Connection, model: str, usage: Usage, deployment: Item | None) -> Price:
    what = sold_as(deployment, connection.kind, model, region=connection.region)
    # Embeddings have no output; their usage tells the input alone.
    output = usage.output if usage.output is not None else 0
    return price(what, input_tokens=usage.input, output_tokens=output, cached_tokens=usage.cached)


def saved_by(item: Item, batch: Batch, tokens: tuple[int | None, int | None, int | None]) -> Saving:
    """What the answers of a batch save together, by their tokens: input, output and, of the input, cached."""
    usage = Usage(input=tokens[0], output=tokens[1], cached=tokens[2])
    names = Item.objects.filter(connection=item.connection_id, kind="deployment", remote_id=batch.model)
    return saving(item.connection, batch.model, usage, names.first())
