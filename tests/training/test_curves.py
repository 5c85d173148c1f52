"""Curves: one per measure and part, whatever each source calls them."""

from console.training.curves import Curves, charts_of, merged, overlaid, words_of
from console.v1.training_metrics import Point, Series

TWO = (Point(1.0, 2.0), Point(2.0, 1.0))
ONE = (Point(2.0, 0.5),)


def test_the_source_with_the_most_points_tells_a_curve():
    curves = merged([Series("train_loss", ONE)], [Series("train_loss", TWO)])

    assert curves.lines == {("loss", "Training"): TWO}


def test_two_spellings_are_one_curve():
    curves = merged(
        [Series("validation_mean_token_accuracy", TWO)], [Series("valid_mean_token_accuracy", ONE)]
    )

    assert curves.lines == {("mean_token_accuracy", "Validation"): TWO}


def test_the_number_of_steps_is_no_curve():
    assert merged([Series("total_steps", TWO)]).lines == {}


def test_parts_of_a_measure_share_a_chart_and_loss_comes_first():
    curves = merged([Series(name, TWO) for name in ("train_reward_mean", "valid_loss", "train_loss")])

    charts = charts_of(curves)

    assert [(one.title, [line.label for line in one.lines]) for one in charts] == [
        ("Loss", ["Training", "Validation"]),
        ("Reward mean", ["Training"]),
    ]


def test_jobs_are_laid_over_each_other_part_by_part():
    loss = ("loss", "Training")

    charts = overlaid([("first", Curves({loss: TWO})), ("none", Curves({})), ("third", Curves({loss: ONE}))])

    assert [one.title for one in charts] == ["Training loss"]
    assert [(line.label, line.colour) for line in charts[0].lines] == [("first", 1), ("third", 3)]


def test_the_latest_values_are_those_of_the_last_step():
    curves = merged([Series("train_loss", TWO), Series("full_valid_loss", ONE)])

    assert curves.latest == {"Training loss": 1.0}
    assert curves.last_step == 2


def test_a_metric_is_said_in_words_whatever_it_is_spelt_like():
    assert words_of("valid_mean_token_accuracy") == "Validation token accuracy"
    assert words_of("full_valid_loss") == "Full validation loss"
    assert words_of("train_reward_mean") == "Training reward mean"
    assert words_of("unheard_of") == "Unheard of"
