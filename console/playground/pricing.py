"""What an answer cost, from the price tables that two packages carry; nothing is fetched.

Azure's own meters (azure-genai-prices) come before the vendors' list prices (genai-prices). What neither
knows stays unknown and is never zero. All amounts are US dollars, Decimal.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from console.models import Item
from console.outbound.json_text import clean_text

AZURE = {"azure", "simulator"}
VENDORS = {"azure": "azure", "simulator": "azure", "openai": "openai", "xai": "x-ai", "deepseek": "deepseek"}
PLACES = Decimal("0.00000001")
DATE = re.compile(r"-(20\d\d-\d\d-\d\d|\d{4})$")

# Names of models whose meters are called otherwise in the snapshot of 2026-08-11.
ALIASES = {
    "deepseek-r1-0528": "deepseek-r1",
    "gpt-4o-mini": "gpt-4o-mini-0718",
    "gpt-oss-120b": "oss-120b",
    "grok-4-fast-non-reasoning": "grok-4-fast",
    "grok-4-fast-reasoning": "grok-4-fast",
    "kimi-k2.5": "kimi-k2.5-thinking",
    "kimi-k2.6": "kimi-k2.6-thinking",
    "llama-3.3-70b-instruct": "llama-3.3-70b",
    "llama-4-maverick-17b-128e-instruct-fp8": "llama-4-maverick-17b",
    "o3": "o3-0416",
    "o3-deep-research": "o3-deep-research-0626",
    "o3-mini": "o3-mini-0131",
    "o4-mini": "o4-mini-0416",
}


@dataclass(frozen=True)
class Sold:
    """What was called: the model behind the deployment, how it is sold, by whom.

    `sku` is ARM's, "" when not known.
    """

    provider: str
    model: str
    sku: str = ""
    region: str = ""
    tier: str = ""


@dataclass(frozen=True)
class Price:
    """US dollars and where the price comes from; None when it is not known, and then `source` says why."""

    amount: Decimal | None
    source: str


def sold(
    connection_id: int | None, provider: str, name: str, *, served: str = "", region: str = "", tier: str = ""
) -> Sold:
    """Return what the call of `name` bought: by the index if that knows the deployment, else by what served
    it.
    """
    name = clean_text(name)
    known = Item.objects.filter(kind="deployment", remote_id=name)
    item = known.filter(connection_id=connection_id).first() if connection_id else None
    return sold_as(item, provider, name, served=served, region=region, tier=tier)


def sold_as(
    deployment: Item | None, provider: str, name: str, *, served: str = "", region: str = "", tier: str = ""
) -> Sold:
    """The same where the deployment was looked up already; None where the index does not know it."""
    raw = deployment.raw if deployment else {}
    properties = raw.get("properties") or {}
    model = (properties.get("model") or {}).get("name") or raw.get("model")
    sku = (raw.get("sku") or {}).get("name") or ""
    bought = model if isinstance(model, str) and model else served or name
    return Sold(provider, bought, str(sku), region, tier)


def price(
    what: Sold, *, input_tokens: int | None, output_tokens: int | None, cached_tokens: int | None = None
) -> Price:
    """Price one call; tokens as the service counted them, cached ones being part of the input."""
    if input_tokens is None or output_tokens is None:
        return Price(None, "the resource did not count the tokens")
    if what.provider not in VENDORS:
        return Price(None, "no price list for this endpoint")
    if what.sku.startswith(("Provisioned", "GlobalProvisioned", "DataZoneProvisioned")):
        return Price(None, "provisioned: billed by the hour, not by tokens")
    found = None
    if what.provider in AZURE:
        found = by_meter(what, input_tokens, output_tokens, cached_tokens or 0)
    found = found or by_list(what, input_tokens, output_tokens, cached_tokens or 0)
    if found is None:
        return Price(None, f"no price known for {what.model}"[:100])
    suffix = ", as if real" if what.provider == "simulator" else ""
    return Price(found.amount, found.source + suffix)


def by_meter(what: Sold, input_tokens: int, output_tokens: int, cached_tokens: int) -> Price | None:
    """Price by Azure's meters; None where the snapshot has none for this model, type and region."""
    import azure_genai_prices as meters

    usage = meters.Usage(
        input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached_tokens
    )
    place = what.region.lower().replace(" ", "")
    deployment = deployment_type(what.sku)
    mode = "priority" if what.tier == "priority" else "standard"
    for name in names(what.model):
        for region in [place, *public_regions(name)] if place else [None, *public_regions(name)]:
            try:
                cost = meters.calc_price(usage, name, deployment, mode, region=region)
            except meters.AmbiguousRegionPrice:
                continue
            except meters.AzurePricesError:
                break
            label = {"global": "Global", "data_zone": "Data Zone", "regional": "Regional"}[deployment]
            amount = (cost.input_cost + cost.output_cost).quantize(PLACES)
            return Price(amount, f"Azure meter, {label}, snapshot {snapshot_date()}")
    return None


def deployment_type(sku: str) -> str:
    """Return which of Azure's meters apply to a SKU; without one the Global ones, as the label says."""
    if sku.startswith("DataZone"):
        return "data_zone"
    return "regional" if sku == "Standard" else "global"


@lru_cache(maxsize=500)
def public_regions(name: str) -> tuple[str, ...]:
    """Return one region outside of the government's if the model costs the same in all of them, else
    nothing.
    """
    import azure_genai_prices as meters

    found = []
    for meter in meters.get_meters(name):
        prices = {
            region: cost
            for region, cost in meter.region_prices.items()
            if region and not region.startswith("usgov")
        }
        if len(set(prices.values())) > 1:
            return ()
        found += list(prices)[:1]
    return tuple(found[:1])


def by_list(what: Sold, input_tokens: int, output_tokens: int, cached_tokens: int) -> Price | None:
    """Price by the vendors' published lists; None where they have none."""
    if what.tier in {"priority", "flex"}:
        return None
    import genai_prices

    usage = genai_prices.Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_tokens=min(cached_tokens, input_tokens),
    )
    try:
        cost = genai_prices.calc_price(usage, what.model, provider_id=VENDORS[what.provider])
    except (LookupError, ValueError):
        return None
    return Price(Decimal(cost.total_price).quantize(PLACES), "list price")


def names(model: str) -> list[str]:
    """Return what the meters may call a model: its name, its alias, the same without a date at the end."""
    plain = model.strip().lower()
    undated = DATE.sub("", plain)
    return list(dict.fromkeys([plain, ALIASES.get(plain, plain), undated, ALIASES.get(undated, undated)]))


@lru_cache(maxsize=1)
def snapshot_date() -> str:
    """Return the day on which Azure's meters were read, as the package tells it."""
    import azure_genai_prices as meters

    if not meters.is_loaded():
        meters.load_bundled_snapshot()
    found: Any = re.search(r"\d{4}-\d\d-\d\d", meters.get_source())
    return found.group() if found else "unknown"
