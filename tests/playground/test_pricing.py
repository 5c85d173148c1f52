"""Prices from the packages' tables: by Azure's meters first, by list next, else unknown and never zero."""

from decimal import Decimal

import pytest
from django.utils import timezone

from console.models import Item
from console.playground.pricing import Sold, price, sold


def dollars(what: Sold) -> Decimal | None:
    return price(what, input_tokens=1_000_000, output_tokens=0).amount


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-5-mini", "0.25"),
        ("gpt-5-mini-2025-08-07", "0.25"),
        ("GPT-4.1", "2"),
        ("o4-mini", "1.1"),
        ("DeepSeek-R1", "1.35"),
        ("DeepSeek-R1-0528", "1.35"),
    ],
)
def test_azure_is_priced_by_its_own_meters(model, expected):
    found = price(Sold("azure", model), input_tokens=1_000_000, output_tokens=0)

    assert found.amount == Decimal(expected)
    assert found.source == "Azure meter, Global, snapshot 2026-08-11"


def test_a_data_zone_costs_more_and_is_named():
    found = price(
        Sold("azure", "gpt-5-mini", sku="DataZoneStandard", region="East US 2"),
        input_tokens=1_000_000,
        output_tokens=0,
    )

    assert (found.amount, found.source) == (Decimal("0.275"), "Azure meter, Data Zone, snapshot 2026-08-11")


def test_a_price_that_differs_only_for_the_government_needs_no_region():
    assert dollars(Sold("azure", "DeepSeek-V3.2")) == Decimal("0.58")
    assert dollars(Sold("azure", "DeepSeek-V3.2", region="usgovvirginia")) == Decimal("0.73")


def test_cached_tokens_are_cheaper():
    cached = price(
        Sold("azure", "gpt-5-mini"), input_tokens=1_000_000, output_tokens=0, cached_tokens=1_000_000
    )

    assert cached.amount is not None
    assert Decimal(0) < cached.amount < Decimal("0.25")


def test_a_vendors_own_endpoint_costs_its_list_price():
    found = price(Sold("xai", "grok-4"), input_tokens=1_000_000, output_tokens=1_000_000)

    assert (found.amount, found.source) == (Decimal(18), "list price")


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (Sold("azure", "my-deployment"), "no price known for my-deployment"),
        (Sold("custom", "gpt-5-mini"), "no price list for this endpoint"),
        (
            Sold("azure", "gpt-5-mini", sku="ProvisionedManaged"),
            "provisioned: billed by the hour, not by tokens",
        ),
    ],
)
def test_what_is_not_known_is_not_zero(what, why):
    found = price(what, input_tokens=10, output_tokens=10)

    assert (found.amount, found.source) == (None, why)


def test_without_counted_tokens_there_is_no_price():
    assert price(Sold("azure", "gpt-5-mini"), input_tokens=10, output_tokens=None).amount is None


def test_simulated_answers_say_that_they_are_priced_as_if_real():
    assert price(Sold("simulator", "gpt-5-mini"), input_tokens=10, output_tokens=10).source.endswith(
        ", as if real"
    )


@pytest.mark.parametrize(
    "raw",
    [
        {"sku": {"name": "DataZoneStandard"}, "properties": {"model": {"name": "gpt-4.1", "version": "1"}}},
        {"id": "chat", "model": "gpt-4.1"},
    ],
    ids=["management plane", "old list"],
)
def test_the_model_behind_a_deployment_is_priced(connection, raw):
    Item.objects.create(
        connection=connection,
        kind="deployment",
        remote_id="chat",
        name="chat",
        raw=raw,
        digest="x",
        seen_at=timezone.now(),
    )

    what = sold(connection.pk, "azure", "chat", served="gpt-4o")

    assert (what.model, what.sku) == ("gpt-4.1", raw.get("sku", {}).get("name", ""))


def test_without_an_index_what_served_is_priced(connection):
    assert sold(connection.pk, "azure", "chat", served="gpt-4o").model == "gpt-4o"
    assert sold(None, "azure", "chat").model == "chat"
