"""Fine-tuning jobs that the console made, seen by the official SDK, and those of the SDK, seen by the console."""

import json

import pytest

from console.models import Item
from console.views import code_calls

MODEL = "gpt-4.1-mini-2025-04-14"
LINE = {"messages": [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Good day."}]}
EXAMPLES = "".join(json.dumps(LINE) + "\n" for _ in range(20)).encode()
JSON = {"accept": "application/json"}


@pytest.fixture
def operating(client, alice, simulated):
    client.force_login(alice)
    return client


@pytest.fixture
def training(sdk) -> str:
    """The id of a training file."""
    return sdk.files.create(file=("shared.jsonl", EXAMPLES), purpose="fine-tune").id


def by_sdk(sdk, training: str, suffix: str):
    settings = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2, "batch_size": 1}}}
    return sdk.fine_tuning.jobs.create(model=MODEL, training_file=training, suffix=suffix, method=settings)


def test_the_sdk_sees_the_job_that_the_console_started(operating, sdk, training):
    form = {"key": "shared-1", "model": MODEL, "training_file": training}
    form |= {"method": "supervised", "suffix": "made-here", "n_epochs": "2", "seed": "7"}
    made = operating.post("/c/sim/fine-tuning/new/", form, headers=JSON).json()

    job = sdk.fine_tuning.jobs.retrieve(made["id"])

    assert (job.model, job.training_file, job.seed) == (MODEL, training, 7)
    assert job.method.supervised.hyperparameters.n_epochs == 2
    assert job.id in [one.id for one in sdk.fine_tuning.jobs.list(limit=20)]
    assert job.fine_tuned_model.endswith("made-here")


def test_the_console_sees_the_job_that_the_sdk_started(operating, sdk, training):
    job = by_sdk(sdk, training, "made-there")

    operating.post("/fine-tuning/refresh/")
    listed = operating.get("/fine-tuning/?q=made-there", headers=JSON).json()["data"]
    live = operating.get(f"/c/sim/fine-tuning/{job.id}/live/", headers=JSON).json()

    assert [(one["id"], one["status"]) for one in listed] == [(job.id, "succeeded")]
    assert (live["step"], live["total_steps"]) == (40, 40)
    assert {one["metric"] for one in live["curves"]} >= {"loss", "mean_token_accuracy"}
    assert len(live["checkpoints"]) == len(list(sdk.fine_tuning.jobs.checkpoints.list(job.id)))


def test_the_sdk_finds_the_model_until_the_console_deletes_it(operating, sdk, training):
    job = by_sdk(sdk, training, "short-lived")
    operating.post("/fine-tuning/refresh/")
    name = Item.objects.get(kind="fine_tuning_job", remote_id=job.id).raw["fine_tuned_model"]
    before = name in [one.id for one in sdk.models.list()]

    operating.post(f"/c/sim/models/{name}/delete/", {"name": name})

    assert before
    assert name not in [one.id for one in sdk.models.list()]


def test_a_permission_of_the_console_is_one_of_the_sdk(operating, sdk, training):
    job = by_sdk(sdk, training, "permitted")
    operating.post("/fine-tuning/refresh/")
    checkpoint = next(iter(sdk.fine_tuning.jobs.checkpoints.list(job.id)))
    url = f"/c/sim/fine-tuning/{job.id}/checkpoints/{checkpoint.id}/permissions/"

    operating.post(url, {"key": "shared-2", "projects": "proj_shared"})

    told = sdk.fine_tuning.checkpoints.permissions.list(checkpoint.fine_tuned_model_checkpoint)
    assert [one.project_id for one in told.data] == ["proj_shared"]


def test_the_code_that_a_copy_shows_works(sdk, simulated, training):
    job = by_sdk(sdk, training, "copied")
    checkpoint = next(iter(sdk.fine_tuning.jobs.checkpoints.list(job.id)))
    path = code_calls.path("fine_tuning", "jobs", job.id, "checkpoints", checkpoint.id, "copy")
    account = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/nowhere"
    body = {"destinationResourceId": account, "region": "swedencentral"}
    told = {}

    exec(code_calls.by_path("POST", path, body).replace("print(answer)", "told |= answer"),
         {"client": sdk, "told": told})  # fmt: skip

    assert told["copiedAccountDetails"][0]["destinationResourceId"] == account
