from console.arm import usages
from tests.arm.test_deployments import ACCOUNT

ROW = {
    "name": {"value": "OpenAI.Standard.gpt-4o", "localizedValue": "Tokens per minute (thousands) - gpt-4o"},
    "currentValue": 120,
    "limit": 450,
    "unit": "Count",
}
REGION = "/subscriptions/s1/providers/Microsoft.CognitiveServices/locations/eastus2/usages"


def test_quota_of_a_region_is_read(arm, upstream):
    upstream[f"GET {REGION}"] = 200, {"value": [ROW, {"name": None}]}

    (found,) = usages.list_usages(arm, "s1", "eastus2")

    assert (found.name, found.used, found.limit, found.left) == ("OpenAI.Standard.gpt-4o", 120, 450, 330)


def test_quota_of_an_account_is_read(arm, upstream):
    upstream[f"GET {ACCOUNT}/usages"] = 200, {"value": [{**ROW, "limit": None}]}

    (found,) = usages.list_usages_of_account(arm, ACCOUNT)

    assert (found.limit, found.left) == (None, None)
