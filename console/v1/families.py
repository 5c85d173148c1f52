"""What a model's name tells: its family, its plain name and version, whether it reasons.

A deployment may have any name; where the name says nothing the family is "other".
"""

import re
from typing import NamedTuple


class Family(NamedTuple):
    """A family of models: who makes it, what its members answer with (`text`, `embedding`, `image`, …)."""

    name: str
    maker: str
    modality: str = "text"
    reasons: bool = False


OTHER = Family("other", "")

# The first pattern found at the start of a word of the name decides; special kinds stand before general ones.
_PATTERNS: tuple[tuple[str, Family], ...] = (
    (r"text-embedding|embed|bge|e5-", Family("embedding", "", "embedding")),
    (r"dall-e|gpt-image|flux|stable-diffusion|mai-image|imagine", Family("image", "", "image")),
    (r"sora|video", Family("video", "", "video")),
    (r"whisper|tts|gpt-4o-(?:mini-)?(?:transcribe|tts)", Family("audio", "", "audio")),
    (
        r"(?:gpt-4o-(?:mini-)?|gpt-)(?:audio|realtime)|mai-voice|mai-transcribe",
        Family("audio", "OpenAI", "audio"),
    ),
    (r"computer-use", Family("computer-use", "OpenAI")),
    (r"model-router", Family("model-router", "Microsoft")),
    (r"gpt-oss", Family("gpt-oss", "OpenAI", reasons=True)),
    (r"gpt-?5.*-chat", Family("gpt-5", "OpenAI")),
    *((rf"gpt-?{major}", Family(f"gpt-{major}", "OpenAI", reasons=True)) for major in range(5, 10)),
    (r"codex", Family("codex", "OpenAI", reasons=True)),
    (r"gpt-?4\.?1", Family("gpt-4.1", "OpenAI")),
    (r"gpt-?4\.?5", Family("gpt-4.5", "OpenAI")),
    (r"gpt-?4o", Family("gpt-4o", "OpenAI")),
    (r"gpt-?4", Family("gpt-4", "OpenAI")),
    (r"gpt-?3\.?5", Family("gpt-3.5", "OpenAI")),
    (r"o[1-9](?:-|$)", Family("o-series", "OpenAI", reasons=True)),
    (r"davinci|babbage", Family("legacy", "OpenAI")),
    (r"grok.*-non-reasoning", Family("grok", "xAI")),
    (r"grok", Family("grok", "xAI", reasons=True)),
    (r"deepseek.*(?:r[1-9]|reason|v[3-9]\.[1-9]|v[4-9])", Family("deepseek", "DeepSeek", reasons=True)),
    (r"deepseek", Family("deepseek", "DeepSeek")),
    (r"(?:meta-)?llama", Family("llama", "Meta")),
    (r"magistral", Family("mistral", "Mistral AI", reasons=True)),
    (r"mi[sx]tral|ministral|codestral|pixtral|devstral", Family("mistral", "Mistral AI")),
    (r"phi-?[0-9].*reason", Family("phi", "Microsoft", reasons=True)),
    (r"phi", Family("phi", "Microsoft")),
    (r"mai-", Family("mai", "Microsoft", reasons=True)),
    (r"cohere|command", Family("cohere", "Cohere")),
    (r"jamba", Family("jamba", "AI21 Labs")),
    (r"kimi", Family("kimi", "Moonshot AI", reasons=True)),
    (r"qwen|qwq", Family("qwen", "Alibaba Cloud")),
    (r"claude", Family("claude", "Anthropic")),
    (r"gemma", Family("gemma", "Google")),
    (r"smollm", Family("smollm", "Hugging Face")),
)
_COMPILED = tuple(
    (re.compile(rf"(?:^|[/_ .:-])(?:{pattern})", re.IGNORECASE), each) for pattern, each in _PATTERNS
)
_VERSION = re.compile(r"-(?P<version>20\d\d-\d\d-\d\d|(?<!-\d\d-)\d{4}|v\d+|turbo-2024-04-09)$")
_FINE_TUNED = re.compile(r"^(?:ft:)?(?P<base>.+?)\.ft-[0-9a-f]+", re.IGNORECASE)

OPENAI_MAKER = "OpenAI"


def family(name: str) -> Family:
    """The family of a model by its name, `OTHER` when the name says nothing."""
    shortened = name[:256]
    return next((each for pattern, each in _COMPILED if pattern.search(shortened)), OTHER)


def reasons(name: str) -> bool:
    """Whether a model of this name usually thinks before it answers."""
    return family(name).reasons


def plain_name(name: str) -> tuple[str, str]:
    """The name without its version, and that: `gpt-5-mini-2025-08-07` is `gpt-5-mini`, `2025-08-07`."""
    found = _VERSION.search(name)
    return (name[: found.start()], found["version"]) if found is not None else (name, "")


def base_of(name: str) -> str:
    """The base model of a fine-tuned one by its id (`base.ft-HEX`); "" for other models."""
    found = _FINE_TUNED.match(name)
    return found["base"] if found is not None else ""
