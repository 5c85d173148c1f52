"""The service's own names (codes, states, settings, purposes) in words; one that is new is made readable."""

import re
from typing import Any

from console.v1.parameters import PARAMETERS

WORDS = {
    **{one.name: one.label for one in PARAMETERS},
    "n_epochs": "Epochs",
    "eval_interval": "Steps between evaluations",
    "eval_samples": "Samples an evaluation",
    "max_completion_tokens": "Max output tokens",
    "max_completions_tokens": "Max output tokens",
    "max_tokens": "Max output tokens",
    "fine-tune": "Fine-tuning",
    "fine-tune-results": "Fine-tuning results",
    "wandb": "Weights & Biases",
    "server_error": "The service failed",
    "auto": "Automatic",
    "canceled": "Cancelled",
    "static": "Fixed size",
    "bleu": "BLEU",
    "gleu": "GLEU",
    "meteor": "METEOR",
    "rouge_l": "ROUGE-L",
    **{f"rouge_{size}": f"ROUGE-{size}" for size in range(1, 6)},
}
WRITTEN = {
    "api": "API",
    "bom": "BOM",
    "csv": "CSV",
    "json": "JSON",
    "jsonl": "JSONL",
    "mcp": "MCP",
    "url": "URL",
}
REGIONS = [
    "Australia Central",
    "Australia Central 2",
    "Australia East",
    "Australia Southeast",
    "Austria East",
    "Belgium Central",
    "Brazil South",
    "Brazil Southeast",
    "Canada Central",
    "Canada East",
    "Central India",
    "Central US",
    "Chile Central",
    "China East",
    "China East 2",
    "China East 3",
    "China North",
    "China North 2",
    "China North 3",
    "East Asia",
    "East US",
    "East US 2",
    "France Central",
    "France South",
    "Germany North",
    "Germany West Central",
    "Indonesia Central",
    "Israel Central",
    "Italy North",
    "Japan East",
    "Japan West",
    "Jio India Central",
    "Jio India West",
    "Korea Central",
    "Korea South",
    "Malaysia West",
    "Mexico Central",
    "New Zealand North",
    "North Central US",
    "North Europe",
    "Norway East",
    "Norway West",
    "Poland Central",
    "Qatar Central",
    "South Africa North",
    "South Africa West",
    "South Central US",
    "South India",
    "Southeast Asia",
    "Spain Central",
    "Sweden Central",
    "Sweden South",
    "Switzerland North",
    "Switzerland West",
    "UAE Central",
    "UAE North",
    "UK South",
    "UK West",
    "US Gov Arizona",
    "US Gov Texas",
    "US Gov Virginia",
    "West Central US",
    "West Europe",
    "West India",
    "West US",
    "West US 2",
    "West US 3",
]
"""Azure's regions as people write them (learn.microsoft.com/azure/reliability/regions-list)."""

BY_REGION = {one.replace(" ", "").lower(): one for one in REGIONS}
EDGE_OF_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\s]+")


def in_words(name: Any) -> str:
    """Return a name of the service as words: `invalid_training_file` is "Invalid training file"; "" for nothing."""
    text = "" if name is None else str(name).strip()
    if known := WORDS.get(text):
        return known
    words = [written(one) for one in EDGE_OF_WORDS.split(text) if one]
    sentence = " ".join(words)
    return sentence[:1].upper() + sentence[1:]


def region_name(region: str) -> str:
    """A region as people write it: "Sweden Central", also for `swedencentral`; one that is new stays as it is."""
    return BY_REGION.get(region.replace(" ", "").lower(), region)


def written(word: str) -> str:
    """One word inside a sentence; what is all in capitals is a name already."""
    return WRITTEN.get(word.lower(), word if word.isupper() else word.lower())
