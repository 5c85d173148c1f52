"""Names to addresses, with every address checked: what passes here is what gets connected to."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from .addresses import parse_address
from .errors import ConnectTimeout, UpstreamError
from .policy import Policy

__all__ = ["Lookup", "Resolver", "system_lookup"]

Lookup = Callable[[str, int], Sequence[str]]
"""From a name and a port to its addresses; may block, and raises OSError when the name is unknown."""

MAX_LOOKUPS = 64
MAX_ADDRESSES = 64


def system_lookup(host: str, port: int) -> list[str]:
    """The addresses of a name by the operating system, without repetition, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Resolver:
    """Looks names up in threads of their own: a name server that hangs blocks neither loop nor deadline."""

    def __init__(self, policy: Policy, lookup: Lookup = system_lookup) -> None:
        self._policy = policy
        self._lookup = lookup
        self._slots = threading.BoundedSemaphore(MAX_LOOKUPS)

    def addresses(self, host: str, port: int, *, seconds: float) -> list[str]:
        """Every address of the name, all permitted. Raises BlockedByPolicy or ConnectTimeout."""
        try:
            return self._checked(host, port, self._begin(host, port).result(timeout=max(seconds, 0.001)))
        except FutureTimeout:
            raise _too_slow(host) from None

    async def aaddresses(self, host: str, port: int, *, seconds: float) -> list[str]:
        """The same from a coroutine."""
        try:
            found = await asyncio.wait_for(asyncio.wrap_future(self._begin(host, port)), seconds)
        except TimeoutError:
            raise _too_slow(host) from None
        return self._checked(host, port, found)

    def _begin(self, host: str, port: int) -> "Future[Sequence[str]]":
        future: Future[Sequence[str]] = Future()
        if parse_address(host) is not None:
            future.set_result([host])
        elif self._slots.acquire(blocking=False):
            threading.Thread(target=self._run, args=(future, host, port), daemon=True).start()
        else:
            future.set_exception(_too_slow(host))
        return future

    def _run(self, future: "Future[Sequence[str]]", host: str, port: int) -> None:
        try:
            outcome: Sequence[str] | UpstreamError = self._lookup(host, port)
        except (OSError, UnicodeError):
            outcome = _unknown(host)
        finally:
            self._slots.release()
        if not future.set_running_or_notify_cancel():
            return
        if isinstance(outcome, UpstreamError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _checked(self, host: str, port: int, found: Sequence[str]) -> list[str]:
        if not found or len(found) > MAX_ADDRESSES:
            raise _unknown(host)
        for address in found:
            self._policy.check_address(host, port, address)
        return list(found)


def _unknown(host: str) -> ConnectTimeout:
    return ConnectTimeout(
        f"The name {host} could not be resolved. Nothing was sent.",
        remedy="Check the spelling of the address and the DNS of this server.",
        sent=False,
    )


def _too_slow(host: str) -> ConnectTimeout:
    return ConnectTimeout(
        f"The name server did not answer in time for {host}. Nothing was sent.",
        remedy="Check the DNS of this server.",
        sent=False,
    )
