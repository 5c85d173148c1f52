"""Reading which resource a page of the Azure portal, of Microsoft Foundry or an ARM id is about."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORTALS = {
    "portal.azure.com": "public",
    "ms.portal.azure.com": "public",
    "ai.azure.com": "public",
    "oai.azure.com": "public",
    "management.azure.com": "public",
    "portal.azure.us": "usgov",
    "ai.azure.us": "usgov",
    "management.usgovcloudapi.net": "usgov",
    "portal.azure.cn": "china",
    "management.chinacloudapi.cn": "china",
}
ACCOUNT = re.compile(
    r"/providers/microsoft\.cognitiveservices/accounts/(?P<account>[a-z0-9._-]+)(?:/projects/(?P<project>[a-z0-9._-]+))?",
    re.IGNORECASE,
)
NEXTGEN = re.compile(
    r"/r/[^/,]+,[^/,]+,[^/,]*,(?P<account>[a-z0-9-]+)(?:,(?P<project>[a-z0-9._-]+))?", re.IGNORECASE
)
TENANT = re.compile(r"(?:[?&]tid=|#@)(?P<tenant>[a-z0-9.-]{3,64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A resource by its account name, with its project and tenant where the page names them."""

    account: str
    project: str
    tenant: str
    cloud: str


def read(address: str) -> Page | None:
    """Return what a portal address or an ARM id names; None when it is neither."""
    is_id = address.lower().startswith("/subscriptions/")
    host = "" if is_id else host_of(address)
    if not is_id and host not in PORTALS:
        return None
    text = unquote(unquote(address))
    found = ACCOUNT.search(text) or NEXTGEN.search(text)
    tenant = TENANT.search(text)
    return Page(
        account=found["account"] if found else "",
        project=(found["project"] or "") if found else "",
        tenant=tenant["tenant"] if tenant else "",
        cloud=PORTALS.get(host, "public"),
    )


def host_of(address: str) -> str:
    try:
        return (urlsplit(address if "://" in address else f"https://{address}").hostname or "").lower()
    except ValueError:
        return ""
