"""JSON as people type it: what is sent and kept, and what is refused before."""

import pytest

from console.forms.criteria import number
from console.forms.pairs import scalar
from console.forms.typed_json import value_of

NONE = {
    "NaN": "NaN is no number",
    '[{"a": -Infinity}]': "-Infinity is no number",
    '{"a": 1e999}': "1e999 is out of range",
    '{"a": "\\u0000"}': "a NUL or half of a character",
    '{"\\ud800": 1}': "a NUL or half of a character",
    "[" * 30_000: "levels deep",
    "[" * 300 + "]" * 300: "levels deep",
    '{"a" 1}': "Expecting ':' delimiter",
}


@pytest.mark.parametrize(("text", "words"), NONE.items(), ids=range(len(NONE)))
def test_what_cannot_be_sent_or_kept_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        value_of(text)


def test_the_rest_is_what_it_says():
    assert value_of('{"a": [1, 2.5, true, null, "é\\ud83d\\ude00"]}') == {"a": [1, 2.5, True, None, "é😀"]}


@pytest.mark.parametrize("text", NONE, ids=range(len(NONE)))
def test_where_any_text_will_do_it_stays_text(text):
    assert scalar(text) == text
    assert number(text) == text
