"""Endpoints whose address and key the operator has set in the environment, always both from the same pair.

The pairs are those of the official SDKs. No page can name another variable, and a key of the environment is
never sent to another host than the one that stands beside it.
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from console.v1.address import NotAnAddress, Recognised, recognise

if TYPE_CHECKING:
    from console.models.connection import Connection

PAIRS = {"AZURE_OPENAI_API_KEY": "AZURE_OPENAI_ENDPOINT", "OPENAI_API_KEY": "OPENAI_BASE_URL"}


@dataclass(frozen=True)
class Pair:
    """A key's variable, and the endpoint that the variable beside it names."""

    key: str
    address: str
    endpoint: Recognised


def pairs() -> list[Pair]:
    """Return the pairs of which the operator has set both, with an address that can be read."""
    found = []
    for key, address in PAIRS.items():
        endpoint = endpoint_beside(key)
        if os.environ.get(key) and endpoint is not None:
            found.append(Pair(key, address, endpoint))
    return found


def endpoint_beside(key: str) -> Recognised | None:
    """Return the endpoint that belongs to the variable `key`; None when no variable names one."""
    try:
        return recognise(os.environ.get(PAIRS.get(key, ""), ""), simulator=settings.SIMULATOR_URL)
    except NotAnAddress:
        return None


def key_of(connection: "Connection") -> str:
    """Return the key from the environment; empty when it is not set or now belongs to another host."""
    endpoint = endpoint_beside(connection.secret_env)
    if endpoint is not None and not (endpoint.url + "/").startswith(connection.origin + "/"):
        return ""
    return os.environ.get(connection.secret_env, "")
