"""Which hosts and addresses the console may contact.

Azure hosts are recognised by suffix and a few third parties by name; anything else, plain http, loopback and
private addresses must be named by the operator in the environment (`OUTBOUND_ALLOW_HOSTS`,
`OUTBOUND_ALLOW_CIDRS`), never in a page.
"""

import ipaddress
import logging
import os
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import httpx

from .addresses import Kind, Network, classify, parse_address
from .clouds import CLOUDS, PRESETS
from .endpoint import AUTHORITY, Endpoint, parse_base_url, path_is_plain, refusal
from .errors import BlockedByPolicy

__all__ = ["Endpoint", "Policy"]

log = logging.getLogger(__name__)

PRESET_HOSTS = frozenset(httpx.URL(url).host for url in PRESETS.values())
ARM_HOSTS = frozenset(cloud.arm_host for cloud in CLOUDS.values())
AUTHORITY_HOSTS = frozenset(cloud.authority for cloud in CLOUDS.values())


class Policy:
    """What the operator allows; made once, from the environment."""

    def __init__(
        self,
        *,
        allow_hosts: Iterable[str] = (),
        allow_cidrs: Iterable[str] = (),
        forbidden_ports: Iterable[int] = (),
    ) -> None:
        """`allow_hosts` are exact `host:port`, `allow_cidrs` ranges; `forbidden_ports` are our own services'.

        Raises ValueError with a sentence that names the setting and the entry.
        """
        self.allow_hosts = frozenset(_listed(entry) for entry in allow_hosts)
        self.allow_cidrs: tuple[Network, ...] = tuple(_range(entry) for entry in allow_cidrs)
        self.forbidden_ports = frozenset(forbidden_ports)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Policy":
        """Reads OUTBOUND_ALLOW_HOSTS, OUTBOUND_ALLOW_CIDRS (comma-separated), and our own services' ports."""
        return cls(
            allow_hosts=_entries(environment.get("OUTBOUND_ALLOW_HOSTS", "")),
            allow_cidrs=_entries(environment.get("OUTBOUND_ALLOW_CIDRS", "")),
            forbidden_ports=_own_ports(environment),
        )

    def check_url(self, url: str) -> Endpoint:
        """The endpoint that a base URL spells.

        Raises BlockedByPolicy with one plain sentence. Looks nothing up.
        """
        endpoint = parse_base_url(url)
        if not self.is_listed(endpoint):
            _check_public(endpoint, also=frozenset())
        self._check_port(endpoint)
        return endpoint

    def check_target(self, url: httpx.URL) -> Endpoint:
        """The origin of a request about to be sent; management and sign-in hosts are allowed here as well."""
        if not path_is_plain(url):
            raise refusal("The path of the request is not in its plain form.")
        host = f"[{url.host}]" if ":" in url.host else url.host
        endpoint = parse_base_url(f"{url.scheme}://{host}" + ("" if url.port is None else f":{url.port}"))
        if not self.is_listed(endpoint):
            _check_public(endpoint, also=ARM_HOSTS | AUTHORITY_HOSTS)
        self._check_port(endpoint)
        return endpoint

    def is_listed(self, endpoint: Endpoint) -> bool:
        """Whether the operator named exactly this host and port."""
        return (endpoint.host, endpoint.port) in self.allow_hosts

    def check_address(self, host: str, port: int, address: str) -> None:
        """Permits or refuses one address that `host` resolved to. Raises BlockedByPolicy.

        The sentence does not tell the address: who may edit a connection must not learn internal addresses.
        """
        parsed = parse_address(address)
        if parsed is None:
            raise refusal(f"The name {host} leads to an address that is not allowed.")
        kind, counted = classify(parsed)
        if kind is Kind.PUBLIC:
            return
        if kind is not Kind.NEVER and port not in self.forbidden_ports:
            in_range = any(counted.version == net.version and counted in net for net in self.allow_cidrs)
            if in_range or self._named(kind, host, port):
                return
        log.warning("Refused to connect to %s:%s at %s (%s)", host, port, address, kind.value)
        raise refusal(
            f"The name {host} leads to an address in a private or reserved range.",
            "If this is a private endpoint, the operator must name its range in OUTBOUND_ALLOW_CIDRS.",
        )

    def _named(self, kind: Kind, host: str, port: int) -> bool:
        if (host, port) not in self.allow_hosts:
            return False
        return kind is Kind.PRIVATE or host == "localhost" or parse_address(host) is not None

    def _check_port(self, endpoint: Endpoint) -> None:
        if parse_address(endpoint.host) is not None:
            self.check_address(endpoint.host, endpoint.port, endpoint.host)
        elif endpoint.port in self.forbidden_ports and endpoint.host == "localhost":
            raise refusal("This port belongs to the console itself.")


def _check_public(endpoint: Endpoint, *, also: frozenset[str]) -> None:
    """Permits Azure's hosts, the presets and `also`, over https on port 443."""
    host = endpoint.host
    known = endpoint.is_azure or host in PRESET_HOSTS or host in also
    if parse_address(host) is not None or not known:
        raise refusal(
            f"{host} is neither an Azure OpenAI host nor one that the operator of this console has named.",
            f"The operator can allow it by adding {endpoint.pair} to OUTBOUND_ALLOW_HOSTS.",
        )
    if endpoint.scheme != "https" or endpoint.port != 443:
        raise refusal(f"{host} may only be reached by https on port 443.", f"Write it as https://{host}/…")


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _listed(entry: str) -> tuple[str, int]:
    match = AUTHORITY.fullmatch(entry)
    if match is None or match["port"] is None:
        raise ValueError(f"OUTBOUND_ALLOW_HOSTS: {entry!r} is not an exact host:port.")
    try:
        endpoint = parse_base_url(f"http://{entry}")
    except BlockedByPolicy as refused:
        raise ValueError(f"OUTBOUND_ALLOW_HOSTS: {entry!r}: {refused.message}") from None
    return endpoint.host, endpoint.port


def _range(entry: str) -> Network:
    try:
        return ipaddress.ip_network(entry)
    except ValueError as error:
        raise ValueError(f"OUTBOUND_ALLOW_CIDRS: {entry!r} is not a range: {error}.") from None


def _own_ports(environment: Mapping[str, str]) -> set[int]:
    """The ports of the database, of Redis and of our own web server, which no connection may reach."""
    ports = {5432} if environment.get("DATABASE_URL", "").startswith("postgres") else set()
    for name in ("DATABASE_URL", "REDIS_URL"):
        parts = urlsplit(environment.get(name, ""))
        if parts.scheme.startswith("redis"):
            ports.add(parts.port or 6379)
        elif parts.port:
            ports.add(parts.port)
    if environment.get("PORT", "").isdigit():
        ports.add(int(environment["PORT"]))
    return ports
