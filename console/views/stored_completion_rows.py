"""A stored chat completion as its pages show it: the answers, what was asked for, what it cost."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.urls import reverse

from console.models import Item
from console.playground.pricing import Price, price, sold
from console.v1.stored_completions import Choice, StoredCompletion, parse_completion

FINISHES = {
    "stop": "Came to its end",
    "length": "Cut by the token limit",
    "content_filter": "Cut by the content filter",
    "tool_calls": "Calls tools",
}
ASKED = (
    "temperature",
    "top_p",
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "max_completion_tokens",
    "max_tokens",
    "reasoning_effort",
    "tool_choice",
    "service_tier",
)
"""What rows tell of the request; a member that is null was not set."""


class Row:
    """A stored completion as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.completion: StoredCompletion = parse_completion({**item.raw, "id": item.remote_id})

    @property
    def url(self) -> str:
        return reverse("stored-completion", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else ""

    @property
    def ending(self) -> str:
        """What is odd about the end of the answer, "" for the usual one."""
        reason = self.completion.finish_reason
        return "" if reason == "stop" else FINISHES.get(reason, reason)

    @property
    def choices(self) -> list[tuple[Choice, str]]:
        """The answers, each with how it ended in words."""
        found = self.completion.choices
        return [(one, FINISHES.get(one.finish_reason, one.finish_reason)) for one in found]

    @property
    def metadata(self) -> dict[str, str]:
        return dict(self.completion.metadata)

    @cached_property
    def asked(self) -> list[tuple[str, Any]]:
        """The parameters of the request, as far as the resource tells them."""
        raw = self.completion.raw
        return [(name, raw[name]) for name in ASKED if raw.get(name) not in (None, "")]

    @cached_property
    def tools(self) -> Any:
        return self.completion.raw.get("tools")


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


def cost(row: Row) -> Price:
    """What an answer cost, by its model: which deployment was asked is not told."""
    usage, place = row.completion.usage, row.item.connection
    what = sold(place.pk, place.kind, row.completion.model, region=place.region)
    return price(
        what,
        input_tokens=usage.input if usage else None,
        output_tokens=usage.output if usage else None,
        cached_tokens=usage.cached if usage else None,
    )


def as_json(row: Row) -> dict[str, Any]:
    item, completion = row.item, row.completion
    usage = completion.usage
    return {
        "id": item.remote_id,
        "connection": item.connection.slug,
        "model": completion.model,
        "text": completion.text,
        "finish_reason": completion.finish_reason,
        "input_tokens": usage.input if usage else None,
        "output_tokens": usage.output if usage else None,
        "metadata": row.metadata,
        "request_id": completion.request_id,
        "created_at": completion.created,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }
