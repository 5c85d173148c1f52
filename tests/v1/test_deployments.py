from dataclasses import replace

import pytest

from console.outbound.errors import AuthFailed
from console.v1.deployments import list_deployments

LIST = "GET /openai/deployments"


def test_the_old_list_is_asked_for_outside_of_v1(client, upstream):
    row = {
        "id": "chat",
        "model": "gpt-4.1",
        "status": "succeeded",
        "scale_settings": {"scale_type": "standard"},
    }
    upstream[LIST] = 200, {"object": "list", "data": [row, {"model": "no name"}]}

    (deployment,) = list_deployments(client)

    assert (deployment.name, deployment.model, deployment.family) == ("chat", "gpt-4.1", "gpt-4.1")
    assert (deployment.status, deployment.scale_type) == ("succeeded", "standard")
    assert upstream.requests[0].path == "/openai/deployments"
    assert upstream.requests[0].query == {"api-version": ["2023-03-15-preview"]}


@pytest.mark.parametrize(
    ("base_path", "asked"),
    [
        ("/openai/v1", "/openai/deployments"),
        ("/resources/b/openai/v1", "/resources/b/openai/deployments"),
        ("/api/projects/p/openai/v1", "/openai/deployments"),
    ],
)
def test_the_list_belongs_to_the_resource_and_not_to_its_project(client, upstream, base_path, asked):
    client.endpoint = replace(client.endpoint, base_path=base_path)
    upstream[f"GET {asked}"] = 200, {"data": []}

    assert list_deployments(client) == []


@pytest.mark.parametrize("status", [404, 400, 410])
def test_a_resource_that_does_not_offer_it_has_none(client, upstream, status):
    upstream[LIST] = status, {"error": {"code": str(status), "message": "Resource not found"}}

    assert list_deployments(client) is None


def test_a_refused_key_is_told(client, upstream):
    upstream[LIST] = 401, {"error": {"code": "401", "message": "Access denied"}}

    with pytest.raises(AuthFailed):
        list_deployments(client)
