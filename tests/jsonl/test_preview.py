import io

from console.jsonl import preview
from console.jsonl.lines import BOM

from .examples import EVALS, USER, chat, line, request


def test_a_batch_is_shown_by_model_and_first_text():
    page = preview(line(request("a")))

    assert page.columns == ("custom_id", "method", "url", "model", "request")
    assert page.rows[0].cells["request"] == "user: What is 2 + 2?"
    assert page.rows[0].cells["model"] == "gpt"


def test_items_are_shown_by_their_fields_and_conversations_by_their_roles():
    data = BOM + line(EVALS) + line(chat({"role": "system", "content": "x"}, USER))

    page = preview(data)

    assert page.rows[0].cells == {"item.question": "What is 2 + 2?", "item.answer": "4"}
    assert page.rows[1].cells == {"messages": "system, user: What is 2 + 2?"}


def test_pages_follow_each_other():
    data = b"".join(line({"n": number}) for number in range(5))

    first = preview(data, rows=2)
    second = preview(data, rows=2, offset=first.next_offset, line=first.next_line)
    third = preview(data, rows=2, offset=second.next_offset, line=second.next_line)

    found = [(row.line, row.cells["n"]) for page in (first, second, third) for row in page.rows]
    assert found == [(1, "0"), (2, "1"), (3, "2"), (4, "3"), (5, "4")]
    assert third.next_offset is None


def test_a_broken_line_is_shown_as_text_without_control_characters():
    (row,) = preview(b'{"a": \x1b\xff\n').rows

    assert (row.cells, row.raw, row.is_whole) == ({}, '{"a": \ufffd\ufffd', True)


def test_a_prompt_of_several_lines_is_shown_in_one():
    (row,) = preview(line({"prompt": "One\ntwo\tthree\u00a0four\x07"})).rows

    assert row.cells == {"prompt": "One two three four\ufffd"}


def test_a_long_line_comes_in_pieces_and_only_the_page_is_read():
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Counting(b"x" * 1000 + b"\n" + line(EVALS))

    first = preview(stream, most_bytes=600)
    second = preview(stream, most_bytes=600, offset=first.next_offset, line=first.next_line)

    assert [(row.line, row.offset, row.is_whole) for row in (*first.rows, *second.rows)] == [
        (1, 0, False),
        (1, 600, False),
        (2, 1001, True),
    ]
    assert stream.taken <= 2 * 602
