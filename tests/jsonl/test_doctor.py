import io
import tracemalloc

import pytest

from console.jsonl import CATALOGUE, REPAIRS, Cancelled, Purpose, check
from console.jsonl.lines import BOM

from .examples import EVALS, SUPERVISED, good_file, line, only, report, request

ITEM = line(EVALS)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_good_file_has_no_problem(purpose):
    result = report(good_file(purpose), purpose)

    assert result.problems == ()
    assert (result.lines, result.examples, result.is_clean) == (10, 10, True)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"item": {"a": 1,}}', (1, 17, "comma_trailing")),
        (b'{"item": [1, 2, ]}', (1, 15, "comma_trailing")),
        (b'{"item": {}},', (1, 13, "garbage_trailing")),
        (b'{"item": {}} x', (1, 14, "garbage_trailing")),
        (b'{"item": {}}{"item": {}}', (1, 13, "objects_joined")),
        (b'{"item": {}', (1, 12, "json_truncated")),
        (b'{"item":', (1, 9, "json_truncated")),
        (b'{"item": "a', (1, 10, "string_unterminated")),
        (b'{"item" {}}', (1, 9, "colon_missing")),
        (b'{"item": {"a": 1 "b": 2}}', (1, 18, "comma_missing")),
        (b"{item: {}}", (1, 2, "key_unquoted")),
        (b"{'item': {}}", (1, 2, "quote_single")),
        (b"{\"item\": 'a'}", (1, 10, "quote_single")),
        (b'{"item": {"a": True}}', (1, 16, "json_invalid")),
        (b'{"item": {"a": "x\ty"}}', (1, 18, "control_character")),
        (b'{"item": {"a": "\\x"}}', (1, 17, "escape_invalid")),
        (b'{"item": {"a": "\\u12"}}', (1, 17, "escape_invalid")),
        (b'{"item": {"a": "\xc3\xa4\\x"}}', (1, 18, "escape_invalid")),
        (b'{"item": {"a": "\xf0\x9f\x98\x80", "b": }}', (1, 26, "json_invalid")),
        (b'{"item": {"a": "\xc3\xa4\xff"}}', (1, 18, "utf8_invalid")),
        (b'{"item": {"a": "\x00"}}', (1, 17, "nul_present")),
        (b'{"item": {"a": "x\\ud800y"}}', (1, 18, "surrogate_lone")),
        (b'{"item": {"a": "\\ud83d\\ude00\\udc00"}}', (1, 29, "surrogate_lone")),
        (b'{"item": {"a": NaN}}', (1, 16, "number_not_finite")),
        (b'{"item": {"a": [1, -Infinity]}}', (1, 20, "number_not_finite")),
        (b'{"item": {"a": 1e999}}', (1, 16, "number_not_finite")),
        (b'{"item": {"a": 1, "b": 2, "a": 3}}', (1, 27, "key_duplicate")),
        (b'{"item": {"a": ' + b"9" * 5000 + b"}}", (1, 16, "number_too_long")),
        (b'{"item": ' + b"[" * 100 + b"]" * 100 + b"}", (1, 73, "nesting_too_deep")),
        (b'{"item": ' + b"[" * 100_000, (1, 73, "nesting_too_deep")),
        (b"[1, 2]", (1, 1, "line_not_object")),
        (b"12", (1, 1, "line_not_object")),
        (b"[", (1, 1, "array_not_lines")),
        (b" ", (1, 1, "line_empty")),
    ],
)
def test_the_place_of_broken_json_is_exact(data, expected):
    problem = next(found for found in report(data + b"\n").problems if found.line)

    assert (problem.line, problem.column, problem.code) == expected


def test_the_path_and_column_of_a_value_are_exact():
    data = b'{"item":{}}\n{"item": {}, "sample" :  [3]}\n'

    problem = only(report(data).problems)

    assert (problem.line, problem.column, problem.path) == (2, 26, "$.sample")
    assert problem.message == "`sample` is a list, not an object."


def test_the_column_of_a_byte_that_is_not_utf8_counts_characters_and_names_the_byte():
    problem = only(report(ITEM + '{"item": {"ä": "'.encode() + b'\xff"}}\n').problems)

    assert (problem.line, problem.column) == (2, 17)
    assert problem.message == "Byte 18 of the line (0xFF) is not valid UTF-8."


@pytest.mark.parametrize(
    ("purpose", "data", "code"),
    [
        (Purpose.SUPERVISED, line(SUPERVISED) * 10, "bom_missing"),
        (Purpose.BATCH, BOM + line(request()), "bom_present"),
        (Purpose.EVALS, BOM + ITEM, "bom_unneeded"),
        (Purpose.EVALS, ITEM + BOM + ITEM, "bom_misplaced"),
        (Purpose.EVALS, ITEM + b"\n" + ITEM, "line_empty"),
        (Purpose.EVALS, ITEM + ITEM.rstrip(), "final_newline_missing"),
        (Purpose.EVALS, b"", "file_empty"),
        (Purpose.SUPERVISED, BOM + line(SUPERVISED) * 9, "examples_too_few"),
        (Purpose.EVALS, ITEM.decode().encode("utf-16"), "encoding_not_utf8"),
        (Purpose.EVALS, ITEM.decode().encode("utf-16-le"), "encoding_not_utf8"),
        (Purpose.EVALS, ITEM.decode().encode("utf-32"), "encoding_not_utf8"),
        (Purpose.EVALS, ITEM.replace(b"\n", b"\r\n") * 3, "line_ending_crlf"),
        (Purpose.EVALS, ITEM.replace(b"\n", b"\r") * 3, "line_ending_cr"),
    ],
)
def test_the_form_of_the_file_is_checked(purpose, data, code):
    assert only(report(data, purpose).problems).code == code


def test_mixed_line_endings_are_named_once_and_counted():
    result = report(ITEM + ITEM.replace(b"\n", b"\r\n") * 3)

    assert result.totals == {"line_ending_crlf": 3, "line_ending_mixed": 1}
    assert [(found.line, found.code) for found in result.problems] == [
        (2, "line_ending_mixed"),
        (2, "line_ending_crlf"),
    ]


def test_a_batch_has_at_most_100000_requests():
    result = report(b"".join(line(request(f"r{number}")) for number in range(100_002)), Purpose.BATCH)

    assert result.totals == {"lines_too_many": 2}
    assert only(result.problems).line == 100_001


def test_a_batch_has_at_most_200_mb():
    big = line(request("r1", user="x" * 5_000_000))

    result = check(Repeated(big, 41), Purpose.BATCH, count_tokens=False)

    assert result.totals["file_too_large"] == 1
    assert result.bytes == len(big) * 41


def test_problems_are_capped_and_totals_are_exact():
    result = report(b"{}\n" * 3000 + b"[]\n" * 3000)

    assert result.totals == {"item_missing": 3000, "line_not_object": 3000}
    assert len(result.problems) == 400


def test_a_line_of_300_mib_costs_no_memory():
    tracemalloc.start()
    try:
        result = check(Repeated(b"x" * 1024**2, 300, end=b"\n" + ITEM), Purpose.EVALS, count_tokens=False)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [(found.line, found.message) for found in result.problems] == [
        (1, "The line is longer than 8 MiB and was not looked into.")
    ]
    assert (result.lines, result.examples, result.bytes) == (2, 1, 300 * 1024**2 + 1 + len(ITEM))
    assert peak < 64 * 1024**2


def test_a_line_of_exactly_8_mib_is_read():
    start, end = b'{"item": {"a": "', b'"}}'
    full = start + b"x" * (8 * 1024**2 - len(start) - len(end)) + end

    assert report(full + b"\r\n").examples == 1
    assert report(b" " + full + b"\n").totals == {"line_too_long": 1}


def test_a_line_with_very_many_values_is_passed_over_with_a_warning():
    result = report(b'{"item": {"a": [' + b"1," * 250_000 + b"1]}}\n")

    assert result.totals == {"line_too_complex": 1}
    assert result.warnings == 1


def test_a_check_can_be_cancelled_and_tells_its_progress():
    heard = []

    with pytest.raises(Cancelled):
        check(ITEM * 100, Purpose.EVALS, chunk=100, progress=heard.append, cancel=lambda: len(heard) == 3)

    assert heard == [100, 200, 300]


def test_chunks_may_cut_anywhere():
    data = BOM + ITEM + b"\r\n\r\r\n" + '{"item": {"ä": "😀",}}\r{}'.encode() + b"\n\xff\xf0\n" + BOM + ITEM
    whole = report(data)

    assert all(report(data, chunk=size) == whole for size in range(1, 40))


def test_a_stream_stays_open_and_a_path_will_do(tmp_path):
    path = tmp_path / "items.jsonl"
    path.write_bytes(ITEM)
    stream = io.BytesIO(ITEM)

    assert check(path, Purpose.EVALS).bytes == check(stream, Purpose.EVALS).bytes == len(ITEM)
    assert not stream.closed


def test_every_repair_is_of_a_known_code_and_every_sentence_can_be_written():
    assert REPAIRS.keys() <= CATALOGUE.keys()
    assert all(kind.message and kind.remedy for kind in CATALOGUE.values())


class Repeated(io.RawIOBase):
    """A stream that holds the same bytes many times, and never all of them in memory."""

    def __init__(self, piece: bytes, times: int, end: bytes = b"") -> None:
        self._piece, self._left, self._end = piece, times, end
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        if not self._rest and self._left:
            self._rest, self._left = self._piece, self._left - 1
        elif not self._rest:
            self._rest, self._end = self._end, b""
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
