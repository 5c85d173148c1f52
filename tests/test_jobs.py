"""The job ledger: every way in which a job can end, and how it is found again."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from console import jobs
from console.models import Job
from console.outbound.errors import ServerFailed


@pytest.fixture
def handled(monkeypatch):
    """Handlers of one test, by kind."""
    handlers = {}
    monkeypatch.setattr(jobs, "HANDLERS", handlers)
    return handlers


def begin(workspace, user, **more) -> Job:
    given = {"kind": "try", "title": "Try", "effect": "idempotent", "workspace": workspace, "user": user}
    return jobs.start(**{**given, **more})


def test_a_job_that_returns_is_done(handled, workspace, alice):
    handled["try"] = lambda job: job.keep({"made": "file-1"})
    job = begin(workspace, alice)

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.attempt, job.outcome) == ("done", 1, {"made": "file-1"})


def test_a_second_message_does_nothing(handled, workspace, alice):
    calls = []
    handled["try"] = lambda job: calls.append(job.pk)
    job = begin(workspace, alice)

    for _ in range(10):
        jobs.run(str(job.pk))

    assert calls == [job.pk]


def test_an_upstream_error_is_written_into_the_job(handled, workspace, alice):
    def refuse(job):
        raise ServerFailed(status=503)

    handled["try"] = refuse
    job = begin(workspace, alice)

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.error_kind) == ("failed", "upstream_error")
    assert job.error_message


def test_a_handler_that_breaks_ends_the_job_and_is_heard_of(handled, workspace, alice):
    handled["try"] = lambda job: 1 / 0
    job = begin(workspace, alice)

    with pytest.raises(ZeroDivisionError):
        jobs.run(str(job.pk))

    job.refresh_from_db()
    assert job.state == "failed"


def test_the_same_key_starts_one_job(workspace, alice):
    first = begin(workspace, alice, key="k1")
    assert begin(workspace, alice, key="k1").pk == first.pk


@pytest.mark.parametrize("key", [None, "k2"])
def test_a_row_that_cannot_be_written_is_not_taken_for_one_that_is_there(workspace, alice, key):
    begin(workspace, alice)

    with pytest.raises(IntegrityError):
        begin(None, alice, key=key)


def test_a_waiting_job_is_cancelled_at_once(workspace, alice):
    job = begin(workspace, alice)
    job.cancel()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_running_job_learns_of_its_cancelling_when_it_tells_its_progress(handled, workspace, alice):
    def work(job):
        assert job.advance(1, 2)
        Job.objects.get(pk=job.pk).cancel()
        if not job.advance(2):
            raise jobs.CancelledError

    handled["try"] = work
    job = begin(workspace, alice)

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("cancelled", 1, 2)


def cut(job: Job, *, attempt: int = 1) -> None:
    """As a killed worker leaves it."""
    Job.objects.filter(pk=job.pk).update(
        state="running", attempt=attempt, lease_until=timezone.now() - timedelta(seconds=1)
    )


def test_a_cut_job_is_woken_again(workspace, alice):
    job = begin(workspace, alice)
    cut(job)
    assert jobs.sweep() == [str(job.pk)]


def test_a_cut_job_without_marker_waits_for_a_person(workspace, alice):
    job = begin(workspace, alice, effect="create_without_marker")
    cut(job)

    assert jobs.sweep() == []
    job.refresh_from_db()
    assert (job.state, job.error_kind) == ("unknown_outcome", "unknown_outcome")


def test_a_job_that_is_cut_again_and_again_fails(workspace, alice):
    job = begin(workspace, alice)
    cut(job, attempt=5)
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == "failed"


def test_a_lost_message_is_sent_again(workspace, alice):
    job = begin(workspace, alice)
    assert jobs.sweep() == []
    Job.objects.filter(pk=job.pk).update(woken_at=timezone.now() - timedelta(minutes=1))
    assert jobs.sweep() == [str(job.pk)]


def test_an_attempt_that_lost_its_lease_cannot_end_the_job(handled, workspace, alice):
    job = begin(workspace, alice)
    first = Job.objects.claim(job.pk)
    cut(job)
    second = Job.objects.claim(job.pk)

    first.end("failed")

    job.refresh_from_db()
    assert (job.state, job.attempt, second.attempt) == ("running", 2, 2)
    assert not first.advance(1)


def test_nobody_claims_a_job_that_is_not_there(workspace):
    assert Job.objects.claim(uuid.uuid4()) is None


def test_a_job_that_can_only_wait_goes_on_later_without_counting_an_attempt(handled, workspace, alice):
    looks = []

    def wait(job):
        looks.append(job.attempt)
        if len(looks) < 3:
            raise jobs.LaterError

    handled["try"] = wait
    job = begin(workspace, alice)

    states = []
    for _ in range(4):
        jobs.run(str(job.pk))
        job.refresh_from_db()
        states.append(job.state)

    assert (states, looks) == (["queued", "queued", "done", "done"], [1, 1, 1])


def test_a_job_that_was_put_off_is_woken_by_the_sweeper(handled, workspace, alice):
    def wait(job):
        raise jobs.LaterError

    handled["try"] = wait
    job = begin(workspace, alice)
    jobs.run(str(job.pk))

    too_early = jobs.sweep()
    Job.objects.update(woken_at=timezone.now() - timedelta(seconds=30))

    assert (too_early, jobs.sweep()) == ([], [str(job.pk)])


def test_a_job_that_was_cancelled_meanwhile_is_not_put_off(handled, workspace, alice):
    def wait(job):
        job.cancel()
        raise jobs.LaterError

    handled["try"] = wait
    job = begin(workspace, alice)

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert job.state == "cancelled"
