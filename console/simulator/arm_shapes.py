"""ARM's resources as JSON: accounts, deployments, catalogue models, usages.

Shapes: azure-mgmt-cognitiveservices 14.1.0 (api-version 2025-09-01).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from console.simulator.accounts import SUBSCRIPTION, SUBSCRIPTION_NAME, TENANT, Account, Deployment
from console.simulator.catalogue import Model
from console.simulator.words import digest

_TYPE = "Microsoft.CognitiveServices/accounts"
_STANDARD, _GLOBAL, _ZONE = "Standard", "GlobalStandard", "DataZoneStandard"
_MADE = {"createdBy": "ada@contoso.example", "createdByType": "User", "createdAt": "2025-03-03T09:00:00Z"}


def subscription() -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{SUBSCRIPTION}",
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "displayName": SUBSCRIPTION_NAME,
        "state": "Enabled",
        "authorizationSource": "RoleBased",
        "subscriptionPolicies": {"quotaId": "Internal_2014-09-01", "spendingLimit": "Off"},
        "managedByTenants": [],
    }


def account_row(account: Account, origin: str, *, is_default: bool) -> dict[str, Any]:
    """The account; its endpoints are the simulator's own URLs of that resource, and end in a slash."""
    base = f"{origin}/resources/{account.name}/"
    endpoints = {"OpenAI Language Model Instance API": base, "OpenAI v1 API": f"{base}openai/v1/"}
    if account.kind == "AIServices":
        endpoints["AI Foundry API"] = f"{base}api/projects/{account.project}"
    if is_default:
        endpoints["OpenAI v1 API, default resource"] = f"{origin}/openai/v1/"
    return {
        "id": account.id,
        "name": account.name,
        "type": _TYPE,
        "kind": account.kind,
        "location": account.location,
        "sku": {"name": "S0"},
        "etag": _etag(account.name),
        "tags": {**account.tags, "simulator": "true"},
        "identity": {"type": "SystemAssigned", "principalId": _guid(account.name), "tenantId": TENANT},
        "systemData": {**_MADE, "lastModifiedAt": "2026-09-01T08:00:00Z"},
        "properties": {
            "endpoint": base,
            "endpoints": endpoints,
            "customSubDomainName": account.name,
            "provisioningState": "Succeeded",
            "disableLocalAuth": not account.key_auth,
            "publicNetworkAccess": "Enabled",
            "networkAcls": {"defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []},
            "allowProjectManagement": account.kind == "AIServices",
            "defaultProject": account.project,
            "associatedProjects": [account.project],
            "storedCompletionsDisabled": False,
            "dateCreated": "2025-03-03T09:00:00.0000000Z",
            "isMigrated": False,
        },
    }


def deployment_row(account: Account, deployment: Deployment) -> dict[str, Any]:
    """The deployment; `tags.simulator` says in words how it behaves."""
    return {
        "id": f"{account.id}/deployments/{deployment.name}",
        "name": deployment.name,
        "type": f"{_TYPE}/deployments",
        "sku": {"name": deployment.sku, "capacity": deployment.capacity},
        "etag": _etag(account.name, deployment.name),
        "tags": {"simulator": deployment.character.label},
        "systemData": {**_MADE, "createdAt": deployment.created, "lastModifiedAt": deployment.created},
        "properties": {
            "model": {
                "format": deployment.model.format,
                "name": deployment.model.name,
                "version": deployment.model.version,
            },
            "versionUpgradeOption": deployment.upgrade,
            "raiPolicyName": deployment.policy,
            "provisioningState": deployment.state,
            "currentCapacity": deployment.capacity,
            "capabilities": _capabilities(deployment.model),
            "dynamicThrottlingEnabled": False,
            "rateLimits": _rate_limits(deployment.requests_per_minute, deployment.tokens_per_minute),
        },
    }


def model_row(model: Model) -> dict[str, Any]:
    """An `AccountModel` of the catalogue."""
    row: dict[str, Any] = {
        "format": model.format,
        "name": model.name,
        "version": model.version,
        "lifecycleStatus": model.lifecycle,
        "isDefaultVersion": False,
        "maxCapacity": 1000,
        "capabilities": _capabilities(model),
        "deprecation": {"inference": f"{model.retires}T00:00:00Z", "deprecationStatus": "Planned"},
        "skus": [_sku(model, name) for name in skus_of(model)],
        "systemData": {
            "createdBy": "Microsoft",
            "createdByType": "Application",
            "createdAt": f"{model.created}T00:00:00Z",
        },
    }
    if model.fine_tuning_ends:
        row["deprecation"]["fineTune"] = f"{model.fine_tuning_ends}T00:00:00Z"
        row["finetuneCapabilities"] = {"fineTune": "true", "supervised": "true"}
    if model.replacement:
        row["replacementConfig"] = {
            "targetModelName": model.replacement,
            "autoUpgradeStartDate": f"{model.retires}T00:00:00Z",
            "upgradeOnExpiryLeadTimeDays": 7,
        }
    return row


def marked_defaults(rows: Iterable[Model]) -> list[dict[str, Any]]:
    """Catalogue rows in which the newest version of each name is the default."""
    seen: set[str] = set()
    marked = []
    for model in rows:
        marked.append({**model_row(model), "isDefaultVersion": model.name not in seen})
        seen.add(model.name)
    return marked


def usage_rows(accounts: Iterable[Account], models: Iterable[Model]) -> list[dict[str, Any]]:
    """Quota by SKU and model name: what the accounts use of it, in thousands of tokens a minute."""
    used: dict[str, int] = {}
    for account in accounts:
        for deployment in account.deployments.values():
            name = usage_name(deployment.model, deployment.sku)
            used[name] = used.get(name, 0) + deployment.capacity
    names = dict.fromkeys(usage_name(model, sku) for model in models for sku in skus_of(model))
    return [
        {
            "name": {
                "value": name,
                "localizedValue": f"Tokens Per Minute (thousands) - {name.split('.', 2)[2]}",
            },
            "currentValue": float(used.get(name, 0)),
            "limit": float(max(1000, used.get(name, 0) * 2)),
            "unit": "Count",
        }
        for name in names
    ]


def usage_name(model: Model, sku: str) -> str:
    return f"{'OpenAI' if model.format == 'OpenAI' else 'AIServices'}.{sku}.{model.name}"


def skus_of(model: Model) -> tuple[str, ...]:
    return (_GLOBAL, _ZONE, _STANDARD) if model.format == "OpenAI" else (_GLOBAL,)


def _sku(model: Model, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "usageName": usage_name(model, name),
        "deprecationDate": f"{model.retires}T00:00:00Z",
        "capacity": {"minimum": 1, "maximum": 1000, "step": 1, "default": 100},
        "rateLimits": [
            {"key": "request", "renewalPeriod": 60, "count": 1},
            {"key": "token", "renewalPeriod": 60, "count": 1000},
        ],
    }


def _capabilities(model: Model) -> dict[str, str]:
    found = {"maxContextToken": str(model.context), "maxOutputToken": str(min(model.context // 4, 128_000))}
    names = {
        "c": "chatCompletion", "r": "responses", "e": "embeddings", "t": "completion", "f": "fineTune",
        "i": "imageGenerations", "a": "audio", "v": "video",
    }  # fmt: skip
    found |= {name: "true" for kind, name in names.items() if model.can(kind)}
    return found


def _rate_limits(requests: int, tokens: int) -> list[dict[str, Any]]:
    return [
        {"key": "request", "renewalPeriod": 60.0, "count": float(requests)},
        {"key": "token", "renewalPeriod": 60.0, "count": float(tokens)},
    ]


def _etag(*parts: str) -> str:
    return f'"{digest("etag", *parts)[:32]}"'


def _guid(name: str) -> str:
    text = digest("principal", name)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"
