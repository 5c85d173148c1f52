from datetime import UTC, datetime

import pytest

from console.v1 import batches
from console.v1.batches import RequestCounts
from console.v1.client import Target
from console.v1.events import Usage
from console.v1.problem import Problem

BATCH = {
    "id": "batch_1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "model": "gpt-4.1-mini",
    "errors": None,
    "completion_window": "24h",
    "status": "completed",
    "input_file_id": "file-1",
    "output_file_id": "file-2",
    "error_file_id": "",
    "created_at": 1741369938,
    "in_progress_at": 1741370000,
    "finalizing_at": None,
    "completed_at": 1741373538,
    "expires_at": 1741456338,
    "request_counts": {"total": 100, "completed": 98, "failed": 2},
    "usage": {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 1},
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 30,
    },
    "metadata": {"team": "support"},
}


def test_a_batch_is_read(client, upstream):
    upstream["GET /batches/batch_1"] = 200, BATCH

    batch = batches.get(client, "batch_1")

    assert (batch.status, batch.has_ended, batch.window) == ("completed", True, "24h")
    assert (batch.input_file, batch.output_file, batch.error_file) == ("file-1", "file-2", "")
    assert batch.counts == RequestCounts(100, 98, 2)
    assert batch.usage == Usage(input=10, output=20, reasoning=5, cached=1)
    assert batch.ended == datetime(2025, 3, 7, 18, 52, 18, tzinfo=UTC)
    assert (batch.finalizing, batch.problems) == (None, ())


def test_a_batch_in_the_manner_of_the_samples_is_read():
    batch = batches.parse_batch(
        {
            "id": "batch_1",
            "status": "Validating",
            "created_at": "2025-03-07T17:52:18.0123456Z",
            "request_counts": None,
            "errors": {"object": "list", "data": None},
            "usage": None,
        }
    )

    assert (batch.status, batch.counts, batch.usage) == ("validating", None, None)
    assert batch.created == datetime(2025, 3, 7, 17, 52, 18, 12345, tzinfo=UTC)


def test_a_refused_input_says_where_it_is_wrong():
    error = {"code": "invalid_json_line", "message": "Not JSON", "param": None, "line": 3}
    batch = batches.parse_batch({**BATCH, "status": "failed", "errors": {"data": [error, {}, 5]}})

    assert batch.problems == (Problem("invalid_json_line", "Not JSON", "", 3),)


def test_the_list_has_neither_order_nor_filter(client, upstream):
    upstream["GET /batches"] = 200, {"data": [BATCH], "has_more": False}

    (page,) = batches.pages(client, after="batch_0")

    assert [each.id for each in page.rows] == ["batch_1"]
    assert upstream.requests[0].query == {"limit": ["100"], "after": ["batch_0"]}


def test_a_batch_is_started(client, upstream, recorder):
    upstream["POST /batches"] = 201, {**BATCH, "status": "validating"}

    asked = batches.body(
        input_file="file-1",
        endpoint="/v1/chat/completions",
        output_expires_after=1209600,
        metadata={"team": "support"},
    )
    batch = batches.create(client, asked, label="questions.jsonl")

    assert upstream.requests[0].json() == {
        "input_file_id": "file-1",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "output_expires_after": {"anchor": "created_at", "seconds": 1209600},
        "metadata": {"team": "support"},
    }
    assert (batch.status, batch.has_ended) == ("validating", False)
    assert recorder.events[0][1]["action"] == "batch.created"
    assert recorder.events[0][1]["target"] == Target("batch", "", "questions.jsonl")


def test_a_batch_without_options_sends_none(client, upstream):
    upstream["POST /batches"] = 201, BATCH

    batches.create(client, batches.body(input_file="file-1", endpoint="/v1/embeddings"))

    assert set(upstream.requests[0].json()) == {"input_file_id", "endpoint", "completion_window"}


def test_a_batch_is_cancelled(client, upstream, recorder):
    upstream["POST /batches/batch_1/cancel"] = 200, {**BATCH, "status": "Cancelling"}

    assert batches.cancel(client, "batch_1").status == "cancelling"
    assert recorder.events[0][1]["action"] == "batch.cancelled"


@pytest.mark.parametrize("name", ["failed_at", "expired_at", "cancelled_at"])
def test_every_way_to_end_is_an_end(name):
    batch = batches.parse_batch({**BATCH, "completed_at": None, name: 1741373538})

    assert batch.ended == datetime(2025, 3, 7, 18, 52, 18, tzinfo=UTC)
