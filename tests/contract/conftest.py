"""Peers of the simulator's process: a plain one that holds every answer to the specification, and tokens."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from openai import OpenAI

from console.simulator.app import create_app
from tests.conftest import SIMULATOR_KEY
from tests.contract import arm, spec
from tests.contract.streams import Event, events_of

TENANT = "7e4a0000-0000-4000-8000-000000000001"
CHAT, RESPONSES, EMBEDDINGS, MODELS = "/chat/completions", "/responses", "/embeddings", "/models"


class Peer:
    """Talks to one resource of the simulator; `call` refuses an answer that is not in the specification."""

    def __init__(self, client: httpx.Client, prefix: str = "") -> None:
        self.client = client
        self.prefix = prefix

    def at(self, resource: str) -> "Peer":
        return Peer(self.client, f"/resources/{resource}")

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200, **query: Any) -> Any:
        answer = self.client.request(method, f"{self.prefix}/openai/v1{path}", json=body, params=query)
        told = answer.json()
        assert answer.status_code == status, told
        assert spec.answer_flaws(method, f"/openai/v1{path}", status, told) == []
        return told

    def stream(self, path: str, body: Any) -> list[Event]:
        answer = self.client.post(f"{self.prefix}/openai/v1{path}", json={**body, "stream": True})
        assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
        return events_of(answer.text)


def token_for(simulator: str, resource: str) -> str:
    """A token of the simulator's Entra endpoint, for `https://RESOURCE`."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "c0ffee00-0000-4000-8000-000000000001",
        "client_secret": SIMULATOR_KEY,
        "scope": f"https://{resource}/.default",
    }
    answer = httpx.post(f"{simulator}/{TENANT}/oauth2/v2.0/token", data=form, trust_env=False)
    token: str = answer.raise_for_status().json()["access_token"]
    return token


@pytest.fixture
def sdk(simulator: str) -> Iterator[OpenAI]:
    """The official SDK at the simulator's default resource."""
    with OpenAI(base_url=f"{simulator}/openai/v1/", api_key=SIMULATOR_KEY, max_retries=0) as client:
        yield client


@pytest.fixture
def peer(simulator: str) -> Iterator[Peer]:
    headers = {"api-key": SIMULATOR_KEY}
    with httpx.Client(base_url=simulator, headers=headers, trust_env=False) as client:
        yield Peer(client)


@pytest.fixture
def management(simulator: str) -> Iterator[httpx.Client]:
    """A reader of the management plane."""
    headers = {"authorization": f"Bearer {token_for(simulator, 'management.azure.com')}"}
    query = {"api-version": arm.VERSION}
    with httpx.Client(base_url=simulator, headers=headers, params=query, trust_env=False) as client:
        yield client


@pytest.fixture
def slow_simulator() -> Iterator[str]:
    """The base URL of a simulator that takes fifty times its time."""
    config = uvicorn.Config(create_app(key=SIMULATOR_KEY, speed=50), port=0, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
