"""One word for each lifecycle and capability, however an API spells it, and the ids of a model's versions.

Spellings: models of the data plane (authoring API 2024-06-01) and the account catalogue of ARM 2025-09-01.
"""

import re
from collections.abc import Iterable

from console.models.seen import label
from console.v1.families import Family

LIFECYCLES = {"generallyavailable": "ga", "ga": "ga"}
CAPABILITIES = {
    "assistants": "assistants",
    "audio": "audio",
    "chatcompletion": "chat",
    "completion": "completion",
    "embeddings": "embeddings",
    "finetune": "fine-tune",
    "imagegenerations": "image",
    "imagegeneration": "image",
    "realtime": "realtime",
    "responses": "responses",
    "speech": "audio",
    "transcription": "audio",
    "videogeneration": "video",
    "videogenerations": "video",
}
BY_MODALITY = {
    "text": "chat",
    "embedding": "embeddings",
    "image": "image",
    "video": "video",
    "audio": "audio",
}
SHORT_VERSION = 3
MARKS = re.compile(r"[^a-z0-9]")


def lifecycle(word: str) -> str:
    """`ga` for what is generally available; another word as it is, in lower case."""
    return LIFECYCLES.get(plain(word), word.lower())


def capability_labels(told: Iterable[str], family: Family) -> set[str]:
    """The facet values of what a model can do; where nothing is told, what its name says of it."""
    known = {CAPABILITIES[plain(word)] for word in told if plain(word) in CAPABILITIES}
    if not known and family.name != "other":
        known = {BY_MODALITY.get(family.modality, family.modality)}
    if family.reasons:
        known.add("reasoning")
    return {label("capability", one) for one in known}


def model_ids(name: str, version: str) -> frozenset[str]:
    """The ids under which `GET /models` may list a version: a short one may be left out."""
    if not version:
        return frozenset({name})
    dated = f"{name}-{version}"
    return frozenset({name, dated}) if len(version) <= SHORT_VERSION else frozenset({dated})


def plain(word: str) -> str:
    return MARKS.sub("", word.lower())
