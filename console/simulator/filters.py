"""The simulated content filter: which texts it stops, and how it reports.

Shapes: `AzureContentFilterResultForPrompt` and its siblings in the v1 spec of 2026-01-28.
"""

from __future__ import annotations

import re
from typing import Any

from console.simulator.errors import Refusal

SEVERITIES = ("hate", "self_harm", "sexual", "violence")

# A prompt that starts like this is treated so by every deployment, whatever it says after.
BLOCK_PROMPT = "filter-prompt:"
BLOCK_ANSWER = "filter-answer:"

_STRICT = re.compile(
    r"\b(attack|blood|bomb|fight|gun|hate|hurt|kill|murder|poison|violence|violent|weapon)\w*", re.I
)


def prompt_is_blocked(prompt: str, *, strict: bool) -> bool:
    return prompt.lstrip().startswith(BLOCK_PROMPT) or (strict and _STRICT.search(prompt) is not None)


def answer_is_cut(prompt: str, *, strict: bool) -> bool:
    return prompt.lstrip().startswith(BLOCK_ANSWER) or strict


def prompt_results(*, blocked: bool = False) -> dict[str, Any]:
    """Results for a prompt: four severities and the two detectors of attacks."""
    undetected = {"filtered": False, "detected": False}
    return {**_severities(blocked), "jailbreak": undetected, "indirect_attack": undetected}


def answer_results(*, cut: bool = False) -> dict[str, Any]:
    """Results for an answer: four severities and the protected-material detectors."""
    undetected = {"filtered": False, "detected": False}
    return {**_severities(cut), "protected_material_code": undetected, "protected_material_text": undetected}


def responses_results(*, source: str, blocked: bool = False, end: int = 0) -> dict[str, Any]:
    """One row of a response's `content_filters`."""
    undetected = {"filtered": False, "detected": False}
    return {
        "blocked": blocked,
        "source_type": source,
        "content_filter_results": {
            **_severities(blocked),
            "jailbreak": undetected,
            "task_adherence": undetected,
        },
        "content_filter_offsets": {"start_offset": 0, "end_offset": end, "check_offset": 0},
    }


def prompt_refusal() -> Refusal:
    """The 400 of a blocked prompt."""
    return Refusal(
        400,
        {
            "error": {
                "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
                "management policy. Please modify your prompt and retry. To learn more about our content "
                "filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
                "type": None,
                "param": "prompt",
                "code": "content_filter",
                "status": 400,
                "innererror": {
                    "code": "ResponsibleAIPolicyViolation",
                    "content_filter_result": prompt_results(blocked=True),
                },
            }
        },
    )


def _severities(stopped: bool) -> dict[str, Any]:
    results: dict[str, Any] = {name: {"filtered": False, "severity": "safe"} for name in SEVERITIES}
    if stopped:
        results["violence"] = {"filtered": True, "severity": "medium"}
    return results
