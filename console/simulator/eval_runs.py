"""Runs of an eval and their output items: create, list, read, cancel, delete.

Operations: `createEvalRun` and its siblings in the Azure v1 spec of 2026-01-28. A run moves when somebody
looks: the rows that are due by the clock are sampled and graded then.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import evals
from console.simulator import parameters as check
from console.simulator.bodies import json_object
from console.simulator.chat_request import named_deployment
from console.simulator.errors import invalid, not_found
from console.simulator.eval_items import item_of
from console.simulator.eval_sources import Unreadable, check_source, rows_of
from console.simulator.paging import choice, page_of
from console.simulator.shelves import Record, Shelf, shelf
from console.simulator.world import Call

# Seconds of simulated time.
_QUEUED = 3.0
_SECONDS_A_ROW, _SHORTEST, _LONGEST = 0.6, 6.0, 90.0
_AT_ONCE = 200
_STATUSES = ("queued", "in_progress", "completed", "canceled", "failed")
_FIELDS: dict[str, check.Check] = {
    "name": check.text(256),
    "metadata": check.metadata,
    "data_source": check_source,
}


async def create(request: Request) -> Response:
    """POST /evals/{eval_id}/runs."""
    call = evals.prepared(request)
    evaluation = evals.find(call, request)
    body = await json_object(request)
    check.check_body(body, _FIELDS, required=("data_source",), refuse_unknown=check.unknown)
    run = _record(call, evaluation, body)
    _runs(call, evaluation)[run["id"]] = run
    call.world.store.touch()
    return JSONResponse(_told(call, evaluation, run), status_code=201)


async def index(request: Request) -> Response:
    """GET /evals/{eval_id}/runs."""
    call = evals.prepared(request)
    evaluation = evals.find(call, request)
    wanted = choice(request, "status", _STATUSES)
    runs = _runs(call, evaluation)
    for run in runs.values():
        _advance(call, evaluation, run)
    ids = [key for key, run in runs.items() if wanted in (None, _status(call, run))]
    return JSONResponse(page_of(request, ids, lambda key: _told(call, evaluation, runs[key]), evals.CURSORS))


async def show(request: Request) -> Response:
    """GET /evals/{eval_id}/runs/{run_id}."""
    call = evals.prepared(request)
    evaluation, run = _find(call, request)
    return JSONResponse(_told(call, evaluation, run))


async def cancel(request: Request) -> Response:
    """POST /evals/{eval_id}/runs/{run_id}: cancels; what is graded stays."""
    call = evals.prepared(request)
    evaluation, run = _find(call, request)
    state = _status(call, run)
    if state not in ("queued", "in_progress"):
        raise invalid("invalid_run_state", f"Cannot cancel a run with status '{state}'.", param="run_id")
    run["cancelled"] = True
    call.world.store.touch()
    return JSONResponse(_told(call, evaluation, run))


async def delete(request: Request) -> Response:
    """DELETE /evals/{eval_id}/runs/{run_id}."""
    call = evals.prepared(request)
    evaluation, run = _find(call, request)
    del _runs(call, evaluation)[run["id"]]
    _items(call, run).clear()
    call.world.store.touch()
    return JSONResponse({"object": "eval_run.deleted", "deleted": True, "eval_run_id": run["id"]})


async def items(request: Request) -> Response:
    """GET /evals/{eval_id}/runs/{run_id}/output_items."""
    call = evals.prepared(request)
    _, run = _find(call, request)
    wanted = choice(request, "status", ("fail", "pass"))
    known = _items(call, run)
    ids = [key for key, item in known.items() if wanted in (None, item["status"])]
    return JSONResponse(page_of(request, ids, known.__getitem__, evals.CURSORS))


async def item(request: Request) -> Response:
    """GET /evals/{eval_id}/runs/{run_id}/output_items/{output_item_id}."""
    call = evals.prepared(request)
    _, run = _find(call, request)
    identifier = request.path_params["output_item_id"]
    found = _items(call, run).get(identifier)
    if found is None:
        raise not_found("Output item", identifier[:200], param="output_item_id")
    return JSONResponse(found)


def _record(call: Call, evaluation: Record, body: dict[str, Any]) -> Record:
    source = body["data_source"]
    model = source.get("model") or ""
    rows: list[dict[str, Any]] = []
    error = None
    try:
        rows = rows_of(call, source["source"])
    except Unreadable as unreadable:
        error = {"code": "invalid_data_source", "message": str(unreadable)}
    if model and named_deployment(call, model) is None:
        error = {"code": "DeploymentNotFound", "message": f"The deployment '{model[:100]}' does not exist."}
    return {
        "id": call.world.clock.identifier("evalrun_", 32),
        "eval_id": evaluation["id"],
        "began": call.world.clock.now(),
        "created_at": call.world.clock.seconds(),
        "name": body.get("name") or f"Run {len(_runs(call, evaluation)) + 1}",
        "metadata": body.get("metadata"),
        "data_source": source,
        "model": model,
        "rows": rows,
        "error": error,
        "seconds": min(max(len(rows) * _SECONDS_A_ROW, _SHORTEST), _LONGEST),
        "graded": 0,
        "cancelled": False,
    }


def _status(call: Call, run: Record) -> str:
    done = call.world.clock.elapsed(run["began"])
    if run["cancelled"]:
        return "canceled"
    if done < _QUEUED:
        return "queued"
    if run["error"]:
        return "failed"
    over = done >= _QUEUED + run["seconds"] and run["graded"] == len(run["rows"])
    return "completed" if over else "in_progress"


def _advance(call: Call, evaluation: Record, run: Record) -> None:
    """Sample and grade the rows that are due, at most some hundred at once."""
    if run["cancelled"] or run["error"] or run["graded"] == len(run["rows"]):
        return
    share = (call.world.clock.elapsed(run["began"]) - _QUEUED) / run["seconds"]
    due = int(len(run["rows"]) * min(max(share, 0.0), 1.0))
    known = _items(call, run)
    for number in range(run["graded"], min(due, run["graded"] + _AT_ONCE)):
        made = item_of(call, evaluation, run, number)
        known[made["id"]] = made
        run["graded"] = number + 1
        call.world.store.touch()


def _told(call: Call, evaluation: Record, run: Record) -> dict[str, Any]:
    graded = list(_items(call, run).values())
    counted = Counter(one["status"] for one in graded)
    return {
        "id": run["id"],
        "object": "eval.run",
        "eval_id": run["eval_id"],
        "created_at": run["created_at"],
        "status": _status(call, run),
        "name": run["name"],
        "model": run["model"],
        "metadata": run["metadata"] or {},
        "data_source": run["data_source"],
        "report_url": f"{call.origin}/?run={run['id']}",
        "result_counts": {
            "total": len(graded),
            "errored": counted["error"],
            "failed": counted["fail"],
            "passed": counted["pass"],
        },
        "per_model_usage": _usage(graded),
        "per_testing_criteria_results": [
            _criterion(one["name"], graded) for one in evaluation["testing_criteria"]
        ],
        "error": run["error"] if _status(call, run) == "failed" else None,
    }


def _criterion(name: str, graded: list[Record]) -> dict[str, Any]:
    marks = [result["passed"] for one in graded for result in one["results"] if result["name"] == name]
    return {"testing_criteria": name, "passed": sum(marks), "failed": len(marks) - sum(marks)}


def _usage(graded: list[Record]) -> list[dict[str, Any]]:
    """What each model has cost, for answers and for marks."""
    spent: dict[str, Counter[str]] = {}
    for one in graded:
        if one["sample"]["model"] and one["sample"]["usage"]["total_tokens"]:
            spent.setdefault(one["sample"]["model"], Counter()).update(
                one["sample"]["usage"], invocation_count=1
            )
        for sample in (result["sample"] for result in one["results"] if result["sample"]):
            tokens = sample["usage"]["total_tokens"]
            counts = spent.setdefault(sample["model"], Counter())
            counts.update(total_tokens=tokens, prompt_tokens=tokens, invocation_count=1)
    names = ("invocation_count", "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens")
    return [
        {"model_name": model, **{name: counts[name] for name in names}} for model, counts in spent.items()
    ]


def _runs(call: Call, evaluation: Record) -> Shelf:
    return shelf(call, f"{evals.KIND}/{evaluation['id']}/runs")


def _items(call: Call, run: Record) -> Shelf:
    return shelf(call, f"{evals.KIND}/{run['eval_id']}/runs/{run['id']}/items")


def _find(call: Call, request: Request) -> tuple[Record, Record]:
    evaluation = evals.find(call, request)
    identifier = request.path_params["run_id"]
    run = _runs(call, evaluation).get(identifier)
    if run is None:
        raise not_found("Eval run", identifier[:200], param="run_id")
    _advance(call, evaluation, run)
    return evaluation, run


_RUNS = "/evals/{eval_id}/runs"
ROUTES = [
    Route(_RUNS, index, methods=["GET"]),
    Route(_RUNS, create, methods=["POST"]),
    Route(_RUNS + "/{run_id}", show, methods=["GET"]),
    Route(_RUNS + "/{run_id}", cancel, methods=["POST"]),
    Route(_RUNS + "/{run_id}", delete, methods=["DELETE"]),
    Route(_RUNS + "/{run_id}/output_items", items, methods=["GET"]),
    Route(_RUNS + "/{run_id}/output_items/{output_item_id}", item, methods=["GET"]),
]
