"""Valid requests with one place changed to anything: whatever comes, an answer comes back."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.simulator.conftest import KEY
from tests.simulator.test_bodies import VALUES

V1 = "/openai/v1"
PEER = TestClient(create_app(key=KEY, speed=0), headers={"api-key": KEY, "aoai-evals": "preview"})
QUIET = settings(max_examples=40)


def file(text: str, purpose: str, name: str = "a.jsonl") -> str:
    answer = PEER.post(f"{V1}/files", files={"file": (name, text.encode())}, data={"purpose": purpose})
    return str(answer.json()["id"])


TALK = {
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "q"}]},
        {"role": "assistant", "content": "a"},
    ]
}
CHOICE = {
    "input": {"messages": [{"role": "user", "content": "q"}]},
    "preferred_output": [{"role": "assistant", "content": "a"}],
    "non_preferred_output": [{"role": "assistant", "content": "b"}],
}
ASKED = {
    "custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
    "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": "echo: a"}]},
}  # fmt: skip
EXACT = {
    "type": "string_check", "name": "exact", "operation": "eq",
    "input": "{{sample.output_text}}", "reference": "{{item.a.b}}",
}  # fmt: skip
JUDGE = {
    "type": "score_model", "name": "judge", "model": "gpt-4.1", "range": [0, 1], "pass_threshold": 0.5,
    "input": [{"role": "user", "content": [{"type": "input_text", "text": "{{item}}"}]}],
    "sampling_params": {"seed": 1},
}  # fmt: skip
LABEL = {
    "type": "label_model", "name": "label", "model": "gpt-4.1", "labels": ["a", "b"], "passing_labels": ["a"],
    "input": [{"role": "user", "content": "{{item.a}}"}],
}  # fmt: skip
NEAR = {
    "type": "text_similarity", "name": "near", "evaluation_metric": "bleu", "pass_threshold": 0.5,
    "input": "{{sample.output_text}}", "reference": "x",
}  # fmt: skip
MULTI = {
    "type": "multi",
    "name": "m",
    "graders": [EXACT, JUDGE, NEAR],
    "calculate_output": "exact + judge * near",
}
ROWS = [{"item": {"a": {"b": "x"}, "c": [1]}, "sample": {"output_text": "x"}}]
FILTER = {
    "type": "and",
    "filters": [{"type": "in", "key": "k", "value": ["a", 1]}, {"type": "gt", "key": "n", "value": 1}],
}
MARKDOWN = file("Some words to find.", "assistants", "a.md")
CHUNKS = {"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 20}}
TRAINING = file("\n".join(json.dumps(TALK) for _ in range(12)), "fine-tune")
STORE = PEER.post(f"{V1}/vector_stores", json={"file_ids": [MARKDOWN]}).json()["id"]
EVAL = PEER.post(
    f"{V1}/evals",
    json={
        "data_source_config": {"type": "custom", "item_schema": {}},
        "testing_criteria": [EXACT, JUDGE, LABEL, NEAR],
    },
).json()["id"]
TALKED = PEER.post(f"{V1}/conversations", json={}).json()["id"]

REQUESTS: dict[str, dict[str, Any]] = {
    "/vector_stores": {
        "name": "a", "file_ids": [MARKDOWN], "chunking_strategy": CHUNKS, "metadata": {"a": "b"},
        "expires_after": {"anchor": "last_active_at", "days": 1},
    },
    f"/vector_stores/{STORE}/files": {
        "file_id": MARKDOWN, "attributes": {"k": "a", "n": 2}, "chunking_strategy": CHUNKS,
    },
    f"/vector_stores/{STORE}/file_batches": {"files": [{"file_id": MARKDOWN, "attributes": {"k": True}}]},
    f"/vector_stores/{STORE}/search": {
        "query": ["words", "find"], "filters": FILTER, "rewrite_query": True,
        "ranking_options": {"ranker": "auto", "score_threshold": 0.1},
    },
    "/fine_tuning/jobs": {
        "model": "gpt-4.1-2025-04-14", "training_file": TRAINING, "validation_file": TRAINING, "suffix": "a",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 1, "batch_size": "auto"}}},
        "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": ["a"]}}], "seed": 1,
    },
    "/fine_tuning/alpha/graders/run": {"grader": MULTI, "item": {"a": {"b": "x"}}, "model_sample": "x"},
    "/fine_tuning/alpha/graders/validate": {"grader": MULTI},
    "/batches": {
        "input_file_id": file(json.dumps(ASKED), "batch"), "endpoint": "/v1/chat/completions",
        "completion_window": "24h", "output_expires_after": {"anchor": "created_at", "seconds": 3600},
    },
    "/evals": {
        "name": "a", "data_source_config": {"type": "custom", "item_schema": {"type": "object"}},
        "testing_criteria": [EXACT, JUDGE, LABEL, NEAR],
    },
    f"/evals/{EVAL}/runs": {
        "data_source": {
            "type": "completions", "model": "gpt-4.1", "sampling_params": {"temperature": 1},
            "input_messages": {"type": "template", "template": [{"role": "user", "content": "{{item.a.b}}"}]},
            "source": {"type": "file_content", "content": ROWS},
        },
    },
    "/conversations": {"items": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]}], "metadata": {}},
    f"/conversations/{TALKED}/items": {"items": [{"type": "function_call_output", "call_id": "a", "output": "b"}]},
    "/containers": {"name": "a", "file_ids": [MARKDOWN], "memory_limit": "1g"},
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def changed(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at a path."""
    whole = copy.deepcopy(body)
    *before, last = path
    target = whole
    for key in before:
        target = target[key]
    target[last] = value
    return whole


@pytest.mark.parametrize(
    "path", REQUESTS, ids=lambda path: path.replace(STORE, "ID").replace(EVAL, "ID").replace(TALKED, "ID")
)
@QUIET
@given(data=st.data(), value=VALUES)
def test_no_request_breaks_the_server(path: str, data: st.DataObject, value: Any) -> None:
    body = REQUESTS[path]
    whole = changed(body, data.draw(st.sampled_from(list(places(body)))), value)

    answer = PEER.post(V1 + path, json=whole)

    assert answer.status_code < 500
    if answer.status_code < 300 and path.endswith("/runs"):
        assert PEER.get(f"{V1}{path}/{answer.json()['id']}").status_code == 200


@pytest.mark.parametrize(("method", "row"), [("supervised", TALK), ("dpo", CHOICE), ("reinforcement", TALK)])
@QUIET
@given(data=st.data(), value=VALUES)
def test_no_training_file_breaks_a_job(
    method: str, row: dict[str, Any], data: st.DataObject, value: Any
) -> None:
    bad = changed(row, data.draw(st.sampled_from(list(places(row)))), value)
    inner = {"grader": EXACT} if method == "reinforcement" else {}
    model = "o4-mini-2025-04-16" if method == "reinforcement" else "gpt-4.1-2025-04-14"
    body = {
        "model": model,
        "training_file": file(json.dumps(bad), "fine-tune"),
        "method": {"type": method, method: inner},
    }

    answer = PEER.post(f"{V1}/fine_tuning/jobs", json=body)

    assert answer.status_code == 200
    assert answer.json()["status"] == "failed"


@QUIET
@given(data=st.data(), value=VALUES)
def test_no_line_breaks_a_batch(data: st.DataObject, value: Any) -> None:
    bad = changed(ASKED, data.draw(st.sampled_from(list(places(ASKED)))), value)
    body = {
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "input_file_id": file(json.dumps(bad), "batch"),
    }
    made = PEER.post(f"{V1}/batches", json=body).json()

    assert PEER.get(f"{V1}/batches/{made['id']}").json()["status"] in ("completed", "failed")


@QUIET
@given(data=st.data(), value=VALUES)
def test_no_row_breaks_a_run(data: st.DataObject, value: Any) -> None:
    row = changed(ROWS[0], data.draw(st.sampled_from(list(places(ROWS[0])))), value)
    source = {"type": "jsonl", "source": {"type": "file_id", "id": file(json.dumps(row), "evals")}}
    made = PEER.post(f"{V1}/evals/{EVAL}/runs", json={"data_source": source}).json()

    assert PEER.get(f"{V1}/evals/{EVAL}/runs/{made['id']}").json()["status"] in ("completed", "failed")
