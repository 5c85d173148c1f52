"""azure-identity behind the door: its credentials by name, its requests sent by our own transport.

Sign-in hosts follow the policy like every other host. The endpoints of managed identity are fixed by Azure's
environment and by azure-identity; only they are sent past the policy, and never from a connection's URL.
"""

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx
from azure.core.pipeline.transport import HttpResponse, HttpTransport, RequestsTransport
from azure.core.utils import case_insensitive_dict
from azure.identity import (
    AzureCliCredential,
    CertificateCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from .clouds import cloud_of_authority
from .endpoint import refusal
from .entra import EntraSettings
from .errors import RateLimited, UpstreamError
from .policy import AUTHORITY_HOSTS, Policy

if TYPE_CHECKING:
    from .transport import Door

__all__ = ["fetch_token"]

IMDS = "http://169.254.169.254"
MANAGED_ENDPOINTS = (
    "IDENTITY_ENDPOINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
)
LONGEST_SLEEP = 10.0
RETRIES = {"retry_total": 2, "retry_backoff_factor": 0.4, "retry_backoff_max": 5}


def fetch_token(settings: EntraSettings, claims: str | None, door: "Door") -> tuple[str, float]:
    """A new token and the Unix time at which it ends. Raises UpstreamError or azure-identity's errors."""
    authority, mapped = _authority(settings.authority, door.policy)
    transport = _Transport(door, mapped)
    credential = _credential(settings, authority, transport)
    try:
        token = credential.get_token(settings.scope, claims=claims, enable_cae=claims is not None)
    except Exception:
        if transport.failure is not None:
            raise transport.failure from None
        raise
    finally:
        transport.really_close()
    return str(token.token), float(token.expires_on)


def _credential(settings: EntraSettings, authority: str, transport: "_Transport") -> Any:
    shared: dict[str, Any] = {"transport": transport, **RETRIES}
    online = {**shared, "authority": authority, "disable_instance_discovery": True}
    tenant, client = settings.tenant_id, settings.client_id
    match settings.credential:
        case "client_secret":
            return ClientSecretCredential(tenant, client, settings.secret, **online)
        case "client_certificate":
            return CertificateCredential(tenant, client, certificate_data=settings.certificate, **online)
        case "workload_identity":
            return WorkloadIdentityCredential(tenant_id=tenant or None, client_id=client or None, **online)
        case "managed_identity":
            return ManagedIdentityCredential(client_id=client or None, **shared)
        case "azure_cli":
            return AzureCliCredential(tenant_id=tenant, process_timeout=15)
        case "default":
            return DefaultAzureCredential(
                managed_identity_client_id=client or os.environ.get("AZURE_CLIENT_ID"),
                exclude_shared_token_cache_credential=True,
                exclude_visual_studio_code_credential=True,
                exclude_developer_cli_credential=True,
                exclude_powershell_credential=True,
                exclude_broker_credential=True,
                process_timeout=15,
                **online,
            )


def _authority(authority: str, policy: Policy) -> tuple[str, dict[str, str]]:
    """The https authority for azure-identity, and which https origin stands for a plain http one.

    azure-identity insists on https; a token server on a listed loopback port speaks http.
    """
    cloud = cloud_of_authority(authority)
    if cloud is not None:
        return f"https://{cloud.authority}", {}
    endpoint = policy.check_url(authority if "://" in authority else f"https://{authority}")
    if not policy.is_listed(endpoint):
        raise refusal(f"{endpoint.host} is not a sign-in host of Azure.")
    secure = f"https://{endpoint.pair}"
    return secure + endpoint.base_path, {secure: endpoint.origin}


class _Response(HttpResponse):
    def __init__(self, request: Any, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(request, None)
        self.status_code = status
        self.headers = case_insensitive_dict(headers)
        self.reason = httpx.codes.get_reason_phrase(status)
        self.content_type = headers.get("content-type", "")
        self._body = body

    def body(self) -> bytes:
        return self._body


class _Transport(HttpTransport[Any, Any]):
    """Sends azure-identity's requests through the door; remembers the last failure, which it would hide."""

    def __init__(self, door: "Door", mapped: dict[str, str]) -> None:
        self.failure: UpstreamError | None = None
        self._door = door
        self._mapped = mapped
        self._managed = RequestsTransport(use_env_settings=False, connection_timeout=2, read_timeout=10)

    def send(self, request: Any, **kwargs: Any) -> Any:
        origin = _origin(request.url)
        if origin in _managed_origins():
            return self._managed.send(request, **kwargs)
        try:
            return self._exchange(request, origin)
        except UpstreamError as error:
            self.failure = error
            raise

    def _exchange(self, request: Any, origin: str) -> _Response:
        """One exchange; what a mapped server says of itself is mapped back, as msal insists on https too."""
        real = self._mapped.get(origin, origin)
        if origin not in self._mapped and origin.removeprefix("https://") not in AUTHORITY_HOSTS:
            raise refusal(f"{origin} is not a sign-in host of Azure.")
        url = real + request.url[len(origin) :]
        body = urlencode(request.content) if isinstance(request.content, dict) else request.content
        content = body.encode() if isinstance(body, str) else body
        answer = self._door.exchange(request.method, url, headers=dict(request.headers), content=content)
        told = answer.body.replace(real.encode(), origin.encode())
        return _Response(request, answer.status, dict(answer.headers), told)

    def sleep(self, duration: float) -> None:
        if duration > LONGEST_SLEEP:
            raise RateLimited(retry_after=duration, sent=False)
        super().sleep(duration)

    def open(self) -> None:
        self._managed.open()

    def close(self) -> None:
        """Left open: one transport serves all credentials of a chain, which close it one after the other."""

    def really_close(self) -> None:
        self._managed.close()

    def __enter__(self) -> "_Transport":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _managed_origins() -> set[str]:
    return {IMDS} | {_origin(os.environ[name]) for name in MANAGED_ENDPOINTS if os.environ.get(name)}
