"""Forms whose job is still under way: people are led to its page, who asks for JSON gets the job."""

import pytest
from django.utils import timezone

from console.models import Item, Job
from console.models.job import LEASE
from tests.conftest import connect
from tests.views import test_checkpoints as checkpoints
from tests.views.test_batches_new import FORM as BATCH
from tests.views.test_eval_runs_new import FIELDS as RUN
from tests.views.test_evals_new import FIELDS as EVAL
from tests.views.test_fine_tuning_new import FORM as TUNING
from tests.views.test_responses_new import FORM as RESPONSE

JSON = {"accept": "application/json"}
TALK = {"role": "user", "text": "Hello"}
FORMS = {
    "batches/new/": BATCH,
    "fine-tuning/new/": TUNING,
    "fine-tuning/ftjob-2/checkpoints/ftchkpt-1/copy/": checkpoints.FORM,
    "fine-tuning/ftjob-2/checkpoints/ftchkpt-1/permissions/": {"projects": "proj-b"},
    "evals/new/": EVAL,
    "evals/eval-1/run/": RUN,
    "responses/new/": RESPONSE,
    "conversations/new/": TALK,
    "conversations/conversation-1/add/": TALK,
    "containers/new/": {"name": "Analysis"},
    "containers/container-1/add/": {"file_ids": "file-1"},
    "vector-stores/new/": {"name": "Runbooks", "chunking": "auto"},
    "vector-stores/vector_store-1/files/add/": {"picked": ["file-1"], "chunking": "auto"},
    "vector-stores/vector_store-1/files/upload/": {"chunking": "auto"},
    "vector-stores/vector_store-1/golden/run/": {"most": "3", "ranker": "auto"},
    "files/file-1/copy/": {"target": "other", "purpose": "batch"},
}
KINDS = "file", "vector_store", "container", "conversation", "eval"
known = checkpoints.known


@pytest.fixture
def job(known, connection, workspace, alice) -> Job:
    """Everything that the forms are about, and the job of the form with the key k1, which somebody works at."""
    for kind in KINDS:
        row = {"kind": kind, "remote_id": f"{kind}-1", "name": kind, "raw": {}}
        Item.objects.create(connection=connection, digest="0" * 64, seen_at=timezone.now(), **row)
    connect(workspace, "other", f"127.0.0.1:{connection.port}", "/openai/v1", "key-2")
    return Job.objects.create(
        workspace=workspace,
        connection=connection,
        kind="try",
        title="Still at it",
        effect=Job.Effect.BILLABLE,
        state=Job.State.RUNNING,
        lease_until=timezone.now() + LEASE,
        created_by=alice,
        idempotency_key=f"{alice.pk}:k1",
    )


@pytest.mark.parametrize("path", FORMS)
def test_who_asks_for_json_gets_the_job_that_is_still_open(operating, job, upstream, path):
    told = operating.post(f"/c/prod/{path}", {**FORMS[path], "key": "k1"}, headers=JSON)

    assert (told.status_code, told.headers["Location"]) == (202, f"/activity/{job.pk}/")
    assert (told.json()["id"], told.json()["state"]) == (str(job.pk), "running")
    assert [one for one in upstream.requests if one.method == "POST"] == []
    assert operating.get(told.headers["Location"], headers=JSON).json()["id"] == told.json()["id"]


@pytest.mark.parametrize("path", [one for one in FORMS if "golden" not in one and "ftchkpt" not in one])
def test_people_are_led_to_the_page_of_the_job(operating, job, path):
    led = operating.post(f"/c/prod/{path}", {**FORMS[path], "key": "k1"})

    assert (led.status_code, led.headers["Location"]) == (302, f"/activity/{job.pk}/")


def test_a_job_that_ended_is_told_as_it_is(operating, job):
    Job.objects.update(state=Job.State.DONE)

    told = operating.post("/c/prod/files/file-1/copy/", {"key": "k1"}, headers=JSON)

    assert (told.status_code, told.json()["state"]) == (200, "done")
