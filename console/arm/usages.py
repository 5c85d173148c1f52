"""Quota: how much of each sku of each model a subscription may use in a region, and does."""

from dataclasses import dataclass
from datetime import datetime

from console.arm.client import ArmClient
from console.v1 import parse


@dataclass(frozen=True, slots=True)
class Usage:
    """One quota. `name` is the `usage_name` of skus in the catalogue; `used` and `limit` count its `unit`."""

    name: str
    label: str
    used: float | None
    limit: float | None
    unit: str
    status: str
    period: str
    resets_at: datetime | None
    raw: parse.Json

    @property
    def left(self) -> float | None:
        return None if self.used is None or self.limit is None else self.limit - self.used


def list_usages(arm: ArmClient, subscription_id: str, location: str) -> list[Usage]:
    """The quotas of a subscription in a region; needs the role Cognitive Services Usages Reader there."""
    path = (
        f"/subscriptions/{subscription_id}/providers/Microsoft.CognitiveServices/locations/{location}/usages"
    )
    return _named(arm, path)


def list_usages_of_account(arm: ArmClient, account_id: str) -> list[Usage]:
    """The quotas of one account."""
    return _named(arm, f"{account_id}/usages")


def _named(arm: ArmClient, path: str) -> list[Usage]:
    found = (_parse(each) for each in arm.rows(path))
    return [each for each in found if each.name]


def _parse(raw: parse.Json) -> Usage:
    name = parse.mapping(raw.get("name"))
    return Usage(
        name=parse.text(name.get("value")),
        label=parse.text(name.get("localizedValue")),
        used=parse.number(raw.get("currentValue")),
        limit=parse.number(raw.get("limit")),
        unit=parse.text(raw.get("unit")),
        status=parse.text(raw.get("status")),
        period=parse.text(raw.get("quotaPeriod")),
        resets_at=parse.time(raw.get("nextResetTime")),
        raw=raw,
    )
