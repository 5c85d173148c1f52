from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import ProtocolError
from console.v1 import training_metrics
from console.v1.fine_tuning import parse_checkpoint, parse_event
from console.v1.training_metrics import Point, Series

RESULTS = b"""step,train_loss,train_mean_token_accuracy,valid_loss,full_valid_loss
1,1.5,0.5,,
2,1.25,0.625,1.375,-1
3,1,0.75,-1.0,1.125
"""


def curves(*pieces):
    return {
        each.metric: [(point.step, point.value) for point in each.points]
        for each in training_metrics.of_results(pieces)
    }


def test_a_result_file_is_read_as_curves():
    assert curves(RESULTS) == {
        "train_loss": [(1, 1.5), (2, 1.25), (3, 1.0)],
        "train_mean_token_accuracy": [(1, 0.5), (2, 0.625), (3, 0.75)],
        "valid_loss": [(2, 1.375)],
        "full_valid_loss": [(3, 1.125)],
    }


@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_it_does_not_matter_how_the_file_arrives(size):
    pieces = [RESULTS[at : at + size] for at in range(0, len(RESULTS), size)]

    assert curves(*pieces) == curves(RESULTS)


def test_a_mark_at_the_beginning_and_other_line_ends_are_read():
    assert curves(b"\xef\xbb\xbf" + RESULTS.replace(b"\n", b"\r\n")) == curves(RESULTS)


def test_a_file_without_rows_has_no_curves():
    assert curves(b"step,train_loss\n") == {}


@pytest.mark.parametrize(
    "cells", [b"", b"2", b"x,1", b"2,nan", b"2,inf", b"2,", b"2,-1", b"2,a,b,c,d", b",5", b"nan,5"]
)
def test_a_strange_row_is_passed_over(cells):
    assert curves(b"step,train_loss\n1,0.5\n" + cells + b"\n3,0.25\n")["train_loss"] == [(1, 0.5), (3, 0.25)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"<html>",
        b"epoch,loss\n1,2\n",
        b'step,loss\n1,"' + b"x" * 200_000,
        b"step\n" + b"1" * 200_000,
    ],
)
def test_what_is_no_table_of_steps_is_said_to_be_none(data):
    with pytest.raises(ProtocolError):
        curves(data)


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_no_bytes_break_the_reader(pieces):
    for beginning in (b"", b"step,a\n"):
        with suppress(ProtocolError):
            training_metrics.of_results([beginning, *pieces])


def test_events_tell_the_same_curves_in_any_order():
    rows = [
        {"id": "e3", "type": "metrics", "data": {"step": 20, "train_loss": 0.25}},
        {"id": "e2", "type": "message", "data": None},
        {"id": "e1", "type": "metrics", "data": {"step": 10, "train_loss": 0.5}},
    ]

    assert training_metrics.of_events(parse_event(each) for each in rows) == (
        Series("train_loss", (Point(10, 0.5), Point(20, 0.25))),
    )


def test_checkpoints_tell_curves_too():
    row = {"id": "c1", "step_number": 80, "metrics": {"step": 80, "full_valid_loss": 0.5}}

    assert training_metrics.of_checkpoints([parse_checkpoint(row)]) == (
        Series("full_valid_loss", (Point(80, 0.5),)),
    )
