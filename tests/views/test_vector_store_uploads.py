"""Files from a disk into a vector store: they wait in the spool, and one job sends and attaches them."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from console import jobs
from console.models import AuditEvent, Item, Job, Upload
from console.models.seen import Seen
from tests.views.test_vector_stores import STORE, URL

PAGE = f"{URL}files/upload/"
BATCH = {"id": "vsfb-1", "vector_store_id": "vs-1", "status": "in_progress", "created_at": 1_760_000_000}


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def operating(client, alice, connection):
    Item.objects.take_in(connection.pk, "vector_store", [Seen("vs-1", "Runbooks", STORE, "completed")])
    client.force_login(alice)
    return client


def arrived(operating, name: str, data: bytes = b"Restart it.") -> Upload:
    """An upload for the store that is all there."""
    digest = hashlib.sha256(data).hexdigest()
    facts = {"connection": "prod", "kind": "assistants", "name": name, "size": len(data), "first": digest}
    told = operating.post("/uploads/", {**facts, "store": "vs-1"}).json()
    kind = "application/octet-stream"
    operating.post(f"{told['url']}parts/0/", data, content_type=kind, headers={"x-part-sha256": digest})
    return Upload.objects.get(pk=told["id"])


def form(*uploads: Upload, **more) -> dict:
    return {"key": "k1", "chunking": "auto", "uploads": [str(one.pk) for one in uploads], **more}


def sent(number: int, name: str) -> tuple[int, dict]:
    facts = {"bytes": 11, "purpose": "assistants", "status": "processed", "created_at": 1_760_000_000}
    return 200, {"id": f"file-{number}", "object": "file", "filename": name, **facts}


def run() -> Job:
    job = Job.objects.get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def test_what_is_meant_for_a_store_waits_until_it_is_added(operating):
    upload = arrived(operating, "a.md")

    page = operating.get(PAGE).text

    assert (upload.state, Job.objects.count()) == ("received", 0)
    assert f'name="uploads" value="{upload.pk}"' in page
    assert "client.vector_stores.file_batches.create" in page


def test_one_job_sends_all_and_attaches_them_as_one_batch(operating, upstream):
    uploads = [arrived(operating, "a.md"), arrived(operating, "b.md")]
    upstream["POST /files"] = [sent(1, "a.md"), sent(2, "b.md")]
    upstream["POST /vector_stores/vs-1/file_batches"] = 200, BATCH

    response = operating.post(PAGE, form(*uploads, attributes="team = data"))
    job = run()

    assert response.headers["Location"] == f"/activity/{job.pk}/"
    assert upstream.requests[-1].json() == {"file_ids": ["file-1", "file-2"], "attributes": {"team": "data"}}
    assert (job.state, job.url) == ("done", f"{URL}batches/vsfb-1/")
    assert [one["state"] for one in job.outcome["results"]] == ["done", "done"]
    assert {one.state for one in Upload.objects.all()} == {"sent"}
    actions = AuditEvent.objects.filter(phase="outcome").order_by("seq").values_list("action", flat=True)
    assert list(actions)[-3:] == ["file.uploaded", "file.uploaded", "vector_store_batch.created"]


def test_a_file_that_is_refused_keeps_no_other_out(operating, upstream):
    uploads = [arrived(operating, "a.md"), arrived(operating, "b.exe")]
    upstream["POST /files"] = [sent(1, "a.md"), (400, {"error": {"code": "bad", "message": "Not this type"}})]
    upstream["POST /vector_stores/vs-1/file_batches"] = 200, BATCH
    operating.post(PAGE, form(*uploads))

    job = run()

    assert upstream.requests[-1].json() == {"file_ids": ["file-1"]}
    assert [one["state"] for one in job.outcome["results"]] == ["done", "failed"]
    assert "Not this type" in job.outcome["results"][1]["message"]


def test_nothing_is_attached_where_nothing_arrived(operating, upstream):
    upstream["POST /files"] = 403, {"error": {"code": "no", "message": "no"}}
    operating.post(PAGE, form(arrived(operating, "a.md")))

    job = run()

    assert (job.state, [one.path for one in upstream.requests]) == ("failed", ["/openai/v1/files"])


def test_a_killed_attempt_goes_on_behind_what_it_sent(operating, upstream):
    uploads = [arrived(operating, "a.md"), arrived(operating, "b.md")]
    operating.post(PAGE, form(*uploads))
    uploads[0].end(Upload.State.SENT, file_id="file-1")
    Job.objects.update(state="running", attempt=1, lease_until=timezone.now())
    upstream["GET /files"] = 200, {"object": "list", "data": [], "has_more": False}
    upstream["POST /files"] = sent(2, "b.md")
    upstream["POST /vector_stores/vs-1/file_batches"] = 200, BATCH

    assert run().state == "done"

    assert [one.method for one in upstream.requests] == ["GET", "POST", "POST"]
    assert upstream.requests[-1].json()["file_ids"] == ["file-1", "file-2"]


def test_a_cancelled_job_drops_what_waits(operating, upstream, monkeypatch):
    monkeypatch.setattr("console.file_jobs.OFTEN", 0)
    operating.post(PAGE, form(arrived(operating, "a.md")))
    Job.objects.update(cancel_requested_at=timezone.now())

    assert run().state == "cancelled"
    assert (Upload.objects.get().state, upstream.hits) == ("cancelled", 0)


def test_the_same_form_twice_is_one_job(operating):
    upload = arrived(operating, "a.md")

    first = operating.post(PAGE, form(upload))
    second = operating.post(PAGE, form(upload))

    assert first.headers["Location"] == second.headers["Location"]
    assert Job.objects.count() == 1


def test_a_small_file_comes_without_a_script(operating):
    operating.post(PAGE, form(file=SimpleUploadedFile("note.md", b"Restart it.")))

    upload = Upload.objects.get()
    assert (upload.name, upload.state, Job.objects.get().kind) == (
        "note.md",
        "sending",
        "vector_store.upload",
    )


@pytest.mark.parametrize("wrong", [{}, {"chunking": "static"}, {"uploads": ["x"]}, {"attributes": "x"}])
def test_a_form_that_cannot_be_is_kept(operating, wrong):
    response = operating.post(PAGE, {**form(), **wrong})

    assert response.status_code == 422
    assert not Job.objects.exists()


def test_no_room_is_told(operating, settings):
    settings.UPLOAD_QUOTA = 1

    response = operating.post(PAGE, form(file=SimpleUploadedFile("note.md", b"Restart it.")))

    assert response.status_code == 422
    assert "UPLOAD_QUOTA" in response.text


def test_an_upload_of_somebody_else_cannot_be_taken(operating, client, carol):
    upload = arrived(operating, "a.md")
    client.force_login(carol)

    assert client.post(PAGE, form(upload)).status_code == 422


def test_a_reader_may_not_and_an_outsider_sees_nothing(operating, client, bob, mallory):
    client.force_login(bob)
    assert client.get(PAGE).status_code == 403
    client.force_login(mallory)
    assert client.get(PAGE).status_code == 404
