"""Entra ID tokens over azure-identity, which is imported when the first token is asked for.

A token is fetched by one thread however many callers wait for it, replaced at least five minutes before it
ends, and replaced at once, once, after a 401. Every fetch makes a new credential object: azure-identity's own
cache would hand back the token that was just refused, and does not renew before the last five minutes.
"""

import asyncio
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from .clouds import CLOUDS, cloud_of_host
from .endpoint import Endpoint, refusal
from .errors import AuthFailed, UpstreamError

if TYPE_CHECKING:
    from .transport import Door

__all__ = ["CREDENTIALS", "EntraAuth", "EntraSettings"]

Credential = Literal[
    "default", "managed_identity", "workload_identity", "client_secret", "client_certificate", "azure_cli"
]
CREDENTIALS: tuple[Credential, ...] = (
    "default",
    "managed_identity",
    "workload_identity",
    "client_secret",
    "client_certificate",
    "azure_cli",
)
RENEW_BEFORE = 300.0
JITTER = random.SystemRandom()
USABLE = 30.0
"""A token with less than this many seconds left is waited for instead of used."""
PATIENCE = 30.0
PAUSE_AFTER_FAILURE = 30.0


@dataclass(frozen=True)
class EntraSettings:
    """How to get a token. `authority` is a host, or the URL of a token server that is listed.

    `client_id` chooses a user-assigned managed identity; empty settings come from the environment where
    azure-identity knows them. `certificate` is PEM, with its private key.
    """

    credential: Credential = "default"
    tenant_id: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    authority: str = CLOUDS["public"].authority
    scope: str = CLOUDS["public"].data_scopes[0]


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    expires_on: float
    renew_at: float


class EntraAuth:
    """Bearer tokens of one identity for one scope; one object per connection and scope, kept."""

    can_refresh = True

    def __init__(self, settings: EntraSettings, *, door: "Door | None" = None) -> None:
        """`door` carries the token requests; this process's own when it is left out."""
        self.settings = settings
        self._door = door
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._flight: Future[_Token] | None = None
        self._not_before = 0.0
        self._known = {settings.secret} if settings.secret else set()

    @property
    def expires_at(self) -> datetime | None:
        """When the present token ends (UTC)."""
        token = self._token
        return datetime.fromtimestamp(token.expires_on, UTC) if token is not None else None

    def headers(self) -> dict[str, str]:
        """The header with a token that is good for a while. Raises UpstreamError, mostly AuthFailed."""
        return _header(self._usable() or self._landed(self._take_off(None)))

    async def aheaders(self) -> dict[str, str]:
        """The same from a coroutine."""
        return _header(self._usable() or await self._alanded(self._take_off(None)))

    def refresh(self, claims: str | None = None, *, rejected: str = "") -> None:
        """Gets a new token, unless the `rejected` header value has been replaced meanwhile."""
        if self._is_current(rejected):
            self._landed(self._take_off(claims))

    async def arefresh(self, claims: str | None = None, *, rejected: str = "") -> None:
        """The same from a coroutine."""
        if self._is_current(rejected):
            await self._alanded(self._take_off(claims))

    def secrets(self) -> Sequence[str]:
        return tuple(self._known)

    def check(self, endpoint: Endpoint, *, listed: bool) -> None:
        """A token goes only to hosts of its kind: management or data of one cloud, or what is `listed`."""
        cloud, scope = cloud_of_host(endpoint.host), self.settings.scope
        if cloud is not None and endpoint.host == cloud.arm_host:
            fits = scope == cloud.arm_scope
        else:
            fits = cloud is not None and scope in cloud.data_scopes
        if not listed and not fits:
            raise refusal(
                f"A token for {scope} is not meant for {endpoint.host}.",
                "Choose the scope that belongs to this host, or use a key.",
            )

    def _usable(self) -> _Token | None:
        """The present token while it is good; its replacement is begun in the background when it is due."""
        token, now = self._token, time.time()
        if token is None or token.expires_on - now < USABLE:
            return None
        if token.renew_at <= now and self._not_before <= now:
            self._take_off(None)
        return token

    def _is_current(self, rejected: str) -> bool:
        token = self._token
        return not rejected or token is None or f"Bearer {token.text}" == rejected

    def _take_off(self, claims: str | None) -> "Future[_Token]":
        """The flight that is under way, or a new one."""
        with self._lock:
            if self._flight is None:
                self._flight = Future()
                threading.Thread(target=self._fly, args=(self._flight, claims), daemon=True).start()
            return self._flight

    def _fly(self, flight: "Future[_Token]", claims: str | None) -> None:
        outcome: _Token | UpstreamError
        try:
            outcome = self._fetch(claims)
        except UpstreamError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001 - azure-identity and msal raise what they like
            outcome = _auth_failed(error, self._known)
        with self._lock:
            self._flight = None
            if isinstance(outcome, _Token):
                self._known.discard(self._token.text if self._token else "")
                self._known.add(outcome.text)
                self._token = outcome
            else:
                self._not_before = time.time() + PAUSE_AFTER_FAILURE
        if isinstance(outcome, _Token):
            flight.set_result(outcome)
        else:
            outcome.__context__ = outcome.__cause__ = None
            flight.set_exception(outcome.with_traceback(None))

    def _fetch(self, claims: str | None) -> _Token:
        from .identity import fetch_token
        from .transport import get_door

        text, expires_on = fetch_token(self.settings, claims, self._door or get_door())
        early = min(RENEW_BEFORE + JITTER.uniform(0.0, 60.0), (expires_on - time.time()) / 2)
        return _Token(text, expires_on, expires_on - early)

    def _landed(self, flight: "Future[_Token]") -> _Token:
        try:
            return flight.result(timeout=PATIENCE)
        except FutureTimeout:
            raise _too_slow() from None
        except UpstreamError as error:
            told = error.copy()
        raise told

    async def _alanded(self, flight: "Future[_Token]") -> _Token:
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(flight)), PATIENCE)
        except TimeoutError:
            raise _too_slow() from None
        except UpstreamError as error:
            told = error.copy()
        raise told

    def __repr__(self) -> str:
        return f"<EntraAuth {self.settings.credential} {self.settings.scope}>"


def _header(token: _Token) -> dict[str, str]:
    return {"authorization": f"Bearer {token.text}"}


def _auth_failed(error: Exception, secrets: set[str]) -> AuthFailed:
    from .redaction import Redactor

    lines = str(error).strip().splitlines()
    return AuthFailed(
        "No token could be got from Entra ID. Nothing was changed and nothing was charged.",
        remedy="Check tenant, client and credential of the connection; this server must reach Entra ID.",
        detail=Redactor(secrets)(lines[0] if lines else type(error).__name__),
        sent=False,
    )


def _too_slow() -> AuthFailed:
    return AuthFailed(
        "Entra ID did not answer in time. Nothing was changed and nothing was charged.",
        remedy="Try again; if it stays, check that this server may reach Entra ID.",
        sent=False,
    )
