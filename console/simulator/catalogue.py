"""The models that the simulated resources know of, as data.

Names are those in use in late 2026; versions, dates, context sizes and quotas are part of the simulation.
Fields as in ARM's `AccountModel` (api-version 2025-09-01) and the model of the dated authoring API.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# name | version | format | lifecycle | kinds | created | retires | fine-tuning ends | context | replaced by
# kinds: c chat, r responses, e embeddings, t text completion, f fine-tuning, i images, a audio, v video,
# b batch
_TABLE = """
gpt-6-sol|2026-10-08|OpenAI|Preview|crb|2026-10-12|2027-10-15||1050000|
gpt-5.6-sol|2026-08-19|OpenAI|GenerallyAvailable|crb|2026-08-24|2027-09-01||1050000|
gpt-5.6-luna|2026-08-19|OpenAI|GenerallyAvailable|crb|2026-08-24|2027-09-01||400000|
gpt-5.6-terra|2026-08-19|OpenAI|GenerallyAvailable|crb|2026-08-24|2027-09-01||400000|
gpt-5.5|2026-05-20|OpenAI|GenerallyAvailable|crb|2026-05-26|2027-06-01||1050000|
gpt-5.4|2026-03-05|OpenAI|GenerallyAvailable|crb|2026-03-09|2027-03-15||1050000|gpt-5.6-sol
gpt-5.4-mini|2026-03-17|OpenAI|GenerallyAvailable|crb|2026-03-23|2027-03-25||400000|gpt-5.6-luna
gpt-5.4-nano|2026-03-17|OpenAI|GenerallyAvailable|crb|2026-03-23|2027-03-25||400000|gpt-5.6-luna
gpt-5.4-pro|2026-03-05|OpenAI|GenerallyAvailable|rb|2026-03-09|2027-03-15||1050000|gpt-5.6-sol
gpt-5.3-codex|2026-02-05|OpenAI|GenerallyAvailable|r|2026-02-10|2027-02-15||400000|gpt-5.6-terra
gpt-5.2|2025-12-11|OpenAI|GenerallyAvailable|crb|2025-12-15|2027-01-15||400000|gpt-5.4
gpt-5.1|2025-11-13|OpenAI|Deprecating|crb|2025-11-17|2026-12-15||400000|gpt-5.4
gpt-5.1-codex|2025-11-13|OpenAI|Deprecating|r|2025-11-17|2026-12-15||400000|gpt-5.3-codex
gpt-5|2025-08-07|OpenAI|GenerallyAvailable|crfb|2025-08-07|2027-02-05|2027-02-05|400000|gpt-5.4
gpt-5-mini|2025-08-07|OpenAI|GenerallyAvailable|crfb|2025-08-07|2027-02-05|2027-02-05|400000|gpt-5.4-mini
gpt-5-nano|2025-08-07|OpenAI|GenerallyAvailable|crfb|2025-08-07|2027-02-05|2027-02-05|400000|gpt-5.4-nano
gpt-5-chat|2025-10-03|OpenAI|Deprecating|cr|2025-10-06|2026-12-31||128000|gpt-5.4-mini
gpt-5-pro|2025-10-06|OpenAI|GenerallyAvailable|rb|2025-10-06|2027-04-06||400000|gpt-5.4-pro
gpt-5-codex|2025-09-15|OpenAI|Deprecating|r|2025-09-23|2026-12-15||400000|gpt-5.3-codex
gpt-4.1|2025-04-14|OpenAI|GenerallyAvailable|crfb|2025-04-14|2027-04-14|2027-04-14|1047576|gpt-5.4
gpt-4.1-mini|2025-04-14|OpenAI|GenerallyAvailable|crfb|2025-04-14|2027-04-14|2027-04-14|1047576|gpt-5.4-mini
gpt-4.1-nano|2025-04-14|OpenAI|GenerallyAvailable|crfb|2025-04-14|2027-04-14|2027-04-14|1047576|gpt-5.4-nano
gpt-4o|2024-11-20|OpenAI|Deprecating|crb|2024-11-20|2026-12-31||128000|gpt-5.4
gpt-4o|2024-08-06|OpenAI|Deprecating|crfb|2024-08-06|2026-12-10|2026-12-10|128000|gpt-5.4
gpt-4o|2024-05-13|OpenAI|Deprecated|crb|2024-05-13|2026-06-30||128000|gpt-5.4
gpt-4o-mini|2024-07-18|OpenAI|Deprecating|crfb|2024-07-18|2026-12-10|2026-12-10|128000|gpt-5.4-mini
gpt-4o-audio-preview|2024-12-17|OpenAI|Preview|ca|2024-12-17|2026-12-31||128000|
gpt-4o-transcribe|2025-03-20|OpenAI|GenerallyAvailable|a|2025-03-20|2027-03-20||16000|
gpt-4o-mini-transcribe|2025-03-20|OpenAI|GenerallyAvailable|a|2025-03-20|2027-03-20||16000|
gpt-4o-mini-tts|2025-03-20|OpenAI|GenerallyAvailable|a|2025-03-20|2027-03-20||2000|
gpt-realtime|2025-08-28|OpenAI|GenerallyAvailable|a|2025-08-28|2027-03-01||32000|
gpt-35-turbo|0125|OpenAI|Deprecated|cfb|2024-02-20|2026-03-31|2026-03-31|16385|gpt-5.4-nano
gpt-35-turbo-instruct|0914|OpenAI|Deprecated|t|2023-09-14|2026-03-31||4097|gpt-5.4-nano
gpt-4|turbo-2024-04-09|OpenAI|Deprecated|cb|2024-04-09|2026-06-06||128000|gpt-4.1
gpt-4|0613|OpenAI|Deprecated|cb|2023-06-13|2026-06-06||8192|gpt-4.1
o1|2024-12-17|OpenAI|Deprecated|crb|2024-12-17|2026-07-15||200000|o3
o3|2025-04-16|OpenAI|GenerallyAvailable|crb|2025-04-16|2027-01-20||200000|gpt-5.4
o3-mini|2025-01-31|OpenAI|Deprecating|crb|2025-01-31|2026-12-31||200000|o4-mini
o3-pro|2025-06-10|OpenAI|GenerallyAvailable|rb|2025-06-10|2027-01-20||200000|gpt-5-pro
o3-deep-research|2025-06-26|OpenAI|GenerallyAvailable|r|2025-06-26|2027-01-20||200000|
o4-mini|2025-04-16|OpenAI|GenerallyAvailable|crfb|2025-04-16|2027-01-20|2027-01-20|200000|gpt-5.4-mini
computer-use-preview|2025-03-11|OpenAI|Preview|r|2025-03-11|2027-01-15||8192|
text-embedding-3-large|1|OpenAI|GenerallyAvailable|eb|2024-01-25|2027-04-14||8192|
text-embedding-3-small|1|OpenAI|GenerallyAvailable|eb|2024-01-25|2027-04-14||8192|
text-embedding-ada-002|2|OpenAI|Deprecating|eb|2022-12-15|2027-04-14||8192|text-embedding-3-small
dall-e-3|3.0|OpenAI|Deprecated|i|2023-11-06|2026-03-04||4000|gpt-image-1.5
gpt-image-1|2025-04-15|OpenAI|Preview|i|2025-04-15|2027-02-01||32000|gpt-image-1.5
gpt-image-1.5|2025-12-16|OpenAI|GenerallyAvailable|i|2025-12-16|2027-06-16||32000|
sora-2|2025-10-06|OpenAI|Preview|v|2025-10-15|2027-02-15||4000|
whisper|001|OpenAI|GenerallyAvailable|a|2023-03-01|2027-03-31||4000|gpt-4o-transcribe
tts-hd|001|OpenAI|GenerallyAvailable|a|2023-11-06|2027-03-31||4000|gpt-4o-mini-tts
gpt-oss-120b|1|OpenAI-OSS|GenerallyAvailable|cr|2025-08-05|2027-08-05||131072|
gpt-oss-20b|1|OpenAI-OSS|GenerallyAvailable|cr|2025-08-05|2027-08-05||131072|
model-router|2025-11-18|OpenAI|GenerallyAvailable|cr|2025-11-18|2027-05-20||200000|
grok-4|1|xAI|GenerallyAvailable|cr|2025-09-29|2027-02-28||262144|grok-4.3
grok-4-fast-reasoning|1|xAI|GenerallyAvailable|cr|2025-09-29|2027-02-28||2000000|grok-4.3
grok-4-fast-non-reasoning|1|xAI|GenerallyAvailable|cr|2025-09-29|2027-02-28||2000000|grok-4.3
grok-4.3|1|xAI|GenerallyAvailable|cr|2026-05-04|2027-08-01||1000000|
grok-3|1|xAI|Deprecating|c|2025-05-19|2026-12-20||131072|grok-4
grok-3-mini|1|xAI|Deprecating|c|2025-05-19|2026-12-20||131072|grok-4-fast-reasoning
grok-code-fast-1|1|xAI|Preview|cr|2025-09-29|2027-01-31||256000|
DeepSeek-V4-Pro|1|DeepSeek|GenerallyAvailable|cr|2026-05-11|2027-08-01||1000000|
DeepSeek-V4-Flash|1|DeepSeek|GenerallyAvailable|cr|2026-05-11|2027-08-01||1000000|
DeepSeek-V3.2|1|DeepSeek|GenerallyAvailable|cr|2025-12-08|2027-03-01||131072|DeepSeek-V4-Pro
DeepSeek-V3.1|1|DeepSeek|Deprecating|cr|2025-08-28|2026-12-31||131072|DeepSeek-V3.2
DeepSeek-R1-0528|1|DeepSeek|Deprecating|c|2025-06-02|2027-01-10||163840|DeepSeek-V4-Pro
DeepSeek-R1|1|DeepSeek|Deprecating|c|2025-01-29|2027-01-10||163840|DeepSeek-V4-Pro
Llama-4-Maverick-17B-128E-Instruct-FP8|1|Meta|GenerallyAvailable|cr|2025-04-07|2027-06-30||1000000|
Llama-4-Scout-17B-16E-Instruct|1|Meta|GenerallyAvailable|c|2025-04-07|2027-06-30||10000000|
Llama-3.3-70B-Instruct|9|Meta|GenerallyAvailable|cf|2024-12-09|2027-06-30|2027-06-30|131072|
Meta-Llama-3.1-8B-Instruct|5|Meta|Deprecating|cf|2024-07-23|2026-12-31||131072|Llama-3.3-70B-Instruct
Mistral-Large-3|1|Mistral AI|GenerallyAvailable|c|2025-12-02|2027-06-30||256000|
Mistral-Large-2411|2|Mistral AI|Deprecating|c|2024-11-18|2026-12-31||128000|Mistral-Large-3
mistral-medium-2505|1|Mistral AI|GenerallyAvailable|c|2025-05-07|2027-03-31||128000|
mistral-small-2503|1|Mistral AI|GenerallyAvailable|cf|2025-03-17|2027-03-31||128000|
Ministral-3B|1|Mistral AI|GenerallyAvailable|cf|2024-10-09|2027-03-31||128000|
Codestral-2501|2|Mistral AI|GenerallyAvailable|c|2025-01-13|2027-03-31||256000|
mistral-document-ai-2505|1|Mistral AI|Preview|c|2025-06-18|2027-03-31||64000|
Phi-4|7|Microsoft|GenerallyAvailable|cf|2025-01-08|2027-06-30||16384|
Phi-4-mini-instruct|1|Microsoft|GenerallyAvailable|cf|2025-02-26|2027-06-30||131072|
Phi-4-reasoning|1|Microsoft|GenerallyAvailable|c|2025-04-30|2027-06-30||32768|
MAI-DS-R1|1|Microsoft|Preview|cr|2025-04-17|2027-01-31||163840|DeepSeek-V4-Pro
Cohere-command-a-03-2025|1|Cohere|GenerallyAvailable|c|2025-03-13|2027-06-30||256000|
cohere-embed-v-4-0|1|Cohere|GenerallyAvailable|e|2025-04-15|2027-06-30||128000|
Kimi-K2.5|1|Moonshot AI|GenerallyAvailable|c|2026-02-02|2027-06-30||262144|
Qwen3-32B|1|Alibaba|Preview|c|2025-11-10|2027-06-30||131072|
"""


@dataclass(frozen=True, slots=True)
class Model:
    """One version of one model; dates in ISO, context in tokens."""

    name: str
    version: str
    format: str
    lifecycle: str
    kinds: str
    created: str
    retires: str
    fine_tuning_ends: str
    context: int
    replacement: str

    @property
    def id(self) -> str:
        """The identifier in `GET /models`: the name, and the version where that is a date."""
        dated = len(self.version) > 3 and self.format == "OpenAI"
        return f"{self.name}-{self.version}" if dated else self.name

    @property
    def created_at(self) -> int:
        return timestamp(self.created)

    def can(self, kind: str) -> bool:
        return kind in self.kinds


def timestamp(date: str) -> int:
    """Unix seconds of an ISO date, midnight UTC."""
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())


def _rows() -> Iterator[Model]:
    for line in _TABLE.strip().splitlines():
        name, version, form, lifecycle, kinds, created, retires, tuning, context, replacement = line.split(
            "|"
        )
        yield Model(
            name, version, form, lifecycle, kinds, created, retires, tuning, int(context), replacement
        )


MODELS: tuple[Model, ...] = tuple(_rows())


def newest(name: str) -> Model:
    """The first version listed under a name."""
    return next(model for model in MODELS if model.name == name)


def version_of(name: str, version: str) -> Model:
    return next(model for model in MODELS if (model.name, model.version) == (name, version))
