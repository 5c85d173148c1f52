"""API support: the matrix of one connection and of all, and probing."""

import json

import pytest
from asgiref.sync import async_to_sync

from console.models import AuditEvent, RouteProbe
from console.v1.routes import ROUTES
from tests.conftest import SIMULATOR_KEY, connect

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
LINES = {"accept": "application/x-ndjson, application/json;q=0.5"}
PROBE = "/c/prod/api-support/probe/"


@pytest.fixture
def operator(client, alice):
    client.force_login(alice)
    return client


def lines_of(response) -> list[dict[str, str]]:
    async def read() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    return [json.loads(line) for line in async_to_sync(read)().splitlines()]


def test_every_route_of_the_api_has_its_row(operator, connection):
    rows = operator.get("/c/prod/api-support/", headers=JSON).json()["data"]

    assert {row["route"] for row in rows} == {route.name for route in ROUTES}
    assert {row["result"] for row in rows} == {"not_probed"}


def test_the_table_of_microsoft_comes_first_with_its_headers(operator, connection):
    content = operator.get("/c/prod/api-support/").content.decode()

    assert "aoai-evals: preview" in content
    assert "aoai-copy-ft-checkpoints: preview" in content
    assert content.index("The v1 support table") < content.index("<h2>Vector stores</h2>")


def test_another_provider_has_only_what_it_has(operator, connection):
    connection.kind = "deepseek"
    connection.save()

    groups = {row["group"] for row in operator.get("/c/prod/api-support/", headers=JSON).json()["data"]}

    assert groups == {"chat", "models"}


def test_one_route_is_probed_and_its_row_answered(operator, connection, upstream):
    upstream["GET /files"] = 200, {"data": []}, {"apim-request-id": "request-9"}

    content = operator.post(PROBE, {"route": "files.list"}, headers={"hx-request": "true"}).content.decode()

    assert 'data-state="supported"' in content
    assert "request-9" in content
    assert [request.path for request in upstream.requests] == ["/openai/v1/files"]
    assert RouteProbe.objects.get().route == "files.list"


def test_the_preview_header_is_sent_where_it_is_needed(operator, connection, upstream):
    operator.post(PROBE, {"route": "evals.list"})
    operator.post(PROBE, {"route": "files.list"})

    assert [request.headers.get("aoai-evals") for request in upstream.requests] == ["preview", None]


def test_all_routes_are_shown_as_they_are_found(client, alice, workspace, simulator):
    connect(workspace, "sim", simulator.removeprefix("http://"), "/openai/v1", SIMULATOR_KEY)
    client.force_login(alice)

    lines = lines_of(client.post("/c/sim/api-support/probe/", headers=LINES))

    rows = {line["id"]: line["html"] for line in lines if line["id"].startswith("route-")}
    assert len(rows) == len(ROUTES)
    assert 'data-state="supported"' in rows["route-models-list"]
    assert lines[-1]["id"] == "support-summary"


def test_without_scripts_probing_leads_back_to_the_page(operator, connection, upstream):
    upstream["GET /models"] = 401, {"error": {"message": "no"}}

    response = operator.post(PROBE)

    assert response["Location"] == "/c/prod/api-support/"
    assert RouteProbe.objects.count() == len(ROUTES)


def test_probing_is_recorded_with_who_asked(operator, connection, upstream):
    operator.post(PROBE, {"route": "files.list"})

    event = AuditEvent.objects.latest()
    assert (event.actor_label, event.action, event.outcome) == ("alice", "connection.probed", "success")


def test_an_unknown_route_is_not_there(operator, connection, upstream):
    assert operator.post(PROBE, {"route": "../models"}).status_code == 404
    assert upstream.hits == 0


def test_an_unreadable_credential_is_said_and_nothing_is_sent(operator, connection, upstream, settings):
    settings.ENCRYPTION_KEYS = [b"x" * 32]

    response = operator.post(PROBE)

    assert (response.status_code, upstream.hits) == (503, 0)
    assert b'data-error-kind="credential_unreadable"' in response.content


def test_a_paused_connection_is_not_probed(operator, connection, upstream):
    connection.pause()

    assert (operator.post(PROBE).status_code, upstream.hits) == (422, 0)


def test_the_matrix_lays_all_connections_side_by_side(operator, connection, upstream):
    upstream["GET /files"] = 200, {"data": []}
    operator.post(PROBE, {"route": "files.list"})

    rows = {row["route"]: row for row in operator.get("/api-support/", headers=JSON).json()["data"]}

    assert rows["files.list"]["results"] == {"prod": "supported"}
    assert b"Supported" in operator.get("/api-support/").content


@pytest.mark.parametrize("status", ["ga", "preview"])
def test_the_matrix_is_narrowed_by_status(operator, connection, status):
    rows = operator.get(f"/api-support/?status={status}", headers=JSON).json()["data"]

    assert {row["status"] for row in rows} == {status}


def test_without_connections_the_matrix_says_what_to_do(operator):
    assert b"No connections yet" in operator.get("/api-support/").content


def test_a_reader_looks_and_does_not_probe(client, bob, connection, upstream):
    client.force_login(bob)

    assert b"Probe all" not in client.get("/c/prod/api-support/").content
    assert (client.post(PROBE).status_code, upstream.hits) == (403, 0)


def test_for_a_stranger_it_does_not_exist(client, mallory, connection):
    client.force_login(mallory)

    assert client.get("/c/prod/api-support/").status_code == 404
    assert client.post(PROBE).status_code == 404
    assert b"prod" not in client.get("/api-support/").content
