"""What a training would take, from the doctor's report on its file."""

import pytest

from console.models import Connection
from console.training.quote import quote

AZURE = Connection(kind="azure")
REPORT = {"estimate": {"tokens": 1_000_000}}


def test_trained_tokens_are_those_of_the_file_times_the_epochs():
    told = quote(AZURE, "supervised", "gpt-4.1-mini-2025-04-14", 4, REPORT)

    assert (told.trained_tokens, told.is_assumed) == (4_000_000, False)
    assert told.price.amount == 20  # 5 US dollars a million, Global, in the snapshot of the package


def test_epochs_that_nobody_chose_are_assumed_and_said_so():
    told = quote(AZURE, "dpo", "gpt-4.1-mini-2025-04-14", None, REPORT)

    assert (told.epochs, told.is_assumed) == (3, True)


def test_reinforcement_has_no_trained_tokens():
    told = quote(AZURE, "reinforcement", "o4-mini-2025-04-16", 2, REPORT)

    assert (told.trained_tokens, told.price.amount) == (None, None)
    assert "hour" in told.price.source


@pytest.mark.parametrize("report", [{}, {"estimate": {}}, {"estimate": None}])
def test_without_counted_tokens_there_is_no_quote(report):
    assert quote(AZURE, "supervised", "gpt-4.1-mini-2025-04-14", 3, report) is None


def test_without_a_model_there_is_no_quote():
    assert quote(AZURE, "supervised", "", 3, REPORT) is None
