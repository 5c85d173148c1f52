"""The token endpoints: Microsoft Entra ID's, App Service's managed identity, the instance metadata service.

Shapes: those that azure-identity 1.27 and MSAL read; error texts as Entra words them.
"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.simulator.accounts import TENANT
from console.simulator.clock import iso
from console.simulator.errors import Refusal
from console.simulator.tickets import issue
from console.simulator.world import Call, call_of

MANAGED_IDENTITY = "3a7a0000-0000-4000-8000-000000000002"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LARGEST_FORM = 64 * 1024


async def token(request: Request) -> Response:
    """POST /{tenant}/oauth2/v2.0/token: client credentials, by secret (the simulator's key) or assertion."""
    call = call_of(request)
    form = _Form(await request.body())
    tenant = request.path_params["tenant"]
    if tenant == _NOBODY:
        raise _refused(call, 90002, "invalid_request", f"Tenant '{tenant}' not found.")
    if form.get("grant_type") != "client_credentials":
        raise _refused(call, 70003, "unsupported_grant_type", "The app requested an unsupported grant type.")
    client_id = _client(call, form, tenant)
    audience = _audience(call, form.get("scope"))
    lifetime = call.world.token_lifetime
    return JSONResponse(
        {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": _issue(call, audience, tenant, client_id),
        }
    )


async def managed_identity(request: Request) -> Response:
    """GET /msi/token, the endpoint of App Service; the header is the simulator's key."""
    call = call_of(request)
    header = request.headers.get("x-identity-header", "")
    if not hmac.compare_digest(header.encode(), call.world.key.encode()):
        raise Refusal(
            401, {"error": "invalid_request", "error_description": "X-IDENTITY-HEADER is missing or wrong."}
        )
    return _managed(call, request)


async def instance_metadata(request: Request) -> Response:
    """GET /metadata/identity/oauth2/token, the endpoint of a virtual machine."""
    if request.headers.get("metadata", "").lower() != "true":
        raise Refusal(
            400, {"error": "invalid_request", "error_description": "Required metadata header not specified"}
        )
    return _managed(call_of(request), request)


async def configuration(request: Request) -> Response:
    """GET /{tenant}/v2.0/.well-known/openid-configuration."""
    call = call_of(request)
    tenant = request.path_params["tenant"]
    base = f"{call.origin}/{tenant}"
    return JSONResponse(
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "tenant_region_scope": "EU",
        }
    )


async def instance(request: Request) -> Response:
    """GET /common/discovery/instance: this host is an authority of its own."""
    call = call_of(request)
    host = call.origin.partition("://")[2]
    return JSONResponse(
        {
            "tenant_discovery_endpoint": f"{call.origin}/{TENANT}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
    )


class _Form:
    """A URL-encoded form, tolerant of any bytes."""

    def __init__(self, raw: bytes) -> None:
        self._fields = parse_qs(raw[:_LARGEST_FORM].decode("utf-8", "replace"), keep_blank_values=True)

    def get(self, name: str) -> str:
        return self._fields.get(name, [""])[0]


def _client(call: Call, form: _Form, tenant: str) -> str:
    client_id = form.get("client_id")
    if not client_id:
        raise _refused(
            call,
            900144,
            "invalid_request",
            "The request body must contain the following parameter: 'client_id'.",
        )
    if client_id == _NOBODY:
        message = f"Application with identifier '{client_id}' was not found in the directory '{tenant}'."
        raise _refused(call, 700016, "unauthorized_client", message)
    assertion = form.get("client_assertion")
    if assertion:
        if form.get("client_assertion_type") != _ASSERTION or assertion.count(".") != 2:
            raise _refused(call, 50027, "invalid_request", "JWT token is invalid or malformed.")
    elif not hmac.compare_digest(form.get("client_secret").encode(), call.world.key.encode()):
        message = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            f"secret value, not the client secret ID, for a secret added to app '{client_id}'."
        )
        raise _refused(call, 7000215, "invalid_client", message, status=401)
    return client_id


def _audience(call: Call, scope: str) -> str:
    """The resource of `RESOURCE/.default`."""
    resource, separator, _ = scope.partition("/.default")
    if not separator or not resource.startswith(("https://", "api://")):
        message = (
            f"The provided request must include a 'scope' input parameter. The scope '{scope}' is not valid."
        )
        raise _refused(call, 1002012, "invalid_scope", message)
    return resource.rstrip("/")


def _managed(call: Call, request: Request) -> Response:
    resource = request.query_params.get("resource", "")
    client_id = request.query_params.get("client_id") or MANAGED_IDENTITY
    if not resource.startswith("https://"):
        raise Refusal(
            400, {"error": "invalid_resource", "error_description": "AADSTS500011: The resource is unknown."}
        )
    if client_id == _NOBODY:
        raise Refusal(400, {"error": "invalid_request", "error_description": "Identity not found"})
    now, lifetime = call.world.clock.seconds(), call.world.token_lifetime
    return JSONResponse(
        {
            "access_token": _issue(call, resource.rstrip("/").removesuffix("/.default"), TENANT, client_id),
            "client_id": client_id,
            "expires_in": str(lifetime),
            "expires_on": str(now + lifetime),
            "ext_expires_in": str(lifetime),
            "not_before": str(now),
            "resource": resource,
            "token_type": "Bearer",
        }
    )


def _issue(call: Call, audience: str, tenant: str, client_id: str) -> str:
    return issue(
        call.world,
        audience=audience,
        tenant=tenant,
        client_id=client_id,
        issuer=f"{call.origin}/{tenant}/",
        lifetime=call.world.token_lifetime,
    )


def _refused(call: Call, number: int, error: str, message: str, *, status: int = 400) -> Refusal:
    stamp = iso(call.world.clock.now()).replace("T", " ")
    trace, correlation = call.world.clock.request_id(), call.request_id
    body: dict[str, Any] = {
        "error": error,
        "error_description": f"AADSTS{number}: {message} Trace ID: {trace} Correlation ID: {correlation} "
        f"Timestamp: {stamp}",
        "error_codes": [number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{call.origin}/error?code={number}",
    }
    return Refusal(status, body)


ROUTES = [
    Route("/msi/token", managed_identity, methods=["GET"]),
    Route("/metadata/identity/oauth2/token", instance_metadata, methods=["GET"]),
    Route("/common/discovery/instance", instance, methods=["GET"]),
    Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
    Route("/{tenant}/v2.0/.well-known/openid-configuration", configuration, methods=["GET"]),
]
