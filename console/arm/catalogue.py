"""The models that an account, or a region, may deploy: their lifecycle, and when a deployment retires."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from console.arm.client import ArmClient
from console.arm.deployments import Deployment, RateLimit, parse_rate_limits
from console.v1 import parse
from console.v1.families import family


@dataclass(frozen=True, slots=True)
class ModelSku:
    """One way to deploy a model. `usage_name` joins it to quota, `retires` is the sku's own last day."""

    name: str
    usage_name: str
    retires: date | None
    default_capacity: int | None
    maximum_capacity: int | None
    rate_limits: tuple[RateLimit, ...]
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class Replacement:
    """What Azure will put in a retiring model's place, and from when on."""

    name: str
    version: str
    upgrade_starts: date | None


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """One version of a model. `kind` and `location` are known in a region's list only."""

    name: str
    version: str
    format: str
    publisher: str
    family: str
    lifecycle: str
    is_default: bool
    retires: date | None
    fine_tune_retires: date | None
    retirement_status: str
    replacement: Replacement | None
    capabilities: frozenset[str]
    max_capacity: int | None
    skus: tuple[ModelSku, ...]
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a deployment stops answering. `day` is None when Azure names no day; `status` is Azure's word."""

    day: date | None
    status: str
    lifecycle: str
    replacement: Replacement | None


def list_models(arm: ArmClient, account_id: str) -> list[CatalogueModel]:
    """The models that an account may deploy."""
    return _named(parse_model(each) for each in arm.rows(f"{account_id}/models"))


def list_models_of_region(arm: ArmClient, subscription_id: str, location: str) -> list[CatalogueModel]:
    """The models of a region."""
    path = (
        f"/subscriptions/{subscription_id}/providers/Microsoft.CognitiveServices/locations/{location}/models"
    )
    return _named(parse_model(parse.mapping(each.get("model"))) for each in arm.rows(path))


def retirement(deployment: Deployment, models: Iterable[CatalogueModel]) -> Retirement | None:
    """When a deployment retires, by its model's name and version; None when the catalogue does not have that.

    The day of the deployment's own sku counts before the model's.
    """
    wanted = (deployment.model_name.lower(), deployment.model_version.lower())
    for model in models:
        if (model.name.lower(), model.version.lower()) == wanted and _same_format(model, deployment):
            own = next((each.retires for each in model.skus if each.name == deployment.sku), None)
            return Retirement(
                own or model.retires, model.retirement_status, model.lifecycle, model.replacement
            )
    return None


def parse_model(raw: parse.Json) -> CatalogueModel:
    """A model of the catalogue as a page shows it; members that are missing are empty."""
    deprecation = parse.mapping(raw.get("deprecation"))
    name = parse.text(raw.get("name"))
    return CatalogueModel(
        name=name,
        version=parse.label(raw.get("version")),
        format=parse.text(raw.get("format")),
        publisher=parse.text(raw.get("publisher")),
        family=family(name).name,
        lifecycle=parse.text(raw.get("lifecycleStatus")),
        is_default=raw.get("isDefaultVersion") is True,
        retires=parse.day(deprecation.get("inference")),
        fine_tune_retires=parse.day(deprecation.get("fineTune")),
        retirement_status=parse.text(deprecation.get("deprecationStatus")),
        replacement=_replacement(parse.mapping(raw.get("replacementConfig"))),
        capabilities=frozenset(parse.enabled(raw.get("capabilities"))),
        max_capacity=parse.integer(raw.get("maxCapacity")),
        skus=tuple(_sku(each) for each in parse.rows(raw.get("skus"))),
        raw=raw,
    )


def _sku(raw: parse.Json) -> ModelSku:
    capacity = parse.mapping(raw.get("capacity"))
    return ModelSku(
        name=parse.text(raw.get("name")),
        usage_name=parse.text(raw.get("usageName")),
        retires=parse.day(raw.get("deprecationDate")),
        default_capacity=parse.integer(capacity.get("default")),
        maximum_capacity=parse.integer(capacity.get("maximum")),
        rate_limits=parse_rate_limits(raw.get("rateLimits")),
        raw=raw,
    )


def _replacement(raw: parse.Json) -> Replacement | None:
    name = parse.text(raw.get("targetModelName"))
    if not name:
        return None
    return Replacement(
        name, parse.label(raw.get("targetModelVersion")), parse.day(raw.get("autoUpgradeStartDate"))
    )


def _named(models: Iterable[CatalogueModel]) -> list[CatalogueModel]:
    return [each for each in models if each.name]


def _same_format(model: CatalogueModel, deployment: Deployment) -> bool:
    return not deployment.model_format or not model.format or model.format == deployment.model_format
