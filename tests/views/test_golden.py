"""Golden queries: saved, run in the background, measured, and run again after a change."""

import pytest

from console import jobs
from console.models import AuditEvent, GoldenQuery, GoldenRun, Item, Job
from console.models.seen import Seen
from tests.views.test_vector_stores import JSON, REFUSED, STORE, URL

GOLDEN = f"{URL}golden/"


@pytest.fixture
def store(connection) -> Item:
    Item.objects.take_in(connection.pk, "vector_store", [Seen("vs-1", "Runbooks", STORE, "completed")])
    return Item.objects.get(kind="vector_store")


@pytest.fixture
def operating(client, alice, store):
    client.force_login(alice)
    return client


@pytest.fixture
def saved(operating):
    operating.post(GOLDEN, {"key": "g1", "query": "pool exhausted", "picked": ["file-1"]})
    operating.post(GOLDEN, {"key": "g2", "query": "refunds", "file_ids": "file-2 file-3"})
    return operating


def found(*ids: str) -> tuple[int, dict]:
    rows = [{"file_id": one, "filename": one, "score": 0.5, "content": []} for one in ids]
    return 200, {"search_query": ["x"], "data": rows, "has_more": False}


def started(client, key: str, **more) -> GoldenRun:
    place = client.post(f"{GOLDEN}run/", {"key": key, "most": "3", "ranker": "auto", **more})["Location"]
    return GoldenRun.objects.get(pk=place.rstrip("/").rpartition("/")[2])


def test_a_query_is_saved_once_and_recorded_without_its_words(saved):
    saved.post(GOLDEN, {"key": "g1", "query": "pool exhausted", "picked": ["file-1"]})

    assert [one.expected for one in GoldenQuery.objects.all()] == [["file-1"], ["file-2", "file-3"]]
    assert AuditEvent.objects.filter(action="golden_query.added").count() == 2
    assert not AuditEvent.objects.filter(canonical__contains="exhausted").exists()


def test_the_search_of_a_run_stands_there_as_code(saved):
    python, curl = saved.get(GOLDEN).context["samples"]

    assert 'for query in ["pool exhausted", "refunds"]:' in python.text
    assert curl.text.count("curl ") == 2


def test_a_query_that_expects_nothing_is_refused(operating):
    response = operating.post(GOLDEN, {"key": "g1", "query": "pool"})

    assert response.status_code == 422
    assert "Pick a file that ought to be found" in response.text


def test_a_run_measures_recall_and_rank(saved, upstream):
    upstream["POST /vector_stores/vs-1/search"] = [found("file-9", "file-9", "file-1"), found("file-2")]
    run = started(saved, "r1")

    jobs.run(str(run.job_id))

    run.refresh_from_db()
    assert [(row["recall"], row["rank"]) for row in run.rows] == [(1.0, 2), (0.5, 1)]
    assert (run.recall, run.mrr) == (0.75, 0.75)
    assert upstream.requests[0].json()["max_num_results"] == 3


def test_a_run_goes_on_where_it_was_cut(saved, upstream):
    upstream["POST /vector_stores/vs-1/search"] = [found("file-1"), REFUSED]
    run = started(saved, "r1")
    jobs.run(str(run.job_id))
    Job.objects.filter(pk=run.job_id).update(state="queued")
    upstream["POST /vector_stores/vs-1/search"] = found("file-2", "file-3")

    jobs.run(str(run.job_id))

    run.refresh_from_db()
    assert (run.recall, upstream.hits) == (1.0, 3)


def test_a_later_run_stands_beside_the_one_before(saved, upstream):
    upstream["POST /vector_stores/vs-1/search"] = found("file-9")
    jobs.run(str(started(saved, "r1").job_id))
    upstream["POST /vector_stores/vs-1/search"] = found("file-1", "file-2", "file-3")
    run = started(saved, "r2")
    jobs.run(str(run.job_id))

    page = saved.get(f"{GOLDEN}runs/{run.pk}/").text

    assert "was 0.000" in page
    assert "+1.00" in page


def test_the_same_form_starts_one_run(saved):
    assert started(saved, "r1") == started(saved, "r1")
    assert GoldenRun.objects.count() == 1


def test_a_run_that_is_refused_says_so(saved, upstream):
    upstream["POST /vector_stores/vs-1/search"] = REFUSED
    run = started(saved, "r1")

    jobs.run(str(run.job_id))

    assert 'data-error-kind="forbidden"' in saved.get(f"{GOLDEN}runs/{run.pk}/").text


def test_the_part_asks_again_until_the_run_has_ended(saved):
    run = started(saved, "r1")
    part = {"HX-Request": "true", "HX-Target": "run"}

    page = saved.get(f"{GOLDEN}runs/{run.pk}/", headers=part).text

    assert "<html" not in page
    assert 'hx-trigger="every 1s"' in page


def test_queries_and_runs_answer_json(saved):
    run = started(saved, "r1")

    told = saved.get(GOLDEN, headers=JSON).json()

    assert [one["query"] for one in told["data"]] == ["pool exhausted", "refunds"]
    assert saved.get(f"{GOLDEN}runs/{run.pk}/", headers=JSON).json()["recall"] is None


def test_a_question_comes_before_a_query_is_deleted(saved):
    one = GoldenQuery.objects.first()

    page = saved.get(f"{GOLDEN}{one.pk}/delete/").text

    assert f'href="{GOLDEN}{one.pk}/delete/"' in saved.get(GOLDEN).text
    assert "pool exhausted" in page
    assert f'href="{GOLDEN}">Keep it' in page
    assert GoldenQuery.objects.count() == 2


def test_a_query_is_deleted(saved):
    one = GoldenQuery.objects.first()

    response = saved.post(f"{GOLDEN}{one.pk}/delete/")

    assert response["Location"] == GOLDEN
    assert GoldenQuery.objects.count() == 1
    assert AuditEvent.objects.latest("seq").action == "golden_query.removed"


def test_a_reader_looks_and_changes_nothing(client, bob, store, upstream):
    client.force_login(bob)

    assert client.get(GOLDEN).status_code == 200
    assert client.post(GOLDEN, {}).status_code == 403
    assert client.post(f"{GOLDEN}run/", {}).status_code == 403


def test_who_has_no_access_finds_no_queries(client, mallory, store):
    client.force_login(mallory)

    assert client.get(GOLDEN).status_code == 404
