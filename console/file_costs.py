"""What would be done with a JSONL file, in tokens and, where the prices are known, in US dollars."""

from decimal import Decimal
from typing import Any

from console.jsonl import Purpose, Report, Tokens, batch_estimate, training_estimate
from console.models import Connection, Item
from console.playground.pricing import Price, price, sold
from console.playground.training_price import hourly_prices, training_prices

EPOCHS = 3  # what a supervised job takes for a file of usual size; the page says so
MOST = 6  # models or deployments whose price is told


def estimate(connection: Connection, report: Report) -> dict[str, Any]:
    """Tokens, and dollars as a list of `offers`: what it would cost with which model, and whose price that is."""
    tokens = report.tokens
    if tokens is None:
        return {}
    told: dict[str, Any] = {"tokens": tokens.total, "longest": tokens.most}
    if report.purpose.is_training:
        return told | training(connection, report.purpose, tokens)
    if report.purpose is Purpose.BATCH:
        return told | batch(connection, report.models, tokens)
    return told | {"offers": reading(connection, tokens)}


def training(connection: Connection, purpose: Purpose, tokens: Tokens) -> dict[str, Any]:
    """Trained tokens and what they cost; reinforcement is billed by the hour, whatever the file has."""
    if purpose is Purpose.REINFORCEMENT:
        hours = hourly_prices(connection.kind)
        return {"offers": [offer(name, found) for name, found in hours.items()], "is_hourly": bool(hours)}
    trained = training_estimate(tokens, epochs=EPOCHS).trained_tokens
    prices = training_prices(connection.kind, trained)
    offers = [offer(name, found) for name, found in prices.items()]
    return {"epochs": EPOCHS, "trained_tokens": trained, "offers": offers[:MOST]}


def batch(connection: Connection, models: dict[str, int], tokens: Tokens) -> dict[str, Any]:
    """What the requests may cost as a batch and online, where all go to one deployment whose price is known."""
    model = next(iter(models)) if len(models) == 1 else ""
    source = ""

    def dollars(tokens_in: int, tokens_out: int) -> Decimal | None:
        nonlocal source
        if not model:
            return None
        found = priced(connection, model, tokens_in, tokens_out)
        source = found.source
        return found.amount

    found = batch_estimate(tokens, price=dollars)
    return {
        "output_tokens": found.output_tokens,
        "guessed": found.guessed,
        "assumed_output": found.assumed_output,
        "online": money(found.online),
        "batch": money(found.batch),
        "source": source,
    }


def reading(connection: Connection, tokens: Tokens) -> list[dict[str, str]]:
    """What it costs that the connection's deployments read all items once; their answers are not counted."""
    names = Item.objects.present().filter(connection=connection, kind="deployment").order_by("name")
    offers = {
        name: priced(connection, name, tokens.total, 0) for name in names.values_list("remote_id", flat=True)
    }
    known = [(found.amount, name) for name, found in offers.items() if found.amount is not None]
    return [offer(name, offers[name]) for _, name in sorted(known)[:MOST]]


def priced(connection: Connection, name: str, tokens_in: int, tokens_out: int) -> Price:
    what = sold(connection.pk, connection.kind, name, region=connection.region)
    return price(what, input_tokens=tokens_in, output_tokens=tokens_out)


def offer(name: str, found: Price) -> dict[str, str]:
    return {"name": name, "amount": money(found.amount), "source": found.source}


def money(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)
