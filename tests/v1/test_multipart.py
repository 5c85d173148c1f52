import io
from email import message_from_bytes
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import BadRequest, Cancelled
from console.v1.multipart import PIECE, FileForm, fields_only, header_name


def parts_of(body):
    """The parts of a form as Python's own reader of MIME finds them."""
    message = message_from_bytes(f"content-type: {body.kind}\r\n\r\n".encode() + b"".join(body))
    return message.get_payload()


def form(data=b"hello", name="train.jsonl", size=None, **options):
    size = len(data) if size is None else size
    return FileForm({"purpose": "batch"}, io.BytesIO(data), name=name, size=size, **options)


def test_a_form_has_its_fields_and_its_file():
    field, file = parts_of(form().body)

    assert field.get_param("name", header="content-disposition") == "purpose"
    assert field.get_payload() == "batch"
    assert file.get_filename() == "train.jsonl"
    assert file.get_payload(decode=True) == b"hello"


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 3 * PIECE])
def test_the_announced_size_is_what_is_sent(size):
    body = form(bytes(size)).body

    assert body.size == len(b"".join(body))


def test_the_hash_is_that_of_the_file():
    data = bytes(range(256)) * 2000
    sent = form(data)
    b"".join(sent.body)

    assert sent.sha256 == sha256(data).hexdigest()


def test_what_is_behind_the_announced_size_is_not_sent():
    _, file = parts_of(form(b"hello world", size=5).body)

    assert file.get_payload(decode=True) == b"hello"


def test_a_file_that_became_shorter_is_an_error():
    with pytest.raises(BadRequest):
        b"".join(form(b"hello", size=6).body)


def test_progress_is_told_before_each_piece_and_at_the_end():
    told = []

    b"".join(form(bytes(2 * PIECE), progress=lambda sent: told.append(sent) is None).body)

    assert told == [0, PIECE, 2 * PIECE]


@pytest.mark.parametrize("last", [0, PIECE, 2 * PIECE])
def test_a_form_that_is_stopped_stays_incomplete(last):
    stopped = form(bytes(2 * PIECE), progress=lambda sent: sent < last)
    left = []

    with pytest.raises(Cancelled):
        left.extend(stopped.body)

    assert not b"".join(left).rstrip().endswith(b"--")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("train.jsonl", "train.jsonl"),
        ('a"b.txt', "a%22b.txt"),
        ("a\r\nX-Evil: 1", "a__X-Evil: 1"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\a.csv", "C:_temp_a.csv"),
        ("größe 日本.txt", "größe 日本.txt"),
        ("invoice\u202egnp.exe", "invoice_gnp.exe"),
        ("\ud800.txt", "_.txt"),
        ("a\x00b", "a_b"),
        ("  ..", "file"),
        ("", "file"),
    ],
)
def test_a_name_stays_in_its_place(name, written):
    assert header_name(name) == written


@given(st.text(max_size=40))
def test_no_name_adds_a_part_or_a_header(name):
    parts = parts_of(form(name=name).body)

    assert [len(part.keys()) for part in parts] == [1, 2]
    assert parts[1].get_payload(decode=True) == b"hello"


def test_a_form_without_a_file_has_its_fields():
    body = fields_only({"file_id": "file-1"})
    (field,) = parts_of(body)

    assert (field.get_payload(), body.size) == ("file-1", len(b"".join(body)))
