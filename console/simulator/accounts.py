"""The simulated resources, their deployments and keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from console.simulator import characters
from console.simulator.catalogue import MODELS, Model, newest, version_of
from console.simulator.characters import Character
from console.simulator.words import digest

SUBSCRIPTION = "5a1d0000-0000-4000-8000-000000000001"
SUBSCRIPTION_NAME = "Simulated subscription"
TENANT = "7e4a0000-0000-4000-8000-000000000001"
BULK = "bulk"
_BENCH = re.compile(r"bench-(\d{1,5})\Z")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed model; `capacity` in units of 1,000 tokens a minute.

    `lessons` are what a fine-tuned model has learned: pairs of a question and its answer.
    """

    name: str
    model: Model
    character: Character
    sku: str = "GlobalStandard"
    capacity: int = 250
    upgrade: str = "OnceNewDefaultVersionAvailable"
    policy: str = "Microsoft.DefaultV2"
    state: str = "Succeeded"
    created: str = "2026-09-01T08:00:00Z"
    lessons: tuple[tuple[str, str], ...] = ()

    @property
    def tokens_per_minute(self) -> int:
        return self.capacity * 1000

    @property
    def requests_per_minute(self) -> int:
        return max(self.capacity, 1)

    @property
    def is_azure_openai(self) -> bool:
        return self.model.format == "OpenAI"


@dataclass(slots=True)
class Account:
    """One resource."""

    name: str
    kind: str
    location: str
    region: str
    group: str
    deployments: dict[str, Deployment]
    formats: frozenset[str]
    key_auth: bool = True
    project: str = "demo"
    tags: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, str] = ("", "")
    limited_calls: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{self.group}"
            f"/providers/Microsoft.CognitiveServices/accounts/{self.name}"
        )

    @property
    def catalogue(self) -> list[Model]:
        return [model for model in MODELS if model.format in self.formats]

    def deployment(self, name: str) -> Deployment | None:
        """The deployment of that name; `bench-N` and `fault-NAME` exist on every resource unlisted."""
        found = self.deployments.get(name)
        if found is None and (match := _BENCH.match(name)):
            found = Deployment(
                name, newest("gpt-5-nano"), characters.bench(float(match[1])), capacity=100_000
            )
        elif found is None and name.startswith("fault-"):
            found = Deployment(name, newest("gpt-5-nano"), characters.FAST)
        return found


def simulated_accounts(key: str, seed: int) -> dict[str, Account]:
    """The fleet by name, the default resource first."""
    return _with_keys((_eastus2(), _sweden(), _fabrikam(), _legacy()), key, seed)


def bulk_account(key: str, seed: int) -> dict[str, Account]:
    """The resource with very many files, by name."""
    deployments = (Deployment("gpt-4.1-mini", newest("gpt-4.1-mini"), characters.FAST),)
    account = Account(
        BULK, "AIServices", "eastus2", "East US 2", "contoso-ai", _named(deployments), _ALL,
        tags={"environment": "load"},
    )  # fmt: skip
    return _with_keys((account,), key, seed)


def _with_keys(accounts: tuple[Account, ...], key: str, seed: int) -> dict[str, Account]:
    for account in accounts:
        account.keys = (digest(seed, key, account.name, 1), digest(seed, key, account.name, 2))
    return {account.name: account for account in accounts}


def _named(deployments: Iterable[Deployment]) -> dict[str, Deployment]:
    return {deployment.name: deployment for deployment in deployments}


_ALL = frozenset(model.format for model in MODELS)


def _eastus2() -> Account:
    deployments = (
        Deployment("gpt-5", newest("gpt-5"), characters.DEEP_REASONER, capacity=500),
        Deployment("gpt-5-mini", newest("gpt-5-mini"), characters.BALANCED_REASONER, capacity=1000),
        Deployment("gpt-5-nano", newest("gpt-5-nano"), characters.QUICK_REASONER, capacity=2000),
        Deployment("gpt-5.4", newest("gpt-5.4"), characters.DEEP_REASONER, "DataZoneStandard", 300),
        Deployment("gpt-5.6-luna", newest("gpt-5.6-luna"), characters.BALANCED_REASONER, capacity=300),
        Deployment("gpt-4.1", newest("gpt-4.1"), characters.BALANCED, capacity=450),
        Deployment("gpt-4.1-nano", newest("gpt-4.1-nano"), characters.FAST, capacity=2000),
        Deployment("gpt-4o", newest("gpt-4o"), characters.SLOW, "Standard", 120, "OnceCurrentVersionExpired"),
        Deployment("gpt-4o-strict", newest("gpt-4o"), characters.FILTERED, "Standard", 50, policy="strict"),
        Deployment("gpt-4.1-limited", newest("gpt-4.1"), characters.LIMITED, "Standard", 1),
        Deployment("o4-mini", newest("o4-mini"), characters.BALANCED_REASONER, capacity=200),
        Deployment("text-embedding-3-large", newest("text-embedding-3-large"), characters.FAST, capacity=350),
        Deployment("text-embedding-3-small", newest("text-embedding-3-small"), characters.FAST, capacity=350),
    )
    return Account(
        "contoso-eastus2", "AIServices", "eastus2", "East US 2", "contoso-ai", _named(deployments), _ALL,
        tags={"environment": "production", "team": "platform"},
    )  # fmt: skip


def _sweden() -> Account:
    deployments = (
        Deployment("gpt-5-mini", newest("gpt-5-mini"), characters.BALANCED_REASONER, "DataZoneStandard", 400),
        Deployment("gpt-4.1", newest("gpt-4.1"), characters.BALANCED, "DataZoneStandard", 200),
        Deployment("gpt-4.1-mini", newest("gpt-4.1-mini"), characters.FAST, "Standard", 300),
        Deployment("text-embedding-3-large", newest("text-embedding-3-large"), characters.FAST, "Standard"),
    )
    return Account(
        "contoso-sweden", "AIServices", "swedencentral", "Sweden Central", "contoso-ai", _named(deployments),
        _ALL, key_auth=False, tags={"environment": "production", "data": "eu"},
    )  # fmt: skip


def _fabrikam() -> Account:
    deployments = (
        Deployment("grok-4", newest("grok-4"), characters.WITTY),
        Deployment("grok-4-fast-reasoning", newest("grok-4-fast-reasoning"), characters.WITTY, capacity=500),
        Deployment("DeepSeek-V4-Pro", newest("DeepSeek-V4-Pro"), characters.OPEN_REASONER),
        Deployment("DeepSeek-V3.2", newest("DeepSeek-V3.2"), characters.ANALYTIC),
        Deployment("DeepSeek-R1", newest("DeepSeek-R1"), characters.THINKER, upgrade="NoAutoUpgrade"),
        Deployment(
            "Llama-4-Maverick-17B-128E-Instruct-FP8",
            newest("Llama-4-Maverick-17B-128E-Instruct-FP8"),
            characters.FRIENDLY,
        ),
        Deployment("Llama-3.3-70B-Instruct", newest("Llama-3.3-70B-Instruct"), characters.FRIENDLY),
        Deployment("Mistral-Large-3", newest("Mistral-Large-3"), characters.FORMAL),
    )
    return Account(
        "fabrikam-models", "AIServices", "westus3", "West US 3", "fabrikam", _named(deployments), _ALL,
        tags={"environment": "research"},
    )  # fmt: skip


def _legacy() -> Account:
    expires = "OnceCurrentVersionExpired"
    deployments = (
        Deployment(
            "chat", version_of("gpt-4o", "2024-08-06"), characters.SLOW, "Standard", 80, "NoAutoUpgrade"
        ),
        Deployment("chat-mini", newest("gpt-4o-mini"), characters.BALANCED, "Standard", 120, expires),
        Deployment("o3-mini", newest("o3-mini"), characters.BALANCED_REASONER, "Standard", 60, expires),
        Deployment("embeddings", newest("text-embedding-ada-002"), characters.FAST, "Standard", 120, expires),
    )
    return Account(
        "contoso-legacy", "OpenAI", "westeurope", "West Europe", "contoso-old", _named(deployments),
        frozenset({"OpenAI"}), tags={"environment": "legacy"},
    )  # fmt: skip
