"""The ASGI application: every plane's routes behind one guard, and the state saved while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

from console.simulator import (
    arm,
    batches,
    chat,
    checkpoints,
    containers,
    conversations,
    dated,
    embeddings,
    eval_runs,
    evals,
    files,
    fine_tuning,
    grader_bench,
    home,
    identity,
    models,
    responses,
    store_search,
    stored_completions,
    vector_store_files,
    vector_stores,
)
from console.simulator.furnish import furnish
from console.simulator.guard import Guard
from console.simulator.world import DEFAULT_TOKEN_LIFETIME, World

_SAVE_EVERY = 3.0

# A further resource of the v1 API is one more file with its ROUTES, named here.
V1_ROUTES: list[BaseRoute] = [
    *models.ROUTES,
    *chat.ROUTES,
    *responses.ROUTES,
    *embeddings.ROUTES,
    *files.ROUTES,
    *vector_stores.ROUTES,
    *vector_store_files.ROUTES,
    *store_search.ROUTES,
    *fine_tuning.ROUTES,
    *checkpoints.ROUTES,
    *grader_bench.ROUTES,
    *batches.ROUTES,
    *stored_completions.ROUTES,
    *evals.ROUTES,
    *eval_runs.ROUTES,
    *conversations.ROUTES,
    *containers.ROUTES,
]
OPEN_ROUTES: list[BaseRoute] = [*home.ROUTES, *identity.ROUTES]


def create_app(
    *,
    key: str,
    seed: int = 0,
    speed: float = 1.0,
    state: str | Path | None = None,
    token_lifetime: int = DEFAULT_TOKEN_LIFETIME,
    files: int = 0,
    furnished: bool = False,
    now: Callable[[], float] = time.time,
) -> Simulator:
    """A simulator that accepts `key`; `speed` multiplies every wait (0 = none); `state` is a JSON file.

    With `files` there is a resource `bulk` that has that many; `furnished` fills the others at first start.
    """
    path = Path(state) if state else None
    world = World(
        key=key, seed=seed, speed=speed, state=path, token_lifetime=token_lifetime, files=files, now=now
    )
    return Simulator(world, furnished=furnished)


class Simulator:
    """The ASGI callable."""

    def __init__(self, world: World, *, furnished: bool = False) -> None:
        self.world = world
        self._furnished = furnished
        planes = {
            "v1": _router(V1_ROUTES),
            "dated": _router(dated.ROUTES),
            "arm": _router(arm.ROUTES),
            "open": _router(OPEN_ROUTES),
        }
        self._v1 = planes["v1"]
        self._guard = Guard(world, planes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._guard(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._furnished:
            await furnish(self.world, self._v1)
        saver = asyncio.create_task(self._save_now_and_then())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        saver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saver
        self.world.store.save()
        self.world.blobs.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_EVERY)
            self.world.store.save()


def _router(routes: Sequence[BaseRoute]) -> Router:
    return Router(routes, redirect_slashes=False)
