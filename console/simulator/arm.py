"""The management plane, as far as it is read: subscriptions, accounts, deployments, catalogue, usages, keys.

Operations: azure-mgmt-cognitiveservices 14.1.0 (api-version 2025-09-01). Every list comes in pages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from console.simulator import arm_shapes as shapes
from console.simulator.accounts import SUBSCRIPTION, Account
from console.simulator.catalogue import MODELS
from console.simulator.errors import Refusal, refused
from console.simulator.world import call_of

_VERSIONS = (
    "2020-01-01", "2022-12-01", "2023-05-01", "2023-10-01-preview", "2024-04-01-preview", "2024-10-01",
    "2025-04-01-preview", "2025-06-01", "2025-07-01-preview", "2025-09-01", "2025-10-01-preview",
    "2026-09-15-preview",
)  # fmt: skip
_ACCOUNTS_A_PAGE, _DEPLOYMENTS_A_PAGE, _MODELS_A_PAGE, _USAGES_A_PAGE = 3, 8, 40, 50

Endpoint = Callable[[Request], Awaitable[Response]]


def managed(endpoint: Endpoint) -> Endpoint:
    """Refuses a call without a known `api-version` or of a subscription that is not there."""

    @wraps(endpoint)
    async def checked(request: Request) -> Response:
        version = request.query_params.get("api-version", "")
        if not version:
            message = "The api-version query parameter (?api-version=) is required for all requests."
            raise refused(400, "MissingApiVersionParameter", message)
        if version not in _VERSIONS:
            supported = ",".join(_VERSIONS)
            message = (
                f"The api-version '{version[:40]}' is invalid. The supported versions are '{supported}'."
            )
            raise refused(400, "InvalidApiVersionParameter", message)
        wanted = request.path_params.get("subscription", SUBSCRIPTION)
        if wanted.lower() != SUBSCRIPTION:
            raise refused(404, "SubscriptionNotFound", f"The subscription '{wanted}' could not be found.")
        return await endpoint(request)

    return checked


@managed
async def subscriptions(request: Request) -> Response:
    """GET /subscriptions."""
    return _page(request, [shapes.subscription()], _ACCOUNTS_A_PAGE)


@managed
async def subscription(_request: Request) -> Response:
    """GET /subscriptions/{s}."""
    return JSONResponse(shapes.subscription())


@managed
async def accounts(request: Request) -> Response:
    """GET …/accounts, of the subscription or of one resource group."""
    group = request.path_params.get("group")
    rows = [
        _account_row(request, account)
        for account in call_of(request).world.accounts.values()
        if group is None or account.group.lower() == group.lower()
    ]
    if group is not None and not rows:
        raise refused(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    return _page(request, rows, _ACCOUNTS_A_PAGE)


@managed
async def account(request: Request) -> Response:
    """GET …/accounts/{a}."""
    return JSONResponse(_account_row(request, _account(request)))


@managed
async def keys(request: Request) -> Response:
    """POST …/accounts/{a}/listKeys."""
    found = _account(request)
    if not found.key_auth:
        message = "Failed to list key. disableLocalAuth is set to be true"
        raise refused(400, "BadRequest", message)
    return JSONResponse({"key1": found.keys[0], "key2": found.keys[1]})


@managed
async def deployments(request: Request) -> Response:
    """GET …/accounts/{a}/deployments."""
    found = _account(request)
    rows = [shapes.deployment_row(found, deployment) for deployment in found.deployments.values()]
    return _page(request, rows, _DEPLOYMENTS_A_PAGE)


@managed
async def deployment(request: Request) -> Response:
    """GET …/accounts/{a}/deployments/{name}."""
    owner = _account(request)
    found = owner.deployments.get(request.path_params["name"])
    if found is None:
        raise _no_resource(request, f"accounts/{owner.name}/deployments/{request.path_params['name']}")
    return JSONResponse(shapes.deployment_row(owner, found))


@managed
async def account_models(request: Request) -> Response:
    """GET …/accounts/{a}/models: what this account may deploy."""
    return _page(request, shapes.marked_defaults(_account(request).catalogue), _MODELS_A_PAGE)


@managed
async def location_models(request: Request) -> Response:
    """GET …/locations/{l}/models: what the region offers, by kind of account."""
    rows: list[dict[str, Any]] = []
    for row in shapes.marked_defaults(MODELS):
        kinds = ("OpenAI", "AIServices") if row["format"] == "OpenAI" else ("AIServices",)
        rows += [{"kind": kind, "skuName": "S0", "model": row} for kind in kinds]
    return _page(request, rows, _MODELS_A_PAGE)


@managed
async def location_usages(request: Request) -> Response:
    """GET …/locations/{l}/usages: quota of the subscription in a region."""
    wanted = request.path_params["location"].lower().replace(" ", "")
    there = [found for found in call_of(request).world.accounts.values() if found.location == wanted]
    return _page(request, shapes.usage_rows(there, MODELS), _USAGES_A_PAGE)


@managed
async def account_usages(request: Request) -> Response:
    """GET …/accounts/{a}/usages: quota of the models that it has deployed."""
    found = _account(request)
    rows = shapes.usage_rows([found], [deployment.model for deployment in found.deployments.values()])
    return _page(request, [row for row in rows if row["currentValue"]], _USAGES_A_PAGE)


def _account_row(request: Request, found: Account) -> dict[str, Any]:
    call = call_of(request)
    return shapes.account_row(found, call.origin, is_default=found is call.world.default_account)


def _account(request: Request) -> Account:
    name, group = request.path_params["account"], request.path_params["group"]
    found = call_of(request).world.accounts.get(name.lower())
    if found is None or found.group.lower() != group.lower():
        raise _no_resource(request, f"accounts/{name}")
    return found


def _no_resource(request: Request, name: str) -> Refusal:
    return refused(
        404,
        "ResourceNotFound",
        f"The Resource 'Microsoft.CognitiveServices/{name}' under resource group "
        f"'{request.path_params.get('group')}' was not found.",
    )


def _page(request: Request, rows: Sequence[dict[str, Any]], size: int) -> Response:
    """`{value, nextLink}`; the link is absolute, on the origin that was asked."""
    token = request.query_params.get("$skiptoken", "0")
    if not (token.isascii() and token.isdecimal()):
        raise refused(400, "InvalidSkipToken", "The skip token is invalid.")
    start = int(token[:9])
    body: dict[str, Any] = {"value": rows[start : start + size]}
    if start + size < len(rows):
        version = quote(request.query_params["api-version"])
        path = quote(request.scope["path"])
        body["nextLink"] = (
            f"{call_of(request).origin}{path}?api-version={version}&%24skiptoken={start + size}"
        )
    return JSONResponse(body)


_PROVIDER = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.CognitiveServices"
_ACCOUNT = _GROUP + "/accounts/{account}"

ROUTES: list[BaseRoute] = [
    Route("/subscriptions", subscriptions, methods=["GET"]),
    Route("/subscriptions/{subscription}", subscription, methods=["GET"]),
    Route(_PROVIDER + "/accounts", accounts, methods=["GET"]),
    Route(_PROVIDER + "/locations/{location}/models", location_models, methods=["GET"]),
    Route(_PROVIDER + "/locations/{location}/usages", location_usages, methods=["GET"]),
    Route(_GROUP + "/accounts", accounts, methods=["GET"]),
    Route(_ACCOUNT, account, methods=["GET"]),
    Route(_ACCOUNT + "/listKeys", keys, methods=["POST"]),
    Route(_ACCOUNT + "/deployments", deployments, methods=["GET"]),
    Route(_ACCOUNT + "/deployments/{name}", deployment, methods=["GET"]),
    Route(_ACCOUNT + "/models", account_models, methods=["GET"]),
    Route(_ACCOUNT + "/usages", account_usages, methods=["GET"]),
]
