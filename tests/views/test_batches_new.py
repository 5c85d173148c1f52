"""Starting a batch from a file of the resource: once, and after the file is processed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console import jobs
from console.batching import work
from console.index import files as known_files
from console.models import AuditEvent, Item, Job
from console.v1.files import parse_file
from tests.upstream import Script

URL = "/c/prod/batches/new/"
JSON = {"accept": "application/json"}
FILE = {"id": "file-1", "filename": "requests.jsonl", "purpose": "batch", "status": "processed", "bytes": 9}
BATCH = {
    "id": "batch-7",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "input_file_id": "file-1",
    "completion_window": "24h",
    "status": "validating",
    "created_at": 1760000000,
    "metadata": {"name": "Moods", "console_key": "k1"},
}
FORM = {"key": "k1", "input_file": "file-1", "endpoint": "/v1/chat/completions", "name": "Moods"}


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(work, "PAUSE", 0.01)


@pytest.fixture
def ready(connection, upstream):
    """A processed file, and a resource that takes the batch."""
    known_files.remember(connection, parse_file(FILE))
    upstream["GET /files/file-1"] = 200, FILE
    upstream["POST /batches"] = 200, BATCH
    return upstream


@pytest.fixture
def operating(client, alice, connection):
    client.force_login(alice)
    return client


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False}


def created(upstream) -> list[dict]:
    return [
        one.json() for one in upstream.requests if (one.method, one.path) == ("POST", "/openai/v1/batches")
    ]


def cut(job: Job) -> None:
    """What a worker leaves that was killed in the middle."""
    Job.objects.filter(pk=job.pk).update(
        state="running", attempt=1, lease_until=timezone.now() - timedelta(seconds=1)
    )


def test_the_form_offers_processed_files_for_batches(operating, connection, ready):
    known_files.remember(connection, parse_file({**FILE, "id": "file-2", "status": "pending"}))
    known_files.remember(connection, parse_file({**FILE, "id": "file-3", "purpose": "evals"}))

    response = operating.get(f"{URL}?file=file-1")

    assert [one.remote_id for one in response.context["files"]] == ["file-1"]
    assert 'value="file-1"' in response.text
    assert "kind=batch" in response.text
    assert "client.batches.create" in response.text


def test_a_batch_is_started_with_what_was_asked_for(operating, ready):
    response = operating.post(URL, {**FORM, "output_days": "14", "metadata": "team = support"})

    assert response.url == "/c/prod/batches/batch-7/"
    assert created(ready) == [
        {
            "input_file_id": "file-1",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "output_expires_after": {"anchor": "created_at", "seconds": 14 * 86_400},
            "metadata": {"team": "support", "name": "Moods", "console_key": "k1"},
        }
    ]
    assert Item.objects.get(kind="batch").name == "Moods"


def test_starting_a_batch_is_recorded(operating, ready):
    operating.post(URL, FORM)

    event = AuditEvent.objects.filter(action="batch.created").latest()
    assert (event.actor_label, event.target_label, event.outcome) == ("alice", "Moods", "success")


def test_the_same_form_sent_twice_starts_one_batch(operating, ready):
    operating.post(URL, FORM)
    response = operating.post(URL, FORM)

    assert response.url == "/c/prod/batches/batch-7/"
    assert len(created(ready)) == 1


def test_the_same_form_leads_to_its_batch_when_the_file_is_gone_since(operating, connection, ready):
    operating.post(URL, FORM)
    known_files.forget(connection, "file-1")
    ready["GET /files/file-1"] = 404, {"error": {"message": "No such File object"}}

    assert operating.post(URL, FORM).url == "/c/prod/batches/batch-7/"


def test_json_gets_the_batch(operating, ready):
    response = operating.post(URL, FORM, headers=JSON)

    assert (response.status_code, response.json()["id"]) == (201, "batch-7")


def test_a_file_that_is_not_processed_is_waited_for_by_a_worker(operating, connection, ready):
    pending = {**FILE, "status": "pending"}
    known_files.remember(connection, parse_file(pending))
    ready["GET /files/file-1"] = 200, pending

    response = operating.post(URL, FORM)
    job = Job.objects.get(kind="batch.create")

    assert response.url == f"/activity/{job.pk}/"
    assert created(ready) == []

    ready["GET /files/file-1"] = [(200, pending), (200, FILE)]
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.url) == ("done", "/c/prod/batches/batch-7/")
    assert len(created(ready)) == 1


def test_a_file_that_cannot_be_processed_starts_nothing(operating, ready):
    ready["GET /files/file-1"] = 200, {**FILE, "status": "error", "status_details": "Line 3 is broken."}

    response = operating.post(URL, FORM)

    assert response.status_code == 422
    assert "Line 3 is broken." in response.text
    assert 'value="Moods"' in response.text
    assert created(ready) == []


def test_a_file_that_the_resource_does_not_have_is_told_at_its_field(operating, connection, ready):
    form = {**FORM, "input_file": "file-nope", "metadata": "team = support"}

    response = operating.post(URL, form)
    told = operating.post(URL, form, headers=JSON)

    assert response.status_code == 422
    assert "file-nope" in response.context["form"].errors["input_file"][0]
    assert "team = support" in response.text
    assert "file-nope" in told.json()["error"]["fields"]["input_file"][0]
    assert not Job.objects.exists()


def test_a_file_that_the_index_does_not_know_yet_is_looked_up(operating, upstream):
    upstream["GET /files/file-1"] = 200, FILE
    upstream["POST /batches"] = 200, BATCH

    assert operating.post(URL, FORM).url == "/c/prod/batches/batch-7/"


def test_a_file_that_is_gone_since_the_index_saw_it_is_named_above_the_form(operating, connection, ready):
    ready["GET /files/file-1"] = 404, {"error": {"message": "No such File object"}}

    response = operating.post(URL, FORM)

    assert response.status_code == 404
    assert "does not know the file “file-1”" in response.text
    assert "No such File object" in response.text
    assert 'value="Moods"' in response.text
    assert not Item.objects.present().filter(kind="file").exists()
    assert created(ready) == []


def test_a_resource_that_cannot_be_asked_for_the_file_leaves_the_form(operating, upstream):
    upstream["GET /files/file-1"] = 401, {"error": {"code": "401", "message": "Access denied."}}

    response = operating.post(URL, FORM)
    told = operating.post(URL, FORM, headers=JSON)

    assert response.status_code == 502
    assert 'data-error-kind="auth_failed"' in response.text
    assert 'value="Moods"' in response.text
    assert (told.status_code, told.json()["error"]["kind"]) == (502, "auth_failed")
    assert not Job.objects.exists()


def test_a_cut_attempt_finds_the_batch_that_it_started(connection, alice, ready):
    asked = work.NewBatch(key="k1", endpoint="/v1/chat/completions", input_file="file-1")
    job = work.create(connection, alice, asked, at_once=False)
    job.keep({"asked": True})
    cut(job)
    ready["GET /batches"] = listed(BATCH)

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.outcome["batch"]) == ("done", "batch-7")
    assert created(ready) == []


def test_a_cut_attempt_whose_batch_is_not_there_never_starts_another(connection, alice, ready):
    asked = work.NewBatch(key="k1", endpoint="/v1/chat/completions", input_file="file-1")
    job = work.create(connection, alice, asked, at_once=False)
    job.keep({"asked": True})
    cut(job)
    ready["GET /batches"] = listed({**BATCH, "metadata": {"console_key": "another"}})

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert job.state == "unknown_outcome"
    assert created(ready) == []


def test_an_attempt_that_was_cut_before_it_asked_goes_on(connection, alice, ready):
    asked = work.NewBatch(key="k1", endpoint="/v1/chat/completions", input_file="file-1")
    job = work.create(connection, alice, asked, at_once=False)
    cut(job)

    jobs.run(str(job.pk))

    assert len(created(ready)) == 1


def test_a_silent_resource_leaves_the_outcome_open(operating, ready):
    ready["POST /batches"] = Script(200, [b'{"id":'], {}, cut=True)
    ready["GET /batches"] = listed()

    response = operating.post(URL, FORM)

    assert Job.objects.get(kind="batch.create").state == "unknown_outcome"
    assert "may have started" in response.text


def test_a_batch_whose_answer_was_lost_is_found_in_the_list(operating, ready):
    ready["POST /batches"] = Script(200, [b'{"id":'], {}, cut=True)
    ready["GET /batches"] = listed(BATCH)

    assert operating.post(URL, FORM).url == "/c/prod/batches/batch-7/"


def test_a_refusal_keeps_the_form_under_a_new_key(operating, ready):
    ready["POST /batches"] = 400, {"error": {"code": "invalid_file_purpose", "message": "Not for batches."}}

    response = operating.post(URL, {**FORM, "metadata": "team = support"})

    assert response.status_code == 422
    assert "Not for batches." in response.text
    assert "team = support" in response.text
    assert 'value="k1"' not in response.text
    assert AuditEvent.objects.filter(action="batch.created").latest().http_status == 400


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"input_file": ""}, "This field is required."),
        ({"metadata": "name = x"}, "written by the console itself"),
        ({"metadata": "no sign"}, "Line 1"),
        ({"metadata": "\n".join(f"k{number} = v" for number in range(14))}, "13 pairs at most"),
        ({"output_days": "31"}, "30"),
    ],
)
def test_a_bad_form_is_kept_and_told(operating, ready, wrong, told):
    response = operating.post(URL, {**FORM, **wrong})

    assert response.status_code == 422
    assert told in response.text
    assert ready.hits == 0


def test_who_reads_may_not_start_a_batch(client, bob, ready):
    client.force_login(bob)

    assert client.post(URL, FORM).status_code == 403
    assert ready.hits == 0


def test_who_sees_nothing_finds_no_form(client, mallory, ready):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
