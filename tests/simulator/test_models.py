from __future__ import annotations

from starlette.testclient import TestClient


def test_the_catalogue_has_more_models_than_deployments(peer: TestClient) -> None:
    ids = [row["id"] for row in peer.get("/openai/v1/models").json()["data"]]

    assert "gpt-5-mini-2025-08-07" in ids
    assert "gpt-6-sol-2026-10-08" in ids
    assert len(ids) == len(set(ids)) > 80


def test_a_model_tells_its_capabilities_and_retirement(peer: TestClient) -> None:
    row = peer.get("/openai/v1/models/gpt-5-mini-2025-08-07").json()

    assert row["object"] == "model"
    assert row["capabilities"]["chat_completion"] is True
    assert row["capabilities"]["embeddings"] is False
    assert row["deprecation"]["inference"] == 1801785600
    assert row["lifecycle_status"] == "generally-available"


def test_an_unknown_model_is_not_found(peer: TestClient) -> None:
    answer = peer.get("/openai/v1/models/no/such")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"


def test_a_base_model_cannot_be_deleted(peer: TestClient) -> None:
    assert peer.delete("/openai/v1/models/grok-4").status_code == 400


def test_a_catalogue_id_is_not_a_deployment(peer: TestClient) -> None:
    body = {"model": "gpt-5-mini-2025-08-07", "messages": [{"role": "user", "content": "hi"}]}

    answer = peer.post("/openai/v1/chat/completions", json=body)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "DeploymentNotFound"


def test_the_old_list_names_the_deployments(peer: TestClient) -> None:
    rows = peer.get("/openai/deployments?api-version=2023-03-15-preview").json()["data"]

    assert {"id": "gpt-5-mini", "model": "gpt-5-mini", "status": "succeeded"}.items() <= rows[1].items()


def test_later_versions_have_no_old_list(peer: TestClient) -> None:
    assert peer.get("/openai/deployments?api-version=2024-10-21").status_code == 404
    assert peer.get("/openai/deployments").status_code == 404
    assert peer.get("/openai/v1/deployments").json()["error"]["message"] == "Resource not found"


def test_a_resource_of_kind_openai_has_only_models_of_openai(peer: TestClient) -> None:
    ids = [row["id"] for row in peer.get("/resources/contoso-legacy/openai/v1/models").json()["data"]]

    assert "grok-4" not in ids


def test_v1_refuses_a_dated_version(peer: TestClient) -> None:
    assert peer.get("/openai/v1/models?api-version=2024-10-21").status_code == 400
    assert peer.get("/openai/v1/models?api-version=preview").status_code == 200
