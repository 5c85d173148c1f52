"""Endpoints: a base URL in its parts, parsed once, by `httpx.URL`; what is not plainly spelled is refused."""

import re
from dataclasses import dataclass
from functools import lru_cache

import httpx

from .addresses import parse_address
from .clouds import data_suffixes
from .errors import BlockedByPolicy

__all__ = ["AUTHORITY", "Endpoint", "parse_base_url", "path_is_plain", "refusal"]

SPELLING = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/]*)(?P<path>/.*)?")
AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
DEFAULT_PORTS = {"https": 443, "http": 80}
AZURE_SUFFIXES = tuple(data_suffixes())


@dataclass(frozen=True)
class Endpoint:
    """A base URL in its parts: `base_path` has no trailing slash and may be empty; IPv6 hosts no brackets."""

    scheme: str
    host: str
    port: int
    base_path: str = ""

    @property
    def authority(self) -> str:
        """`host`, or `host:port` when the port is not the scheme's own."""
        pair = self.pair
        return pair.rpartition(":")[0] if self.port == DEFAULT_PORTS[self.scheme] else pair

    @property
    def pair(self) -> str:
        """`host:port`, as OUTBOUND_ALLOW_HOSTS spells it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.base_path

    @property
    def is_azure(self) -> bool:
        return self.host.endswith(AZURE_SUFFIXES)


@lru_cache(maxsize=1024)
def parse_base_url(url: str) -> Endpoint:
    """The parts of a plainly spelled base URL. Raises BlockedByPolicy; decides nothing about the host."""
    if len(url) > 2048:
        raise refusal("The address is longer than 2,048 characters.")
    if not url.isascii() or not url.isprintable() or any(mark in url for mark in " \\%@?#"):
        raise refusal(
            "The address contains a character that is not allowed in it.",
            "Use plain ASCII without spaces, user names, percent signs, query or fragment.",
        )
    spelled = SPELLING.fullmatch(url)
    authority = AUTHORITY.fullmatch(spelled["authority"]) if spelled else None
    if spelled is None or authority is None:
        raise refusal("The address is not complete.", "Write it as https://host/path.")
    scheme = spelled["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        raise refusal(f"Addresses that begin with {scheme}: are not allowed.", "Use https.")
    endpoint = _parsed_once(url, scheme, authority["host"].lower().strip("[]"))
    _check_path(spelled["path"] or "")
    _check_host(endpoint.host)
    return endpoint


def _parsed_once(url: str, scheme: str, host: str) -> Endpoint:
    try:
        parsed = httpx.URL(url)
        port = DEFAULT_PORTS[scheme] if parsed.port is None else parsed.port
    except (httpx.InvalidURL, ValueError):
        raise refusal("The address cannot be read.", "Write it as https://host/path.") from None
    if (parsed.scheme, parsed.host) != (scheme, host) or not 0 < port < 65536:
        raise refusal("The address can be read in more than one way.", "Write it as https://host/path.")
    return Endpoint(scheme, host, port, parsed.path.rstrip("/"))


def _check_path(path: str) -> None:
    if PATH.fullmatch(path) is None or any(part in (".", "..") for part in path.split("/")):
        raise refusal("The path of the address contains something that is not allowed in it.")


def _check_host(host: str) -> None:
    if ":" in host:
        if str(parse_address(host)) != host:
            raise refusal("An IPv6 address must be written in its shortest form.")
    elif NUMBER.fullmatch(host.rpartition(".")[2]):
        if str(parse_address(host)) != host:
            raise refusal("An IP address must be written as four plain numbers.")
    elif len(host) > 253 or not all(LABEL.fullmatch(label) for label in host.split(".")):
        raise refusal("The host name is not a valid name.")
    elif any(label.startswith("xn--") for label in host.split(".")):
        raise refusal("Internationalised host names are not allowed.")


def path_is_plain(url: httpx.URL) -> bool:
    """Whether a request's URL has no dot segments, backslashes, user or fragment in any spelling."""
    path = url.raw_path.partition(b"?")[0].lower()
    parts = path.replace(b"%2e", b".").split(b"/")
    hidden = b"\\" in path or b"%5c" in path or b"." in parts or b".." in parts
    return not (hidden or url.userinfo or url.fragment)


def refusal(message: str, remedy: str = "") -> BlockedByPolicy:
    """The error of a refused address, before anything was sent."""
    return BlockedByPolicy(message, remedy=remedy, sent=False)
