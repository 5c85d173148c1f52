from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.contract.spec import answer_flaws
from tests.simulator.conftest import KEY, Hands

URL = "/openai/v1/vector_stores"
RETURNS = "Refunds are paid within 14 days after the goods have come back to our warehouse."
SHIPPING = "Parcels are shipped from Rotterdam every morning; express parcels leave at noon as well."
WARRANTY = "The warranty covers broken hinges for two years. It does not cover scratches."


@pytest.fixture
def timed(hands: Hands) -> TestClient:
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def call(peer: TestClient, method: str, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    url = URL + path
    answer = peer.request(method, url, json=body)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws(method, url.partition("?")[0], status, told) == []
    return told


def file(peer: TestClient, content: str | bytes, name: str = "a.md") -> str:
    raw = content.encode() if isinstance(content, str) else content
    answer = peer.post("/openai/v1/files", files={"file": (name, raw)}, data={"purpose": "assistants"})
    return str(answer.json()["id"])


def store(peer: TestClient, *texts: str, **more: Any) -> str:
    ids = [file(peer, text, f"text-{number}.md") for number, text in enumerate(texts)]
    return str(call(peer, "POST", "", {"name": "Shop", "file_ids": ids, **more})["id"])


def test_a_store_ingests_its_files_one_after_another(timed: TestClient, hands: Hands) -> None:
    made = store(timed, RETURNS, SHIPPING)
    assert call(timed, "GET", f"/{made}")["status"] == "in_progress"

    hands.time += 2.3
    halfway = call(timed, "GET", f"/{made}")["file_counts"]
    hands.time += 1

    assert halfway == {"in_progress": 1, "completed": 1, "failed": 0, "cancelled": 0, "total": 2}
    done = call(timed, "GET", f"/{made}")
    assert (done["status"], done["file_counts"]["completed"]) == ("completed", 2)
    assert done["usage_bytes"] == len(RETURNS) + len(SHIPPING)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        ("a,b", "table.csv", "unsupported_file"),
        ("", "empty.md", "invalid_file"),
        (b"\xff\x00\xfe\x01", "bytes.txt", "invalid_file"),
        (b"not a zip", "letter.docx", "invalid_file"),
        ("   \n", "blank.txt", "invalid_file"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_its_reason(
    peer: TestClient, content: str | bytes, name: str, code: str
) -> None:
    made = store(peer, RETURNS)
    entry = call(peer, "POST", f"/{made}/files", {"file_id": file(peer, content, name)})

    assert (entry["status"], entry["last_error"]["code"]) == ("failed", code)
    assert call(peer, "GET", f"/{made}")["file_counts"]["failed"] == 1
    rows = call(peer, "GET", f"/{made}/files?filter=failed")["data"]
    assert [row["id"] for row in rows] == [entry["id"]]


def test_a_search_finds_the_passage_that_answers(peer: TestClient) -> None:
    made = store(peer, RETURNS, SHIPPING, WARRANTY)

    found = call(peer, "POST", f"/{made}/search", {"query": "when are refunds paid?"})

    best = found["data"][0]
    assert best["content"][0]["text"] == RETURNS
    assert best["filename"] == "text-0.md"
    assert 0 < best["score"] <= 1
    assert found["search_query"] == ["when are refunds paid?"]


def test_a_search_for_words_that_are_nowhere_finds_nothing(peer: TestClient) -> None:
    assert call(peer, "POST", f"/{store(peer, RETURNS)}/search", {"query": "quantum flux"})["data"] == []


def test_a_threshold_a_number_and_a_ranker_choose_among_results(peer: TestClient) -> None:
    made = store(peer, RETURNS, SHIPPING + " refunds", WARRANTY)
    query = {"query": "refunds paid warehouse"}
    two = call(peer, "POST", f"/{made}/search", query)["data"]
    assert len(two) == 2

    limit = {"ranking_options": {"score_threshold": two[0]["score"]}}
    assert len(call(peer, "POST", f"/{made}/search", {**query, **limit})["data"]) == 1
    assert len(call(peer, "POST", f"/{made}/search", {**query, "max_num_results": 1})["data"]) == 1
    plain = call(peer, "POST", f"/{made}/search", {**query, "ranking_options": {"ranker": "none"}})
    assert [round(hit["score"], 2) for hit in plain["data"]] == [1.0, 0.33]


def test_a_query_can_be_rewritten(peer: TestClient) -> None:
    made = store(peer, RETURNS)
    body = {"query": "Could you tell me when refunds are paid?", "rewrite_query": True}

    found = call(peer, "POST", f"/{made}/search", body)

    assert found["search_query"] == ["refunds paid"]
    assert len(found["data"]) == 1


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"type": "eq", "key": "year", "value": 2026}, ["b"]),
        ({"type": "ne", "key": "year", "value": 2026}, ["a", "c"]),
        ({"type": "gte", "key": "year", "value": 2025}, ["a", "b"]),
        ({"type": "lt", "key": "year", "value": 2026}, ["a"]),
        ({"type": "in", "key": "lang", "value": ["en", "fr"]}, ["a", "b"]),
        ({"type": "nin", "key": "lang", "value": ["en"]}, ["c"]),
        ({"type": "eq", "key": "final", "value": True}, ["a"]),
        (
            {
                "type": "and",
                "filters": [
                    {"type": "eq", "key": "lang", "value": "en"},
                    {
                        "type": "or",
                        "filters": [
                            {"type": "gt", "key": "year", "value": 2025},
                            {"type": "eq", "key": "final", "value": 1},
                        ],
                    },
                ],
            },
            ["b"],
        ),
    ],
)
def test_a_filter_looks_at_attributes(peer: TestClient, given: dict[str, Any], names: list[str]) -> None:
    made = store(peer)
    attributes = {
        "a": {"year": 2025, "lang": "en", "final": True},
        "b": {"year": 2026, "lang": "en"},
        "c": {"lang": "de"},
    }
    for name, pairs in attributes.items():
        body = {"file_id": file(peer, RETURNS, f"{name}.md"), "attributes": pairs}
        call(peer, "POST", f"/{made}/files", body)

    found = call(peer, "POST", f"/{made}/search", {"query": "refunds", "filters": given})

    assert sorted(hit["filename"][0] for hit in found["data"]) == names


def test_attributes_can_be_changed(peer: TestClient) -> None:
    made = store(peer, RETURNS)
    (row,) = call(peer, "GET", f"/{made}/files")["data"]

    told = call(peer, "POST", f"/{made}/files/{row['id']}", {"attributes": {"team": "shop", "rank": 2}})

    assert told["attributes"] == {"team": "shop", "rank": 2}
    assert call(peer, "POST", f"/{made}/search", {"query": "refunds"})["data"][0]["attributes"]["rank"] == 2


def test_long_text_is_cut_into_overlapping_chunks(peer: TestClient) -> None:
    made = store(peer)
    text = " ".join(f"word{number}" for number in range(600))
    static = {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 50}
    body = {"file_id": file(peer, text), "chunking_strategy": {"type": "static", "static": static}}
    entry = call(peer, "POST", f"/{made}/files", body)
    assert entry["chunking_strategy"] == {"type": "static", "static": static}

    (row,) = call(peer, "GET", f"/{made}/files/{entry['id']}/content")["data"]

    chunks = [part["text"] for part in row["content"]]
    assert len(chunks) > 3
    assert chunks[1].split()[1] in chunks[0]
    assert chunks[-1].endswith("word599")


def test_text_is_taken_out_of_a_document(peer: TestClient) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("word/document.xml", "<w:p><w:t>The tariff of Lisbon</w:t></w:p>")
    found = store(peer)
    call(peer, "POST", f"/{found}/files", {"file_id": file(peer, archive.getvalue(), "letter.docx")})

    hits = call(peer, "POST", f"/{found}/search", {"query": "Lisbon tariff"})["data"]

    assert hits[0]["content"][0]["text"] == "The tariff of Lisbon"


def test_a_batch_of_files_is_cancelled_midway(timed: TestClient, hands: Hands) -> None:
    made = store(timed)
    ids = [file(timed, f"{RETURNS} {number}", f"{number}.md") for number in range(4)]
    batch = call(timed, "POST", f"/{made}/file_batches", {"file_ids": ids, "attributes": {"a": 1}})
    assert (batch["status"], batch["file_counts"]["total"]) == ("in_progress", 4)

    hands.time += 2.7
    ended = call(timed, "POST", f"/{made}/file_batches/{batch['id']}/cancel")
    hands.time += 60

    assert (ended["status"], ended["file_counts"]["cancelled"]) == ("cancelled", 2)
    assert call(timed, "GET", f"/{made}/file_batches/{batch['id']}") == ended
    rows = call(timed, "GET", f"/{made}/file_batches/{batch['id']}/files?filter=completed")["data"]
    assert [row["attributes"] for row in rows] == [{"a": 1}, {"a": 1}]


def test_a_batch_takes_each_file_with_its_own_settings(peer: TestClient) -> None:
    made = store(peer)
    files = [{"file_id": file(peer, RETURNS), "attributes": {"n": n}} for n in (1, 2)]
    call(peer, "POST", f"/{made}/file_batches", {"files": files})

    rows = call(peer, "GET", f"/{made}/files?order=asc")["data"]

    assert [row["attributes"]["n"] for row in rows] == [1, 2]


def test_a_batch_of_files_that_all_fail_has_failed(peer: TestClient) -> None:
    made = store(peer)
    batch = call(peer, "POST", f"/{made}/file_batches", {"file_ids": [file(peer, "x", "a.png")]})

    assert batch["status"] == "failed"


def test_a_store_that_nobody_uses_expires(timed: TestClient, hands: Hands) -> None:
    made = store(timed, RETURNS, expires_after={"anchor": "last_active_at", "days": 2})
    hands.time += 86400
    call(timed, "POST", f"/{made}/search", {"query": "refunds"})
    hands.time += 86400 * 1.5
    assert call(timed, "GET", f"/{made}")["status"] == "completed"

    hands.time += 86400

    assert call(timed, "GET", f"/{made}")["status"] == "expired"
    told = call(timed, "POST", f"/{made}/search", {"query": "refunds"}, status=400)
    assert told["error"]["code"] == "vector_store_expired"


def test_a_store_is_renamed_and_deleted_and_its_files_stay(peer: TestClient) -> None:
    made = store(peer, RETURNS)
    (row,) = call(peer, "GET", f"/{made}/files")["data"]
    change = {"name": "Returns", "metadata": {"team": "a"}}
    told = call(peer, "POST", f"/{made}", {**change, "expires_after": None})
    assert (told["name"], told["metadata"]) == ("Returns", {"team": "a"})

    call(peer, "DELETE", f"/{made}")

    call(peer, "GET", f"/{made}", status=404)
    assert peer.get(f"/openai/v1/files/{row['id']}").status_code == 200


def test_a_deleted_file_leaves_every_store(peer: TestClient) -> None:
    one = store(peer, RETURNS)
    (row,) = call(peer, "GET", f"/{one}/files")["data"]
    other = call(peer, "POST", "", {"file_ids": [row["id"]]})["id"]

    peer.delete(f"/openai/v1/files/{row['id']}")

    assert call(peer, "GET", f"/{one}")["file_counts"]["total"] == 0
    assert call(peer, "GET", f"/{other}")["file_counts"]["total"] == 0


def test_a_detached_file_stays_in_the_resource(peer: TestClient) -> None:
    made = store(peer, RETURNS)
    (row,) = call(peer, "GET", f"/{made}/files")["data"]
    call(peer, "DELETE", f"/{made}/files/{row['id']}")

    call(peer, "GET", f"/{made}/files/{row['id']}", status=404)
    assert peer.get(f"/openai/v1/files/{row['id']}").status_code == 200


def test_stores_are_paged_both_ways(peer: TestClient) -> None:
    ids = [store(peer) for _ in range(5)][::-1]
    first = call(peer, "GET", "?limit=2")

    assert [row["id"] for row in first["data"]] == ids[:2]
    assert [row["id"] for row in call(peer, "GET", f"?limit=2&after={ids[1]}")["data"]] == ids[2:4]
    assert [row["id"] for row in call(peer, "GET", f"?limit=2&before={ids[4]}")["data"]] == ids[2:4]


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("", {"expires_after": {"anchor": "last_active_at", "days": 366}}, "expires_after.days"),
        ("", {"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor"),
        ("", {"chunking_strategy": {"type": "auto"}}, "chunking_strategy"),
        ("", {"file_ids": ["file-none"]}, "file_ids"),
        ("", {"colour": "red"}, "colour"),
        ("/ID/search", {}, "query"),
        ("/ID/search", {"query": " "}, "query"),
        ("/ID/search", {"query": "a", "max_num_results": 51}, "max_num_results"),
        ("/ID/search", {"query": "a", "filters": {"type": "like"}}, "filters.type"),
        ("/ID/search", {"query": "a", "filters": {"type": "eq", "key": "k"}}, "filters.value"),
        ("/ID/search", {"query": "a", "filters": {"type": "and", "filters": []}}, "filters.filters"),
        ("/ID/search", {"query": "a", "ranking_options": {"ranker": "x"}}, "ranking_options.ranker"),
        ("/ID/files", {}, "file_id"),
        ("/ID/files", {"file_id": "file-none"}, "file_id"),
        ("/ID/file_batches", {}, "file_ids"),
        ("/ID/file_batches", {"file_ids": ["a"], "files": [{"file_id": "a"}]}, "file_ids"),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, path: str, body: dict[str, Any], param: str) -> None:
    answer = peer.post(URL + path.replace("ID", store(peer)), json=body)

    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["param"] == param


def test_an_overlap_is_at_most_half_of_a_chunk(peer: TestClient) -> None:
    static = {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 101}
    strategy = {"type": "static", "static": static}
    body = {"file_id": file(peer, RETURNS), "chunking_strategy": strategy}

    told = call(peer, "POST", f"/{store(peer)}/files", body, status=400)

    assert told["error"]["param"] == "chunking_strategy.static.chunk_overlap_tokens"
