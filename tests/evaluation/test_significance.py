"""The exact tests: against every outcome counted, against known figures, and by what must hold of any counts."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.evaluation.significance import Change, of_pairs, two_sided

COUNTS = st.integers(0, 400)


@pytest.mark.parametrize("changes", range(11))
def test_it_agrees_with_counting_every_outcome_of_fair_coins(changes):
    tosses = [sum(coins) for coins in product((0, 1), repeat=changes)]
    for ups in range(changes + 1):
        few = min(ups, changes - ups)
        tail = sum(toss <= few for toss in tosses) / len(tosses)

        assert two_sided(ups, changes - ups) == pytest.approx(min(1.0, 2 * tail))


@pytest.mark.parametrize(
    ("ups", "downs", "p"),
    # Sums of the binomial distribution; the last counts are those of Agresti's example, section 11.1.
    [(0, 5, 0.0625), (0, 6, 0.03125), (10, 2, 0.03857421875), (15, 5, 0.04138947), (86, 150, 3.716e-05)],
)
def test_it_agrees_with_figures_that_are_known(ups, downs, p):
    assert two_sided(ups, downs) == pytest.approx(p, rel=1e-4)


@given(COUNTS, COUNTS)
def test_it_is_a_probability_and_the_same_from_either_side(ups, downs):
    p = two_sided(ups, downs)

    assert 0 < p <= 1
    assert p == two_sided(downs, ups)


@given(COUNTS)
def test_an_even_split_is_no_sign_of_anything(each):
    assert two_sided(each, each) == 1


@given(COUNTS, COUNTS)
def test_a_more_uneven_split_is_less_probable(ups, downs):
    few, many = sorted((ups, downs))

    assert two_sided(few, many + 1) <= two_sided(few, many)


def test_thousands_of_changes_are_no_trouble():
    assert two_sided(20_000, 0) == 0
    assert two_sided(2_500, 2_500) == 1


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        two_sided(-1, 3)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_every_pair_counts_once_and_turning_them_round_turns_the_change_round(pairs):
    change, turned = of_pairs(pairs), of_pairs([(after, before) for before, after in pairs])

    assert change.pairs == len(pairs)
    assert (change.ups, change.downs, change.same) == (turned.downs, turned.ups, turned.same)
    assert change.p == turned.p


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(0, 0, 0), "nothing to compare"),
        (Change(0, 0, 20), "No verdict changed"),
        (Change(5, 0), "So few changes cannot tell"),
        (Change(6, 0), "unlikely to be chance (p = 0.031)"),
        (Change(9, 5), "may well be chance (p = 0.424)"),
        (Change(20, 0), "very unlikely to be chance (p < 0.001)"),
    ],
)
def test_it_is_said_in_plain_words(change, words):
    assert words in change.sentence
