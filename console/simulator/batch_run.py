"""The work of a batch: each line is answered by the endpoint it is for, as many as are due by now.

A batch moves when somebody looks: what is due is a function of its record and the clock, and the answers
are appended to the files that its end makes public.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from console.simulator import chat, embeddings, file_records, responses
from console.simulator.batch_input import same_path
from console.simulator.bodies import parse_object
from console.simulator.errors import Instead, Refusal, invalid
from console.simulator.shelves import Record
from console.simulator.world import Call

# Seconds of simulated time.
VALIDATING, FINALIZING, CANCELLING = 5.0, 3.0, 5.0
_SECONDS_A_LINE, _SHORTEST, _LONGEST = 0.4, 8.0, 600.0
_AT_ONCE = 500


def working_seconds(lines: int) -> float:
    """How long the lines of a batch take."""
    return min(max(lines * _SECONDS_A_LINE, _SHORTEST), _LONGEST)


def status(call: Call, batch: Record) -> str:
    clock = call.world.clock
    done = clock.elapsed(batch["began"])
    if batch["cancelling_at"] is not None:
        return "cancelling" if clock.elapsed(batch["cancelling_at"]) < CANCELLING else "cancelled"
    if done < VALIDATING:
        return "validating"
    if batch["errors"]:
        return "failed"
    if done < VALIDATING + batch["seconds"] or batch["answered"] < batch["lines"]:
        return "in_progress"
    return "finalizing" if done < VALIDATING + batch["seconds"] + FINALIZING else "completed"


def advance(call: Call, batch: Record) -> None:
    """Answer the lines that are due, at most some hundred at once, and publish the files at the end."""
    if batch["published"]:
        return
    if batch["cancelling_at"] is None and not batch["errors"]:
        share = (call.world.clock.elapsed(batch["began"]) - VALIDATING) / batch["seconds"]
        due = int(batch["lines"] * min(max(share, 0.0), 1.0))
        if due > batch["answered"]:
            _answer_lines(call, batch, min(due - batch["answered"], _AT_ONCE))
    if status(call, batch) in ("completed", "cancelled"):
        _publish(call, batch)


def _answer_lines(call: Call, batch: Record, number: int) -> None:
    file = file_records.look(call.world, call.account, batch["input_file_id"])
    if file is None:
        message = "The input file was deleted while the batch was running."
        batch["errors"] = [{"code": "input_modified", "message": message, "param": None, "line": None}]
        return
    blobs = call.world.blobs
    with (
        file_records.path_of(call.world, file).open("rb") as lines,
        blobs.path(batch["output_id"]).open("ab") as output,
        blobs.path(batch["error_id"]).open("ab") as failed,
    ):
        lines.seek(batch["offset"])
        while number and (raw := lines.readline()):
            if raw.strip():
                number -= 1
                answer, succeeded = _answer_line(call, batch, raw)
                (output if succeeded else failed).write(json.dumps(answer).encode() + b"\n")
        batch["offset"] = lines.tell()
    call.world.store.touch()


def _answer_line(call: Call, batch: Record, raw: bytes) -> tuple[dict[str, Any], bool]:
    row = json.loads(raw)
    inner = Call(
        call.world, call.account, call.project, call.origin, call.world.clock.request_id(), call.receive
    )
    status_code, told = _answered(inner, same_path(batch["endpoint"]), row["body"])
    batch["answered"] += 1
    batch["completed" if status_code < 400 else "failed"] += 1
    _count(batch, told)
    response = {"request_id": inner.request_id, "status_code": status_code, "body": told}
    identifier = call.world.clock.identifier("batch_req_", 24)
    return {
        "id": identifier,
        "custom_id": row["custom_id"],
        "response": response,
        "error": None,
    }, status_code < 400


def _answered(call: Call, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer to one line."""
    try:
        if body.get("stream") or body.get("background"):
            param = "stream" if body.get("stream") else "background"
            raise invalid("unsupported_parameter", f"'{param}' is not supported in a batch.", param=param)
        return 200, ENDPOINTS[path](call, body)
    except Refusal as refusal:
        return refusal.status, dict(refusal.body)
    except Instead as instead:
        content = bytes(instead.response.body)
        try:
            return instead.response.status_code, parse_object(content)
        except Refusal:
            return instead.response.status_code, {
                "error": {"code": "server_error", "message": "No JSON came."}
            }


def _count(batch: Record, told: dict[str, Any]) -> None:
    usage = told.get("usage") or {}
    spent = batch["usage"]
    inputs = usage.get("input_tokens", usage.get("prompt_tokens", 0))
    spent["input_tokens"] += inputs
    spent["total_tokens"] += usage.get("total_tokens", 0)
    spent["output_tokens"] += usage.get("total_tokens", 0) - inputs
    for kind, names, member in (
        ("input_tokens_details", ("input_tokens_details", "prompt_tokens_details"), "cached_tokens"),
        ("output_tokens_details", ("output_tokens_details", "completion_tokens_details"), "reasoning_tokens"),
    ):
        details = usage.get(names[0]) or usage.get(names[1]) or {}
        spent[kind][member] += details.get(member, 0)


def _publish(call: Call, batch: Record) -> None:
    """Make the output and error files known; an error file is there even when nothing failed."""
    batch["published"] = True
    for key, name in (("output_id", "output"), ("error_id", "error")):
        path = call.world.blobs.path(batch[key])
        path.touch()
        file_records.keep(
            call.world,
            call.account,
            batch[key],
            filename=f"{batch['id']}_{name}.jsonl",
            purpose="batch_output",
            size=path.stat().st_size,
            expires_after=batch["output_seconds"],
            made=True,
        )


ENDPOINTS: dict[str, Callable[[Call, dict[str, Any]], dict[str, Any]]] = {
    "/chat/completions": lambda call, body: chat.begin(call, body).whole(),
    "/responses": lambda call, body: responses.begin(call, body)["final"],
    "/embeddings": lambda call, body: embeddings.embeddings_of(call, body)[0],
}
