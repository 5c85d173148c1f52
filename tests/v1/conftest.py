"""A client at the scriptable resource, and a recorder that keeps what the audit would be told."""

from collections.abc import Iterator
from typing import Any

import pytest

from console.outbound.auth import KeyAuth
from console.outbound.policy import Policy
from console.outbound.transport import Door
from console.v1.client import Client, Target
from tests.upstream import Upstream

KEY = "upstream-key-of-the-tests"


class KeptRecorder:
    """Keeps intents and outcomes in order, with the number of requests that had arrived by then."""

    is_ready = False

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.refuses: Exception | None = None

    def intent(self, action: str, target: Target, method: str, path: str) -> str:
        if self.refuses is not None:
            raise self.refuses
        facts = {"action": action, "target": target, "method": method, "path": path}
        self.events.append(("intent", {**facts, "hits": self.upstream.hits}))
        return f"token-{len(self.events)}"

    def outcome(self, token: str, **facts: Any) -> None:
        self.events.append(("outcome", {"token": token, **facts, "hits": self.upstream.hits}))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1][1]


@pytest.fixture
def door(upstream: Upstream) -> Iterator[Door]:
    door = Door(Policy(allow_hosts=[f"127.0.0.1:{upstream.port}"]))
    yield door
    door.close()


@pytest.fixture
def recorder(upstream: Upstream) -> KeptRecorder:
    return KeptRecorder(upstream)


@pytest.fixture
def client(upstream: Upstream, door: Door, recorder: KeptRecorder) -> Client:
    endpoint = door.policy.check_url(f"http://127.0.0.1:{upstream.port}/openai/v1")
    return Client(endpoint, KeyAuth(KEY), recorder, door=door)
