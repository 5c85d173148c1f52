"""How the simulated models differ: speed, tone, way of reasoning, and what each refuses."""

from __future__ import annotations

from dataclasses import dataclass, field

SAMPLING = frozenset({"temperature", "top_p", "presence_penalty", "frequency_penalty", "logit_bias"})


@dataclass(frozen=True, slots=True)
class Character:
    """One temper.

    `label` says it in words for people. `first_token` in seconds, `rate` in tokens a second (0 = no limit).
    `reasoning`: "" none, "hidden" counted only, "field" as `reasoning_content`, "think" as `<think>` in the
    text. `refuses` are chat parameters answered with 400. `limited` refuses that many calls out of four.
    """

    label: str
    first_token: float
    rate: float
    tone: str = "balanced"
    depth: int = 2
    reasoning: str = ""
    refuses: frozenset[str] = field(default_factory=frozenset)
    filtered: bool = False
    limited: int = 0
    bench: bool = False


_OPENAI_REASONING = SAMPLING | {"max_tokens", "stop"}

FAST = Character("fast: first token at once, many a second", 0.12, 180, "brisk", 1)
QUICK_REASONER = Character(
    "fast, reasons in secret; refuses max_tokens", 0.25, 150, "brisk", 1, "hidden", _OPENAI_REASONING
)
BALANCED = Character("even speed, even tone", 0.35, 90)
BALANCED_REASONER = Character(
    "reasons in secret; refuses max_tokens and sampling", 0.5, 95, "balanced", 2, "hidden", _OPENAI_REASONING
)
DEEP_REASONER = Character(
    "reasons long in secret, thorough; refuses max_tokens and sampling",
    0.9, 70, "thorough", 3, "hidden", _OPENAI_REASONING,
)  # fmt: skip
SLOW = Character("slow: seconds to the first token, few a second", 2.8, 14, "thorough", 3)
WITTY = Character(
    "reasons in secret, dry; refuses penalties and stop", 0.7, 75, "dry", 2, "hidden",
    frozenset({"presence_penalty", "frequency_penalty", "stop", "reasoning_effort"}),
)  # fmt: skip
OPEN_REASONER = Character(
    "shows its reasoning as reasoning_content", 0.6, 60, "analytic", 2, "field",
    frozenset({"thinking", "prompt_cache_key"}) | SAMPLING,
)  # fmt: skip
THINKER = Character("shows its reasoning as <think> in the text", 0.8, 45, "analytic", 2, "think")
ANALYTIC = Character("even speed, numbered and exact", 0.45, 65, "analytic", 2)
FRIENDLY = Character("chatty, even speed", 0.3, 85, "friendly", 2)
FORMAL = Character(
    "formal; refuses max_completion_tokens", 0.4, 70, "formal", 2, "",
    frozenset({"max_completion_tokens", "reasoning_effort"}),
)  # fmt: skip
FILTERED = Character(
    "strict content filter: blocks some prompts, cuts every answer in the middle", 0.3, 80, filtered=True
)
LIMITED = Character("rate-limited: three calls of four answer 429", 0.3, 90, limited=3)


def bench(rate: float) -> Character:
    """`bench-N`: N tokens a second, each the sender's clock in nanoseconds, the first byte at once."""
    return Character(f"benchmark: {rate:g} tokens a second, nothing else", 0.0, rate, bench=True)
