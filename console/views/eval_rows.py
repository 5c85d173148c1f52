"""Runs and criteria of evals as pages show them."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator

from console.evaluation import known
from console.models import Item
from console.once import without_mark
from console.v1 import parse
from console.v1.eval_runs import EvalRun
from console.v1.items import text_of
from console.words import in_words, written

CRITERIA = {
    "string_check": "String check",
    "text_similarity": "Text similarity",
    "score_model": "Score by a model",
    "label_model": "Label by a model",
    "python": "Python",
    "endpoint": "Endpoint",
}
SOURCES = {
    "file_id": "a file",
    "file_content": "rows of the request",
    "stored_completions": "stored completions",
    "responses": "responses",
}
OPERATIONS = {"eq": "equals", "ne": "differs from", "like": "contains", "ilike": "contains, in any case,"}
MOST_REFERENCE = 60


def criterion_title(one: parse.Json) -> str:
    """The kind of a criterion in words, as the service calls it where it is new."""
    kind = parse.text(one.get("type"))
    return CRITERIA.get(kind, kind.replace("_", " ").capitalize() or "Not told")


def operation_of(one: parse.Json) -> str:
    """How a criterion compares, and with what, or by which measure, in words; empty where it does not."""
    operation = parse.text(one.get("operation"))
    reference = Truncator(parse.text(one.get("reference"))).chars(MOST_REFERENCE)
    if operation:
        return f"{OPERATIONS.get(operation, operation)} {reference}".strip()
    return written(in_words(parse.text(one.get("evaluation_metric"))))


def model_of(one: parse.Json) -> str:
    """The model that judges, empty where none does."""
    return parse.text(one.get("model"))


class RunRow:
    """A run as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.run: EvalRun = known.run_of(item)

    @property
    def url(self) -> str:
        return reverse("eval-run", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.run.status

    @property
    def is_working(self) -> bool:
        return not self.item.gone_at and not self.run.has_ended

    @property
    def rate(self) -> float | None:
        return known.rate(self.run)

    @property
    def metadata(self) -> dict[str, str]:
        return without_mark(self.run.metadata)

    @property
    def source(self) -> str:
        """Where the rows come from, in words."""
        kind = parse.text(parse.path(self.run.source, "source", "type"))
        return SOURCES.get(kind, kind.replace("_", " "))

    @property
    def subject(self) -> str:
        """What is judged: the model that was asked, or that the answers were given."""
        return self.run.model or ("given answers" if self.run.source else "")

    @property
    def template(self) -> list[tuple[str, str]]:
        """Role and text of the messages that each row makes; an item reference stands as its one message."""
        given = parse.mapping(self.run.source.get("input_messages"))
        if reference := parse.text(given.get("item_reference")):
            return [("messages", reference)]
        rows = parse.rows(given.get("template"))
        return [(parse.text(one.get("role")), text_of(one)) for one in rows]

    @property
    def sampling(self) -> dict[str, Any]:
        return dict(parse.mapping(self.run.source.get("sampling_params")))

    @cached_property
    def criteria(self) -> list[tuple[str, int, int, float | None]]:
        """Name, passed, failed and pass rate of each criterion."""
        return [
            (
                one.name,
                one.passed,
                one.failed,
                one.passed / judged if (judged := one.passed + one.failed) else None,
            )
            for one in self.run.criteria
        ]

    def as_json(self) -> dict[str, Any]:
        run, counts = self.run, self.run.counts
        return {
            "id": self.item.remote_id,
            "name": self.item.name,
            "connection": self.item.connection.slug,
            "eval": run.eval,
            "status": run.status,
            "model": run.model,
            "total": counts.total,
            "passed": counts.passed,
            "failed": counts.failed,
            "errored": counts.errored,
            "pass_rate": self.rate,
            "criteria": [
                {"name": name, "passed": passed, "failed": failed}
                for name, passed, failed, _ in self.criteria
            ],
            "usage": [
                {
                    "model": one.model,
                    "calls": one.calls,
                    "input_tokens": one.input,
                    "output_tokens": one.output,
                }
                for one in run.usage
            ],
            "report_url": run.report_url,
            "error": str(run.problem) if run.problem else "",
            "created_at": run.created,
            "seen_at": self.item.seen_at,
            "gone_at": self.item.gone_at,
        }
