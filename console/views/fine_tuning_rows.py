"""A fine-tuning job as pages and JSON show it."""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from console.models import Item
from console.once import without_mark
from console.training import progress, related
from console.v1.fine_tuning import SUFFIX, FineTuningJob, parse_job

METHODS = {"supervised": "Supervised", "dpo": "Preference (DPO)", "reinforcement": "Reinforcement"}


class Row:
    """A job as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.job: FineTuningJob = parse_job({"id": item.remote_id, **item.raw})

    @property
    def url(self) -> str:
        return reverse("fine-tuning-job", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.job.status

    @property
    def method(self) -> str:
        return METHODS.get(self.job.method, self.job.method)

    @property
    def can_cancel(self) -> bool:
        return not self.item.gone_at and not self.job.has_ended

    @property
    def can_pause(self) -> bool:
        return not self.item.gone_at and self.job.status == "running"

    @property
    def can_resume(self) -> bool:
        return not self.item.gone_at and self.job.status == "paused"

    @property
    def tuned(self) -> str:
        """The model that the job made, where it can be there still."""
        return "" if self.item.gone_at else self.job.fine_tuned_model

    @property
    def metadata(self) -> dict[str, str]:
        """Without what this console writes there for itself."""
        return {name: each for name, each in without_mark(self.job.metadata).items() if name != SUFFIX}

    @cached_property
    def files(self) -> list[tuple[str, str, Item | None]]:
        """What each file is for, its id, and the file where the index knows it."""
        job = self.job
        wanted = [("Training file", job.training_file), ("Validation file", job.validation_file)]
        wanted += [("Result file", one) for one in job.result_files]
        names = related.named_files(self.item, [file_id for _, file_id in wanted])
        return [(title, file_id, names.get(file_id)) for title, file_id in wanted if file_id]


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


def again_url(row: Row) -> str:
    """The form of a new job with the settings of this one."""
    job = row.job
    names = ("method", "model", "training_file", "validation_file", "suffix", "seed")
    asked = {**{name: getattr(job, name) for name in names}, **job.hyperparameters}
    if job.grader:
        asked |= {"grader_kind": "json", "grader_json": json.dumps(job.grader, indent=2, ensure_ascii=False)}
    told = {name: value for name, value in asked.items() if value not in (None, "", "auto")}
    return f"{reverse('fine-tuning-job-new', args=[row.item.connection.slug])}?{urlencode(told)}"


def as_json(row: Row) -> dict[str, Any]:
    item, job = row.item, row.job
    return {
        "id": item.remote_id,
        "name": item.name,
        "connection": item.connection.slug,
        "status": job.status,
        "model": job.model,
        "fine_tuned_model": job.fine_tuned_model,
        "method": job.method,
        "hyperparameters": dict(job.hyperparameters),
        "training_file": job.training_file,
        "validation_file": job.validation_file,
        "result_files": list(job.result_files),
        "trained_tokens": job.trained_tokens,
        "seed": job.seed,
        "created_at": job.created,
        "finished_at": job.finished,
        "estimated_finish": job.estimated_finish,
        "error": str(job.problem) if job.problem else "",
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }


def progress_as_json(training: progress.Training) -> dict[str, Any]:
    return {
        "status": training.job.status if training.job else "",
        "step": training.step,
        "total_steps": training.total,
        "seconds_left": training.seconds_left,
        "events": [dict(one.raw) for one in training.events],
        "checkpoints": [dict(one.raw) for one in training.checkpoints],
        "curves": [
            {"metric": measure, "part": part, "points": [[each.step, each.value] for each in points]}
            for (measure, part), points in training.curves.lines.items()
        ],
        "error": training.error.message if training.error else "",
    }
