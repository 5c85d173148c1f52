"""Evals with runs worth comparing: recorded answers of three prompts, models asked, and a run under way."""

from __future__ import annotations

from typing import Any

from console.simulator.furnish import sets
from console.simulator.furnish.hand import Hand

_DAY, _HOUR = 86400.0, 3600.0
_COMPARED = {"input": "{{sample.output_text}}", "reference": "{{item.answer}}"}
_EXACT = {"type": "string_check", "name": "exact", "operation": "eq", **_COMPARED}
_NEAR = {
    "type": "text_similarity",
    "name": "near",
    "evaluation_metric": "rouge_l",
    "pass_threshold": 0.5,
    **_COMPARED,
}
_HELPFUL = {
    "type": "score_model",
    "name": "helpful",
    "model": "gpt-4.1",
    "range": [0, 1],
    "pass_threshold": 0.25,
    "input": [{"role": "user", "content": "Rate {{sample.output_text}} as an answer to {{item.question}}"}],
}
_PROMPTS = (("prompt v1", 34, ()), ("prompt v2", 43, (1, 2, 5)), ("prompt v3", 55, (3, 8)))
"""A name, how many of the sixty answers are right, and which of those became wrong again."""


async def evals(hand: Hand, moment: float) -> None:
    """Two evals with ended runs, a day between the runs of the first."""
    schema = {"type": "object", "properties": {"question": {"type": "string"}, "answer": {"type": "string"}}}
    config = {"type": "custom", "item_schema": schema, "include_sample_schema": True}
    hand.at(moment)
    recorded = await _eval(hand, "Support answers", config, [_EXACT, _NEAR], {"team": "support"})
    sampled = await _eval(hand, "Models on shop questions", config, [_HELPFUL], {})
    for number, (name, good, worse) in enumerate(_PROMPTS):
        hand.at(moment + number * _DAY)
        content = sets.lines(sets.recorded_answers(good=good, worse=worse))
        file = await hand.upload(f"answers-{name[-2:]}.jsonl", content, "evals")
        source = {"type": "jsonl", "source": {"type": "file_id", "id": file}}
        await _run(hand, recorded, name, source, {"prompt": name[-2:]})
        hand.at(moment + number * _DAY + _HOUR)
        await hand.get(f"/evals/{recorded}/runs")
    hand.at(moment + _HOUR)
    rows = await hand.upload("questions.jsonl", sets.lines(sets.questions()), "evals")
    for model in ("gpt-4.1-nano", "gpt-5-mini"):
        await _run(hand, sampled, model, _asked(model, rows), {})
    hand.at(moment + 2 * _HOUR)
    await hand.get(f"/evals/{sampled}/runs")


async def running(hand: Hand) -> None:
    """A run that is under way: a model that answers a longer list."""
    rows = await hand.upload("questions-long.jsonl", sets.lines(sets.questions() * 10), "evals")
    sampled = (await hand.get("/evals"))["data"][1]["id"]
    await _run(hand, sampled, "gpt-4.1, long list", _asked("gpt-4.1", rows), {})


def _asked(model: str, rows: str) -> dict[str, Any]:
    template = {"type": "template", "template": [{"role": "user", "content": "{{item.question}}"}]}
    source = {"type": "file_id", "id": rows}
    return {"type": "completions", "model": model, "input_messages": template, "source": source}


async def _eval(
    hand: Hand, name: str, config: dict[str, Any], criteria: list[dict[str, Any]], metadata: dict[str, str]
) -> str:
    body = {"name": name, "data_source_config": config, "testing_criteria": criteria, "metadata": metadata}
    return str((await hand.post("/evals", body))["id"])


async def _run(hand: Hand, eval_id: str, name: str, source: dict[str, Any], metadata: dict[str, str]) -> None:
    await hand.post(f"/evals/{eval_id}/runs", {"name": name, "data_source": source, "metadata": metadata})
