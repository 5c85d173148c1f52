"""What training costs, by those of Azure's meters that the price package carries and does not read itself.

Global training only, in US dollars: regional training costs about a tenth more. What has no meter stays unknown.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from console.playground.pricing import AZURE, PLACES, Price, names, snapshot_date

METER = re.compile(r"(?P<model>.+?)[ -]R?FT[ -](?:Training|Trng)[ -](?:global|glbl)(?: tkn)? (?:Tokens|Unit)")
UNITS = {"1K": 1000, "1M": 1_000_000, "1 Hour": 1}
# What the meters call the models that can be tuned today; their other names are those of retired models.
MODELS = {
    "gpt-4.1": "gpt-4.1",
    "gpt-4.1-mini": "gpt-4.1-mini",
    "gpt-4.1-nano": "gpt-4.1-nano",
    "gpt-4o-0806": "gpt-4o",
    "gpt-4o-mini-0718": "gpt-4o-mini",
    "o4-mini": "o4-mini",
}


@dataclass(frozen=True)
class Rate:
    """US dollars for one trained token, or for one hour of training."""

    amount: Decimal
    is_hourly: bool


@lru_cache(maxsize=1)
def rates() -> dict[str, Rate]:
    """Each model's rate in the snapshot, by the model's name; of two meters of a name the newer one counts."""
    snapshot = json.loads(files("azure_genai_prices").joinpath("data/snapshot.json").read_bytes())
    found: dict[str, Rate] = {}
    for meter in sorted(snapshot["items"], key=lambda one: str(one["effectiveStartDate"])):
        match = METER.fullmatch(meter["meterName"])
        unit = UNITS.get(meter["unitOfMeasure"])
        if match and unit and match["model"] in MODELS:
            amount = Decimal(str(meter["retailPrice"])) / unit
            found[MODELS[match["model"]]] = Rate(amount, is_hourly=meter["unitOfMeasure"] == "1 Hour")
    return found


def training_price(provider: str, model: str, trained_tokens: int) -> Price:
    """What so many trained tokens (those of the file times the epochs) cost on a base model."""
    if provider not in AZURE:
        return Price(None, "no price list for training at this endpoint")
    rate = next((rates()[name] for name in names(model) if name in rates()), None)
    if rate is None:
        return Price(None, f"no price known for training {model}"[:100])
    if rate.is_hourly:
        return Price(None, f"billed by the hour of training, {rate.amount.normalize():f} US dollars each")
    return Price((rate.amount * trained_tokens).quantize(PLACES), source(provider))


def training_prices(provider: str, trained_tokens: int) -> dict[str, Price]:
    """The same for every model that is billed by tokens, the cheapest first."""
    if provider not in AZURE:
        return {}
    by_tokens = sorted((rate.amount, name) for name, rate in rates().items() if not rate.is_hourly)
    return {name: training_price(provider, name, trained_tokens) for _, name in by_tokens}


def hourly_prices(provider: str) -> dict[str, Price]:
    """What an hour of reinforcement training costs, by model."""
    if provider not in AZURE:
        return {}
    hourly = {name: rate for name, rate in rates().items() if rate.is_hourly}
    return {name: Price(rate.amount, source(provider)) for name, rate in hourly.items()}


def source(provider: str) -> str:
    suffix = ", as if real" if provider == "simulator" else ""
    return f"Azure meter, Global, snapshot {snapshot_date()}{suffix}"
