"""What one simulator process holds, and what one request knows of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from starlette.requests import Request
from starlette.types import Receive

from console.simulator.accounts import Account, Deployment, bulk_account, simulated_accounts
from console.simulator.blobs import Blobs
from console.simulator.clock import Clock
from console.simulator.store import Store

if TYPE_CHECKING:
    from console.simulator.faults import Fault

CALL = "simulator.call"
DEFAULT_TOKEN_LIFETIME = 3599


class World:
    """The accounts, the store, the clock, and counters for whoever tests against us."""

    def __init__(
        self,
        *,
        key: str,
        seed: int = 0,
        speed: float = 1.0,
        state: Path | None = None,
        token_lifetime: int = DEFAULT_TOKEN_LIFETIME,
        files: int = 0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self.seed = seed
        self.token_lifetime = token_lifetime
        self.clock = Clock(seed=seed, speed=speed, now=now)
        self.accounts = simulated_accounts(key, seed)
        if files:
            self.accounts |= bulk_account(key, seed)
        self.bulk_files = files
        self.store = Store(state)
        self.blobs = Blobs(state)
        self.calls: Counter[str] = Counter()
        self.open_streams = 0
        self.dropped_streams = 0
        self.prefixes: dict[str, int] = {}
        self.chunks: dict[tuple[str, int, int], list[tuple[str, Counter[str]]]] = {}

    @property
    def default_account(self) -> Account:
        return next(iter(self.accounts.values()))


@dataclass(slots=True)
class Call:
    """One request: where it goes, who sent it, and the headers that its answer will carry."""

    world: World
    account: Account
    project: str
    origin: str
    request_id: str
    receive: Receive
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    late_get: float = 0.0

    def use(self, deployment: Deployment, tokens: int) -> None:
        """Count a call of a deployment and tell its limits in the answer's headers."""
        self.world.calls[f"deployment {self.account.name}/{deployment.name}"] += 1
        window = f"{self.account.name}/{deployment.name}/{self.world.clock.seconds() // 60}"
        requests, used = self.world.store.spend(window, tokens)
        self.headers |= {
            "x-ms-deployment-name": _header_text(deployment.name),
            "x-ratelimit-limit-requests": str(deployment.requests_per_minute),
            "x-ratelimit-limit-tokens": str(deployment.tokens_per_minute),
            "x-ratelimit-remaining-requests": str(max(deployment.requests_per_minute - requests, 0)),
            "x-ratelimit-remaining-tokens": str(max(deployment.tokens_per_minute - used, 0)),
        }


def call_of(request: Request) -> Call:
    """The call that the guard prepared for this request."""
    return cast(Call, request.scope[CALL])


def _header_text(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii").replace("\r", "").replace("\n", "")
