"""Deployments of an account: the names that calls use, and what stands behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.arm.client import ArmClient
from console.v1 import parse
from console.v1.families import family

# What Azure does when the option is absent
# (https://learn.microsoft.com/azure/ai-foundry/openai/how-to/working-with-models).
DEFAULT_UPGRADE = "OnceCurrentVersionExpired"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`count` requests or tokens (`key` says which) in each `period` seconds."""

    key: str
    count: float
    period: float

    @property
    def per_minute(self) -> float:
        return self.count * 60 / self.period


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment. `capacity` counts units of the sku, mostly 1,000 tokens a minute each."""

    id: str
    name: str
    model_name: str
    model_format: str
    model_version: str
    publisher: str
    family: str
    sku: str
    capacity: int | None
    state: str
    capabilities: frozenset[str]
    upgrade_option: str
    rai_policy: str
    rate_limits: tuple[RateLimit, ...]
    is_dynamically_throttled: bool
    spillover: str
    parent: str
    created_at: datetime | None
    created_by: str
    updated_at: datetime | None
    updated_by: str
    etag: str
    tags: Mapping[str, str]
    raw: parse.Json

    @property
    def tokens_per_minute(self) -> float | None:
        return _per_minute(self.rate_limits, "token")

    @property
    def requests_per_minute(self) -> float | None:
        return _per_minute(self.rate_limits, "request")


def list_deployments(arm: ArmClient, account_id: str) -> list[Deployment]:
    """Every deployment of an account, as the service orders them."""
    found = (parse_deployment(each) for each in arm.rows(f"{account_id}/deployments"))
    return [each for each in found if each.name]


def get_deployment(arm: ArmClient, account_id: str, name: str) -> Deployment:
    """One deployment by its name."""
    return parse_deployment(arm.get(f"{account_id}/deployments/{name}"))


def parse_deployment(raw: parse.Json) -> Deployment:
    """A deployment as a page shows it; members that are missing are empty."""
    properties, system = parse.mapping(raw.get("properties")), parse.mapping(raw.get("systemData"))
    model, sku = parse.mapping(properties.get("model")), parse.mapping(raw.get("sku"))
    capacity = parse.integer(sku.get("capacity"))
    return Deployment(
        id=parse.text(raw.get("id")),
        name=parse.text(raw.get("name")),
        model_name=parse.text(model.get("name")),
        model_format=parse.text(model.get("format")),
        model_version=parse.label(model.get("version")),
        publisher=parse.text(model.get("publisher")),
        family=family(parse.text(model.get("name"))).name,
        sku=parse.text(sku.get("name")),
        capacity=parse.integer(properties.get("currentCapacity")) if capacity is None else capacity,
        state=parse.text(properties.get("provisioningState")),
        capabilities=frozenset(parse.enabled(properties.get("capabilities"))),
        upgrade_option=parse.text(properties.get("versionUpgradeOption")) or DEFAULT_UPGRADE,
        rai_policy=parse.text(properties.get("raiPolicyName")),
        rate_limits=parse_rate_limits(properties.get("rateLimits")),
        is_dynamically_throttled=properties.get("dynamicThrottlingEnabled") is True,
        spillover=parse.text(properties.get("spilloverDeploymentName")),
        parent=parse.text(properties.get("parentDeploymentName")),
        created_at=parse.time(system.get("createdAt")),
        created_by=parse.text(system.get("createdBy")),
        updated_at=parse.time(system.get("lastModifiedAt")),
        updated_by=parse.text(system.get("lastModifiedBy")),
        etag=parse.text(raw.get("etag")),
        tags={key: each for key, each in parse.mapping(raw.get("tags")).items() if isinstance(each, str)},
        raw=raw,
    )


def parse_rate_limits(value: object) -> tuple[RateLimit, ...]:
    """Azure's `rateLimits`; rules without a count or a period are left out."""
    limits = []
    for each in parse.rows(value):
        count, period = parse.number(each.get("count")), parse.number(each.get("renewalPeriod"))
        if count is not None and period is not None and period > 0:
            limits.append(RateLimit(parse.text(each.get("key")), count, period))
    return tuple(limits)


def _per_minute(limits: tuple[RateLimit, ...], key: str) -> float | None:
    return next((each.per_minute for each in limits if each.key == key), None)
