"""What an IP address is: public, private, loopback, or never to be contacted whatever the settings say.

`ipaddress.is_global` is not used: it calls Azure's host agent, multicast and IPv4 hidden in IPv6 global.
Ranges: IANA special-purpose registries for IPv4 and IPv6 (2026-10); metadata addresses of the large clouds.
"""

import ipaddress
from enum import Enum
from functools import lru_cache

__all__ = ["Address", "Kind", "Network", "classify", "parse_address"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Kind(Enum):
    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    NEVER = "never"


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


LOOPBACK = _networks("127.0.0.0/8", "::1/128")
PRIVATE = _networks(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7"
)
NEVER = _networks(
    # Metadata and host agents: the link-local ones, Azure's wire server, Alibaba, Oracle, AWS, Google.
    "169.254.0.0/16",
    "168.63.129.16/32",
    "100.100.100.200/32",
    "192.0.0.192/32",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
    "fd00:c1::a9fe:a9fe/128",
    # Not unicast, not assigned, or for documentation and tests only.
    "0.0.0.0/8",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "100::/64",
    "2001:db8::/32",
    "3fff::/20",
    "5f00::/16",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    # Old ways to hide an IPv4 address in IPv6: compatible, local NAT64, Teredo and its neighbours, 6to4.
    "::/96",
    "64:ff9b:1::/48",
    "2001::/23",
    "2002::/16",
)
UNICAST_IPV6 = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ISATAP = (0x00005EFE, 0x02005EFE)


def parse_address(text: str) -> Address | None:
    """The address in its one canonical reading; None for any other spelling and for scoped addresses."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if "%" in text else address


@lru_cache(maxsize=4096)
def classify(address: Address) -> tuple[Kind, Address]:
    """The kind of an address, and the address that counts (the IPv4 one when IPv6 only wraps it)."""
    inner = _embedded(address)
    if inner is not None:
        return classify(inner)
    if _within(address, LOOPBACK):
        kind = Kind.LOOPBACK
    elif _within(address, NEVER) or _is_isatap(address):
        kind = Kind.NEVER
    elif _within(address, PRIVATE):
        kind = Kind.PRIVATE
    elif isinstance(address, ipaddress.IPv6Address) and address not in UNICAST_IPV6:
        kind = Kind.NEVER
    else:
        kind = Kind.PUBLIC
    return kind, address


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _is_isatap(address: Address) -> bool:
    return address.version == 6 and (int(address) >> 32) & 0xFFFFFFFF in ISATAP
