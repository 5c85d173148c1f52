"""The routes that are older than v1 and still of use: the list of deployments with a key, the dated models.

Shapes: the authoring API of 2023-03-15-preview (deployments) and of 2024-06-01 (models).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import models
from console.simulator.accounts import Deployment
from console.simulator.catalogue import timestamp
from console.simulator.errors import path_not_found, refused
from console.simulator.world import call_of

_WITH_DEPLOYMENTS = frozenset({"2022-12-01", "2023-03-15-preview"})


async def deployments(request: Request) -> Response:
    """GET /openai/deployments; later versions no longer have it."""
    if _version(request) not in _WITH_DEPLOYMENTS:
        raise path_not_found()
    rows = [_row(deployment) for deployment in call_of(request).account.deployments.values()]
    return JSONResponse({"object": "list", "data": rows})


async def deployment(request: Request) -> Response:
    """GET /openai/deployments/{name}."""
    found = call_of(request).account.deployments.get(request.path_params["name"])
    if _version(request) not in _WITH_DEPLOYMENTS or found is None:
        raise path_not_found()
    return JSONResponse(_row(found))


async def catalogue(request: Request) -> Response:
    """GET /openai/models."""
    _version(request)
    return await models.index(request)


def _version(request: Request) -> str:
    version = request.query_params.get("api-version", "")
    if not version:
        raise refused(404, "404", "Resource not found")
    return version


def _row(found: Deployment) -> dict[str, Any]:
    made = timestamp(found.created[:10])
    return {
        "object": "deployment",
        "id": found.name,
        "model": found.model.name,
        "status": found.state.lower(),
        "owner": "organization-owner",
        "created_at": made,
        "updated_at": made,
        "scale_settings": {"scale_type": "standard"},
        "simulator": found.character.label,
    }


ROUTES = [
    Route("/deployments", deployments, methods=["GET"]),
    Route("/deployments/{name}", deployment, methods=["GET"]),
    Route("/models", catalogue, methods=["GET"]),
]
