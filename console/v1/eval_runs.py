"""Runs of evals: a model or a file judged by the criteria, in total and item by item.

Shapes from the GA specification of 2026-01-28 (createEvalRun, getEvalRunOutputItems). A run is cancelled by a
POST to itself, without a body.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment
from console.v1.items import text_of
from console.v1.problem import Problem, problem

ENDED = frozenset({"completed", "canceled", "failed"})
STATUSES = ENDED | {"queued", "in_progress"}
"""Of runs, in the API's spelling: `canceled` here, `cancelled` elsewhere."""

ITEM_STATUSES = frozenset({"pass", "fail"})


@dataclass(frozen=True, slots=True)
class ResultCounts:
    """How many items ended how."""

    total: int
    passed: int
    failed: int
    errored: int


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """How many items passed one criterion, by its name."""

    name: str
    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What one model used in a run, in tokens."""

    model: str
    calls: int
    input: int
    output: int
    cached: int
    total: int


@dataclass(frozen=True, slots=True)
class EvalRun:
    """One run. `report_url` is the service's own page about it, None unless it is an https address."""

    id: str
    eval: str
    name: str
    status: str
    model: str
    report_url: str | None
    counts: ResultCounts
    usage: tuple[ModelUsage, ...]
    criteria: tuple[CriterionResult, ...]
    source: parse.Json
    metadata: Mapping[str, str]
    problem: Problem | None
    created: datetime | None
    raw: parse.Json

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion says of an item; `sample` is what its model wrote, if it has one."""

    name: str
    type: str
    score: float | None
    passed: bool | None
    sample: parse.Json


@dataclass(frozen=True, slots=True)
class Sample:
    """What the model under test was asked and answered; messages are (role, text)."""

    input: tuple[tuple[str, str], ...]
    output: tuple[tuple[str, str], ...]
    model: str
    finish_reason: str
    total_tokens: int | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class OutputItem:
    """One item of a run with its verdicts. `number` is its place in the data from 0 on, the same in every run."""

    id: str
    run: str
    eval: str
    status: str
    number: int | None
    item: parse.Json
    verdicts: tuple[Verdict, ...]
    sample: Sample
    created: datetime | None
    raw: parse.Json


def body(
    data_source: Mapping[str, Any], *, name: str | None = None, metadata: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The JSON body of a new run: only what was set is in it."""
    return parse.present({"name": name, "data_source": dict(data_source), "metadata": metadata})


def pages(
    client: Client,
    eval_id: str,
    *,
    status: str | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[EvalRun]]:
    """The runs of an eval page by page; `status` is one of STATUSES."""
    params = {"status": status, "order": order, "limit": limit}
    return client.pages(f"{_eval(eval_id)}/runs", parse_run, params=params, after=after)


def get(client: Client, eval_id: str, run_id: str) -> EvalRun:
    """One run of an eval."""
    return parse_run(client.get(_run(eval_id, run_id)).json())


def create(client: Client, eval_id: str, body: Mapping[str, Any], *, label: str = "") -> EvalRun:
    """Start a run of an eval that people call `label`; this costs money."""
    answer = client.change(
        "POST",
        f"{_eval(eval_id)}/runs",
        action="eval_run.created",
        target=Target("eval", eval_id, label),
        json=dict(body),
    )
    return parse_run(answer.json())


def cancel(client: Client, eval_id: str, run_id: str, *, label: str = "") -> EvalRun:
    """Stop a run."""
    answer = client.change(
        "POST",
        _run(eval_id, run_id),
        action="eval_run.cancelled",
        target=Target("eval_run", run_id, label),
    )
    return parse_run(answer.json())


def delete(client: Client, eval_id: str, run_id: str, *, label: str = "") -> bool:
    """Delete a run with its items; False when it was gone already."""
    return client.delete(
        _run(eval_id, run_id), action="eval_run.deleted", target=Target("eval_run", run_id, label)
    )


def item_pages(
    client: Client,
    eval_id: str,
    run_id: str,
    *,
    status: str | None = None,
    order: str | None = None,
    limit: int = 100,
    after: str = "",
) -> Iterator[Page[OutputItem]]:
    """The items of a run page by page; `status` is pass or fail."""
    params = {"status": status, "order": order, "limit": limit}
    return client.pages(f"{_run(eval_id, run_id)}/output_items", parse_item, params=params, after=after)


def get_item(client: Client, eval_id: str, run_id: str, item_id: str) -> OutputItem:
    """One item of a run."""
    return parse_item(client.get(f"{_run(eval_id, run_id)}/output_items/{segment(item_id)}").json())


def parse_run(value: object) -> EvalRun:
    """A run as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a run of an eval: it has no id.")
    url = parse.text(raw.get("report_url"))
    return EvalRun(
        id=identifier,
        eval=parse.text(raw.get("eval_id")),
        name=parse.text(raw.get("name")),
        status=parse.state(raw.get("status"), STATUSES),
        model=parse.text(raw.get("model")),
        report_url=url if url.startswith("https://") else None,
        counts=ResultCounts(*_counts(raw.get("result_counts"), "total", "passed", "failed", "errored")),
        usage=tuple(_usage(each) for each in parse.rows(raw.get("per_model_usage"))),
        criteria=tuple(_criterion(each) for each in parse.rows(raw.get("per_testing_criteria_results"))),
        source=parse.mapping(raw.get("data_source")),
        metadata=parse.pairs(raw.get("metadata")),
        problem=problem(raw.get("error")),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def parse_item(value: object) -> OutputItem:
    """An item of a run as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not an item of a run: it has no id.")
    return OutputItem(
        id=identifier,
        run=parse.text(raw.get("run_id")),
        eval=parse.text(raw.get("eval_id")),
        status=parse.state(raw.get("status"), ITEM_STATUSES),
        number=parse.integer(raw.get("datasource_item_id")),
        item=parse.mapping(raw.get("datasource_item")),
        verdicts=tuple(_verdict(each) for each in parse.rows(raw.get("results"))),
        sample=_sample(parse.mapping(raw.get("sample"))),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def _counts(value: object, *names: str) -> Iterator[int]:
    raw = parse.mapping(value)
    return (parse.integer(raw.get(name)) or 0 for name in names)


def _usage(raw: parse.Json) -> ModelUsage:
    names = ("invocation_count", "prompt_tokens", "completion_tokens", "cached_tokens", "total_tokens")
    return ModelUsage(parse.text(raw.get("model_name")), *_counts(raw, *names))


def _criterion(raw: parse.Json) -> CriterionResult:
    return CriterionResult(parse.text(raw.get("testing_criteria")), *_counts(raw, "passed", "failed"))


def _verdict(raw: parse.Json) -> Verdict:
    return Verdict(
        name=parse.text(raw.get("name")),
        type=parse.text(raw.get("type")),
        score=parse.number(raw.get("score")),
        passed=parse.truth(raw.get("passed")),
        sample=parse.mapping(raw.get("sample")),
    )


def _sample(raw: parse.Json) -> Sample:
    return Sample(
        input=_messages(raw.get("input")),
        output=_messages(raw.get("output")),
        model=parse.text(raw.get("model")),
        finish_reason=parse.text(raw.get("finish_reason")),
        total_tokens=parse.integer(parse.path(raw, "usage", "total_tokens")),
        problem=problem(raw.get("error")),
    )


def _messages(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((parse.text(each.get("role")), text_of(each)) for each in parse.rows(value))


def _eval(eval_id: str) -> str:
    return f"/evals/{segment(eval_id)}"


def _run(eval_id: str, run_id: str) -> str:
    return f"{_eval(eval_id)}/runs/{segment(run_id)}"
