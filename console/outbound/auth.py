"""Credentials as request headers. KeyAuth is here; EntraAuth, over azure-identity, is in `entra.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from .endpoint import Endpoint
from .entra import EntraAuth, EntraSettings
from .errors import AuthFailed

__all__ = ["Auth", "EntraAuth", "EntraSettings", "KeyAuth"]


class Auth(Protocol):
    """What the door asks of a credential; the same object serves threads and coroutines."""

    @property
    def expires_at(self) -> datetime | None:
        """When the present token ends (UTC); None for keys, and before the first token."""

    @property
    def can_refresh(self) -> bool:
        """Whether a new token may help after a 401."""

    def headers(self) -> dict[str, str]:
        """The header to send; may block on a token request. Raises UpstreamError."""

    async def aheaders(self) -> dict[str, str]:
        """The same from a coroutine."""

    def refresh(self, claims: str | None = None, *, rejected: str = "") -> None:
        """Gets a new token, unless another caller has replaced the `rejected` header value meanwhile."""

    async def arefresh(self, claims: str | None = None, *, rejected: str = "") -> None:
        """The same from a coroutine."""

    def secrets(self) -> Sequence[str]:
        """What must never appear in a text."""

    def check(self, endpoint: Endpoint, *, listed: bool) -> None:
        """Raises BlockedByPolicy when this credential is not meant for that host."""


class KeyAuth:
    """An API key: `api-key` for Azure, `Authorization: Bearer` for everyone else."""

    expires_at: datetime | None = None
    can_refresh = False

    def __init__(self, key: str, header: Literal["api-key", "bearer"] = "api-key") -> None:
        """Raises AuthFailed for a key that cannot be a header value."""
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise AuthFailed(
                "The key is empty or contains characters that no key has. Nothing was sent.",
                remedy="Copy the key again, without spaces or line breaks.",
                sent=False,
            )
        self._key = key
        self._headers = {"api-key": key} if header == "api-key" else {"authorization": f"Bearer {key}"}

    def headers(self) -> dict[str, str]:
        return dict(self._headers)

    async def aheaders(self) -> dict[str, str]:
        return dict(self._headers)

    def refresh(self, claims: str | None = None, *, rejected: str = "") -> None:
        """A key has no newer version of itself."""

    async def arefresh(self, claims: str | None = None, *, rejected: str = "") -> None:
        """A key has no newer version of itself."""

    def secrets(self) -> Sequence[str]:
        return (self._key,)

    def check(self, endpoint: Endpoint, *, listed: bool) -> None:
        """A key is bound to its connection's host by whoever made the connection."""

    def __repr__(self) -> str:
        return "<KeyAuth>"
