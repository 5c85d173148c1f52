"""The catalogue of `GET /models`: what could be deployed, not what is; and what was fine-tuned here.

Fields: `OpenAI.Model` in the v1 spec of 2026-01-28, and those of the dated authoring route (2024-06-01).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator import tuned_models
from console.simulator.catalogue import Model, timestamp
from console.simulator.errors import invalid
from console.simulator.world import call_of

_LIFECYCLES = {
    "Preview": "preview", "GenerallyAvailable": "generally-available", "Stable": "generally-available",
    "Deprecating": "deprecating", "Deprecated": "deprecated",
}  # fmt: skip


async def index(request: Request) -> Response:
    """GET /models."""
    call = call_of(request)
    rows = [model_row(model) for model in call.account.catalogue]
    tuned = [one for one in tuned_models.tuned_models(call.world, call.account) if not one.is_checkpoint]
    rows += [tuned_models.model_row(one, call.account) for one in tuned]
    return JSONResponse({"object": "list", "data": rows})


async def show(request: Request) -> Response:
    """GET /models/{model}."""
    if tuned := _tuned(request):
        return JSONResponse(tuned_models.model_row(tuned, call_of(request).account))
    return JSONResponse(model_row(_find(request)))


async def delete(request: Request) -> Response:
    """DELETE /models/{model}: fine-tuned ones only."""
    if tuned := _tuned(request):
        call = call_of(request)
        tuned_models.delete_tuned(call.world, call.account, tuned.name)
        return JSONResponse({"id": tuned.name, "object": "model", "deleted": True})
    model = _find(request)
    raise invalid(
        "invalid_request",
        f"The model '{model.id}' is a base model; only fine-tuned models can be deleted.",
        param="model",
    )


def _tuned(request: Request) -> tuned_models.Tuned | None:
    call = call_of(request)
    return tuned_models.find_tuned(call.world, call.account, request.path_params["model"])


def _find(request: Request) -> Model:
    wanted = request.path_params["model"]
    for model in call_of(request).account.catalogue:
        if model.id == wanted:
            return model
    raise invalid("model_not_found", f"The model '{wanted}' does not exist.", param="model", status=404)


def model_row(model: Model) -> dict[str, Any]:
    """A model with the members of v1 and of the dated route."""
    deprecation = {"inference": timestamp(model.retires)}
    if model.fine_tuning_ends:
        deprecation["fine_tune"] = timestamp(model.fine_tuning_ends)
    return {
        "id": model.id,
        "object": "model",
        "created": model.created_at,
        "owned_by": "system",
        "status": "succeeded",
        "created_at": model.created_at,
        "updated_at": model.created_at,
        "capabilities": {
            "fine_tune": model.can("f"),
            "inference": True,
            "completion": model.can("t"),
            "chat_completion": model.can("c"),
            "embeddings": model.can("e"),
        },
        "lifecycle_status": _LIFECYCLES[model.lifecycle],
        "deprecation": deprecation,
    }


ROUTES = [
    Route("/models", index, methods=["GET"]),
    Route("/models/{model:path}", show, methods=["GET"]),
    Route("/models/{model:path}", delete, methods=["DELETE"]),
]
