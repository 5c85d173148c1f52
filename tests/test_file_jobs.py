import hashlib
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from console import bulk, file_jobs, jobs
from console.index import files as kept
from console.models import AuditEvent, Item, Job, Upload
from console.v1 import files
from tests.upstream import Script

pytestmark = pytest.mark.django_db(transaction=True)
DATA = b'{"a": 1}\n'


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def told(number: int = 1, **more) -> dict:
    facts = {"id": f"file-{number}", "object": "file", "filename": "a.jsonl", "bytes": len(DATA)}
    return {**facts, "purpose": "batch", "status": "processed", "created_at": int(time.time()), **more}


@pytest.fixture
def upload(workspace, connection, alice) -> Upload:
    digest = hashlib.sha256(DATA).hexdigest()
    facts = {"name": "a.jsonl", "size": len(DATA), "purpose": "batch"}
    begun = Upload.begin(first=digest, workspace=workspace, connection=connection, owner=alice, **facts)
    return begun.receive(0, DATA, digest)


@pytest.fixture
def job(upload, workspace, connection, alice) -> Job:
    upload.begin_sending()
    made = jobs.start(
        "file.send",
        title="Upload a.jsonl",
        effect=Job.Effect.MARKED,
        workspace=workspace,
        user=alice,
        connection=connection,
        arguments={"upload": str(upload.pk)},
    )
    upload.attach(made)
    return made


def run(job: Job) -> Job:
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def cut(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(
        state="running", attempt=1, lease_until=timezone.now() - timedelta(seconds=1)
    )


def test_a_file_is_sent_on_and_the_spool_is_freed(job, upload, upstream):
    upstream["POST /files"] = 200, told()

    assert run(job).state == "done"

    upload.refresh_from_db()
    assert (upload.state, upload.file_id) == ("sent", "file-1")
    assert upload.sha256 == hashlib.sha256(DATA).hexdigest()
    assert not upload.path.exists()
    assert DATA in upstream.requests[0].body
    assert Item.objects.get(kind="file").remote_id == "file-1"
    assert job.url == "/c/prod/files/file-1/"


def test_who_asked_for_the_upload_stands_in_the_audit(job, upstream):
    upstream["POST /files"] = 200, told()
    run(job)

    event = AuditEvent.objects.filter(phase="outcome").latest("seq")
    assert (event.action, event.actor_label, event.outcome) == ("file.uploaded", "alice", "success")


def test_a_refused_upload_is_told_and_leaves_nothing(job, upload, upstream):
    upstream["POST /files"] = 400, {"error": {"code": "invalid", "message": "The file is no JSONL"}}

    assert run(job).state == "failed"

    upload.refresh_from_db()
    assert (upload.state, upload.path.exists(), job.error_kind) == ("failed", False, "bad_request")


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_what_a_resource_would_not_take_just_now_stays_and_is_sent_again(
    client, alice, job, upload, upstream, status
):
    upstream["POST /files"] = status, {"error": {"code": "no", "message": "no"}}
    client.force_login(alice)

    assert run(job).state == "failed"
    page = client.get(f"/uploads/{upload.pk}/")
    upstream["POST /files"] = 200, told()
    client.post(f"/uploads/{upload.pk}/send/")

    upload.refresh_from_db()
    assert "All of the file is still here" in page.text
    assert "Send to prod" in page.text
    assert run(upload.job).state == "done"
    upload.refresh_from_db()
    assert (upload.state, upload.file_id, upload.path.exists()) == ("sent", "file-1", False)


def test_a_killed_attempt_that_left_a_file_is_not_repeated(job, upload, upstream):
    upstream["GET /files"] = 200, {"object": "list", "data": [told()], "has_more": False}
    cut(job)

    assert run(job).state == "done"

    assert [request.method for request in upstream.requests] == ["GET"]
    upload.refresh_from_db()
    assert upload.file_id == "file-1"


def test_a_killed_attempt_that_left_nothing_is_made_again(job, upload, upstream):
    upstream["GET /files"] = 200, {"object": "list", "data": [], "has_more": False}
    upstream["POST /files"] = 200, told()
    cut(job)

    assert run(job).state == "done"
    assert [request.method for request in upstream.requests] == ["GET", "POST"]


def test_an_old_file_of_the_same_name_is_another(job, upstream):
    old = told(7, created_at=int(time.time()) - 86_400)
    upstream["GET /files"] = 200, {"object": "list", "data": [old], "has_more": False}
    upstream["POST /files"] = 200, told()
    cut(job)
    run(job)

    assert job.outcome["file"] == "file-1"


def test_two_files_that_fit_are_for_a_person_to_tell_apart(job, upload, upstream):
    upstream["GET /files"] = 200, {"object": "list", "data": [told(1), told(2)], "has_more": False}
    cut(job)

    assert run(job).state == "unknown_outcome"
    assert upstream.hits == 1


def test_an_answer_that_got_lost_is_looked_for(job, upload, upstream):
    upstream["POST /files"] = Script(200, [b"{", b""], {"content-type": "application/json"}, cut=True)
    upstream["GET /files"] = 200, {"object": "list", "data": [told()], "has_more": False}

    assert (run(job).state, job.error_kind) == ("done", "")
    assert job.outcome["file"] == "file-1"


@pytest.mark.parametrize(
    "listing", [(200, {"object": "list", "data": [], "has_more": False}), Script(200, [b"{"], {}, cut=True)]
)
def test_an_answer_that_got_lost_with_its_file_is_an_unknown_outcome(job, upload, upstream, listing):
    upstream["POST /files"] = Script(200, [b"{", b""], {"content-type": "application/json"}, cut=True)
    upstream["GET /files"] = listing

    assert (run(job).state, job.error_kind) == ("unknown_outcome", "unknown_outcome")
    assert "before you send this again" in job.error_message


def test_a_cancelled_job_sends_no_whole_file(job, upload, upstream, monkeypatch):
    monkeypatch.setattr(file_jobs, "OFTEN", 0)
    Job.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now())

    assert run(job).state == "cancelled"

    upload.refresh_from_db()
    assert (upload.state, upstream.hits) == ("cancelled", 0)


# Many at once, and from one resource to another


def known(connection, *numbers: int) -> list[dict]:
    items = [kept.remember(connection, files.parse_file(told(number))) for number in numbers]
    return [{"connection": connection.pk, "id": one.remote_id, "name": one.name} for one in items]


def deleting(workspace, alice, wanted: list[dict]) -> Job:
    facts = {"effect": Job.Effect.IDEMPOTENT, "workspace": workspace, "user": alice}
    return jobs.start(bulk.DELETE, title="Delete", arguments={"kind": "file", "items": wanted}, **facts)


def test_each_file_of_a_deletion_has_its_own_result(workspace, connection, alice, upstream):
    wanted = known(connection, 1, 2, 3)
    upstream["DELETE /files/file-1"] = 200, {"id": "file-1", "object": "file", "deleted": True}
    upstream["DELETE /files/file-2"] = 403, {"error": {"code": "no", "message": "no"}}

    done = run(deleting(workspace, alice, wanted))

    assert (done.state, done.note) == ("done", "1 failed")
    assert [one["state"] for one in done.outcome["results"]] == ["done", "failed", "done"]
    assert done.outcome["results"][2]["message"] == "was gone already"
    assert [item.remote_id for item in Item.objects.present().filter(kind="file")] == ["file-2"]


def test_a_deletion_of_which_nothing_could_be_done_has_failed(workspace, connection, alice, upstream):
    wanted = known(connection, 1, 2)
    for number in (1, 2):
        upstream[f"DELETE /files/file-{number}"] = 401, {"error": {"code": "401", "message": "no"}}

    job = run(deleting(workspace, alice, wanted))

    assert (job.state, job.error_kind) == ("failed", "auth_failed")
    assert [one["state"] for one in job.outcome["results"]] == ["failed", "failed"]
    assert job.note == "2 failed"


def test_a_killed_deletion_goes_on_behind_what_it_did(workspace, connection, alice, upstream):
    wanted = known(connection, 1, 2)
    job = deleting(workspace, alice, wanted)
    job.keep({"results": [{"name": "a", "id": "file-1", "state": "done", "message": "deleted"}]})
    cut(job)

    run(job)

    assert [request.path for request in upstream.requests] == ["/openai/v1/files/file-2"]


@pytest.fixture
def copying(workspace, connection, alice, upstream) -> Job:
    """A copy of file-9 within one resource, which is as good as another."""
    facts = {"name": "a.jsonl", "size": len(DATA), "purpose": "batch", "workspace": workspace}
    upload = Upload.begin_copy(connection=connection, owner=alice, **facts)
    made = jobs.start(
        "file.copy",
        title="Copy",
        effect=Job.Effect.MARKED,
        workspace=workspace,
        user=alice,
        connection=connection,
        arguments={"upload": str(upload.pk), "connection": connection.pk, "file": "file-9"},
    )
    upload.attach(made)
    return made


def test_a_file_is_copied_by_way_of_the_spool(copying, upstream):
    upstream["GET /files/file-9/content"] = 200, DATA, {}
    upstream["POST /files"] = 200, told()

    assert run(copying).state == "done"

    assert DATA in upstream.requests[-1].body
    assert Upload.objects.get().state == "sent"
    assert not list(Upload.objects.get().path.parent.iterdir())


def test_a_copy_of_what_cannot_be_fetched_fails_and_sends_nothing(copying, upstream):
    upstream["GET /files/file-9/content"] = 403, {"error": {"code": "no", "message": "no"}}

    assert run(copying).error_kind == "forbidden"
    assert (upstream.hits, Upload.objects.get().state) == (1, "failed")


def test_half_a_file_is_not_copied(copying, upstream):
    upstream["GET /files/file-9/content"] = Script(200, [b"x", b"y"], {}, cut=True)

    assert run(copying).state == "failed"
    assert [request.method for request in upstream.requests] == ["GET"]


def test_a_copy_from_a_connection_that_is_gone_fails(copying, upstream, connection):
    copying.arguments["connection"] = 0
    copying.save(update_fields=["arguments"])

    assert run(copying).error_kind == "not_found"


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_copy_that_is_refused_just_now_is_sent_again_without_being_fetched_again(
    client, alice, copying, upstream, status
):
    upstream["GET /files/file-9/content"] = 200, DATA, {}
    upstream["POST /files"] = status, {"error": {"code": "no", "message": "no"}}
    client.force_login(alice)

    assert run(copying).state == "failed"
    page = client.get(f"/activity/{copying.pk}/").text
    place = f"/uploads/{Upload.objects.get().pk}/"
    kept_here = client.get(place).text
    upstream["POST /files"] = 200, told()
    client.post(f"{place}send/")
    again = run(Upload.objects.get().job)

    assert "can be sent again" in page
    assert "All of the file is still here" in kept_here
    assert "Send to prod" in kept_here
    assert f'<a class="btn primary" href="{place}">' in page
    assert (again.state, Upload.objects.get().state) == ("done", "sent")
    assert sum(one.path.endswith("/content") for one in upstream.requests) == 1


def test_a_copy_that_is_wrong_is_not_kept(client, alice, copying, upstream):
    upstream["GET /files/file-9/content"] = 200, DATA, {}
    upstream["POST /files"] = 400, {"error": {"code": "invalid", "message": "no JSONL"}}
    client.force_login(alice)

    assert run(copying).error_kind == "bad_request"

    assert Upload.objects.get().state == "failed"
    assert "can be sent again" not in client.get(f"/activity/{copying.pk}/").text
