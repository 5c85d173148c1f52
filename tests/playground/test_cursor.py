"""Event ids: what a browser sends back says where each answer goes on, whatever else it contains."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from console.models import Answer
from console.playground import cursor

FIRST = uuid.UUID("3f2a9c1b-0000-4000-8000-000000000001")
SECOND = uuid.UUID("77777777-0000-4000-8000-000000000002")


def test_a_page_shows_where_running_answers_are_and_that_others_ended():
    running = Answer(pk=FIRST, state="streaming", text="four", reasoning="x", tools="", notices=["n"])
    ended = Answer(pk=SECOND, state="complete", text="all")

    shown = cursor.shown([running, ended])

    assert shown == "3f2a9c1b:4.1.0.1,77777777:x"
    assert cursor.parse(shown) == {"3f2a9c1b": (4, 1, 0, 1), "77777777": None}


@given(st.text(max_size=3000))
def test_whatever_is_sent_back_is_read_or_passed_over(text):
    for name, offsets in cursor.parse(text).items():
        assert len(name) == 8
        assert offsets is None or len(offsets) == 4
