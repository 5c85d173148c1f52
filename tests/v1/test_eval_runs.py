import pytest

from console.v1 import eval_runs
from console.v1.client import Target
from console.v1.eval_runs import CriterionResult, ModelUsage, ResultCounts, Verdict
from console.v1.problem import Problem

RUN = {
    "object": "eval.run",
    "id": "evalrun_1",
    "eval_id": "eval_1",
    "report_url": "https://oai.azure.com/evals/1",
    "status": "completed",
    "model": "gpt-4.1-mini",
    "name": "May",
    "created_at": 1741369938,
    "result_counts": {"total": 3, "errored": 0, "failed": 1, "passed": 2},
    "per_model_usage": [
        {
            "model_name": "gpt-4.1-mini",
            "invocation_count": 3,
            "prompt_tokens": 30,
            "completion_tokens": 9,
            "total_tokens": 39,
            "cached_tokens": 1,
        }
    ],
    "per_testing_criteria_results": [{"testing_criteria": "same", "passed": 2, "failed": 1}],
    "data_source": {"type": "jsonl", "source": {"type": "file_id", "id": "file-1"}},
    "error": None,
    "metadata": {},
}
ITEM = {
    "object": "eval.run.output_item",
    "id": "outputitem_1",
    "run_id": "evalrun_1",
    "eval_id": "eval_1",
    "created_at": 1741369938,
    "status": "fail",
    "datasource_item_id": 5,
    "datasource_item": {"input": "Hello", "label": "greeting"},
    "results": [
        {"name": "same", "type": "string_check", "score": 0, "passed": False, "sample": None},
        {"name": "judge", "sample": {"output": []}, "passed": True, "score": 0.75},
    ],
    "sample": {
        "input": [{"role": "user", "content": "Hello"}],
        "output": [{"role": "assistant", "content": [{"type": "output_text", "text": "question"}]}],
        "finish_reason": "stop",
        "model": "gpt-4.1-mini-2025-04-14",
        "usage": {"total_tokens": 13, "completion_tokens": 3, "prompt_tokens": 10, "cached_tokens": 0},
        "error": None,
        "temperature": 1.0,
    },
}
PATH = "/evals/eval_1/runs"


def test_a_run_is_read(client, upstream):
    upstream[f"GET {PATH}/evalrun_1"] = 200, RUN

    run = eval_runs.get(client, "eval_1", "evalrun_1")

    assert (run.eval, run.name, run.status, run.has_ended) == ("eval_1", "May", "completed", True)
    assert run.counts == ResultCounts(total=3, passed=2, failed=1, errored=0)
    assert run.usage == (ModelUsage("gpt-4.1-mini", calls=3, input=30, output=9, cached=1, total=39),)
    assert run.criteria == (CriterionResult("same", passed=2, failed=1),)
    assert (run.source["type"], run.problem) == ("jsonl", None)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://example.com/", None, 5])
def test_only_a_safe_address_of_a_report_is_kept(url):
    assert eval_runs.parse_run({"id": "evalrun_1", "report_url": url}).report_url is None


def test_a_failed_run_says_why():
    error = {"code": "invalid_data", "message": "No file"}
    run = eval_runs.parse_run({**RUN, "status": "Failed", "error": error})

    assert (run.status, run.problem) == ("failed", Problem("invalid_data", "No file"))


def test_an_empty_error_is_none():
    assert eval_runs.parse_run({**RUN, "error": {"code": "", "message": ""}}).problem is None


def test_an_item_is_read_with_its_verdicts_and_its_sample(client, upstream):
    upstream[f"GET {PATH}/evalrun_1/output_items/outputitem_1"] = 200, ITEM

    item = eval_runs.get_item(client, "eval_1", "evalrun_1", "outputitem_1")

    assert (item.status, item.number, item.item["label"]) == ("fail", 5, "greeting")
    assert item.verdicts == (
        Verdict("same", "string_check", 0.0, False, {}),
        Verdict("judge", "", 0.75, True, {"output": []}),
    )
    assert item.sample.input == (("user", "Hello"),)
    assert item.sample.output == (("assistant", "question"),)
    assert (item.sample.total_tokens, item.sample.problem) == (13, None)


def test_runs_and_items_are_filtered(client, upstream):
    upstream[f"GET {PATH}"] = 200, {"data": [RUN], "has_more": False}
    upstream[f"GET {PATH}/evalrun_1/output_items"] = 200, {"data": [ITEM], "has_more": False}

    (runs,) = eval_runs.pages(client, "eval_1", status="canceled", order="desc")
    (items,) = eval_runs.item_pages(client, "eval_1", "evalrun_1", status="fail", after="outputitem_0")

    assert ([each.id for each in runs.rows], [each.id for each in items.rows]) == (
        ["evalrun_1"],
        ["outputitem_1"],
    )
    assert upstream.requests[0].query == {"status": ["canceled"], "order": ["desc"], "limit": ["100"]}
    assert upstream.requests[1].query == {
        "status": ["fail"],
        "limit": ["100"],
        "after": ["outputitem_0"],
    }
    assert {each.headers["aoai-evals"] for each in upstream.requests} == {"preview"}


@pytest.mark.parametrize(
    "source",
    [
        {"type": "jsonl", "source": {"type": "file_id", "id": "file-1"}},
        {"type": "jsonl", "source": {"type": "file_content", "content": [{"item": {"a": 1}}]}},
        {
            "type": "completions",
            "model": "gpt-4.1-mini",
            "source": {"type": "file_id", "id": "file-1"},
            "input_messages": {
                "type": "template",
                "template": [{"type": "message", "role": "user", "content": "{{item.input}}"}],
            },
        },
    ],
)
def test_a_run_is_started_with_any_source(client, upstream, recorder, source):
    upstream[f"POST {PATH}"] = 201, {**RUN, "status": "queued"}

    run = eval_runs.create(client, "eval_1", eval_runs.body(source, name="May"), label="Tickets")

    assert upstream.requests[0].json() == {"name": "May", "data_source": source}
    assert (run.status, run.has_ended) == ("queued", False)
    assert recorder.events[0][1]["action"] == "eval_run.created"
    assert recorder.events[0][1]["target"] == Target("eval", "eval_1", "Tickets")


def test_a_run_is_cancelled_by_a_post_to_itself(client, upstream, recorder):
    upstream[f"POST {PATH}/evalrun_1"] = 200, {**RUN, "status": "canceled"}

    run = eval_runs.cancel(client, "eval_1", "evalrun_1", label="May")

    assert (run.has_ended, upstream.requests[0].body) == (True, b"")
    assert recorder.events[0][1]["action"] == "eval_run.cancelled"


def test_a_run_is_deleted(client, upstream, recorder):
    upstream[f"DELETE {PATH}/evalrun_1"] = 200, {"object": "eval_run.deleted", "deleted": True}

    assert eval_runs.delete(client, "eval_1", "evalrun_1") is True
    assert eval_runs.delete(client, "eval_1", "evalrun_2") is False
    assert recorder.events[0][1]["action"] == "eval_run.deleted"
