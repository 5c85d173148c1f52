from datetime import UTC, datetime

import pytest

from console.outbound.errors import BadRequest
from console.v1 import vector_stores
from console.v1.client import Target
from console.v1.vector_stores import Chunking, FileCounts

STORE = {
    "id": "vs_1",
    "object": "vector_store",
    "created_at": 1741369938,
    "name": "Manuals",
    "usage_bytes": 4096,
    "file_counts": {"in_progress": 1, "completed": 2, "failed": 3, "cancelled": 4, "total": 10},
    "status": "completed",
    "expires_after": {"anchor": "last_active_at", "days": 7},
    "expires_at": "2025-03-14T17:52:18Z",
    "last_active_at": 1741369938.0,
    "metadata": {"team": "docs"},
}
WHEN = datetime(2025, 3, 7, 17, 52, 18, tzinfo=UTC)


def test_a_store_is_read(client, upstream):
    upstream["GET /vector_stores/vs_1"] = 200, STORE

    store = vector_stores.get(client, "vs_1")

    assert (store.name, store.size, store.days, store.metadata) == ("Manuals", 4096, 7, {"team": "docs"})
    assert store.counts == FileCounts(1, 2, 3, 4, 10)
    assert (store.created, store.last_active) == (WHEN, WHEN)
    assert store.expires == datetime(2025, 3, 14, 17, 52, 18, tzinfo=UTC)
    assert store.is_expired is False


def test_an_expired_store_says_so():
    assert vector_stores.parse_store({"id": "vs_1", "status": "Expired"}).is_expired is True


def test_a_store_without_a_life_lives_for_ever():
    store = vector_stores.parse_store(
        {"id": "vs_1", "name": None, "expires_after": None, "file_counts": None}
    )

    assert (store.days, store.expires, store.name, store.counts.total) == (None, None, "", 0)


def test_the_stores_come_page_by_page(client, upstream):
    upstream["GET /vector_stores"] = 200, {"data": [STORE], "has_more": False}

    (page,) = vector_stores.pages(client, order="desc", after="vs_0")

    assert [each.id for each in page.rows] == ["vs_1"]
    assert upstream.requests[0].query == {"order": ["desc"], "limit": ["100"], "after": ["vs_0"]}


def test_a_store_is_made_with_what_was_set_and_nothing_else(client, upstream, recorder):
    upstream["POST /vector_stores"] = 200, STORE

    vector_stores.create(client, vector_stores.body(name="Manuals"))

    assert upstream.requests[0].json() == {"name": "Manuals"}
    assert recorder.events[0][1]["action"] == "vector_store.created"
    assert recorder.events[0][1]["target"] == Target("vector_store", "", "Manuals")


def test_a_store_is_made_with_everything(client, upstream):
    upstream["POST /vector_stores"] = 200, STORE

    asked = vector_stores.body(
        name="Manuals",
        description="What we print",
        file_ids=["file-1"],
        days=30,
        chunking=Chunking("static", 800, 400),
        metadata={"team": "docs"},
    )
    vector_stores.create(client, asked)

    assert upstream.requests[0].json() == {
        "name": "Manuals",
        "description": "What we print",
        "file_ids": ["file-1"],
        "expires_after": {"anchor": "last_active_at", "days": 30},
        "chunking_strategy": {
            "type": "static",
            "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
        },
        "metadata": {"team": "docs"},
    }


def test_automatic_chunking_has_no_sizes():
    assert Chunking("auto", 800, 400).json() == {"type": "auto"}


def test_a_change_holds_only_what_changes(client, upstream, recorder):
    upstream["POST /vector_stores/vs_1"] = 200, STORE

    vector_stores.update(
        client, "vs_1", vector_stores.changes(name="Handbooks", metadata={}), label="Manuals"
    )

    assert upstream.requests[0].json() == {"name": "Handbooks", "metadata": {}}
    assert recorder.events[0][1]["action"] == "vector_store.updated"
    assert recorder.events[0][1]["target"] == Target("vector_store", "vs_1", "Manuals")


def test_deleting_is_recorded(client, upstream, recorder):
    upstream["DELETE /vector_stores/vs_1"] = 200, {"id": "vs_1", "deleted": True}

    assert vector_stores.delete(client, "vs_1") is True
    assert vector_stores.delete(client, "vs_2") is False
    assert recorder.events[0][1]["action"] == "vector_store.deleted"


def test_what_is_no_id_is_not_asked_for(client, upstream):
    with pytest.raises(BadRequest):
        vector_stores.get(client, "../files")

    assert upstream.hits == 0
