"""The files of a vector store: live states, batches, attributes, content, taking out."""

import re

import pytest

from console.models import AuditEvent, Item, Sync
from console.models.seen import Seen
from tests.views.test_vector_stores import COUNTS, JSON, REFUSED, STORE, URL, listed

BUSY = {**STORE, "status": "in_progress", "file_counts": {**COUNTS, "in_progress": 1, "completed": 1}}
READY = {"id": "file-1", "object": "vector_store.file", "status": "completed", "attributes": {"year": 2026}}
BROKEN = {
    "id": "file-2",
    "status": "failed",
    "last_error": {"code": "unsupported_file", "message": "The file type is not supported."},
}
BATCH = {"id": "vsfb-1", "vector_store_id": "vs-1", "status": "in_progress", "file_counts": COUNTS}
PART = {"HX-Request": "true", "HX-Target": "live"}


@pytest.fixture
def store(connection) -> Item:
    Item.objects.take_in(connection.pk, "vector_store", [Seen("vs-1", "Runbooks", STORE, "completed")])
    Item.objects.take_in(connection.pk, "file", [Seen("file-1", "payments.md", {"id": "file-1"})])
    return Item.objects.get(kind="vector_store")


@pytest.fixture
def operating(client, alice, store):
    client.force_login(alice)
    return client


def test_the_part_tells_each_state_and_why_a_file_failed(operating, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(READY, BROKEN)

    page = operating.get(f"{URL}files/", headers=PART).text

    assert "payments.md" in page
    assert "Unsupported file: The file type is not supported." in page
    assert "year: 2026" in page
    assert "every 2s" not in page


def test_the_part_asks_again_while_files_are_taken_in(operating, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, BUSY
    upstream["GET /vector_stores/vs-1/files"] = listed(READY)

    page = operating.get(f"{URL}files/", headers=PART).text

    assert 'hx-trigger="every 2s"' in page
    assert 'value="1" aria-label="Files taken in"' in page


def test_a_name_that_is_missing_is_asked_for_by_the_part_and_read_once(operating, connection, upstream):
    Item.objects.filter(kind="file").delete()
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(READY, BROKEN)
    upstream["GET /files"] = listed({"id": "file-1", "filename": "payments.md", "purpose": "assistants"})

    first = operating.get(f"{URL}files/", headers=PART).text
    named = operating.get(f"{URL}files/?names=1", headers=PART).text

    assert f'hx-get="{URL}files/?names=1" hx-trigger="load"' in first
    assert "payments.md" not in first
    assert "payments.md" in named
    assert "names=1" not in named


def test_a_list_of_files_that_fails_is_not_asked_for_again_and_again(operating, upstream):
    Item.objects.filter(kind="file").delete()
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(READY)
    upstream["GET /files"] = REFUSED

    page = operating.get(f"{URL}files/?names=1", headers=PART).text

    assert 'data-error-kind="' not in page
    assert "file-1" in page
    assert "names=1" not in page


def test_names_that_are_read_elsewhere_are_waited_for(operating, connection, upstream):
    Item.objects.filter(kind="file").delete()
    Sync.claim(connection.pk, "file")
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(READY)

    page = operating.get(f"{URL}files/", headers=PART).text

    assert 'files/?names=1" hx-trigger="load delay:1s"' in page


def test_looking_at_the_files_tells_the_index_what_the_store_uses(operating, store, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(READY, BROKEN)

    operating.get(f"{URL}files/")

    assert sorted(store.refs.values_list("remote_id", flat=True)) == ["file-1", "file-2"]


def test_an_error_stands_where_the_files_would(operating, upstream):
    upstream["GET /vector_stores/vs-1"] = REFUSED

    part = operating.get(f"{URL}files/", headers=PART)
    page = operating.get(f"{URL}files/")

    assert (part.status_code, page.status_code) == (200, 403)
    assert 'data-error-kind="forbidden"' in part.text


def test_a_store_that_is_gone_is_noted(operating, store, upstream):
    operating.get(f"{URL}files/", headers=PART)

    store.refresh_from_db()
    assert store.gone_at is not None


def test_files_are_narrowed_by_their_state(operating, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(BROKEN)

    told = operating.get(f"{URL}files/?status=failed", headers=JSON).json()

    assert told["data"][0]["error"]["code"] == "unsupported_file"
    assert upstream.requests[-1].query["filter"] == ["failed"]
    assert operating.get(f"{URL}files/?status=lost").status_code == 400


def test_files_are_added_as_one_batch_with_attributes(operating, upstream):
    upstream["POST /vector_stores/vs-1/file_batches"] = 200, BATCH
    form = {"key": "k2", "picked": ["file-1"], "file_ids": "file-3", "chunking": "auto"}

    response = operating.post(f"{URL}files/add/", form | {"attributes": "year = 2026\ndraft = false"})

    assert response["Location"] == f"{URL}batches/vsfb-1/"
    assert upstream.requests[0].json() == {
        "file_ids": ["file-1", "file-3"],
        "attributes": {"year": 2026, "draft": False},
    }
    assert AuditEvent.objects.latest("seq").action == "vector_store_batch.created"


def test_the_same_files_sent_twice_are_added_once(operating, upstream):
    upstream["POST /vector_stores/vs-1/file_batches"] = 200, BATCH

    for _ in range(2):
        operating.post(f"{URL}files/add/", {"key": "k2", "picked": ["file-1"], "chunking": "auto"})

    assert upstream.hits == 1


def test_nothing_picked_is_said(operating, upstream):
    response = operating.post(f"{URL}files/add/", {"key": "k2", "chunking": "auto"})

    assert response.status_code == 422
    assert "Pick a file" in response.text


def test_a_refused_batch_keeps_the_form(operating, upstream):
    upstream["POST /vector_stores/vs-1/file_batches"] = REFUSED

    response = operating.post(f"{URL}files/add/", {"key": "k2", "picked": ["file-1"], "chunking": "auto"})

    assert response.status_code == 403
    assert 'value="file-1"' in response.text


def test_a_batch_is_followed_and_stopped(operating, upstream):
    upstream["GET /vector_stores/vs-1/file_batches/vsfb-1"] = 200, BATCH
    upstream["GET /vector_stores/vs-1/file_batches/vsfb-1/files"] = listed(READY)
    upstream["POST /vector_stores/vs-1/file_batches/vsfb-1/cancel"] = 200, {**BATCH, "status": "cancelled"}

    page = operating.get(f"{URL}batches/vsfb-1/").text
    response = operating.post(f"{URL}batches/vsfb-1/cancel/")

    assert 'hx-trigger="every 2s"' in page
    assert response.status_code == 302
    assert AuditEvent.objects.latest("seq").action == "vector_store_batch.cancelled"


def test_the_stored_text_is_shown_chunk_by_chunk_and_never_as_html(operating, upstream):
    upstream["GET /vector_stores/vs-1/files/file-1"] = 200, READY
    texts = [{"type": "text", "text": "<script>first</script>"}, {"type": "text", "text": "second"}]
    upstream["GET /vector_stores/vs-1/files/file-1/content"] = 200, {"data": texts, "has_more": False}

    page = operating.get(f"{URL}files/file-1/").text
    told = operating.get(f"{URL}files/file-1/", headers=JSON).json()

    assert "&lt;script&gt;first" in page
    assert "year = 2026" in page
    assert "curl: detach" in page
    assert told["chunks"] == ["<script>first</script>", "second"]


def test_attributes_are_replaced_with_their_types(operating, upstream):
    upstream["GET /vector_stores/vs-1/files/file-1"] = 200, READY
    upstream["POST /vector_stores/vs-1/files/file-1"] = 200, READY

    text = 'year = 2027\nteam = "12"\nready = true'
    operating.post(f"{URL}files/file-1/attributes/", {"attributes": text})

    assert upstream.requests[-1].json() == {"attributes": {"year": 2027, "team": "12", "ready": True}}


def test_attributes_that_somebody_else_changed_are_shown_with_mine(operating, upstream):
    upstream["GET /vector_stores/vs-1/files/file-1"] = [
        (200, {**READY, "status": "in_progress", "attributes": {"year": 2025}}),
        (200, {**READY, "status": "in_progress"}),
    ]
    page = operating.get(f"{URL}files/file-1/").text
    seen = re.search('name="seen" value="([0-9a-f]{64})"', page)[1]

    response = operating.post(f"{URL}files/file-1/attributes/", {"attributes": "year = 2030", "seen": seen})

    assert response.status_code == 409
    assert "year = 2026" in response.text
    assert "year = 2030" in response.text
    assert all(request.method == "GET" for request in upstream.requests)


def test_a_file_is_taken_out(operating, upstream):
    upstream["DELETE /vector_stores/vs-1/files/file-1"] = 200, {"id": "file-1", "deleted": True}

    response = operating.post(f"{URL}files/file-1/detach/")

    assert response["Location"] == URL
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.target_id) == ("vector_store_file.detached", "file-1")


def test_a_reader_sees_files_and_changes_none(client, bob, store, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["GET /vector_stores/vs-1/files"] = listed(READY)
    client.force_login(bob)

    page = client.get(f"{URL}files/").text
    response = client.post(f"{URL}files/file-1/detach/")

    assert "payments.md" in page
    assert "/detach/" not in page
    assert response.status_code == 403


def test_who_has_no_access_finds_no_files(client, mallory, store, upstream):
    client.force_login(mallory)

    assert client.get(f"{URL}files/").status_code == 404
    assert upstream.hits == 0
