import io
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given

from console.outbound.errors import AuditUnavailable, BadRequest, Cancelled, ProtocolError
from console.v1 import files
from console.v1.client import Target
from tests.v1.test_parse import JSON

FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 120,
    "created_at": 1741369938,
    "expires_at": 1742579538,
    "filename": "train.jsonl",
    "purpose": "fine-tune",
    "status": "processed",
    "status_details": None,
}


def page(*ids, more=False, **members):
    rows = [{**FILE, "id": each} for each in ids]
    ends = {"first_id": ids[0], "last_id": ids[-1]} if ids else {}
    return 200, {"object": "list", "data": rows, "has_more": more, **ends, **members}


def upload(client, data=b'{"a": 1}\n', **options):
    options = {"name": "train.jsonl", "size": len(data), "purpose": "fine-tune", **options}
    return files.upload(client, io.BytesIO(data), **options)


def test_a_file_is_read(client, upstream):
    upstream["GET /files/file-1"] = 200, FILE

    file = files.get(client, "file-1")

    assert (file.name, file.purpose, file.size, file.is_ready) == ("train.jsonl", "fine-tune", 120, True)
    assert file.created == datetime(2025, 3, 7, 17, 52, 18, tzinfo=UTC)
    assert file.expires == datetime(2025, 3, 21, 17, 52, 18, tzinfo=UTC)
    assert file.raw == FILE


def test_a_pending_file_of_strange_spelling_is_read():
    file = files.parse_file({"id": "file-2", "status": "Pending", "bytes": None, "created_at": "2025-03-07"})

    assert (file.status, file.size, file.is_ready) == ("pending", None, False)


def test_an_unknown_status_stays_as_it_is():
    assert files.parse_file({"id": "file-2", "status": "Quarantined"}).status == "Quarantined"


def test_the_list_comes_page_by_page_and_can_be_gone_on_with(client, upstream):
    upstream["GET /files"] = [page("file-1", "file-2", more=True), page("file-3")]

    first, second = files.pages(client, purpose="batch", order="asc", limit=2)

    assert ([each.id for each in first.rows], first.after) == (["file-1", "file-2"], "file-2")
    assert ([each.id for each in second.rows], second.after) == (["file-3"], "")
    assert upstream.requests[0].query == {"purpose": ["batch"], "order": ["asc"], "limit": ["2"]}
    assert upstream.requests[1].query["after"] == ["file-2"]


def test_the_list_is_gone_on_with_where_it_was_left(client, upstream):
    upstream["GET /files"] = page("file-3")

    (only,) = files.pages(client, after="file-2")

    assert [each.id for each in only.rows] == ["file-3"]
    assert upstream.requests[0].query == {"limit": ["100"], "after": ["file-2"]}


def test_nothing_is_fetched_before_it_is_asked_for(client, upstream):
    upstream["GET /files"] = [page("file-1", more=True), page("file-2")]

    next(iter(files.pages(client)))

    assert upstream.hits == 1


def test_a_row_that_is_no_file_is_left_out(client, upstream):
    upstream["GET /files"] = 200, {"data": [{"object": "file"}, FILE, "file-9"], "has_more": False}

    (only,) = files.pages(client)

    assert [each.id for each in only.rows] == ["file-1"]


def test_an_upload_is_a_form_with_the_file_and_its_purpose(client, upstream):
    upstream["POST /files"] = 200, FILE

    sent = upload(client, expires_after=1209600)

    body = upstream.requests[0].body
    assert b'name="purpose"\r\n\r\nfine-tune\r\n' in body
    assert b'name="expires_after[seconds]"\r\n\r\n1209600\r\n' in body
    assert b'name="expires_after[anchor]"\r\n\r\ncreated_at\r\n' in body
    assert b'filename="train.jsonl"\r\nContent-Type: application/octet-stream\r\n\r\n{"a": 1}\n\r\n' in body
    assert (sent.file.id, sent.size, sent.sha256) == ("file-1", 9, sha256(b'{"a": 1}\n').hexdigest())


def test_an_upload_without_expiry_does_not_speak_of_it(client, upstream):
    upstream["POST /files"] = 200, FILE

    upload(client)

    assert b"expires_after" not in upstream.requests[0].body


def test_an_upload_is_recorded_by_its_name(client, upstream, recorder):
    upstream["POST /files"] = 200, FILE

    upload(client, name="train.jsonl")

    intent = recorder.events[0][1]
    assert (intent["action"], intent["target"]) == ("file.uploaded", Target("file", "", "train.jsonl"))
    assert (recorder.last["outcome"], recorder.last["http_status"]) == ("success", 200)


def test_a_stopped_upload_is_recorded_as_cancelled(client, upstream, recorder):
    with pytest.raises(Cancelled):
        upload(client, progress=lambda _: False)

    assert (recorder.last["outcome"], recorder.last["error_kind"]) == ("cancelled", "cancelled")


def test_a_refused_upload_is_recorded_and_not_repeated(client, upstream, recorder):
    upstream["POST /files"] = 400, {"error": {"code": "invalidPayload", "message": "Not JSONL"}}

    with pytest.raises(BadRequest):
        upload(client)

    assert (upstream.hits, recorder.last["outcome"]) == (1, "failure")


def test_a_file_that_became_shorter_is_recorded_as_a_failure(client, upstream, recorder):
    with pytest.raises(BadRequest):
        upload(client, size=100)

    assert recorder.last["outcome"] == "failure"


def test_without_an_audit_no_file_is_read(client, upstream, recorder):
    recorder.refuses = AuditUnavailable()
    file = io.BytesIO(b"secret")

    with pytest.raises(AuditUnavailable):
        files.upload(client, file, name="a", size=6, purpose="batch")

    assert (file.tell(), upstream.hits) == (0, 0)


def test_deleting_is_recorded_and_may_come_too_late(client, upstream, recorder):
    upstream["DELETE /files/file-1"] = [
        (200, {"id": "file-1", "deleted": True}),
        (404, {"error": {"message": "No such File object: file-1"}}),
    ]

    assert files.delete(client, "file-1", label="train.jsonl") is True
    assert files.delete(client, "file-1") is False
    assert recorder.events[0][1]["action"] == "file.deleted"
    assert recorder.events[0][1]["target"] == Target("file", "file-1", "train.jsonl")


def test_a_content_is_read_in_parts_and_as_a_whole(client, upstream):
    upstream["GET /files/file-1/content"] = 200, b"0123456789", {"content-type": "text/plain"}
    written = []

    assert files.part(client, "file-1", start=2, length=3).data == b"234"
    assert files.download(client, "file-1", written.append, size=10).size == 10
    with files.opened(client, "file-1") as opened:
        assert b"".join(opened.pieces) == b"".join(written) == b"0123456789"


@pytest.mark.parametrize("name", ["", "..", "a/b", "file-1?x=1", "file 1"])
def test_what_is_no_id_is_not_asked_for(client, upstream, name):
    for call in (files.get, files.delete, lambda *args: files.part(*args, start=0, length=1)):
        with pytest.raises(BadRequest):
            call(client, name)

    assert upstream.hits == 0


@given(JSON)
def test_no_json_breaks_the_reader(value):
    for told in (value, {"id": "file-1", "bytes": value, "created_at": value, "status": value}):
        with suppress(ProtocolError):
            assert files.parse_file(told).id
