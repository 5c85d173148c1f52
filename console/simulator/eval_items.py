"""One row of an eval run: its answer is sampled if a model is asked, and every criterion marks it.

Shape: `OpenAI.EvalRunOutputItem` in the Azure v1 spec of 2026-01-28.
"""

from __future__ import annotations

from typing import Any

from console.simulator import chat
from console.simulator.errors import Instead, Refusal
from console.simulator.graders import Mark, grade
from console.simulator.shelves import Record
from console.simulator.templating import look_up, render, text_of
from console.simulator.world import Call

_SAMPLING = {"temperature": 1, "top_p": 1, "seed": 42, "max_completion_tokens": 2048}
_PASSED_ALONG = (
    "temperature",
    "top_p",
    "seed",
    "max_completion_tokens",
    "reasoning_effort",
    "response_format",
    "tools",
)


def item_of(call: Call, evaluation: Record, run: Record, number: int) -> Record:
    """The output item of a row."""
    row = run["rows"][number]
    sample = _sampled(call, run["data_source"], row) if run["model"] else _given(row)
    results, errored = (
        _results(call, evaluation, row["item"], sample) if sample["error"] is None else ([], True)
    )
    passed = bool(results) and all(result["passed"] for result in results)
    return {
        "id": call.world.clock.identifier("outputitem_", 32),
        "object": "eval.run.output_item",
        "created_at": call.world.clock.seconds(),
        "run_id": run["id"],
        "eval_id": evaluation["id"],
        "status": "error" if errored else "pass" if passed else "fail",
        "datasource_item_id": number,
        "datasource_item": row["item"],
        "results": results,
        "sample": sample,
    }


def messages_of(source: dict[str, Any], item: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages that a row makes of the run's template, or refers to; raises LookupError for a bad reference."""
    given = source["input_messages"]
    if given["type"] == "item_reference":
        found = look_up(given["item_reference"], {"item": item})
        return found if isinstance(found, list) else [{"role": "user", "content": str(found)}]
    names = {"item": item}
    return [
        {"role": message["role"], "content": render(text_of(message["content"]), names)[0]}
        for message in given["template"]
    ]


def _sampled(call: Call, source: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """The answer of the run's model, with what it cost; or the error that came instead."""
    options = {
        name: value
        for name, value in (source.get("sampling_params") or {}).items()
        if name in _PASSED_ALONG and value is not None
    }
    try:
        messages = messages_of(source, row["item"])
        inner = Call(call.world, call.account, call.project, call.origin, call.request_id, call.receive)
        told = chat.begin(inner, {"model": source["model"], "messages": messages, **options}).whole()
    except LookupError as error:
        return _sample(error={"code": "invalid_item_reference", "message": f"There is no {error}."})
    except Refusal as refusal:
        return _sample(error=_error(refusal.body))
    except Instead as instead:
        return _sample(
            error={"code": str(instead.response.status_code), "message": "The model did not answer."}
        )
    message = told["choices"][0]["message"]
    usage = told["usage"]
    return _sample(
        input=[{"role": one["role"], "content": text_of(one.get("content"))} for one in messages],
        output=[{"role": "assistant", "content": message["content"] or ""}],
        finish_reason=told["choices"][0]["finish_reason"],
        model=told["model"],
        usage={
            "total_tokens": usage["total_tokens"],
            "completion_tokens": usage["completion_tokens"],
            "prompt_tokens": usage["prompt_tokens"],
            "cached_tokens": usage["prompt_tokens_details"]["cached_tokens"],
        },
        **{name: value for name, value in options.items() if name in _SAMPLING},
    )


def _given(row: dict[str, Any]) -> dict[str, Any]:
    sample = row.get("sample") or {}
    text = sample.get("output_text")
    output = [] if text is None else [{"role": "assistant", "content": str(text)}]
    return _sample(output=output, model=str(sample.get("model") or ""))


def _sample(**told: Any) -> dict[str, Any]:
    usage = dict.fromkeys(("total_tokens", "completion_tokens", "prompt_tokens", "cached_tokens"), 0)
    empty: dict[str, Any] = {
        "input": [],
        "output": [],
        "finish_reason": "stop",
        "model": "",
        "usage": usage,
        "error": None,
    }
    return {**empty, **_SAMPLING, **told}


def _error(body: Any) -> dict[str, str]:
    error = body["error"]
    return {"code": str(error.get("code") or "error"), "message": str(error.get("message"))}


def _results(
    call: Call, evaluation: Record, item: dict[str, Any], sample: dict[str, Any]
) -> tuple[list[dict[str, Any]], bool]:
    """What each criterion says, and whether any of them could not say anything."""
    answer = sample["output"][0]["content"] if sample["output"] else ""
    results: list[dict[str, Any]] = []
    errored = False
    for criterion in evaluation["testing_criteria"]:
        mark = grade(call, criterion, item, answer)
        errored = errored or any(mark.errors.values())
        results.append(_result(criterion, mark))
    return results, errored


def _result(criterion: dict[str, Any], mark: Mark) -> dict[str, Any]:
    told = {
        "name": criterion["name"],
        "type": criterion["type"],
        "score": mark.score,
        "passed": not any(mark.errors.values()) and mark.score >= _threshold(criterion),
        "sample": None,
    }
    if mark.model:
        label = {"label": mark.label} if mark.label else {"score": mark.score}
        told["sample"] = {"model": mark.model, "usage": {"total_tokens": mark.tokens}, **label}
    return told


def _threshold(criterion: dict[str, Any]) -> float:
    """The least score that passes; without one given, the middle of a model's range, else all of it."""
    if criterion.get("pass_threshold") is not None:
        return float(criterion["pass_threshold"])
    if criterion["type"] == "score_model":
        low, high = criterion.get("range") or (0.0, 1.0)
        return float(low + high) / 2
    return 1.0
