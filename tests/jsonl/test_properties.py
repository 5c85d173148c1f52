"""What must hold for any bytes at all."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.jsonl import REPAIRS, Purpose, check, preview, repair
from console.jsonl.lines import BOM, MAX_LINE, lines

from .examples import CALL, EVALS, GOOD, TOOL, chat, request

some = settings(max_examples=300)

scalars = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.0, "", "0", "1", "hi", "user", "bot", "ä😀", "a,]", "post"]
)
keys = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "weight",
        "tool_calls",
        "id",
        "type",
        "function",
        "item",
        "custom_id",
        "stream",
    ]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)
roles = st.sampled_from(["user", "human", "Bot", "assistant", "tool", "system", "narrator"])
calls = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["c1", "c2"]),
            "type": st.just("function"),
            "function": st.sampled_from([CALL["function"], {"name": "add", "arguments": {"a": 1}}, {}]),
        },
    ),
    max_size=2,
)
messages = st.fixed_dictionaries(
    {"role": roles},
    optional={"content": scalars, "weight": scalars, "tool_calls": calls, "tool_call_id": st.just("c1")},
)
chats = st.lists(messages, max_size=4).map(lambda found: chat(*found, tools=[TOOL]))
requests = st.fixed_dictionaries(
    {},
    optional={
        "custom_id": st.sampled_from(["a", "a-2", "b", 7, "7", None]),
        "method": st.sampled_from(["POST", "post", 1]),
        "url": st.sampled_from(["/v1/chat/completions", "/chat/completions", "/v1/embeddings", "/x"]),
        "body": chats.map(lambda body: {"model": "gpt", "stream": True, **body}) | anything,
    },
)
preferences = st.fixed_dictionaries(
    {"input": chats, "preferred_output": st.lists(messages, max_size=2)},
    optional={"non_preferred_output": st.lists(messages, max_size=2)},
)
objects = st.one_of(
    chats, requests, preferences, anything, st.sampled_from([*GOOD.values(), EVALS, request()])
)
separators = st.sampled_from([(", ", ": "), (",", ":"), (" , ", " : ")])
texts = st.builds(
    lambda value, parts, plain: json.dumps(value, separators=parts, ensure_ascii=plain).encode(),
    objects,
    separators,
    st.booleans(),
)
spoilt = st.builds(
    lambda text, at, junk: text[: at % (len(text) + 1)] + junk + text[at % (len(text) + 1) :],
    texts,
    st.integers(0, 500),
    st.sampled_from(
        [b",", b"}", b"]", b'"', b"\\", b"\x00", b"\xff", BOM, b"NaN", b"\\ud800", b" ", b"[" * 70, b"'"]
    ),
)
ended = st.builds(lambda text, end: text + end, texts, st.sampled_from([b",", b";", b" ,;", b"}", b" {}"]))
odd = st.sampled_from(
    [b"", b" ", BOM, BOM * 2 + b"{}", b"[", b"\xff\xfe", b'{"a":1,"a":2,}', b'{"stream":1,}']
)
line_data = st.one_of(texts, spoilt, ended, odd, st.binary(max_size=20))
endings = st.sampled_from([b"\n", b"\n", b"\r\n", b"\r", b"\r\r\n", b""])
files = st.builds(
    lambda mark, parts: mark + b"".join(data + end for data, end in parts),
    st.sampled_from([b"", b"", BOM]),
    st.lists(st.tuples(line_data, endings), max_size=6),
)
purposes = st.sampled_from(list(Purpose))


@some
@given(data=st.binary(max_size=200) | files, purpose=purposes)
def test_no_bytes_make_the_check_fail(data, purpose):
    result = check(data, purpose)

    assert sum(result.totals.values()) == result.errors + result.warnings
    for problem in result.problems:
        assert problem.column >= 1 or problem.line == 0


@some
@given(data=files, purpose=purposes)
def test_what_is_repaired_has_nothing_left_to_repair(data, purpose):
    out = io.BytesIO()

    repair(data, out, purpose)

    assert check(out.getvalue(), purpose, count_tokens=False).repairable == {}


@some
@given(data=files, purpose=purposes, codes=st.sets(st.sampled_from(sorted(REPAIRS))))
def test_to_repair_twice_is_to_repair_once(data, purpose, codes):
    once, twice = io.BytesIO(), io.BytesIO()

    repair(data, once, purpose, codes)
    second = repair(once.getvalue(), twice, purpose, codes)

    assert (twice.getvalue(), second.totals) == (once.getvalue(), {})


@some
@given(data=files, purpose=purposes, codes=st.sets(st.sampled_from(sorted(REPAIRS))))
def test_a_repair_changes_a_file_exactly_when_it_says_so(data, purpose, codes):
    out = io.BytesIO()

    result = repair(data, out, purpose, codes)

    assert (out.getvalue() == data) == result.is_unchanged
    assert result.bytes_written == len(out.getvalue())


@some
@given(data=files, purpose=purposes, chunk=st.integers(1, 30))
def test_where_chunks_end_does_not_matter(data, purpose, chunk):
    whole, pieces = io.BytesIO(), io.BytesIO()

    repair(data, whole, purpose)
    repair(data, pieces, purpose, chunk=chunk)

    assert check(data, purpose, count_tokens=False, chunk=chunk) == check(data, purpose, count_tokens=False)
    assert pieces.getvalue() == whole.getvalue()


@some
@given(pieces=st.lists(st.text(alphabet="a\r\n", max_size=6).map(str.encode), max_size=8))
def test_lines_are_python_s_lines(pieces):
    found = [line.data + line.ending for line in lines(iter(pieces))]

    assert found == b"".join(pieces).splitlines(keepends=True)


@some
@given(data=files, rows=st.integers(1, 3), most=st.integers(16, 60))
def test_pages_of_a_preview_cover_the_file(data, rows, most):
    offset, line, seen = 0, 1, []
    while offset is not None:
        page = preview(data, offset=offset, line=line, rows=rows, most_bytes=most)
        seen += [row.offset for row in page.rows]
        assert page.next_offset is None or page.next_offset > offset
        offset, line = page.next_offset, page.next_line

    assert line == 1 + sum(bool(found.ending) for found in lines(iter([data])))
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("size", [MAX_LINE, MAX_LINE + 1])
def test_the_limit_of_a_line_does_not_depend_on_chunks(size):
    data = b"x" * size + b"\r\n"

    found = {all(line.whole for line in lines(iter([data[:cut], data[cut:]]))) for cut in (1, size, size + 1)}

    assert found == {size == MAX_LINE}
