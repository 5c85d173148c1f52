"""Evals and runs that the console made, seen by the official SDK, and those of the SDK, seen by the console."""

import json
from collections.abc import Iterator

import pytest
from openai import OpenAI

from console.models import Item
from console.views import code_calls
from tests.conftest import SIMULATOR_KEY

JSON = {"accept": "application/json"}
EXACT = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
CONFIG = {"type": "custom", "item_schema": SCHEMA, "include_sample_schema": True}
FORM = {
    "mode": "form",
    "source": "custom",
    "schema": json.dumps(SCHEMA),
    "has_sample": "on",
    "criterion": "c0:string_check",
    **{f"c0-{name}": EXACT[name] for name in ("name", "operation", "input", "reference")},
}


@pytest.fixture
def sdk(simulator: str) -> Iterator[OpenAI]:
    """The official SDK, which sends the header that evals ask for."""
    options = {"api_key": SIMULATOR_KEY, "default_headers": {"aoai-evals": "preview"}, "max_retries": 0}
    with OpenAI(base_url=f"{simulator}/openai/v1/", **options) as client:
        yield client


@pytest.fixture
def operating(client, alice, simulated):
    client.force_login(alice)
    return client


def rows_with(*right: bool) -> list[dict]:
    return [
        {"item": {"answer": f"yes {number}"}, "sample": {"output_text": f"yes {number}" if good else "no"}}
        for number, good in enumerate(right)
    ]


def given(rows: list[dict]) -> dict:
    return {"type": "jsonl", "source": {"type": "file_content", "content": rows}}


def test_the_sdk_sees_the_eval_and_the_run_of_the_console(operating, sdk):
    made = operating.post("/c/sim/evals/new/", {**FORM, "key": "shared-1", "name": "made here"}, headers=JSON)
    eval_id = made.json()["id"]
    file = sdk.files.create(
        file=("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows_with(True, False)).encode()),
        purpose="evals",
    )
    sent = {"key": "shared-2", "kind": "answered", "file": file.id, "name": "first"}
    run_id = operating.post(f"/c/sim/evals/{eval_id}/run/", sent, headers=JSON).json()["id"]

    told = sdk.evals.retrieve(eval_id)
    run = sdk.evals.runs.retrieve(run_id, eval_id=eval_id)

    assert (told.name, told.testing_criteria[0].name) == ("made here", "exact")
    assert (run.name, run.result_counts.passed, run.result_counts.failed) == ("first", 1, 1)


def test_the_console_sees_the_eval_the_runs_and_the_items_of_the_sdk(operating, sdk):
    made = sdk.evals.create(name="made there", data_source_config=CONFIG, testing_criteria=[EXACT])
    first, second = (
        sdk.evals.runs.create(made.id, name=name, data_source=given(rows_with(*right)))
        for name, right in (("before", [False] * 6), ("after", [True] * 6))
    )

    operating.post("/evals/refresh/")
    (listed,) = operating.get("/evals/?q=made+there", headers=JSON).json()["data"]
    items = operating.get(f"/c/sim/eval-runs/{first.id}/items/?status=fail", headers=JSON).json()["data"]
    url = f"/c/sim/evals/{made.id}/compare/?run={first.id}&run={second.id}"
    compared = operating.get(url, headers=JSON).json()["all"]

    assert (listed["run_count"], listed["last_run"], listed["pass_rate"]) == (2, second.id, 1.0)
    assert len(items) == len(list(sdk.evals.runs.output_items.list(first.id, eval_id=made.id)))
    assert (compared["improved"], compared["p"]) == (6, 0.03125)


def test_what_the_console_deletes_is_gone_for_the_sdk(operating, sdk):
    made = sdk.evals.create(name="short-lived", data_source_config=CONFIG, testing_criteria=[EXACT])
    operating.post("/evals/refresh/")

    operating.post(f"/c/sim/evals/{made.id}/delete/", {"name": "short-lived"})

    assert made.id not in [one.id for one in sdk.evals.list()]
    assert Item.objects.get(remote_id=made.id).gone_at is not None


def test_the_code_that_the_form_shows_makes_the_eval(sdk, simulated):
    body = {"name": "by code", "data_source_config": CONFIG, "testing_criteria": [EXACT]}
    (python, _) = code_calls.calling(simulated, "evals.create", "POST", "/evals", body=body)
    call = python.text[python.text.index("answer = ") : python.text.index("print(")]
    told = {}

    exec(call + "told['id'] = answer.id", {"client": sdk, "told": told})

    assert sdk.evals.retrieve(told["id"]).name == "by code"
