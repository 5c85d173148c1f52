"""Subscriptions, and the accounts (resources) in them that hold models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.arm.client import SUBSCRIPTIONS_API_VERSION, ArmClient
from console.outbound.clouds import cloud_of_host
from console.outbound.endpoint import Endpoint, parse_base_url
from console.outbound.errors import BlockedByPolicy, Forbidden, NotFound
from console.v1 import parse

KINDS = frozenset({"openai", "aiservices"})


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that the identity can see."""

    id: str
    name: str
    state: str
    tenant_id: str
    raw: parse.Json


@dataclass(frozen=True, slots=True)
class Account:
    """One resource. `id` is its ARM id, `endpoints` every URL that it answers at, by Azure's name for it.

    `local_auth_disabled` means that API keys are switched off.
    """

    id: str
    name: str
    kind: str
    location: str
    subscription_id: str
    resource_group: str
    sku: str
    endpoint: str
    endpoints: Mapping[str, str]
    subdomain: str
    state: str
    local_auth_disabled: bool
    public_network_access: str
    network_default: str
    stored_completions_disabled: bool
    projects: tuple[str, ...]
    created: datetime | None
    tags: Mapping[str, str]
    raw: parse.Json


def list_subscriptions(arm: ArmClient) -> list[Subscription]:
    """Every subscription that the identity can see."""
    rows = arm.rows("/subscriptions", api_version=SUBSCRIPTIONS_API_VERSION)
    return [_subscription(each) for each in rows if parse.text(each.get("subscriptionId"))]


def list_accounts(arm: ArmClient, subscription_id: str) -> list[Account]:
    """The accounts of a subscription that hold models: kinds OpenAI and AIServices."""
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.CognitiveServices/accounts"
    found = (parse_account(each) for each in arm.rows(path))
    return [each for each in found if each.id and each.kind.lower() in KINDS]


def get_account(arm: ArmClient, account_id: str) -> Account:
    """One account by its ARM id."""
    return parse_account(arm.get(account_id))


def find(arm: ArmClient, host: str, *, base_path: str = "", port: int | None = None) -> Account | None:
    """The account that answers at a data-plane host, over all subscriptions; None when none is visible.

    Where several share a host, the one whose endpoint has the longest path within `base_path`. A subscription
    whose accounts may not be listed is passed over.
    """
    best: tuple[int, Account] | None = None
    for account in _visible(arm):
        match = _match(account, host.lower(), port, base_path)
        if match is not None and (best is None or match > best[0]):
            best = (match, account)
    return best[1] if best is not None else None


def parse_account(raw: parse.Json) -> Account:
    """An account as a page shows it; members that are missing are empty."""
    properties = parse.mapping(raw.get("properties"))
    account_id = parse.text(raw.get("id"))
    return Account(
        id=account_id,
        name=parse.text(raw.get("name")),
        kind=parse.text(raw.get("kind")),
        location=parse.text(raw.get("location")),
        subscription_id=_part(account_id, "subscriptions"),
        resource_group=_part(account_id, "resourcegroups"),
        sku=parse.text(parse.path(raw, "sku", "name")),
        endpoint=parse.text(properties.get("endpoint")),
        endpoints=_texts(properties.get("endpoints")),
        subdomain=parse.text(properties.get("customSubDomainName")),
        state=parse.text(properties.get("provisioningState")),
        local_auth_disabled=properties.get("disableLocalAuth") is True,
        public_network_access=parse.text(properties.get("publicNetworkAccess")),
        network_default=parse.text(parse.path(properties, "networkAcls", "defaultAction")),
        stored_completions_disabled=properties.get("storedCompletionsDisabled") is True,
        projects=parse.texts(properties.get("associatedProjects")),
        created=parse.time(properties.get("dateCreated")),
        tags=_texts(raw.get("tags")),
        raw=raw,
    )


def _visible(arm: ArmClient) -> Iterator[Account]:
    for subscription in list_subscriptions(arm):
        try:
            yield from list_accounts(arm, subscription.id)
        except (Forbidden, NotFound):
            continue


def _match(account: Account, host: str, port: int | None, base_path: str) -> int | None:
    """How much of the base path an endpoint of the account covers; None when none is at this host."""
    lengths = [
        len(each.base_path)
        for each in _endpoints(account)
        if each.host == host
        and port in (None, each.port)
        and f"{base_path}/".startswith(f"{each.base_path}/")
    ]
    if not lengths and account.subdomain and cloud_of_host(host) is not None:
        # Azure's hosts of one resource are equivalent: RES.openai.azure.com is RES.services.ai.azure.com.
        return 0 if host.partition(".")[0] == account.subdomain.lower() else None
    return max(lengths, default=None)


def _endpoints(account: Account) -> Iterator[Endpoint]:
    for url in {account.endpoint, *account.endpoints.values()}:
        try:
            yield parse_base_url(url)
        except BlockedByPolicy:
            continue


def _subscription(raw: parse.Json) -> Subscription:
    return Subscription(
        id=parse.text(raw.get("subscriptionId")),
        name=parse.text(raw.get("displayName")),
        state=parse.text(raw.get("state")),
        tenant_id=parse.text(raw.get("tenantId")),
        raw=raw,
    )


def _part(resource_id: str, name: str) -> str:
    """The part of an ARM id after a name; names are spelled in any case."""
    parts = resource_id.split("/")
    places = [index for index, part in enumerate(parts[:-1]) if part.lower() == name]
    return parts[places[0] + 1] if places else ""


def _texts(value: object) -> dict[str, str]:
    return {key: each for key, each in parse.mapping(value).items() if isinstance(each, str)}
