"""The order of what a job told."""

import pytest

from console.training.progress import newest
from console.v1.fine_tuning import parse_event

STEPS = [
    (9, "Fine-tuning job started", None),
    (9, "Step 88/90: training loss=0.42", 88),
    (9, "Step 89/90: training loss=0.41", 89),
    (9, "Step 90/90: training loss=0.40", 90),
    (9, "Checkpoint created at step 90", None),
    (9, "The job has successfully completed", None),
]
APART = [(at, message, step) for at, (_, message, step) in enumerate(STEPS)]


def told(rows):
    return [
        parse_event({"id": "e", "created_at": at, "message": text, "data": {"step": step} if step else None})
        for at, text, step in rows
    ]


@pytest.mark.parametrize("rows", [STEPS[::-1], APART, APART[::-1]], ids=["one second", "oldest", "newest"])
def test_a_checkpoint_stands_above_its_step_and_the_end_above_both(rows):
    assert [event.message for event in newest(told(rows))] == [message for _, message, _ in STEPS[::-1]]


def test_steps_of_one_second_that_come_in_no_order_are_put_in_order():
    mixed = [STEPS[number] for number in (2, 4, 1, 3)]

    shown = [event.message for event in newest(told(mixed))]

    assert [text.split(":")[0] for text in shown[-2:]] == ["Step 89/90", "Step 88/90"]
    assert {text.split(":")[0] for text in shown[:2]} == {"Step 90/90", "Checkpoint created at step 90"}
