"""The schema that the first line of a file tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.evaluation.first_line import NoRow, first_row, schema_of
from console.jsonl.schema import misfit, schema_fault


def test_the_first_line_that_is_not_blank_counts():
    assert first_row(b'\xef\xbb\xbf\n\n{"item": {"x": 1}}\r\nrubbish') == {"x": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n", "no line"),
        (b"{", "not JSON"),
        (b'{"question": "x"}', "no object"),
        (b"[1]", "no object"),
        (b'{"item": "' + b"x" * 300_000, "too long"),
    ],
)
def test_a_file_without_rows_says_why(data, reason):
    with pytest.raises(NoRow, match=reason):
        first_row(data)


@given(
    st.dictionaries(
        st.text(max_size=6),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: (
                st.dictionaries(st.text(max_size=6), inner, max_size=3) | st.lists(inner, max_size=1)
            ),
            max_leaves=8,
        ),
    )
)
def test_a_row_fits_the_schema_it_tells(item):
    schema = schema_of(item)

    assert schema_fault(schema) is None
    assert misfit(item, schema) is None
