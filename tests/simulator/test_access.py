from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.simulator.conftest import KEY, Hands

MODELS = "/openai/v1/models"
COGNITIVE = "https://cognitiveservices.azure.com"
ARM = "https://management.azure.com"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("headers", [{"api-key": KEY}, bearer(KEY)])
def test_the_key_opens_in_either_header(nobody: TestClient, headers: dict[str, str]) -> None:
    assert nobody.get(MODELS, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"api-key": "wrong"}, bearer("wrong"), {"authorization": "Basic x"}])
def test_without_the_key_the_answer_is_401_and_tells_the_region(
    nobody: TestClient, headers: dict[str, str]
) -> None:
    answer = nobody.get(MODELS, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "401"
    assert answer.headers["x-ms-region"] == "East US 2"


@pytest.mark.parametrize("audience", [COGNITIVE, "https://ai.azure.com"])
def test_a_token_for_the_data_plane_opens_it(
    nobody: TestClient, entra: Callable[..., str], audience: str
) -> None:
    assert nobody.get(MODELS, headers=bearer(entra(audience))).status_code == 200


def test_a_token_for_arm_does_not_open_the_data_plane(nobody: TestClient, entra: Callable[..., str]) -> None:
    answer = nobody.get(MODELS, headers=bearer(entra(ARM)))

    assert answer.status_code == 401
    assert "audience is incorrect" in answer.json()["error"]["message"]


def test_a_token_in_the_key_header_is_refused(nobody: TestClient, entra: Callable[..., str]) -> None:
    assert nobody.get(MODELS, headers={"api-key": entra()}).status_code == 401


def test_a_token_ends(nobody: TestClient, entra: Callable[..., str], hands: Hands) -> None:
    token = entra()
    hands.time += 3600

    assert nobody.get(MODELS, headers=bearer(token)).status_code == 401


def test_a_forged_token_is_refused(nobody: TestClient, entra: Callable[..., str]) -> None:
    head, body, signature = entra().split(".")

    assert nobody.get(MODELS, headers=bearer(f"{head}.{body}x.{signature}")).status_code == 401


def test_a_resource_without_key_auth_says_so(peer: TestClient) -> None:
    answer = peer.get("/resources/contoso-sweden/openai/v1/models")

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "AuthenticationTypeDisabled"


def test_a_resource_without_key_auth_takes_a_token(nobody: TestClient, entra: Callable[..., str]) -> None:
    answer = nobody.get("/resources/contoso-sweden/openai/v1/models", headers=bearer(entra(COGNITIVE)))

    assert answer.status_code == 200
    assert answer.headers["x-ms-region"] == "Sweden Central"


def test_a_principal_without_a_data_role_is_told_the_action(
    nobody: TestClient, entra: Callable[..., str]
) -> None:
    answer = nobody.get(MODELS, headers=bearer(entra(client_id="noroles-app")))

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "PermissionDenied"


def test_the_project_route_takes_only_tokens_of_foundry(
    nobody: TestClient, entra: Callable[..., str]
) -> None:
    route = "/resources/contoso-eastus2/api/projects/demo/openai/v1/models"

    assert nobody.get(route, headers={"api-key": KEY}).status_code == 401
    assert nobody.get(route, headers=bearer(entra(COGNITIVE))).status_code == 401
    assert nobody.get(route, headers=bearer(entra())).status_code == 200


def test_an_unknown_resource_is_not_found(peer: TestClient) -> None:
    assert peer.get("/resources/elsewhere/openai/v1/models").status_code == 404


def test_every_answer_says_that_it_is_simulated(peer: TestClient, nobody: TestClient) -> None:
    for answer in (peer.get(MODELS), nobody.get(MODELS), nobody.get("/"), peer.get("/nothing")):
        assert answer.headers["x-simulator"] == "1"


def test_data_plane_answers_carry_request_ids(peer: TestClient) -> None:
    first, second = peer.get(MODELS), peer.get("/openai/v1/nothing")

    assert first.headers["apim-request-id"] != second.headers["apim-request-id"]
    assert {"x-request-id", "openai-processing-ms", "azure-openai-data-collection"} <= set(second.headers)


def test_a_wrong_method_is_405(peer: TestClient) -> None:
    assert peer.put(MODELS).status_code == 405
