"""The activity pages: jobs with their progress, and how to stop them."""

from console import jobs
from console.models import AuditEvent


def begin(workspace, user, connection):
    return jobs.start(
        "try",
        title="Copy train.jsonl",
        effect="idempotent",
        workspace=workspace,
        user=user,
        connection=connection,
        unit="bytes",
        total=2048,
    )


def test_the_list_shows_a_job_with_its_state(client, workspace, alice, connection):
    begin(workspace, alice, connection)
    client.force_login(alice)

    page = client.get("/activity/").content.decode()

    assert "Copy train.jsonl" in page
    assert 'data-state="queued"' in page


def test_a_note_without_figures_stands_alone(client, workspace, alice, connection):
    job = begin(workspace, alice, connection)
    type(job).objects.filter(pk=job.pk).update(unit="", note="Starting the batch")
    client.force_login(alice)

    page = client.get("/activity/").content.decode()

    assert '<span class="sub">Starting the batch</span>' in page


def test_a_job_answers_json(client, workspace, alice, connection):
    job = begin(workspace, alice, connection)
    client.force_login(alice)

    told = client.get(f"/activity/{job.pk}/", headers={"accept": "application/json"}).json()

    assert (told["state"], told["total"], told["connection"]) == ("queued", 2048, "prod")


def test_only_a_job_that_is_done_has_a_result(client, workspace, alice, connection):
    job = begin(workspace, alice, connection)
    client.force_login(alice)

    def page(state):
        type(job).objects.filter(pk=job.pk).update(state=state, url="/files/")
        return client.get(f"/activity/{job.pk}/").content.decode()

    assert "Open the result" in page("done")
    for state in ("failed", "unknown_outcome", "cancelled"):
        assert "Open the result" not in page(state)
        assert "Look what is there" in page(state)


def test_the_part_stops_asking_when_the_job_has_ended(client, workspace, alice, connection):
    job = begin(workspace, alice, connection)
    client.force_login(alice)
    running = client.get(f"/activity/{job.pk}/", headers={"hx-request": "true"})
    job.cancel()
    ended = client.get(f"/activity/{job.pk}/", headers={"hx-request": "true"})
    assert (running.status_code, ended.status_code) == (200, 286)


def test_cancelling_stops_the_job_and_is_recorded(client, workspace, alice, connection):
    job = begin(workspace, alice, connection)
    client.force_login(alice)

    client.post(f"/activity/{job.pk}/cancel/")

    job.refresh_from_db()
    assert job.state == "cancelled"
    event = AuditEvent.objects.latest()
    assert (event.actor_label, event.action, event.target_label) == (
        "alice",
        "job.cancelled",
        "Copy train.jsonl",
    )


def test_a_reader_may_look_but_not_cancel(client, workspace, alice, bob, connection):
    job = begin(workspace, alice, connection)
    client.force_login(bob)
    assert client.get(f"/activity/{job.pk}/").status_code == 200
    assert client.post(f"/activity/{job.pk}/cancel/").status_code == 403


def test_for_a_stranger_there_is_no_job(client, workspace, alice, mallory, connection):
    job = begin(workspace, alice, connection)
    client.force_login(mallory)
    assert client.get(f"/activity/{job.pk}/").status_code == 404
    assert client.post(f"/activity/{job.pk}/cancel/").status_code == 404


def test_the_tray_counts_what_runs(client, workspace, alice, connection):
    begin(workspace, alice, connection)
    client.force_login(alice)
    assert 'data-open-jobs="1"' in client.get("/activity/tray/").content.decode()
