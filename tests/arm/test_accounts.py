from datetime import UTC, datetime

import pytest
from hypothesis import given

from console.arm import accounts
from tests.v1.test_parse import JSON

BASE = "/subscriptions/s1/resourceGroups/rg-1/providers/Microsoft.CognitiveServices/accounts"


def account(name, endpoint, kind="AIServices", **properties):
    return {
        "id": f"{BASE}/{name}",
        "name": name,
        "kind": kind,
        "location": "swedencentral",
        "sku": {"name": "S0"},
        "tags": {"team": "search"},
        "properties": {"endpoint": endpoint, "provisioningState": "Succeeded", **properties},
    }


def world(upstream, **lists):
    upstream["GET /subscriptions"] = 200, {"value": [{"subscriptionId": s, "displayName": s} for s in lists]}
    for subscription, answer in lists.items():
        path = f"GET /subscriptions/{subscription}/providers/Microsoft.CognitiveServices/accounts"
        upstream[path] = answer if isinstance(answer, tuple) else (200, {"value": answer})


def test_only_accounts_that_hold_models_are_listed(arm, upstream):
    world(
        upstream,
        s1=[account("a", "https://a.openai.azure.com/", "OpenAI"), account("b", "", "TextAnalytics")],
    )

    (found,) = accounts.list_accounts(arm, "s1")

    assert (found.name, found.subscription_id, found.resource_group) == ("a", "s1", "rg-1")
    assert (found.sku, found.state, found.tags) == ("S0", "Succeeded", {"team": "search"})


def test_subscriptions_are_asked_for_in_their_own_version(arm, upstream):
    world(upstream, s1=[])

    assert [each.name for each in accounts.list_subscriptions(arm)] == ["s1"]
    assert upstream.requests[0].query == {"api-version": ["2022-12-01"]}


def test_what_keeps_people_out_is_read():
    found = accounts.parse_account(
        account(
            "a",
            "",
            disableLocalAuth=True,
            publicNetworkAccess="Disabled",
            networkAcls={"defaultAction": "Deny"},
            dateCreated="2025-03-07T17:52:18.0000000Z",
        )
    )

    assert (found.local_auth_disabled, found.public_network_access, found.network_default) == (
        True,
        "Disabled",
        "Deny",
    )
    assert found.created == datetime(2025, 3, 7, 17, 52, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "host",
    [
        "res-a.openai.azure.com",
        "RES-A.openai.azure.com",
        "res-a.services.ai.azure.com",
        "res-a.cognitiveservices.azure.com",
    ],
)
def test_an_account_is_found_by_each_of_its_hosts(arm, upstream, host):
    world(
        upstream,
        s1=[account("other", "https://other.openai.azure.com/")],
        s2=[account("a", "https://res-a.cognitiveservices.azure.com/", customSubDomainName="res-a",
                    endpoints={"OpenAI": "https://res-a.openai.azure.com/"})],
    )  # fmt: skip

    assert accounts.find(arm, host).name == "a"


def test_a_host_of_nobody_has_no_account(arm, upstream):
    world(upstream, s1=[account("a", "https://a.openai.azure.com/", customSubDomainName="a")])

    assert accounts.find(arm, "b.openai.azure.com") is None
    assert accounts.find(arm, "a.evil.example") is None


def test_accounts_that_share_a_host_are_told_apart_by_path(arm, upstream):
    here = "http://127.0.0.1:8001"
    world(
        upstream,
        s1=[
            account("root", f"{here}/"),
            account("b", f"{here}/resources/b/"),
            account("bb", f"{here}/resources/bb"),
        ],
    )

    found = [
        accounts.find(arm, "127.0.0.1", base_path=path, port=8001).name
        for path in ("/openai/v1", "/resources/b/openai/v1", "/resources/bb/openai/v1")
    ]

    assert found == ["root", "b", "bb"]
    assert accounts.find(arm, "127.0.0.1", port=9) is None


def test_a_subscription_that_may_not_be_listed_is_passed_over(arm, upstream):
    forbidden = 403, {"error": {"code": "AuthorizationFailed", "message": "No"}}
    world(upstream, s1=forbidden, s2=[account("a", "https://a.openai.azure.com/")])

    assert accounts.find(arm, "a.openai.azure.com").name == "a"


@given(JSON)
def test_no_json_breaks_the_reader(value):
    found = accounts.parse_account({"id": value, "properties": value, "sku": value, "tags": value})

    assert isinstance(found.id, str)
