from __future__ import annotations

import time

import pytest
from azure.identity import ManagedIdentityCredential
from starlette.testclient import TestClient

from tests.simulator.conftest import KEY

TOKEN = "/contoso.example/oauth2/v2.0/token"
FORM = {
    "grant_type": "client_credentials",
    "client_id": "my-app",
    "client_secret": KEY,
    "scope": "https://ai.azure.com/.default",
}


def test_a_secret_gets_a_token(nobody: TestClient) -> None:
    answer = nobody.post(TOKEN, data=FORM).json()

    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3599
    assert answer["access_token"].count(".") == 2


def test_a_federated_assertion_gets_a_token(nobody: TestClient) -> None:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {**FORM, "client_secret": "", "client_assertion_type": kind, "client_assertion": "a.b.c"}

    assert nobody.post(TOKEN, data=form).status_code == 200


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"client_secret": "wrong"}, 7000215),
        ({"client_secret": "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")}, 7000215),
        ({"client_id": ""}, 900144),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 700016),
        ({"scope": "cognitiveservices"}, 1002012),
        ({"grant_type": "password"}, 70003),
        ({"client_assertion": "nonsense"}, 50027),
    ],
)
def test_a_refusal_names_its_number(nobody: TestClient, change: dict[str, str], number: int) -> None:
    answer = nobody.post(TOKEN, data=FORM | change)

    assert answer.status_code in (400, 401)
    assert answer.json()["error_codes"] == [number]
    assert answer.json()["error_description"].startswith(f"AADSTS{number}: ")


def test_discovery_points_back_to_the_simulator(nobody: TestClient) -> None:
    found = nobody.get("/contoso.example/v2.0/.well-known/openid-configuration").json()

    assert found["token_endpoint"] == "http://simulator/contoso.example/oauth2/v2.0/token"


def test_managed_identity_of_app_service_works_with_azure_identity(
    served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", KEY)
    with ManagedIdentityCredential() as credential:
        token = credential.get_token("https://cognitiveservices.azure.com/.default")

    assert token.expires_on > time.time() + 3000
    assert token.token.count(".") == 2


def test_managed_identity_wants_its_header(nobody: TestClient) -> None:
    url = "/msi/token?api-version=2019-08-01&resource=https://ai.azure.com"

    assert nobody.get(url).status_code == 401
    assert nobody.get(url, headers={"x-identity-header": KEY}).status_code == 200


def test_the_metadata_service_wants_its_header(nobody: TestClient) -> None:
    url = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://ai.azure.com"

    assert nobody.get(url).status_code == 400
    assert nobody.get(url, headers={"Metadata": "true"}).json()["resource"] == "https://ai.azure.com"
