from decimal import Decimal

from console.jsonl import Purpose, batch_estimate, check, training_estimate

from .examples import line, request


def batch_tokens():
    return check(line(request("a", max_tokens=100)) + line(request("b")), Purpose.BATCH).tokens


def test_a_training_goes_through_the_tokens_once_an_epoch():
    tokens = batch_tokens()

    result = training_estimate(tokens, epochs=3, price=lambda trained: trained * Decimal("0.01"))

    assert (result.trained_tokens, result.amount) == (tokens.total * 3, tokens.total * 3 * Decimal("0.01"))


def test_a_batch_costs_half_of_the_online_price():
    tokens = batch_tokens()

    result = batch_estimate(tokens, assumed_output=50, price=lambda given, made: Decimal(given + 10 * made))

    assert (result.input_tokens, result.output_tokens, result.guessed) == (tokens.total, 150, 1)
    assert result.online == tokens.total + 1500
    assert result.batch == result.online / 2


def test_an_unknown_price_stays_unknown():
    tokens = batch_tokens()

    assert training_estimate(tokens, epochs=1).amount is None
    assert batch_estimate(tokens).online is None
    assert batch_estimate(tokens, price=lambda given, made: None).batch is None
