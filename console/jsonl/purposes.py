"""What a JSONL file can be for, and the limits that Azure documents for each purpose.

Batches: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch (200 MB, 100,000 requests, no BOM).
Fine-tuning: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning (512 MB, 10 examples,
UTF-8 with BOM). Both read 2026-03. No limits are documented for the files of evals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_LINE = 8 * 1024 * 1024
MAX_DEPTH = 64
# A line with more commas and brackets than this would cost more memory as objects than a worker may use.
MAX_VALUES = 200_000

ENDPOINTS = (
    "/v1/chat/completions",
    "/chat/completions",
    "/v1/responses",
    "/responses",
    "/v1/embeddings",
    "/embeddings",
)


class Purpose(StrEnum):
    """Which rules a file is held to."""

    SUPERVISED = "supervised"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"
    BATCH = "batch"
    EVALS = "evals"

    @property
    def upload(self) -> str:
        """The `purpose` of POST /files."""
        return self.value if self in {Purpose.BATCH, Purpose.EVALS} else "fine-tune"

    @property
    def is_training(self) -> bool:
        return self.upload == "fine-tune"


def likely(value: Mapping[str, Any]) -> Purpose:
    """What a file is for by the object of one of its lines; supervised training where nothing speaks for another."""
    if "custom_id" in value or "body" in value:
        return Purpose.BATCH
    if "item" in value:
        return Purpose.EVALS
    if "preferred_output" in value or "non_preferred_output" in value:
        return Purpose.PREFERENCE
    messages = value.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    if isinstance(last, dict) and last.get("role") == "user":
        return Purpose.REINFORCEMENT
    return Purpose.SUPERVISED


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, lines in it; 0 means that no limit is known."""

    bytes: int = 0
    most: int = 0
    least: int = 1


TRAINING = Limits(bytes=512 * 1000 * 1000, least=10)
LIMITS = {
    Purpose.SUPERVISED: TRAINING,
    Purpose.PREFERENCE: TRAINING,
    Purpose.REINFORCEMENT: TRAINING,
    Purpose.BATCH: Limits(bytes=200 * 1000 * 1000, most=100_000),
    Purpose.EVALS: Limits(),
}


@dataclass(frozen=True)
class Expected:
    """What the file must agree with: the batch's endpoint and deployment, the JSON schema of an eval's items."""

    endpoint: str = ""
    model: str = ""
    item_schema: Mapping[str, Any] | None = None


def family(url: str) -> str:
    """Return which API an endpoint belongs to: chat, responses, embeddings, or "" for one we do not know."""
    names = {"chat/completions": "chat", "responses": "responses", "embeddings": "embeddings"}
    return names.get(url.removeprefix("/openai").removeprefix("/v1").lstrip("/"), "")
