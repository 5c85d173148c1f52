"""Fine-tuning jobs: the list, a job and how far it is, pausing, going on and cancelling."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.index import fine_tuning as index
from console.index import following
from console.models import AuditEvent, Item, Sync
from console.v1.fine_tuning import parse_job
from tests.upstream import Script

JOB = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "status": "running",
    "model": "gpt-4.1-nano-2025-04-14",
    "created_at": 1760000000,
    "training_file": "file-1",
    "validation_file": "file-2",
    "result_files": [],
    "seed": 42,
    "suffix": "tone",
    "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
}
DONE = {
    **JOB,
    "id": "ftjob-2",
    "suffix": "done",
    "status": "succeeded",
    "fine_tuned_model": "gpt-4.1-nano.ft-1-done",
    "result_files": ["file-9"],
    "trained_tokens": 5000,
}
EVENTS = [
    {
        "id": f"ftevent-{step}",
        "created_at": 1760000000 + step,
        "level": "info",
        "type": "metrics",
        "message": f"Step {step}/40: training loss={2 / step:.2f}",
        "data": {"step": step, "train_loss": 2 / step, "train_mean_token_accuracy": 0.5, "total_steps": 40},
    }
    for step in (1, 2, 4)
]
CHECKPOINT = {
    "id": "ftchkpt-1",
    "fine_tuned_model_checkpoint": "gpt-4.1-nano.ft-1:ckpt-step-4",
    "step_number": 4,
    "metrics": {"step": 4, "train_loss": 0.5, "valid_loss": 0.625},
}
REFUSED = 400, {"error": {"code": "invalid_job_state", "message": "The job has not trained a step yet."}}
URL = "/c/prod/fine-tuning/ftjob-1/"
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Target": "live"}


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False}


@pytest.fixture
def known(connection) -> Item:
    """Two jobs, read just now."""
    Item.objects.take_in(
        connection.pk, "fine_tuning_job", [index.seen(parse_job(one)) for one in (JOB, DONE)]
    )
    sync = Sync.claim(connection.pk, "fine_tuning_job")
    sync.complete(**Item.objects.tally(connection.pk, "fine_tuning_job"))
    return Item.objects.get(remote_id="ftjob-1")


@pytest.fixture
def answering(upstream):
    """The resource tells of both jobs."""
    for job in (JOB, DONE):
        path = f"GET /fine_tuning/jobs/{job['id']}"
        upstream[path] = 200, job
        upstream[f"{path}/events"] = listed(*EVENTS)
        upstream[f"{path}/checkpoints"] = listed(CHECKPOINT)
    return upstream


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def test_the_list_shows_what_the_index_knows_and_asks_nobody(reading, known, upstream):
    response = reading.get("/fine-tuning/?status=running")

    assert [row.item.remote_id for row in response.context["rows"]] == ["ftjob-1"]
    assert upstream.hits == 0


def test_htmx_gets_the_table_alone(reading, known):
    response = reading.get("/fine-tuning/?q=done", headers={"HX-Request": "true", "HX-Target": "table"})

    assert "<html" not in response.text
    assert "ftjob-2" in response.text
    assert "ftjob-1" not in response.text


def test_the_list_answers_json(reading, known):
    told = reading.get("/fine-tuning/", headers=JSON).json()

    assert [(one["name"], one["method"]) for one in told["data"]] == [
        ("done", "supervised"),
        ("tone", "supervised"),
    ]


def test_reading_the_list_tells_which_files_a_job_uses(reading, connection, upstream):
    upstream["GET /fine_tuning/jobs"] = listed(DONE)

    reading.post("/fine-tuning/refresh/")

    refs = Item.objects.get(remote_id="ftjob-2").refs.filter(kind="file")
    assert set(refs.values_list("remote_id", flat=True)) == {"file-1", "file-2", "file-9"}


def test_a_resource_without_fine_tuning_says_so_in_place(reading, connection, upstream):
    reading.post("/fine-tuning/refresh/")

    page = reading.get("/fine-tuning/").text

    assert page.count("This resource does not offer fine-tuning") == 2  # in the menu and below the list
    assert "data-error-kind" not in page


def test_a_job_is_shown_from_the_index_and_asks_nobody(reading, known, upstream):
    page = reading.get(URL).text

    assert "n_epochs" in page
    assert f"{URL}live/" in page
    assert f"{URL}cancel/" not in page
    assert upstream.hits == 0


def test_a_job_answers_json(reading, known):
    told = reading.get(URL, headers=JSON).json()

    assert (told["id"], told["hyperparameters"], told["raw"]["suffix"]) == (
        "ftjob-1",
        {"n_epochs": 3},
        "tone",
    )


def test_a_state_that_nobody_knows_is_shown_as_it_is(reading, known, connection):
    index.remember(connection, parse_job({**JOB, "status": "warming_up"}))

    assert "Warming up" in reading.get(URL).text


@pytest.mark.parametrize(("status", "told"), [("running", "none yet"), ("failed", "none")])
def test_a_job_that_failed_promises_no_model(reading, known, connection, status, told):
    index.remember(connection, parse_job({**JOB, "status": status}))

    assert f"<dt>Tuned model</dt><dd>{told}</dd>" in reading.get(URL).text


def test_how_far_a_job_is_comes_with_charts_checkpoints_and_events(reading, known, answering):
    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "every 5s" in response.text
    assert '<progress max="40" value="4"' in response.text
    assert [one.title for one in response.context["training"].charts] == ["Loss", "Token accuracy"]
    assert "Step 4/40: training loss=0.50" in response.text
    assert "ckpt-step-4" in response.text
    assert '<svg class="plot"' in response.text


def test_figures_stand_behind_a_chart(reading, known, answering):
    page = reading.get(f"{URL}live/", headers=HTMX).text

    assert '<tr><th scope="row" class="num">1</th><td class="r">2</td>' in page


def test_the_part_stops_asking_when_the_job_has_ended(reading, known, answering):
    response = reading.get("/c/prod/fine-tuning/ftjob-2/live/", headers=HTMX)

    assert response.status_code == 286
    assert "every 5s" not in response.text


def test_curves_of_an_ended_job_come_from_its_result_file(reading, known, answering):
    rows = "".join(f"{step},{step / 10}\n" for step in range(1, 7))
    answering["GET /files/file-9/content"] = 200, f"step,train_loss\n{rows}".encode(), {}

    told = reading.get("/c/prod/fine-tuning/ftjob-2/live/", headers=JSON).json()

    points = {one["metric"]: one["points"] for one in told["curves"] if one["part"] == "Training"}
    assert points["loss"][-1] == [6.0, 0.6]


def test_what_the_buttons_do_stands_there_as_code(reading, known):
    titles = [one.title for one in reading.get(URL).context["samples"]]

    assert titles == ["Python", "curl", "Python: pause", "curl: pause"]
    assert 'client.fine_tuning.jobs.pause("ftjob-1")' in reading.get(URL).text.replace("&quot;", '"')


def test_without_script_the_progress_is_a_page(reading, known, answering):
    page = reading.get(f"{URL}live/").text

    assert "<html" in page
    assert "Step 4/40" in page


def test_the_index_follows_what_the_progress_tells(reading, known, answering):
    answering["GET /fine_tuning/jobs/ftjob-1"] = 200, {**JOB, "status": "paused"}

    page = reading.get(f"{URL}live/", headers=HTMX).text

    assert Item.objects.get(remote_id="ftjob-1").status == "paused"
    assert "Paused" in page


def test_a_job_that_is_gone_is_marked_so(reading, known, upstream):
    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert Item.objects.get(remote_id="ftjob-1").gone_at is not None


def test_a_silent_resource_is_told_in_place_and_asked_again_later(reading, known, upstream):
    upstream["GET /fine_tuning/jobs/ftjob-1"] = Script(200, [b'{"id":'], {}, cut=True)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "data-error-kind" in response.text
    assert "every 30s" in response.text


@pytest.mark.parametrize(
    ("verb", "action", "status"), [("pause", "paused", "paused"), ("resume", "resumed", "running")]
)
def test_a_job_is_paused_and_goes_on(operating, known, upstream, verb, action, status):
    upstream[f"POST /fine_tuning/jobs/ftjob-1/{verb}"] = 200, {**JOB, "status": status}

    response = operating.post(f"{URL}{verb}/")

    assert (response.status_code, response["Location"]) == (302, URL)
    assert Item.objects.get(remote_id="ftjob-1").status == status
    event = AuditEvent.objects.filter(action=f"fine_tuning_job.{action}").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "ftjob-1", "success")


def test_a_job_is_cancelled_once_its_name_was_typed(operating, known, upstream):
    upstream["POST /fine_tuning/jobs/ftjob-1/cancel"] = 200, {**JOB, "status": "cancelled"}

    refused = operating.post(f"{URL}cancel/", {"name": "another"})
    response = operating.post(f"{URL}cancel/", {"name": "tone"})

    assert (refused.status_code, response.status_code) == (422, 302)
    assert upstream.hits == 1
    event = AuditEvent.objects.filter(action="fine_tuning_job.cancelled").latest("seq")
    assert (event.target_id, event.outcome) == ("ftjob-1", "success")


def test_a_refused_pause_is_recorded(operating, known, upstream):
    upstream["POST /fine_tuning/jobs/ftjob-1/pause"] = REFUSED

    response = operating.post(f"{URL}pause/")

    assert "The job has not trained a step yet." in response.text
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.outcome, event.http_status) == ("fine_tuning_job.paused", "failure", 400)


def test_a_pause_that_nobody_answers_has_an_unknown_outcome(operating, known, upstream):
    upstream["POST /fine_tuning/jobs/ftjob-1/pause"] = Script(200, [b'{"id":'], {}, cut=True)

    response = operating.post(f"{URL}pause/")

    assert response.status_code >= 500
    assert AuditEvent.objects.latest("seq").outcome != "success"


def test_bob_may_look_and_not_touch(reading, known, upstream):
    assert reading.post(f"{URL}pause/").status_code == 403
    assert reading.get(f"{URL}cancel/").status_code == 403
    assert upstream.hits == 0


def test_mallory_sees_nothing(client, mallory, known, upstream):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}live/").status_code == 404
    assert upstream.hits == 0


def test_jobs_under_way_are_followed_and_ended_ones_are_not(known, answering):
    Item.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    answering["GET /fine_tuning/jobs/ftjob-1"] = 200, {**JOB, "status": "succeeded"}

    assert following.follow() == 1
    assert Item.objects.get(remote_id="ftjob-1").status == "succeeded"
    assert answering.hits == 1


def test_a_resource_that_fails_ends_the_following_quietly(known, upstream):
    Item.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    upstream["GET /fine_tuning/jobs/ftjob-1"] = 403, {"error": {"code": "403", "message": "No."}}

    assert following.follow() == 0
    assert Item.objects.get(remote_id="ftjob-1").status == "running"
