from datetime import UTC, datetime

import pytest

from console.outbound.errors import BadRequest
from console.v1 import fine_tuning
from console.v1.client import Target
from console.v1.problem import Problem

JOB = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "created_at": 1741369938,
    "finished_at": "2025-03-07T18:52:18Z",
    "estimated_finish": None,
    "status": "running",
    "model": "gpt-4.1-mini-2025-04-14",
    "fine_tuned_model": None,
    "training_file": "file-1",
    "validation_file": None,
    "result_files": ["file-9"],
    "trained_tokens": 5768,
    "hyperparameters": {"batch_size": 1, "learning_rate_multiplier": 1.8, "n_epochs": "auto"},
    "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "n_epochs": 3}}},
    "seed": 683058546,
    "integrations": [{"type": "wandb", "wandb": {"project": "p"}}],
    "metadata": {"team": "support"},
    "error": {},
}


def test_a_job_is_read(client, upstream):
    upstream["GET /fine_tuning/jobs/ftjob-1"] = 200, JOB

    job = fine_tuning.get(client, "ftjob-1")

    assert (job.status, job.method, job.seed, job.trained_tokens) == ("running", "dpo", 683058546, 5768)
    assert (job.result_files, job.fine_tuned_model, job.validation_file) == (("file-9",), "", "")
    assert job.finished == datetime(2025, 3, 7, 18, 52, 18, tzinfo=UTC)
    assert (job.problem, job.has_ended, job.metadata) == (None, False, {"team": "support"})


def test_what_a_method_says_of_hyperparameters_comes_first():
    assert fine_tuning.parse_job(JOB).hyperparameters == {
        "batch_size": 1,
        "learning_rate_multiplier": 1.8,
        "n_epochs": 3,
        "beta": 0.1,
    }


def test_a_failed_job_says_why():
    error = {"code": "invalid_training_file", "message": "Line 3 is no JSON.", "param": "training_file"}
    job = fine_tuning.parse_job({**JOB, "status": "failed", "error": error})

    assert job.problem == Problem("invalid_training_file", "Line 3 is no JSON.", "training_file")
    assert job.has_ended is True


@pytest.mark.parametrize(
    ("told", "read"),
    [("Paused", "paused"), ("validatingFiles", "validating_files"), ("Evaluating", "Evaluating")],
)
def test_states_that_the_specification_lacks_are_shown(told, read):
    assert fine_tuning.parse_job({"id": "ftjob-1", "status": told}).status == read


def test_a_supervised_job_is_asked_for_with_what_was_set(client, upstream, recorder):
    upstream["POST /fine_tuning/jobs"] = 200, JOB

    fine_tuning.create(client, fine_tuning.body("gpt-4.1-mini", "file-1"))

    assert upstream.requests[0].json() == {"model": "gpt-4.1-mini", "training_file": "file-1"}
    assert recorder.events[0][1]["action"] == "fine_tuning_job.created"
    assert recorder.events[0][1]["target"] == Target("fine_tuning_job", "", "gpt-4.1-mini")


GRADER = {"type": "string_check", "name": "same", "input": "a", "reference": "b", "operation": "eq"}


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        (
            fine_tuning.method("supervised", hyperparameters={"n_epochs": 3, "batch_size": "auto"}),
            {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3, "batch_size": "auto"}}},
        ),
        (
            fine_tuning.method("dpo", hyperparameters={"beta": 0.2}),
            {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2}}},
        ),
        (
            fine_tuning.method(
                "reinforcement", grader=GRADER, hyperparameters={"reasoning_effort": "medium"}
            ),
            {
                "type": "reinforcement",
                "reinforcement": {"grader": GRADER, "hyperparameters": {"reasoning_effort": "medium"}},
            },
        ),
    ],
)
def test_every_method_is_what_the_specification_asks_for(client, upstream, method, sent):
    upstream["POST /fine_tuning/jobs"] = 200, JOB
    body = fine_tuning.body(
        "gpt-4.1-mini",
        "file-1",
        method=method,
        validation_file="file-2",
        suffix="support",
        seed=7,
        integrations=[{"type": "wandb", "wandb": {"project": "p", "tags": ["a"]}}],
        metadata={"team": "support"},
    )

    fine_tuning.create(client, body)

    assert upstream.requests[0].json()["method"] == sent


@pytest.mark.parametrize(
    ("verb", "action"),
    [
        ("cancel", "fine_tuning_job.cancelled"),
        ("pause", "fine_tuning_job.paused"),
        ("resume", "fine_tuning_job.resumed"),
    ],
)
def test_a_job_is_told_what_to_do_and_that_is_recorded(client, upstream, recorder, verb, action):
    upstream[f"POST /fine_tuning/jobs/ftjob-1/{verb}"] = 200, JOB

    assert getattr(fine_tuning, verb)(client, "ftjob-1").id == "ftjob-1"
    assert upstream.requests[0].body == b""
    assert recorder.events[0][1]["action"] == action


def test_a_pause_before_the_first_step_is_refused(client, upstream, recorder):
    upstream["POST /fine_tuning/jobs/ftjob-1/pause"] = 400, {"error": {"message": "No step yet"}}

    with pytest.raises(BadRequest):
        fine_tuning.pause(client, "ftjob-1")

    assert recorder.last["outcome"] == "failure"


def test_the_list_of_jobs_goes_on_behind_the_last_row(client, upstream):
    """Neither order nor `last_id` exist here."""
    upstream["GET /fine_tuning/jobs"] = [
        (200, {"object": "list", "data": [JOB, {**JOB, "id": "ftjob-2"}], "has_more": True}),
        (200, {"object": "list", "data": [{**JOB, "id": "ftjob-3"}], "has_more": False}),
    ]

    first, second = fine_tuning.pages(client, limit=2)

    assert (first.after, [each.id for each in second.rows]) == ("ftjob-2", ["ftjob-3"])
    assert upstream.requests[1].query == {"limit": ["2"], "after": ["ftjob-2"]}


def test_events_tell_messages_and_metrics(client, upstream):
    rows = [
        {
            "id": "ftevent-2",
            "object": "fine_tuning.job.event",
            "created_at": 1741369938,
            "level": "info",
            "message": "Step 10: training loss=0.5",
            "type": "metrics",
            "data": {"step": 10, "train_loss": 0.5, "valid_loss": None, "total_steps": 88},
        },
        {"id": "ftevent-1", "level": "WARN", "message": "Job started.", "data": None},
    ]
    upstream["GET /fine_tuning/jobs/ftjob-1/events"] = 200, {"data": rows, "has_more": False}

    (page,) = fine_tuning.event_pages(client, "ftjob-1")

    metric, message = page.rows
    assert (metric.type, metric.step) == ("metrics", 10.0)
    assert metric.metrics == {"train_loss": 0.5, "total_steps": 88.0}
    assert (message.type, message.level, message.step, message.metrics) == ("message", "warn", None, {})


def test_checkpoints_have_their_model_and_metrics(client, upstream):
    row = {
        "id": "ftckpt-1",
        "object": "fine_tuning.job.checkpoint",
        "created_at": 1741369938,
        "fine_tuned_model_checkpoint": "gpt-4.1-mini.ft-1:ckpt-step-80",
        "step_number": 80,
        "metrics": {"step": 80, "full_valid_loss": 0.3},
        "fine_tuning_job_id": "ftjob-1",
    }
    upstream["GET /fine_tuning/jobs/ftjob-1/checkpoints"] = 200, {"data": [row], "has_more": False}

    (page,) = fine_tuning.checkpoint_pages(client, "ftjob-1")

    (checkpoint,) = page.rows
    assert (checkpoint.step, checkpoint.job) == (80, "ftjob-1")
    assert (checkpoint.model, checkpoint.metrics) == (
        "gpt-4.1-mini.ft-1:ckpt-step-80",
        {"full_valid_loss": 0.3},
    )


@pytest.mark.parametrize(
    ("told", "suffix"),
    [
        ({"suffix": "tone"}, "tone"),
        ({"metadata": {"suffix": "tone"}}, "tone"),
        ({"fine_tuned_model": "gpt-4.1-mini.ft-0f4dfbbc87796912-support-hot"}, "support-hot"),
        ({"fine_tuned_model": "gpt-4.1-mini.ft-0f4dfbbc87796912"}, ""),
    ],
)
def test_the_suffix_is_found_wherever_it_stands(told, suffix):
    assert fine_tuning.parse_job({"id": "ftjob-1", **told}).suffix == suffix
