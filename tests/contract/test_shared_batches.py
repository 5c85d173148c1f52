"""Batches that the console started, seen by the official SDK, and those of the SDK, seen by the console."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console import jobs
from console.models import Job
from console.views import code_calls
from tests.conftest import SIMULATOR_KEY

CHAT = "/v1/chat/completions"
JSON = {"accept": "application/json"}
CSV = b"id,text\na,echo: one\nb,filter-prompt: two\nc,echo: three\n"


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def operating(client, alice, simulated):
    client.force_login(alice)
    return client


def lines(*prompts: str) -> bytes:
    rows = [
        {
            "custom_id": f"row-{number}",
            "method": "POST",
            "url": CHAT,
            "body": {"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": prompt}]},
        }
        for number, prompt in enumerate(prompts, 1)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def by_sdk(sdk, *prompts: str):
    file = sdk.files.create(file=("shared.jsonl", lines(*prompts)), purpose="batch")
    return sdk.batches.create(
        input_file_id=file.id, endpoint=CHAT, completion_window="24h", metadata={"name": "made there"}
    )


def run(kind: str) -> Job:
    job = Job.objects.filter(kind=kind).latest("created_at")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error_message
    return job


def started(operating, kind: str) -> str:
    """The id of the batch that comes of the newest draft."""
    draft = run(kind)
    operating.post(f"/c/sim/batches/drafts/{draft.pk}/start/")
    return str(run("batch.create").outcome["batch"])


def from_rows(operating) -> str:
    form = {"key": "k", "endpoint": CHAT, "model": "gpt-4.1-nano", "user": "{{text}}", "custom_id": "{{id}}"}
    file = SimpleUploadedFile("rows.csv", CSV, "text/csv")
    operating.post("/c/sim/batches/new/template/", {**form, "name": "made here", "file": file})
    return started(operating, "batch.build")


def test_the_sdk_sees_the_batch_that_the_console_built(operating, sdk):
    made = from_rows(operating)

    batch = sdk.batches.retrieve(made)
    output = [json.loads(line) for line in sdk.files.content(batch.output_file_id).text.splitlines()]

    assert (batch.status, batch.metadata["name"]) == ("completed", "made here")
    assert (batch.request_counts.completed, batch.request_counts.failed) == (2, 1)
    assert [one["custom_id"] for one in output] == ["a", "c"]
    assert made in [one.id for one in sdk.batches.list(limit=20)]


def test_the_sdk_sees_that_only_failed_lines_are_repeated(operating, sdk):
    made = from_rows(operating)
    operating.post("/batches/refresh/")
    operating.post(f"/c/sim/batches/{made}/results/read/")
    run("batch.read")
    results = operating.get(f"/c/sim/batches/{made}/results/", headers=JSON).json()

    operating.post(
        f"/c/sim/batches/{made}/retry/", {"key": "k1", "lines": [one["id"] for one in results["causes"]]}
    )
    again = sdk.batches.retrieve(started(operating, "batch.retry"))

    sent = [json.loads(line) for line in sdk.files.content(again.input_file_id).text.splitlines()]
    assert [one["custom_id"] for one in sent] == ["b"]
    assert again.metadata["retry_of"] == made


def test_the_console_sees_the_batch_that_the_sdk_started(operating, sdk):
    batch = by_sdk(sdk, "echo: one", "echo: two")

    operating.post("/batches/refresh/")
    listed = operating.get("/batches/?q=made+there", headers=JSON).json()["data"]
    live = operating.get(f"/c/sim/batches/{batch.id}/live/", headers=JSON).json()

    assert batch.id in [one["id"] for one in listed]
    assert (live["status"], live["counts"]) == ("completed", {"total": 2, "completed": 2, "failed": 0})
    assert live["tokens"]["input"] > 0


def test_the_console_joins_what_the_sdk_asked(operating, sdk):
    batch = by_sdk(sdk, "echo: one", "filter-prompt: two")
    operating.post("/batches/refresh/")
    operating.post(f"/c/sim/batches/{batch.id}/results/read/")
    run("batch.read")

    told = operating.get(f"/c/sim/batches/{batch.id}/results/", headers=JSON).json()

    assert [(one["custom_id"], one["outcome"]) for one in told["data"]] == [
        ("row-1", "succeeded"),
        ("row-2", "failed"),
    ]
    assert [one["code"] for one in told["causes"]] == ["content_filter"]


def test_the_code_that_the_console_shows_starts_a_batch(sdk, simulated, monkeypatch, capsys):
    file = sdk.files.create(file=("shared.jsonl", lines("echo: one")), purpose="batch")
    body = {"input_file_id": file.id, "endpoint": CHAT, "completion_window": "24h"}
    sample = code_calls.calling(simulated, "batches.create", "POST", "/batches", body=body)[0].text
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", SIMULATOR_KEY)

    exec(sample, {})

    assert sdk.batches.retrieve(json.loads(capsys.readouterr().out)["id"]).status == "completed"
