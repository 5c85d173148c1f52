"""The simulator's management plane against the published models; a name that they lack shows."""

import pytest

from tests.contract import arm

SUBSCRIPTION = "/subscriptions/5a1d0000-0000-4000-8000-000000000001"
PROVIDER = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
GROUP = f"{SUBSCRIPTION}/resourceGroups/contoso-ai/providers/Microsoft.CognitiveServices"
ACCOUNT = f"{GROUP}/accounts/contoso-eastus2"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PROVIDER}/accounts"),
        ("GET", f"{GROUP}/accounts"),
        ("GET", ACCOUNT),
        ("POST", f"{ACCOUNT}/listKeys"),
        ("GET", f"{ACCOUNT}/deployments"),
        ("GET", f"{ACCOUNT}/deployments/gpt-5"),
        ("GET", f"{ACCOUNT}/models"),
        ("GET", f"{ACCOUNT}/usages"),
        ("GET", f"{PROVIDER}/locations/eastus2/models"),
        ("GET", f"{PROVIDER}/locations/eastus2/usages"),
    ],
)
def test_an_answer_of_the_management_plane(management, method, path):
    answer = management.request(method, path)

    assert answer.status_code == 200
    assert arm.answer_flaws(method, path, answer.json()) == []
    assert arm.request_flaws(method, path, {"api-version": [arm.VERSION]}) == []


def test_the_next_page_is_part_of_the_specification_too(management):
    link = management.get(f"{ACCOUNT}/models").json()["nextLink"]
    answer = management.get(link)

    assert arm.answer_flaws("GET", f"{ACCOUNT}/models", answer.json()) == []


def test_what_is_missing_is_told_in_the_envelope(management):
    answer = management.get(f"{GROUP}/accounts/nothing")

    assert answer.status_code == 404
    assert arm.ARM.flaw({"$ref": "#/components/schemas/ErrorResponse"}, answer.json()) == ""


def test_a_name_that_nobody_published_is_found(management):
    """The check is able to fail."""
    told = management.get(ACCOUNT).json()
    told["properties"]["endPoint"] = "x"

    (flaw,) = arm.answer_flaws("GET", ACCOUNT, told)

    assert "'endPoint' was unexpected" in flaw


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", f"{ACCOUNT}/deployment", {"api-version": ["2025-09-01"]}),
        ("DELETE", ACCOUNT, {"api-version": ["2025-09-01"]}),
        ("GET", ACCOUNT, {}),
        ("GET", ACCOUNT, {"api-version": ["2023-05-01"]}),
        ("GET", ACCOUNT, {"api-version": ["2025-09-01"], "expand": ["x"]}),
    ],
)
def test_a_wrong_request_is_found(method, path, query):
    assert arm.request_flaws(method, path, query) != []
