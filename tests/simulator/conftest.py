"""A simulator in this process for facts, and one under uvicorn for what needs a connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from console.simulator.app import Simulator, create_app

KEY = "test-key"


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1_795_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def app(hands: Hands) -> Simulator:
    return create_app(key=KEY, seed=7, speed=0, now=hands)


@pytest.fixture
def peer(app: Simulator) -> TestClient:
    """A client with the key of the simulator, whose answers come at once."""
    return TestClient(app, base_url="http://simulator", headers={"api-key": KEY})


@pytest.fixture
def nobody(app: Simulator) -> TestClient:
    """A client without any credential."""
    return TestClient(app, base_url="http://simulator")


@contextmanager
def running(app: Simulator) -> Iterator[str]:
    """The base URL of the app under uvicorn on a free port."""
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def served() -> Iterator[str]:
    """A simulator under uvicorn that never waits."""
    with running(create_app(key=KEY, seed=7, speed=0)) as base:
        yield base


@pytest.fixture
def entra(nobody: TestClient) -> Callable[..., str]:
    """Asks the token endpoint for a token of a resource."""

    def token(resource: str = "https://ai.azure.com", *, client_id: str = "my-app") -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": KEY,
            "scope": f"{resource}/.default",
        }
        answer = nobody.post("/contoso.example/oauth2/v2.0/token", data=form)
        return str(answer.json()["access_token"])

    return token
