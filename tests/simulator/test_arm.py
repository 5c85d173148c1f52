from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.accounts import SUBSCRIPTION

BASE = f"/subscriptions/{SUBSCRIPTION}"
PROVIDER = f"{BASE}/providers/Microsoft.CognitiveServices"
GROUP = f"{BASE}/resourceGroups/contoso-ai/providers/Microsoft.CognitiveServices"
ACCOUNT = f"{GROUP}/accounts/contoso-eastus2"
VERSION = "?api-version=2025-09-01"


@pytest.fixture
def arm(nobody: TestClient, entra: Callable[..., str]) -> TestClient:
    """A client with a token for the management plane."""
    nobody.headers["authorization"] = f"Bearer {entra('https://management.azure.com')}"
    return nobody


def every(arm: TestClient, url: str) -> list[dict[str, Any]]:
    """All rows of a list, over all its pages."""
    rows: list[dict[str, Any]] = []
    while url:
        body = arm.get(url).json()
        rows += body["value"]
        url = body.get("nextLink", "")
        assert url.startswith("http://simulator/") or not url
    return rows


def test_a_key_does_not_open_the_management_plane(peer: TestClient) -> None:
    answer = peer.get(f"/subscriptions{VERSION}")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "AuthenticationFailed"


def test_a_data_token_has_the_wrong_audience(nobody: TestClient, entra: Callable[..., str]) -> None:
    answer = nobody.get(f"/subscriptions{VERSION}", headers={"authorization": f"Bearer {entra()}"})

    assert answer.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"


def test_a_call_needs_a_known_version(arm: TestClient) -> None:
    assert arm.get("/subscriptions").json()["error"]["code"] == "MissingApiVersionParameter"
    assert (
        arm.get("/subscriptions?api-version=1999-01-01").json()["error"]["code"]
        == "InvalidApiVersionParameter"
    )


def test_the_accounts_come_in_pages(arm: TestClient) -> None:
    first = arm.get(f"{PROVIDER}/accounts{VERSION}").json()

    assert len(first["value"]) == 3
    assert [row["name"] for row in every(arm, f"{PROVIDER}/accounts{VERSION}")] == [
        "contoso-eastus2",
        "contoso-sweden",
        "fabrikam-models",
        "contoso-legacy",
    ]


def test_a_resource_group_lists_its_own_accounts(arm: TestClient) -> None:
    names = [row["name"] for row in every(arm, f"{GROUP}/accounts{VERSION}")]

    assert names == ["contoso-eastus2", "contoso-sweden"]


def test_an_account_points_to_the_simulator(arm: TestClient) -> None:
    account = arm.get(ACCOUNT + VERSION).json()

    assert account["kind"] == "AIServices"
    assert account["properties"]["endpoint"] == "http://simulator/resources/contoso-eastus2/"
    assert account["properties"]["disableLocalAuth"] is False


def test_a_deployment_tells_its_model_and_character(arm: TestClient) -> None:
    rows = {row["name"]: row for row in every(arm, f"{ACCOUNT}/deployments{VERSION}")}

    assert rows["gpt-5-mini"]["properties"]["model"] == {
        "format": "OpenAI",
        "name": "gpt-5-mini",
        "version": "2025-08-07",
    }
    assert rows["gpt-4o"]["tags"]["simulator"].startswith("slow")
    assert arm.get(f"{ACCOUNT}/deployments/gpt-4o{VERSION}").json() == rows["gpt-4o"]


def test_what_is_not_there_is_not_found(arm: TestClient) -> None:
    assert arm.get(f"{ACCOUNT}/deployments/none{VERSION}").json()["error"]["code"] == "ResourceNotFound"
    assert arm.get(f"{GROUP}/accounts/none{VERSION}").json()["error"]["code"] == "ResourceNotFound"
    assert arm.get(f"/subscriptions/none{VERSION}").json()["error"]["code"] == "SubscriptionNotFound"


def test_the_catalogue_tells_retirement_and_replacement(arm: TestClient) -> None:
    rows = every(arm, f"{ACCOUNT}/models{VERSION}")
    old = next(row for row in rows if (row["name"], row["version"]) == ("gpt-4o", "2024-08-06"))

    assert old["lifecycleStatus"] == "Deprecating"
    assert old["deprecation"]["inference"] == "2026-12-10T00:00:00Z"
    assert old["replacementConfig"]["targetModelName"] == "gpt-5.4"
    assert old["isDefaultVersion"] is False
    assert {sku["name"] for sku in old["skus"]} == {"GlobalStandard", "DataZoneStandard", "Standard"}


def test_a_region_offers_models_by_kind(arm: TestClient) -> None:
    rows = every(arm, f"{PROVIDER}/locations/eastus2/models{VERSION}")

    assert {row["kind"] for row in rows if row["model"]["name"] == "grok-4"} == {"AIServices"}


def test_usages_join_the_catalogue_by_name(arm: TestClient) -> None:
    rows = {row["name"]["value"]: row for row in every(arm, f"{PROVIDER}/locations/eastus2/usages{VERSION}")}

    assert rows["OpenAI.GlobalStandard.gpt-5-mini"]["currentValue"] == 1000.0
    assert rows["OpenAI.Standard.gpt-5-mini"]["currentValue"] == 0.0


def test_an_account_lists_its_own_usages(arm: TestClient) -> None:
    names = [row["name"]["value"] for row in every(arm, f"{ACCOUNT}/usages{VERSION}")]

    assert "OpenAI.GlobalStandard.gpt-5-mini" in names
    assert "OpenAI.GlobalStandard.gpt-5.5" not in names


def test_listed_keys_open_their_own_account_only(arm: TestClient, app: Any) -> None:
    keys = arm.post(f"{ACCOUNT}/listKeys{VERSION}").json()
    stranger = TestClient(app, headers={"api-key": keys["key2"]})

    assert stranger.get("/openai/v1/models").status_code == 200
    assert stranger.get("/resources/contoso-legacy/openai/v1/models").status_code == 401


def test_an_account_without_key_auth_lists_no_keys(arm: TestClient) -> None:
    assert arm.post(f"{GROUP}/accounts/contoso-sweden/listKeys{VERSION}").status_code == 400


def test_a_wrong_skip_token_is_refused(arm: TestClient) -> None:
    assert arm.get(f"{PROVIDER}/accounts{VERSION}&$skiptoken=-1").status_code == 400
