"""What the console sends in the tests, held to the specifications: its plane, exceptions, what is wrong.

`tests.upstream.Upstream` and the simulator's journal hand over every request; those that carry the console's
own User-Agent are judged. Other planes than v1 have their own short lists here, each with its reason.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from console.outbound.call import USER_AGENT
from tests.contract import arm, spec
from tests.contract.sent import Sent


@dataclass(frozen=True)
class Plane:
    """Requests outside v1 and the management plane that the console may send."""

    method: str
    path: str
    query: Mapping[str, str]
    reason: str


# A resource of the simulator's fleet, a project's route, and the base of providers other than Azure.
PREFIX = re.compile(r"^(?:/resources/[^/]+)?(?:/api/projects/[^/]+)?(?:/openai)?/v1(?=/)")
OTHERS = (
    Plane(
        "GET",
        "(?:/resources/[^/]+)?/openai/deployments",
        {"api-version": "2023-03-15-preview"},
        "the deployments of a resource by name, for connections without rights on the management plane; "
        "v1 has no such list",
    ),
    Plane(
        "GET",
        "/subscriptions",
        {"api-version": "2022-12-01"},
        "subscriptions belong to Microsoft.Resources, which has versions of its own",
    ),
    Plane("POST", "/[^/]+/oauth2/v2.0/token", {}, "Entra ID's token endpoint, asked by azure-identity"),
    Plane("GET", "/[^/]+/v2.0/.well-known/openid-configuration", {}, "Entra ID, asked by azure-identity"),
    Plane(
        "GET",
        "/common/discovery/instance",
        {"api-version": ".*", "authorization_endpoint": ".*"},
        "Entra ID, asked by azure-identity",
    ),
    Plane(
        "GET",
        "/msi/token",
        {"api-version": ".*", "resource": ".*", "client_id": ".*"},
        "App Service's managed identity, asked by azure-identity",
    ),
    Plane(
        "GET",
        "/metadata/identity/oauth2/token",
        {"api-version": ".*", "resource": ".*", "client_id": ".*"},
        "a virtual machine's managed identity, asked by azure-identity",
    ),
)


def flaws(sent: Sent) -> list[str]:
    """What is wrong with a request; nothing for requests that the console did not send."""
    if sent.headers.get("user-agent") != USER_AGENT:
        return []
    path, prefixes = PREFIX.subn("/openai/v1", sent.path)
    if prefixes:
        return v1_flaws(sent, path)
    if any(is_of(plane, sent) for plane in OTHERS):
        return []
    if sent.path.startswith("/subscriptions/"):
        return arm.request_flaws(sent.method, sent.path, sent.query)
    return [f"{sent.method} {sent.path}: the console has no business there"]


def all_flaws(requests: Iterable[Sent]) -> list[str]:
    return [one for sent in requests for one in flaws(sent)]


def v1_flaws(sent: Sent, path: str) -> list[str]:
    body: Any = None
    if sent.body and not sent.headers.get("content-type", "").startswith("multipart/"):
        try:
            body = json.loads(sent.body)
        except ValueError:
            return [f"{sent.method} {path}: the body is not JSON"]
    return spec.request_flaws(sent.method, path, sent.query, body, sent.headers)


def is_of(plane: Plane, sent: Sent) -> bool:
    """Whether a request is one of a plane: its path, its required values, and no other parameter."""
    return (
        plane.method == sent.method
        and re.fullmatch(plane.path, sent.path) is not None
        and set(sent.query) <= set(plane.query)
        and all(
            re.fullmatch(value, given) is not None
            for name, value in plane.query.items()
            for given in sent.query.get(name, [] if value == ".*" else [""])
        )
    )
