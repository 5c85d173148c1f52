"""A checkpoint: its copies, which a job follows, and its permissions."""

import re

import pytest

from console import jobs
from console.index import fine_tuning as index
from console.models import AuditEvent, Connection, Job
from console.v1.fine_tuning import parse_job
from tests.upstream import Script
from tests.views.test_fine_tuning import CHECKPOINT, DONE, HTMX, JSON, listed

URL = "/c/prod/fine-tuning/ftjob-2/checkpoints/ftchkpt-1/"
API = "/fine_tuning/jobs/ftjob-2/checkpoints"
COPY = f"{API}/ftchkpt-1/copy"
PERMISSIONS = f"/fine_tuning/checkpoints/{CHECKPOINT['fine_tuned_model_checkpoint']}/permissions"
ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/contoso-sweden"
FORM = {"key": "form-1", "place": "other", "resource": ACCOUNT, "region": "Sweden Central"}
REFUSED = 400, {"error": {"code": "invalid_destination", "message": "That resource takes no copies."}}


def copies(status: str) -> tuple[int, dict]:
    details = {"destinationResourceId": ACCOUNT, "region": "swedencentral", "status": status}
    told = {"checkpointedModelName": "gpt-4.1-nano.ft-1:ckpt-step-4", "fineTuningJobId": "ftjob-2"}
    return 200, {**told, "copiedAccountDetails": [details]}


@pytest.fixture
def known(connection, upstream):
    """A job in the index, and its one checkpoint on the resource."""
    index.remember(connection, parse_job(DONE))
    upstream[f"GET {API}"] = listed(CHECKPOINT)
    upstream[f"GET {COPY}"] = copies("Completed")
    upstream[f"GET {PERMISSIONS}"] = listed({"id": "cp-1", "project_id": "proj-a", "created_at": 1760000000})
    return upstream


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def woken(job: Job) -> Job:
    """The job after a worker was woken for it."""
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def test_the_page_has_its_forms_and_asks_nobody(operating, known):
    page = operating.get(URL).text

    assert 'name="resource"' in page
    assert "aoai-copy-ft-checkpoints: preview" in page
    assert known.hits == 0


def test_the_part_tells_metrics_copies_and_permissions(reading, known):
    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert "contoso-sweden" in response.text
    assert "proj-a" in response.text
    assert "0.625" in response.text
    assert "Take back" not in response.text


def test_the_part_says_metrics_in_words_and_keeps_their_names(reading, known):
    page = reading.get(f"{URL}live/", headers=HTMX).text

    assert '<dt title="train_loss">Training loss</dt>' in page


def test_the_part_asks_again_while_a_copy_is_under_way(reading, known):
    known[f"GET {COPY}"] = copies("InProgress")

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "every 5s" in response.text


def test_the_playground_opens_with_base_tuned_and_checkpoint(reading, known):
    page = reading.get(f"{URL}live/", headers=HTMX).text

    link = re.search(r'href="(/playground/\?[^"]+)"', page)[1]
    assert re.findall(r"model=([^&]+)", link) == [
        "gpt-4.1-nano-2025-04-14",
        "gpt-4.1-nano.ft-1-done",
        "gpt-4.1-nano.ft-1%3Ackpt-step-4",
    ]


def test_without_script_the_checkpoint_is_a_page(reading, known):
    page = reading.get(f"{URL}live/").text

    assert "<html" in page
    assert "0.625" in page


def test_a_checkpoint_answers_json(reading, known):
    told = reading.get(URL, headers=JSON).json()

    assert told["checkpoint"]["id"] == "ftchkpt-1"
    assert told["copies"]["copiedAccountDetails"][0]["status"] == "Completed"


def test_a_resource_without_copies_and_permissions_says_so_in_place(reading, known):
    known[f"GET {COPY}"] = known[f"GET {PERMISSIONS}"] = 404, {"error": {"code": "404", "message": "No."}}

    page = reading.get(f"{URL}live/", headers=HTMX).text

    assert "does not offer permissions" in page
    assert "data-error-kind" not in page


def test_a_checkpoint_that_is_not_there_is_told_in_place(reading, known):
    known[f"GET {API}"] = listed()

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert 'data-error-kind="not_found"' in response.text


def test_a_silent_resource_is_asked_again_later(reading, known):
    known[f"GET {API}"] = Script(200, [b'{"data":'], {}, cut=True)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "every 30s" in response.text


def test_a_copy_is_begun_with_the_preview_header_and_recorded(operating, known):
    known[f"POST {COPY}"] = copies("InProgress")

    response = operating.post(f"{URL}copy/", FORM)

    assert (response.status_code, response["Location"]) == (302, URL)
    (sent,) = [one for one in known.requests if one.method == "POST"]
    assert sent.json() == {"destinationResourceId": ACCOUNT, "region": "swedencentral"}
    assert sent.headers["aoai-copy-ft-checkpoints"] == "preview"
    event = AuditEvent.objects.filter(action="checkpoint.copied").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "ftchkpt-1", "success")


def test_a_copy_is_followed_until_it_has_ended(operating, known):
    known[f"POST {COPY}"] = known[f"GET {COPY}"] = copies("InProgress")
    operating.post(f"{URL}copy/", FORM)
    job = Job.objects.get(kind="checkpoint.copy")
    begun = (job.state, job.note, job.attempt)

    still = woken(job).state
    known[f"GET {COPY}"] = copies("Completed")
    ended = woken(job)

    assert begun == ("queued", "In progress", 0)
    assert (still, ended.state, ended.note) == ("queued", "done", "Completed")
    assert sum(one.method == "POST" for one in known.requests) == 1


def test_a_copy_that_fails_ends_its_job_with_a_sentence(operating, known):
    known[f"POST {COPY}"] = copies("InProgress")
    operating.post(f"{URL}copy/", FORM)
    known[f"GET {COPY}"] = copies("Failed")

    job = woken(Job.objects.get(kind="checkpoint.copy"))

    assert job.state == "failed"
    assert "could not copy the checkpoint to contoso-sweden" in job.error_message


def test_a_resource_that_fails_for_a_while_is_asked_again(operating, known):
    known[f"POST {COPY}"] = copies("InProgress")
    operating.post(f"{URL}copy/", FORM)
    known[f"GET {COPY}"] = 403, {"error": {"code": "403", "message": "Not now."}}

    assert woken(Job.objects.get(kind="checkpoint.copy")).state == "queued"


def test_the_following_of_a_copy_can_be_cancelled(operating, known):
    known[f"POST {COPY}"] = copies("InProgress")
    operating.post(f"{URL}copy/", FORM)
    job = Job.objects.get(kind="checkpoint.copy")

    operating.post(f"/activity/{job.pk}/cancel/")

    job.refresh_from_db()
    assert job.state == "cancelled"


def test_the_same_form_sent_again_begins_no_second_copy(operating, known):
    known[f"POST {COPY}"] = copies("Completed")

    operating.post(f"{URL}copy/", FORM)
    operating.post(f"{URL}copy/", FORM)

    assert sum(one.method == "POST" for one in known.requests) == 1


def test_a_connection_with_an_arm_id_is_offered_and_needs_nothing_typed(operating, known, connection):
    Connection.objects.create(
        workspace=connection.workspace,
        name="Sweden",
        slug="sweden",
        kind="azure",
        scheme="https",
        host="contoso-sweden.openai.azure.com",
        port=443,
        auth_kind="entra",
        account_id=ACCOUNT,
        region="Sweden Central",
    )
    known[f"POST {COPY}"] = copies("Completed")

    page = operating.get(URL).text
    operating.post(f"{URL}copy/", {"key": "form-2", "place": "sweden"})

    assert "Sweden, Sweden Central" in page
    (sent,) = [one for one in known.requests if one.method == "POST"]
    assert sent.json() == {"destinationResourceId": ACCOUNT, "region": "swedencentral"}


def test_a_destination_that_is_none_is_told_and_nothing_is_lost(operating, known):
    response = operating.post(f"{URL}copy/", {**FORM, "resource": "contoso", "region": "here"})

    assert response.status_code == 422
    assert "not the ARM id" in response.text
    assert 'value="contoso"' in response.text
    assert known.hits == 0


def test_a_refused_copy_keeps_the_form(operating, known):
    known[f"POST {COPY}"] = REFUSED

    response = operating.post(f"{URL}copy/", FORM)

    assert "That resource takes no copies." in response.text
    assert ACCOUNT in response.text
    assert AuditEvent.objects.latest("seq").outcome == "failure"


def test_projects_are_permitted_once(operating, known):
    known[f"POST {PERMISSIONS}"] = listed({"id": "cp-2", "project_id": "proj-b"})
    form = {"key": "form-3", "projects": "proj-b, proj-c proj-b"}

    response = operating.post(f"{URL}permissions/", form)
    operating.post(f"{URL}permissions/", form)

    assert response.status_code == 302
    (sent,) = [one for one in known.requests if one.method == "POST"]
    assert sent.json() == {"project_ids": ["proj-b", "proj-c"]}
    assert AuditEvent.objects.filter(action="checkpoint_permission.created", outcome="success").count() == 1


def test_a_permission_is_taken_back(operating, known):
    known[f"DELETE {PERMISSIONS}/cp-1"] = 200, {"id": "cp-1", "deleted": True}

    response = operating.post(f"{URL}permissions/cp-1/delete/")

    assert response.status_code == 302
    assert AuditEvent.objects.latest("seq").action == "checkpoint_permission.deleted"


def test_bob_may_look_and_not_touch(reading, known):
    page = reading.get(URL).text

    assert 'name="resource"' not in page
    assert reading.post(f"{URL}copy/", FORM).status_code == 403
    assert reading.post(f"{URL}permissions/cp-1/delete/").status_code == 403
    assert known.hits == 0


def test_mallory_sees_nothing(client, mallory, known):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}live/").status_code == 404
    assert client.post(f"{URL}copy/", FORM).status_code == 404
    assert known.hits == 0
