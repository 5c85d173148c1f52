"""Fine-tuning jobs: what is asked for, how far it is, what it tells on the way, and its checkpoints.

Shapes from the GA specification of 2026-01-28 (CreateFineTuningJobRequest, FineTuningJob). The lists of jobs
and events have neither order nor `last_id`; the last row's id is the cursor.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.outbound.errors import ProtocolError
from console.v1 import parse
from console.v1.client import Client, Page, Target, segment
from console.v1.problem import Problem, problem

METHODS = ("supervised", "dpo", "reinforcement")
ENDED = frozenset({"succeeded", "failed", "cancelled"})
STATUSES = ENDED | {
    "validating_files",
    "queued",
    "running",
    # Pausing brings states that the specification lacks; the dated API knew created and pending.
    "pausing",
    "paused",
    "resuming",
    "created",
    "pending",
}
LONGEST_SUFFIX = 40
"""Characters of a suffix on Azure (https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning)."""

SUFFIX = "suffix"
"""The member of a job's metadata that keeps its suffix."""

_JOBS = "/fine_tuning/jobs"
_SUFFIXED = re.compile(r".+\.ft-[0-9a-f]{8,}-(.+)")


@dataclass(frozen=True, slots=True)
class FineTuningJob:
    """One job. `hyperparameters` holds what was asked or chosen, "auto" included; times are UTC."""

    id: str
    status: str
    model: str
    fine_tuned_model: str
    training_file: str
    validation_file: str
    result_files: tuple[str, ...]
    trained_tokens: int | None
    method: str
    hyperparameters: Mapping[str, str | int | float]
    grader: parse.Json
    suffix: str
    seed: int | None
    integrations: tuple[parse.Json, ...]
    metadata: Mapping[str, str]
    problem: Problem | None
    created: datetime | None
    finished: datetime | None
    estimated_finish: datetime | None
    raw: parse.Json

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class Event:
    """What a job told. `level` is info, warn or error; `metrics` is filled when `type` is metrics."""

    id: str
    level: str
    type: str
    message: str
    step: float | None
    metrics: Mapping[str, float]
    created: datetime | None
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model as it was after a step; `model` is the name under which it can be deployed."""

    id: str
    model: str
    step: int | None
    metrics: Mapping[str, float]
    job: str
    created: datetime | None
    raw: parse.Json


def method(
    kind: str,
    *,
    hyperparameters: Mapping[str, str | int | float] | None = None,
    grader: Mapping[str, Any] | None = None,
    response_format: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The `method` of a job; grader and response format belong to reinforcement alone."""
    settings = {
        "hyperparameters": dict(hyperparameters) if hyperparameters else None,
        "grader": grader,
        "response_format": response_format,
    }
    return {"type": kind, kind: parse.present(settings)}


def body(
    model: str,
    training_file: str,
    *,
    method: Mapping[str, Any] | None = None,
    validation_file: str | None = None,
    suffix: str | None = None,
    seed: int | None = None,
    integrations: Sequence[Mapping[str, Any]] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON body that asks for a job: only what was set is in it."""
    return parse.present(
        {
            "model": model,
            "training_file": training_file,
            "validation_file": validation_file,
            "method": method,
            "suffix": suffix,
            "seed": seed,
            "integrations": list(integrations) if integrations else None,
            "metadata": metadata,
        }
    )


def pages(client: Client, *, limit: int = 100, after: str = "") -> Iterator[Page[FineTuningJob]]:
    """The jobs of a resource page by page, in the order of the service."""
    return client.pages(_JOBS, parse_job, params={"limit": limit}, after=after)


def get(client: Client, job_id: str) -> FineTuningJob:
    """One job by its id."""
    return parse_job(client.get(_job(job_id)).json())


def create(client: Client, body: Mapping[str, Any]) -> FineTuningJob:
    """Start a job; this costs money."""
    label = parse.text(body.get("suffix")) or parse.text(body.get("model"))
    answer = client.change(
        "POST",
        _JOBS,
        action="fine_tuning_job.created",
        target=Target("fine_tuning_job", label=label),
        json=dict(body),
    )
    return parse_job(answer.json())


def cancel(client: Client, job_id: str) -> FineTuningJob:
    """Stop a job for good; checkpoints that it made stay."""
    return _told(client, job_id, "cancel", "fine_tuning_job.cancelled")


def pause(client: Client, job_id: str) -> FineTuningJob:
    """Pause a running job; the service refuses before its first step."""
    return _told(client, job_id, "pause", "fine_tuning_job.paused")


def resume(client: Client, job_id: str) -> FineTuningJob:
    """Go on with a paused job."""
    return _told(client, job_id, "resume", "fine_tuning_job.resumed")


def event_pages(client: Client, job_id: str, *, limit: int = 100, after: str = "") -> Iterator[Page[Event]]:
    """What a job told, page by page, in the order of the service."""
    return client.pages(f"{_job(job_id)}/events", parse_event, params={"limit": limit}, after=after)


def checkpoint_pages(
    client: Client, job_id: str, *, limit: int = 100, after: str = ""
) -> Iterator[Page[Checkpoint]]:
    """The checkpoints of a job, page by page, in the order of the service."""
    path = f"{_job(job_id)}/checkpoints"
    return client.pages(path, parse_checkpoint, params={"limit": limit}, after=after)


def parse_job(value: object) -> FineTuningJob:
    """A job as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a fine-tuning job: it has no id.")
    kind = parse.text(parse.path(raw, "method", "type"))
    settings = parse.mapping(parse.path(raw, "method", kind))
    return FineTuningJob(
        id=identifier,
        status=parse.state(raw.get("status"), STATUSES),
        model=parse.text(raw.get("model")),
        fine_tuned_model=parse.text(raw.get("fine_tuned_model")),
        training_file=parse.text(raw.get("training_file")),
        validation_file=parse.text(raw.get("validation_file")),
        result_files=parse.texts(raw.get("result_files")),
        trained_tokens=parse.integer(raw.get("trained_tokens")),
        method=kind,
        # Before methods there were hyperparameters at the top, and what was chosen still stands there.
        hyperparameters=parse.scalars(raw.get("hyperparameters"))
        | parse.scalars(settings.get("hyperparameters")),
        grader=parse.mapping(settings.get("grader")),
        suffix=_suffix(raw),
        seed=parse.integer(raw.get("seed")),
        integrations=tuple(parse.rows(raw.get("integrations"))),
        metadata=parse.pairs(raw.get("metadata")),
        problem=problem(raw.get("error")),
        created=parse.time(raw.get("created_at")),
        finished=parse.time(raw.get("finished_at")),
        estimated_finish=parse.time(raw.get("estimated_finish")),
        raw=raw,
    )


def _suffix(raw: parse.Json) -> str:
    """The suffix that was asked for. Azure does not tell it: it ends the model's name, `base.ft-HEX-suffix`,
    and before there is one it stands in the metadata of jobs that this console started.
    """
    told = parse.text(raw.get("suffix")) or parse.text(raw.get("user_provided_suffix"))
    named = _SUFFIXED.fullmatch(parse.text(raw.get("fine_tuned_model")))
    return told or parse.text(parse.path(raw, "metadata", SUFFIX)) or (named[1] if named else "")


def parse_event(value: object) -> Event:
    """An event as a page shows it; `ProtocolError` when it is none."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not an event of a job: it has no id.")
    metrics = parse.numbers(raw.get("data"))
    return Event(
        id=identifier,
        level=parse.text(raw.get("level")).lower(),
        type=parse.text(raw.get("type"), "message"),
        message=parse.text(raw.get("message")),
        step=metrics.pop("step", None),
        metrics=metrics,
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def parse_checkpoint(value: object) -> Checkpoint:
    """A checkpoint as a page shows it; `ProtocolError` when it has no id."""
    raw = parse.mapping(value)
    identifier = parse.text(raw.get("id"))
    if not identifier:
        raise ProtocolError("The answer is not a checkpoint: it has no id.")
    metrics = parse.numbers(raw.get("metrics"))
    step = parse.integer(raw.get("step_number"))
    return Checkpoint(
        id=identifier,
        model=parse.text(raw.get("fine_tuned_model_checkpoint")),
        step=step if step is not None else parse.integer(metrics.get("step")),
        metrics={name: each for name, each in metrics.items() if name != "step"},
        job=parse.text(raw.get("fine_tuning_job_id")),
        created=parse.time(raw.get("created_at")),
        raw=raw,
    )


def _told(client: Client, job_id: str, verb: str, action: str) -> FineTuningJob:
    path = f"{_job(job_id)}/{verb}"
    answer = client.change("POST", path, action=action, target=Target("fine_tuning_job", job_id))
    return parse_job(answer.json())


def _job(job_id: str) -> str:
    return f"{_JOBS}/{segment(job_id)}"
