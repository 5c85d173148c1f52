from hypothesis import given

from console.arm import deployments
from tests.v1.test_parse import JSON

ACCOUNT = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a"
RAW = {
    "id": f"{ACCOUNT}/deployments/chat",
    "name": "chat",
    "sku": {"name": "GlobalStandard", "capacity": 100},
    "etag": '"1"',
    "properties": {
        "model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"},
        "versionUpgradeOption": "NoAutoUpgrade",
        "raiPolicyName": "Microsoft.DefaultV2",
        "provisioningState": "Succeeded",
        "currentCapacity": 100,
        "capabilities": {"chatCompletion": "true", "responses": "true", "embeddings": "false"},
        "rateLimits": [
            {"key": "request", "renewalPeriod": 10, "count": 16},
            {"key": "token", "renewalPeriod": 60, "count": 100000},
            {"key": "broken", "renewalPeriod": 0, "count": 1},
        ],
        "spilloverDeploymentName": "chat-2",
    },
    "systemData": {"createdAt": "2025-05-01T10:00:00Z", "createdBy": "alice@example.com"},
}


def test_a_deployment_is_read(arm, upstream):
    upstream[f"GET {ACCOUNT}/deployments"] = 200, {"value": [RAW, {"name": ""}]}

    (found,) = deployments.list_deployments(arm, ACCOUNT)

    assert (found.name, found.model_name, found.model_version, found.model_format, found.family) == (
        "chat",
        "gpt-4.1",
        "2025-04-14",
        "OpenAI",
        "gpt-4.1",
    )
    assert (found.sku, found.capacity, found.state, found.rai_policy) == (
        "GlobalStandard",
        100,
        "Succeeded",
        "Microsoft.DefaultV2",
    )
    assert found.capabilities == {"chatCompletion", "responses"}
    assert (found.created_by, found.created_at.year, found.spillover) == ("alice@example.com", 2025, "chat-2")
    assert found.raw == RAW


def test_limits_are_told_for_a_minute():
    found = deployments.parse_deployment(RAW)

    assert (found.requests_per_minute, found.tokens_per_minute) == (96, 100_000)
    assert [each.key for each in found.rate_limits] == ["request", "token"]


def test_an_absent_upgrade_option_is_azures_default():
    assert deployments.parse_deployment({"name": "x"}).upgrade_option == "OnceCurrentVersionExpired"


def test_one_deployment_is_asked_for_by_name(arm, upstream):
    upstream[f"GET {ACCOUNT}/deployments/chat"] = 200, RAW

    assert deployments.get_deployment(arm, ACCOUNT, "chat").name == "chat"


@given(JSON)
def test_no_json_breaks_the_reader(value):
    found = deployments.parse_deployment(
        {"name": value, "sku": value, "properties": value, "systemData": value}
    )
    nested = {"model": value, "rateLimits": value, "capabilities": value, "currentCapacity": value}

    assert isinstance(found.name, str)
    assert isinstance(deployments.parse_deployment({"properties": nested}).rate_limits, tuple)
