from decimal import Decimal

import pytest

from console.playground.training_price import hourly_prices, training_price, training_prices

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-4.1", "25"),
        ("gpt-4.1-mini-2025-04-14", "5"),
        ("gpt-4.1-nano", "1.5"),
        ("gpt-4o-2024-08-06", "25"),
        ("GPT-4o-mini", "3"),
    ],
)
def test_a_trained_token_is_priced_by_the_meter_of_its_model(model, expected):
    found = training_price("azure", model, MILLION)

    assert found.amount == Decimal(expected)
    assert found.source == "Azure meter, Global, snapshot 2026-08-11"


def test_reinforcement_is_billed_by_the_hour_and_says_so():
    assert training_price("azure", "o4-mini-2025-04-16", MILLION).amount is None
    assert "by the hour" in training_price("azure", "o4-mini", MILLION).source
    assert hourly_prices("azure")["o4-mini"].amount == 100


@pytest.mark.parametrize(("provider", "model"), [("azure", "grok-4"), ("openai", "gpt-4.1")])
def test_what_has_no_meter_is_unknown_and_not_free(provider, model):
    assert training_price(provider, model, MILLION).amount is None


def test_the_cheapest_comes_first():
    amounts = [found.amount for found in training_prices("azure", MILLION).values()]

    assert amounts == sorted(amounts)
    assert len(amounts) > 3


def test_the_simulator_has_prices_as_if_it_were_real():
    assert training_price("simulator", "gpt-4.1", MILLION).source.endswith(", as if real")
