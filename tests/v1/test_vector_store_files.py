from console.v1 import vector_store_files as store_files
from console.v1.client import Target
from console.v1.problem import Problem
from console.v1.vector_store_files import Attachment
from console.v1.vector_stores import Chunking, FileCounts

FILE = {
    "id": "file-1",
    "object": "vector_store.file",
    "usage_bytes": 1234,
    "created_at": 1741369938,
    "vector_store_id": "vs_1",
    "status": "failed",
    "last_error": {"code": "unsupported_file", "message": "The file is not a text."},
    "chunking_strategy": {
        "type": "static",
        "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
    },
    "attributes": {"year": 2024, "draft": False, "author": "Ada"},
}
BATCH = {
    "id": "vsfb_1",
    "object": "vector_store.files_batch",
    "created_at": 1741369938,
    "vector_store_id": "vs_1",
    "status": "in_progress",
    "file_counts": {"in_progress": 2, "completed": 0, "failed": 0, "cancelled": 0, "total": 2},
}


def test_a_file_in_a_store_is_read(client, upstream):
    upstream["GET /vector_stores/vs_1/files/file-1"] = 200, FILE

    file = store_files.get(client, "vs_1", "file-1")

    assert (file.id, file.store, file.status, file.size) == ("file-1", "vs_1", "failed", 1234)
    assert file.problem == Problem("unsupported_file", "The file is not a text.")
    assert file.chunking == Chunking("static", 800, 400)
    assert file.attributes == {"year": 2024, "draft": False, "author": "Ada"}


def test_a_file_without_a_problem_has_none():
    file = store_files.parse_file({"id": "file-1", "status": "completed", "last_error": None})

    assert (file.problem, file.chunking, file.attributes) == (None, None, {})


def test_the_files_are_filtered_by_their_status(client, upstream):
    upstream["GET /vector_stores/vs_1/files"] = 200, {"data": [FILE], "has_more": False}

    (page,) = store_files.pages(client, "vs_1", status="failed", order="asc")

    assert [each.id for each in page.rows] == ["file-1"]
    assert upstream.requests[0].query == {"filter": ["failed"], "order": ["asc"], "limit": ["100"]}


def test_a_file_is_attached_with_attributes_and_chunking(client, upstream, recorder):
    upstream["POST /vector_stores/vs_1/files"] = 200, FILE

    store_files.attach(
        client, "vs_1", Attachment("file-1", {"year": 2024}, Chunking("auto")), label="Manuals"
    )

    assert upstream.requests[0].json() == {
        "file_id": "file-1",
        "attributes": {"year": 2024},
        "chunking_strategy": {"type": "auto"},
    }
    assert recorder.events[0][1]["action"] == "vector_store_file.attached"
    assert recorder.events[0][1]["target"] == Target("vector_store", "vs_1", "Manuals")


def test_attributes_are_replaced(client, upstream, recorder):
    upstream["POST /vector_stores/vs_1/files/file-1"] = 200, FILE

    store_files.update(client, "vs_1", "file-1", store_files.changes({"draft": True}))

    assert upstream.requests[0].json() == {"attributes": {"draft": True}}
    assert recorder.events[0][1]["action"] == "vector_store_file.updated"


def test_a_file_is_detached_and_may_be_out_already(client, upstream, recorder):
    upstream["DELETE /vector_stores/vs_1/files/file-1"] = 200, {"id": "file-1", "deleted": True}

    assert store_files.detach(client, "vs_1", "file-1") is True
    assert store_files.detach(client, "vs_1", "file-2") is False
    assert recorder.events[0][1]["action"] == "vector_store_file.detached"


def test_the_text_of_a_file_is_shown_chunk_by_chunk(client, upstream):
    upstream["GET /vector_stores/vs_1/files/file-1/content"] = (
        200,
        {
            "object": "vector_store.file_content.page",
            "data": [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}],
            "has_more": True,
            "next_page": "2",
        },
    )

    text = store_files.text(client, "vs_1", "file-1")

    assert (text.texts, text.has_more, upstream.hits) == (("One.", "Two."), True, 1)


def test_the_text_of_a_file_comes_as_azure_writes_it_too(client, upstream):
    found = {"file_id": "file-1", "score": 1.0, "content": [{"type": "text", "text": one} for one in "ab"]}
    page = {"object": "vector_store.search_results.page", "data": [found], "has_more": False}
    upstream["GET /vector_stores/vs_1/files/file-1/content"] = 200, page

    assert store_files.text(client, "vs_1", "file-1").texts == ("a", "b")


def test_ids_are_attached_together(client, upstream, recorder):
    upstream["POST /vector_stores/vs_1/file_batches"] = 200, BATCH

    asked = store_files.batch_body(["file-1", "file-2"], attributes={"year": 2024})
    batch = store_files.create_batch(client, "vs_1", asked)

    assert upstream.requests[0].json() == {"file_ids": ["file-1", "file-2"], "attributes": {"year": 2024}}
    assert (batch.id, batch.counts) == ("vsfb_1", FileCounts(2, 0, 0, 0, 2))
    assert recorder.events[0][1]["action"] == "vector_store_batch.created"


def test_files_with_attributes_of_their_own_are_attached_together(client, upstream):
    upstream["POST /vector_stores/vs_1/file_batches"] = 200, BATCH

    asked = store_files.batch_body([Attachment("file-1", {"year": 1}), Attachment("file-2")])
    store_files.create_batch(client, "vs_1", asked)

    assert upstream.requests[0].json() == {
        "files": [{"file_id": "file-1", "attributes": {"year": 1}}, {"file_id": "file-2"}]
    }


def test_a_batch_is_followed_listed_and_cancelled(client, upstream, recorder):
    path = "/vector_stores/vs_1/file_batches/vsfb_1"
    upstream[f"GET {path}"] = 200, BATCH
    upstream[f"GET {path}/files"] = 200, {"data": [FILE], "has_more": False}
    upstream[f"POST {path}/cancel"] = 200, {**BATCH, "status": "cancelled"}

    assert store_files.get_batch(client, "vs_1", "vsfb_1").status == "in_progress"
    (page,) = store_files.batch_pages(client, "vs_1", "vsfb_1", status="failed")
    assert [each.id for each in page.rows] == ["file-1"]
    assert store_files.cancel_batch(client, "vs_1", "vsfb_1").status == "cancelled"
    assert recorder.events[0][1]["action"] == "vector_store_batch.cancelled"
