from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.v1.thinking import ThinkSplitter


def split(text: str, *cuts: int) -> dict[str, str]:
    splitter = ThinkSplitter()
    places = [0, *sorted(cuts), len(text)]
    pieces = [each for a, b in pairwise(places) for each in splitter.feed(text[a:b])]
    joined: dict[str, str] = {}
    for piece in [*pieces, *splitter.flush()]:
        joined[piece.kind] = joined.get(piece.kind, "") + piece.text
    return joined


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<think>hm</think>\n\nyes", {"reasoning": "hm", "text": "yes"}),
        ("\n<think>\nhm\n</think>yes", {"reasoning": "hm\n", "text": "yes"}),
        ("<think></think>yes", {"text": "yes"}),
        ("<think>never closed </thi", {"reasoning": "never closed </thi"}),
        ("<thinking>yes", {"text": "<thinking>yes"}),
        ("<thi", {"text": "<thi"}),
        ("say <think>hm</think>", {"text": "say <think>hm</think>"}),
        ("<think>a</think>b<think>c</think>", {"reasoning": "a", "text": "b<think>c</think>"}),
        ("", {}),
    ],
)
def test_only_thinking_at_the_start_is_reasoning(text, parts):
    assert split(text) == parts


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "<", "think", ">", "/", " ", "\n", "word", "é"]), max_size=12
    ),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_any_cutting_gives_the_same_parts(words, cuts):
    text = "".join(words)

    assert split(text, *[min(cut, len(text)) for cut in cuts]) == split(text)
    assert split(text, *range(len(text))) == split(text)


def test_plain_text_is_passed_on_at_once():
    splitter = ThinkSplitter()

    assert [each.text for each in splitter.feed("Hello")] == ["Hello"]
