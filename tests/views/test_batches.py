"""Batches: the list, a batch and how far it is, cancelling it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from console import jobs
from console.index import batches as index
from console.index import files as known_files
from console.index import following
from console.models import AuditEvent, Item, Job, Sync
from console.v1.batches import parse_batch
from console.v1.files import parse_file
from tests.upstream import Script

RUNNING = {
    "id": "batch-1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "completion_window": "24h",
    "input_file_id": "file-1",
    "status": "in_progress",
    "model": "gpt-4.1-nano",
    "created_at": 1760000000,
    "in_progress_at": 1760000060,
    "expires_at": 1760086400,
    "request_counts": {"total": 40, "completed": 9, "failed": 1},
    "metadata": {"name": "Moods", "team": "support"},
}
DONE = {
    **RUNNING,
    "id": "batch-2",
    "status": "completed",
    "completed_at": 1760000300,
    "output_file_id": "file-2",
    "error_file_id": "file-3",
    "request_counts": {"total": 40, "completed": 38, "failed": 2},
    "usage": {"input_tokens": 1_000_000, "output_tokens": 1_000_000, "total_tokens": 2_000_000},
    "metadata": None,
}
FAILED = {
    **RUNNING,
    "id": "batch-3",
    "status": "failed",
    "failed_at": 1760000070,
    "request_counts": {"total": 0, "completed": 0, "failed": 0},
    "errors": {
        "object": "list",
        "data": [
            {"code": "duplicate_custom_id", "message": "Used twice.", "param": "custom_id", "line": 1200}
        ],
    },
    "metadata": {"retry_of": "batch-2"},
}
URL = "/c/prod/batches/batch-1/"
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Target": "live"}
REFUSED = (
    400,
    {"error": {"code": "invalid_batch_state", "message": "Cannot cancel a batch with status 'completed'."}},
)


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False}


@pytest.fixture
def known(connection) -> Item:
    """Three batches, read just now."""
    seen = [index.seen(parse_batch(one)) for one in (RUNNING, DONE, FAILED)]
    Item.objects.take_in(connection.pk, "batch", seen)
    Sync.claim(connection.pk, "batch").complete(**Item.objects.tally(connection.pk, "batch"))
    return Item.objects.get(remote_id="batch-1")


@pytest.fixture
def at_azure(connection):
    """The resource is no simulator, and may be asked once a minute."""
    connection.kind = "azure"
    connection.save(update_fields=["kind"])


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def test_the_list_shows_what_the_index_knows_and_asks_nobody(reading, known, upstream):
    response = reading.get("/batches/?status=in_progress")

    assert [row.item.remote_id for row in response.context["rows"]] == ["batch-1"]
    assert '<progress max="40" value="10"' in response.text
    assert upstream.hits == 0


def test_htmx_gets_the_table_alone(reading, known):
    response = reading.get("/batches/?q=moods", headers={"HX-Request": "true", "HX-Target": "table"})

    assert "<html" not in response.text
    assert "batch-1" in response.text
    assert "batch-2" not in response.text


def test_the_list_answers_json(reading, known):
    told = reading.get("/batches/?model=gpt-4.1-nano&sort=name", headers=JSON).json()

    assert [(one["name"], one["counts"]["failed"]) for one in told["data"]] == [
        ("Moods", 1),
        ("batch-2", 2),
        ("batch-3", 0),
    ]


def test_the_list_tells_what_was_saved(reading, known):
    saving = {row.item.remote_id: row.saving for row in reading.get("/batches/").context["rows"]}

    assert saving["batch-1"] is None
    assert saving["batch-2"].online > 0
    assert saving["batch-2"].saved == saving["batch-2"].online * Decimal("0.5")


def test_the_list_costs_no_query_more_for_more_batches(
    reading, known, connection, django_assert_max_num_queries
):
    with django_assert_max_num_queries(100) as first:
        reading.get("/batches/")
    more = [index.seen(parse_batch({**DONE, "id": f"batch-9{number}"})) for number in range(20)]
    Item.objects.take_in(connection.pk, "batch", more)

    with django_assert_max_num_queries(len(first)):
        reading.get("/batches/")


def test_reading_the_list_tells_which_files_a_batch_uses(reading, connection, upstream):
    upstream["GET /batches"] = listed(DONE)
    upstream["GET /files"] = listed()

    reading.post("/batches/refresh/")

    refs = Item.objects.get(remote_id="batch-2").refs.filter(kind="file")
    assert set(refs.values_list("remote_id", flat=True)) == {"file-1", "file-2", "file-3"}


def test_a_file_tells_which_batches_use_it(reading, known, connection):
    known_files.remember(connection, parse_file({"id": "file-2", "filename": "out.jsonl"}))

    assert "/c/prod/batches/batch-2/" in reading.get("/c/prod/files/file-2/").text


def test_a_resource_without_batches_says_so_in_place(reading, connection, upstream):
    upstream["GET /files"] = listed()
    reading.post("/batches/refresh/")

    page = reading.get("/batches/").text

    assert "This resource does not offer batches" in page
    assert "data-error-kind" not in page


def test_a_batch_is_shown_from_the_index_and_asks_nobody(reading, known, upstream):
    page = reading.get(URL).text

    assert "Moods" in page
    assert 'hx-trigger="load, every' in page
    assert f"{URL}cancel/" not in page
    assert upstream.hits == 0


def test_a_batch_answers_json(reading, known):
    told = reading.get("/c/prod/batches/batch-2/", headers=JSON).json()

    assert (told["output_file"], told["tokens"]["input"]) == ("file-2", 1_000_000)
    assert told["raw"]["id"] == "batch-2"


def test_what_made_a_batch_fail_is_shown_with_its_line(reading, known):
    page = reading.get("/c/prod/batches/batch-3/").text

    assert "duplicate_custom_id" in page
    assert "1\u202f200" in page


def test_the_doctor_is_offered_for_a_file_that_made_a_batch_fail(reading, known, connection):
    doctor = "/c/prod/files/file-1/check/"
    assert doctor not in reading.get("/c/prod/batches/batch-3/").text

    known_files.remember(connection, parse_file({"id": "file-1", "filename": "lines.jsonl"}))

    assert doctor in reading.get("/c/prod/batches/batch-3/").text


def test_a_retry_and_its_parent_name_each_other(reading, known):
    assert "/c/prod/batches/batch-2/" in reading.get("/c/prod/batches/batch-3/").text
    assert "/c/prod/batches/batch-3/" in reading.get("/c/prod/batches/batch-2/").text


@pytest.mark.parametrize(
    "strange",
    [
        {"status": "Warming", "request_counts": None, "created_at": "2025-03-07T17:52:18Z"},
        {"status": None, "usage": {"input_tokens": "many"}, "errors": {"data": [None, {}]}},
        {"metadata": ["?"], "endpoint": 4, "request_counts": {"total": "x"}},
    ],
)
def test_strange_members_never_break_a_page(reading, known, connection, strange):
    index.remember(connection, parse_batch({**RUNNING, **strange}))

    assert reading.get(URL).status_code == 200
    assert reading.get("/batches/").status_code == 200


def test_how_far_a_batch_is_comes_anew_and_is_remembered(reading, known, upstream):
    counts = {"total": 40, "completed": 20, "failed": 0}
    upstream["GET /batches/batch-1"] = 200, {**RUNNING, "request_counts": counts}

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert '<progress max="40" value="20"' in response.text
    assert "every 3s" in response.text
    assert "load," not in response.text
    assert Item.objects.get(remote_id="batch-1").raw["request_counts"]["completed"] == 20


def test_the_part_stops_asking_when_the_batch_has_ended(reading, known, upstream):
    upstream["GET /batches/batch-1"] = 200, {**DONE, "id": "batch-1"}

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert "every" not in response.text
    assert 'hx-swap-oob="true"' in response.text


def test_azure_is_asked_no_more_than_once_a_minute(reading, known, upstream, at_azure):
    upstream["GET /batches/batch-1"] = 200, RUNNING

    page = reading.get(f"{URL}live/", headers=HTMX).text
    assert "every 30s" in page
    assert upstream.hits == 0

    Item.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    reading.get(f"{URL}live/", headers=HTMX)
    reading.get(f"{URL}live/", headers=HTMX)
    assert upstream.hits == 1


def test_a_batch_that_is_gone_is_marked_so(reading, known, upstream):
    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert Item.objects.get(remote_id="batch-1").gone_at is not None


def test_a_silent_resource_is_told_in_place(reading, known, upstream):
    upstream["GET /batches/batch-1"] = Script(200, [b'{"id":'], {}, cut=True)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "data-error-kind" in response.text
    assert '<progress max="40" value="10"' in response.text


def test_without_script_the_progress_is_a_page(reading, known, upstream):
    upstream["GET /batches/batch-1"] = 200, RUNNING

    assert "<html" in reading.get(f"{URL}live/").text


def test_the_progress_answers_json(reading, known, upstream):
    upstream["GET /batches/batch-1"] = 200, {**RUNNING, "status": "finalizing"}

    assert reading.get(f"{URL}live/", headers=JSON).json()["status"] == "finalizing"


def test_work_under_way_is_followed_by_itself(known, upstream):
    upstream["GET /batches/batch-1"] = 200, {**RUNNING, "status": "finalizing"}
    Item.objects.update(seen_at=timezone.now() - timedelta(seconds=61))

    assert following.follow() == 1
    assert Item.objects.get(remote_id="batch-1").status == "finalizing"


def test_before_a_batch_is_cancelled_the_page_says_what_stays(operating, known, upstream):
    response = operating.get(f"{URL}cancel/")

    assert "10 of 40 requests are done" in response.text
    assert "client.batches.cancel" in response.text
    assert upstream.hits == 0


def test_of_a_batch_that_has_ended_nobody_asks_whether_to_cancel_it(operating, known):
    Item.objects.filter(remote_id="batch-1").update(
        status="completed", raw={**RUNNING, "status": "completed"}
    )

    response = operating.get(f"{URL}cancel/", follow=True)

    assert response.redirect_chain == [(URL, 302)]
    assert "there is nothing to cancel" in response.text


def test_a_batch_is_cancelled_and_that_is_recorded(operating, known, upstream):
    upstream["POST /batches/batch-1/cancel"] = 200, {**RUNNING, "status": "cancelling"}

    response = operating.post(f"{URL}cancel/")

    event = AuditEvent.objects.filter(action="batch.cancelled").latest()
    assert (response.status_code, Item.objects.get(remote_id="batch-1").status) == (302, "cancelling")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "batch-1", "success")
    assert f"{URL}cancel/" not in operating.get(URL).text


def test_a_refused_cancelling_is_told_and_recorded(operating, known, upstream):
    upstream["POST /batches/batch-1/cancel"] = REFUSED

    response = operating.post(f"{URL}cancel/")

    assert "Cannot cancel a batch" in response.text
    assert AuditEvent.objects.filter(action="batch.cancelled").latest().http_status == 400


def test_a_silent_resource_leaves_the_outcome_open(operating, known, upstream):
    upstream["POST /batches/batch-1/cancel"] = Script(200, [b"{"], {}, cut=True)

    response = operating.post(f"{URL}cancel/")

    assert response.status_code >= 500
    assert Item.objects.get(remote_id="batch-1").status == "in_progress"


def selected(operating) -> str:
    """Where the list leads with all batches ticked."""
    keys = list(Item.objects.filter(kind="batch").order_by("pk").values_list("pk", flat=True))
    return operating.post("/batches/cancel/", {"item": keys}).headers["Location"]


def test_of_those_selected_only_what_works_is_cancelled(operating, known, upstream):
    upstream["POST /batches/batch-1/cancel"] = 200, {**RUNNING, "status": "cancelling"}
    asking = selected(operating)
    page = operating.get(asking)
    assert [row.item.remote_id for row in page.context["rows"]] == ["batch-1"]
    assert "2 of those selected have ended already" in page.text
    assert 'for one in ["batch-1"]:' in page.context["samples"][0].text
    assert "/batches/batch-1/cancel" in page.context["samples"][1].text
    assert upstream.hits == 0

    places = {operating.post(asking).url, operating.post(asking).url, operating.get(asking).url}
    job = Job.objects.get(kind="batch.cancel")
    assert places == {f"/activity/{job.pk}/"}
    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert [(one["id"], one["state"], one["message"]) for one in job.outcome["results"]] == [
        ("batch-1", "done", "cancelling")
    ]
    assert Item.objects.get(remote_id="batch-1").status == "cancelling"
    assert AuditEvent.objects.filter(action="batch.cancelled").latest().actor_label == "alice"


def test_a_refusal_is_told_with_its_batch(operating, known, upstream):
    upstream["POST /batches/batch-1/cancel"] = REFUSED
    operating.post(selected(operating))
    job = Job.objects.get(kind="batch.cancel")

    jobs.run(str(job.pk))

    job.refresh_from_db()
    (told,) = job.outcome["results"]
    assert (told["state"], "Cannot cancel" in told["message"]) == ("failed", True)


def test_nothing_to_cancel_is_told(operating, known):
    Item.objects.filter(remote_id="batch-1").delete()

    assert operating.get(selected(operating)).url == "/batches/"


def test_who_reads_may_not_cancel(reading, known, upstream):
    assert reading.post(f"{URL}cancel/").status_code == 403
    assert reading.post("/batches/cancel/", {"item": 1}).status_code == 403
    assert upstream.hits == 0


def test_who_sees_nothing_finds_no_batch(client, mallory, known):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404


def test_the_palette_finds_a_batch(reading, known):
    assert f'href="{URL}"' in reading.get("/palette/?q=moods").text
