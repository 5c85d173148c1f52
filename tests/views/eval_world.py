"""An eval and runs of it as a resource tells them."""

EXACT = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}
EVAL = {
    "id": "eval_1",
    "object": "eval",
    "name": "Support answers",
    "created_at": 1760000000,
    "metadata": {"team": "support", "console_key": "k0"},
    "data_source_config": {
        "type": "custom",
        "schema": {
            "type": "object",
            "properties": {"item": {"type": "object", "properties": {"answer": {"type": "string"}}}},
        },
    },
    "testing_criteria": [EXACT],
}


def run_of(identifier: str, *, passed: int, failed: int = 0, status: str = "completed", **more) -> dict:
    return {
        "id": identifier,
        "object": "eval.run",
        "eval_id": "eval_1",
        "name": f"run {identifier[-1]}",
        "status": status,
        "model": "gpt-4.1-nano",
        "created_at": 1760000000 + int(identifier[-1]),
        "data_source": {"type": "jsonl", "source": {"type": "file_id", "id": "file-1"}},
        "result_counts": {"total": passed + failed, "passed": passed, "failed": failed, "errored": 0},
        "per_testing_criteria_results": [{"testing_criteria": "exact", "passed": passed, "failed": failed}],
        "per_model_usage": [],
        "metadata": {},
        **more,
    }


RUNS = [run_of("evalrun_1", passed=6, failed=4), run_of("evalrun_2", passed=9, failed=1)]
WORKING = run_of("evalrun_3", passed=1, status="in_progress")
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Target": "live"}


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False}
