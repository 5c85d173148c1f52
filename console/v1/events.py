"""What an answer is made of, whichever API it comes from: its start, its pieces, its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from console.v1 import parse

Kind = Literal["text", "reasoning", "refusal", "tool", "notice"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the service counted them; None where it did not. Cached is part of input, reasoning of
    output.
    """

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None

    @property
    def total(self) -> int | None:
        """Input and output together; None where neither was counted."""
        if self.input is None and self.output is None:
            return None
        return (self.input or 0) + (self.output or 0)

    @classmethod
    def parse(cls, value: object) -> "Usage | None":
        """From the `usage` of a chat completion, of a response or of embeddings; None when there is none."""
        usage = parse.mapping(value)
        if not usage:
            return None
        return cls(
            input=_first(usage, ("input_tokens",), ("prompt_tokens",)),
            output=_first(usage, ("output_tokens",), ("completion_tokens",)),
            reasoning=_first(
                usage,
                ("output_tokens_details", "reasoning_tokens"),
                ("completion_tokens_details", "reasoning_tokens"),
            ),
            cached=_first(
                usage,
                ("input_tokens_details", "cached_tokens"),
                ("prompt_tokens_details", "cached_tokens"),
                ("prompt_cache_hit_tokens",),
            ),
        )


def _first(usage: parse.Json, *paths: tuple[str, ...]) -> int | None:
    for keys in paths:
        count = parse.integer(parse.path(usage, *keys))
        if count is not None and count >= 0:
            return count
    return None


@dataclass(frozen=True, slots=True)
class Started:
    """The server has accepted the call: HTTP 200 and its headers have come, no text yet."""

    headers: Mapping[str, str]
    request_id: str
    region: str
    model: str


class Delta(NamedTuple):
    """A piece of the answer. `name`, `call` and `id` belong to kind "tool": which function, which call."""

    kind: Kind
    text: str
    name: str = ""
    call: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer's own end.

    `reason` is the service's own word (chat: `stop`, `length`, `content_filter`, `tool_calls`; Responses: the
    status, or for an incomplete one the reason for that). `complete` says that the answer came to its own
    end: one that did not raises instead. `explanation` is a sentence for the user when the ending is not the
    plain one. `filters` are rows as `filters.Findings.rows` makes them. `unknown` counts stream events that
    we do not know. `response` is the response object at its end, {} for a chat completion.
    """

    reason: str
    usage: Usage | None = None
    response_id: str = ""
    model: str = ""
    request_id: str = ""
    filters: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    explanation: str = ""
    unknown: int = 0
    service_tier: str = ""
    response: parse.Json = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_cut_short(self) -> bool:
        """Whether a limit or the content filter ended the answer before the model did."""
        return self.reason in CUT_SHORT


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer that came in one piece; `raw` is the service's JSON."""

    deltas: tuple[Delta, ...]
    finished: Finished
    raw: parse.Json

    @property
    def text(self) -> str:
        return "".join(each.text for each in self.deltas if each.kind == "text")


CUT_SHORT = frozenset({"length", "max_output_tokens", "max_tokens", "content_filter"})

Event = Started | Delta | Finished


def explain(reason: str, *, has_text: bool, usage: Usage | None) -> str:
    """A sentence for an ending that needs one, "" for the plain ones."""
    if reason == "content_filter":
        return "The content filter stopped this answer."
    if reason in CUT_SHORT and has_text:
        return "The answer was cut at its token limit."
    if reason in CUT_SHORT:
        spent = f" ({usage.reasoning} tokens)" if usage is not None and usage.reasoning else ""
        return (
            f"The model spent its whole token limit on reasoning{spent} and wrote no text. Raise the limit."
        )
    return ""
