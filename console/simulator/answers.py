"""What a simulated model answers to a conversation; shared by chat completions and Responses."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from console.simulator import filters
from console.simulator.accounts import Deployment
from console.simulator.errors import invalid, refused
from console.simulator.recall import recall
from console.simulator.structured import conforming_json, loose_json
from console.simulator.text import compose, ponder
from console.simulator.tools import ToolCall, choose_calls
from console.simulator.words import count, dice, digest, pieces
from console.simulator.world import Call

ECHO = "echo:"
_EFFORT = {"none": 0, "minimal": 0, "low": 64, "medium": 192, "high": 512, "xhigh": 1024}
_BENCH_DEFAULT = 500


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation, as text."""

    role: str
    text: str


@dataclass(slots=True)
class Ask:
    """A request, whichever API it came by. `schema` is the JSON Schema that the answer must obey."""

    deployment: Deployment
    turns: list[Turn]
    prompt_tokens: int
    functions: list[dict[str, Any]] = field(default_factory=list)
    tool_choice: Any = None
    parallel: bool = True
    json_mode: bool = False
    schema: dict[str, Any] | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    effort: str | None = None
    variant: int = 0

    @property
    def prompt(self) -> str:
        """The last thing the user said."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")


@dataclass(slots=True)
class Answer:
    """An answer in pieces of one token each. `finish` in the words of chat completions."""

    thoughts: list[str] = field(default_factory=list)
    hidden: int = 0
    pieces: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    finish: str = "stop"
    cut_by_filter: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def reasoning_tokens(self) -> int:
        return self.hidden + len(self.thoughts)

    @property
    def tokens(self) -> int:
        calls = sum(count(call.name + call.arguments) + 4 for call in self.calls)
        return self.reasoning_tokens + len(self.pieces) + calls


def admit(call: Call, ask: Ask) -> None:
    """Refuses what the deployment would refuse: its rate limit, a blocked prompt, a prompt too long."""
    deployment = ask.deployment
    call.use(deployment, ask.prompt_tokens + (ask.max_tokens or 0))
    _check_limit(call, deployment)
    context = deployment.model.context
    if ask.prompt_tokens > context:
        raise invalid(
            "context_length_exceeded",
            f"This model's maximum context length is {context} tokens. However, your messages resulted in "
            f"{ask.prompt_tokens} tokens. Please reduce the length of the messages.",
            param="messages",
        )
    if filters.prompt_is_blocked(ask.prompt, strict=deployment.character.filtered):
        raise filters.prompt_refusal()


def cached_tokens(call: Call, ask: Ask) -> int:
    """Prompt tokens that an earlier call with the same beginning has put in the cache, in steps of 128."""
    if ask.prompt_tokens < 1024:
        return 0
    beginning = "".join(f"{turn.role}:{turn.text}" for turn in ask.turns)[:4000]
    key = digest(call.account.name, ask.deployment.name, beginning)
    earlier = call.world.prefixes.get(key, 0)
    call.world.prefixes[key] = max(earlier, ask.prompt_tokens)
    return min(earlier, ask.prompt_tokens) // 128 * 128


def answer(call: Call, ask: Ask) -> Answer:
    """The answer, the same for the same seed, model and conversation."""
    character = ask.deployment.character
    prompt = ask.prompt
    if character.bench:
        size = ask.max_tokens or _BENCH_DEFAULT
        return Answer(pieces=[f"{number} " for number in range(size)], finish="length")
    if prompt.startswith(ECHO):
        return _finished(Answer(pieces=pieces(prompt[len(ECHO) :].removeprefix(" "))), ask)
    rng = dice(
        call.world.seed, ask.deployment.name, [(turn.role, turn.text) for turn in ask.turns], ask.variant
    )
    found = Answer()
    _reason(found, ask, rng)
    found.calls = choose_calls(ask.functions, ask.tool_choice, ask.turns[-1].role, prompt, ask.parallel, rng)
    if found.calls:
        found.finish = "tool_calls"
    else:
        found.pieces = pieces(_text(ask, rng))
    return _finished(found, ask)


def _reason(found: Answer, ask: Ask, rng: random.Random) -> None:
    style = ask.deployment.character.reasoning
    if style == "hidden":
        found.hidden = _EFFORT.get(ask.effort or "medium", 192)
    elif style == "field" and ask.effort != "none":
        found.thoughts = pieces(ponder(ask.prompt, rng))


def _text(ask: Ask, rng: random.Random) -> str:
    if ask.schema is not None:
        return conforming_json(ask.schema, ask.prompt, rng)
    if learned := recall(ask.deployment.lessons, ask.prompt):
        return learned
    if ask.json_mode:
        return loose_json(ask.prompt, ask.deployment.name, rng)
    written = compose(ask.deployment.name, ask.deployment.character, ask.turns, ask.prompt, rng)
    if ask.deployment.character.reasoning == "think":
        return f"<think>\n{ponder(ask.prompt, rng)}\n</think>\n\n{written}"
    return written


def _finished(found: Answer, ask: Ask) -> Answer:
    if ask.stop and found.pieces:
        _apply_stop(found, ask.stop)
    if ask.max_tokens is not None and found.tokens > ask.max_tokens:
        _apply_length(found, ask.max_tokens)
    if found.pieces and filters.answer_is_cut(ask.prompt, strict=ask.deployment.character.filtered):
        del found.pieces[max(len(found.pieces) // 2, 1) :]
        found.finish, found.cut_by_filter = "content_filter", True
    return found


def _apply_stop(found: Answer, stops: tuple[str, ...]) -> None:
    text = found.text
    ends = [position for stop in stops if stop and (position := text.find(stop)) >= 0]
    if ends:
        found.pieces = pieces(text[: min(ends)])


def _apply_length(found: Answer, limit: int) -> None:
    found.finish = "length"
    found.calls = []
    if found.hidden >= limit:
        found.hidden, found.pieces = limit, []
    elif found.reasoning_tokens >= limit:
        found.pieces = []
        del found.thoughts[max(limit - found.hidden, 0) :]
    else:
        del found.pieces[limit - found.reasoning_tokens :]


def _check_limit(call: Call, deployment: Deployment) -> None:
    if deployment.character.limited:
        number = call.account.limited_calls.get(deployment.name, 0)
        call.account.limited_calls[deployment.name] = number + 1
        if number % 4 < deployment.character.limited:
            raise refused(
                429,
                "RateLimitReached",
                f"Your requests to {deployment.name} in {call.account.region} have exceeded the token rate "
                f"limit of your current {deployment.sku} tier. Please retry after 3 seconds.",
                headers={"retry-after-ms": "2500", "retry-after": "3"},
            )
