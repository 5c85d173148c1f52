"""A response of the index as pages and JSON show it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.urls import reverse

from console.index.deployments import deployment_of, has_deployments
from console.index.origins import WAYS, Origin
from console.models import Item
from console.playground import pricing
from console.responses.looking import Look
from console.v1 import parse
from console.v1.families import plain_name
from console.v1.responses import Response, parse_response
from console.views.item_blocks import Shown, shown

ASKED = (
    "temperature",
    "top_p",
    "max_output_tokens",
    "max_tool_calls",
    "tool_choice",
    "truncation",
    "service_tier",
)
"""What of the call is told in a word or a number."""


class Row:
    """A response as pages show it, from the index."""

    def __init__(self, item: Item) -> None:
        self.item = item
        told = {"status": item.status or "unknown", **item.raw, "id": item.remote_id}
        self.response: Response = parse_response(told)
        self.origin = Origin.of(item)

    @property
    def url(self) -> str:
        return reverse("response", args=[self.item.connection.slug, self.item.remote_id])

    @property
    def state(self) -> str:
        return "gone" if self.item.gone_at else self.response.status

    @property
    def is_under_way(self) -> bool:
        return not self.item.gone_at and not self.response.has_ended

    @property
    def can_cancel(self) -> bool:
        return self.is_under_way and self.response.is_background

    @property
    def deployment(self) -> str:
        """The deployment that was asked, where there are any."""
        return self.origin.deployment if has_deployments(self.item.connection) else ""

    @property
    def asked_again(self) -> str:
        """What going on from it names as its model.

        Where there are deployments that is one of the same model, else what people call theirs most often.
        """
        model = self.response.model
        if self.origin.deployment or not has_deployments(self.item.connection):
            return self.origin.deployment or model
        return deployment_of(self.item.connection, model) or plain_name(model)[0]

    @property
    def way(self) -> str:
        return WAYS.get(self.origin.way, self.origin.way)

    @property
    def output(self) -> list[Shown]:
        return shown(self.response.output)

    @property
    def filtered(self) -> list[dict[str, Any]]:
        """What the content filter found, beyond that it looked."""
        return [one for one in self.response.finished.filters if one["filtered"] or one["detected"]]

    @property
    def reason(self) -> str:
        """Why it is incomplete, as the service says it."""
        return self.response.finished.reason if self.response.status == "incomplete" else ""

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The parameters of the call, as far as they are plain."""
        raw = self.response.raw
        told = [(name, raw.get(name)) for name in ASKED]
        told += [("reasoning", parse.path(raw, "reasoning", "effort"))]
        told += [("text format", parse.path(raw, "text", "format", "type"))]
        return [
            (name, str(value)) for name, value in told if isinstance(value, str | int | float) and value != ""
        ]

    @property
    def instructions(self) -> str:
        return parse.text(self.response.raw.get("instructions"))

    @property
    def tools(self) -> Any:
        return self.response.raw.get("tools")

    @cached_property
    def price(self) -> pricing.Price | None:
        """What it cost; None where the tokens are not known yet."""
        usage, item = self.response.usage, self.item
        if usage is None:
            return None
        what = pricing.sold(
            item.connection_id,
            item.connection.kind,
            self.origin.deployment or self.response.model,
            served=self.response.model,
            region=item.connection.region,
            tier=self.response.finished.service_tier,
        )
        return pricing.price(
            what, input_tokens=usage.input, output_tokens=usage.output, cached_tokens=usage.cached
        )


def rows(items: Iterable[Item]) -> list[Row]:
    return [Row(item) for item in items]


def as_json(row: Row) -> dict[str, Any]:
    item, response = row.item, row.response
    usage = response.usage
    return {
        "id": item.remote_id,
        "title": row.origin.title,
        "connection": item.connection.slug,
        "status": response.status,
        "model": response.model,
        "text": response.text,
        "background": response.is_background,
        "previous_response_id": response.previous,
        "conversation": response.conversation,
        "usage": {
            "input_tokens": usage.input if usage else None,
            "output_tokens": usage.output if usage else None,
            "reasoning_tokens": usage.reasoning if usage else None,
            "cached_tokens": usage.cached if usage else None,
        },
        "error": response.error,
        "metadata": dict(response.metadata),
        "made_by": row.origin.by,
        "way": row.origin.way,
        "created_at": response.created,
        "completed_at": response.completed,
        "seen_at": item.seen_at,
        "gone_at": item.gone_at,
    }


def look_as_json(found: Look) -> dict[str, Any]:
    told = as_json(Row(found.item))
    error = {"kind": found.error.kind, "message": found.error.message} if found.error else None
    return {**told, "not_there_yet": found.is_settling, "problem": error}
