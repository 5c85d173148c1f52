import socket

import pytest

from console.outbound.auth import KeyAuth
from console.outbound.policy import Policy
from console.outbound.transport import Door
from console.v1 import probe
from console.v1.client import Client, NullRecorder, Target
from console.v1.probe import ABSENT_ID
from console.v1.routes import ROUTES, route
from tests.v1.conftest import KEY

TARGET = Target("connection", "1", "prod")


def run(client, name):
    return probe.run(client, route(name), TARGET)


def test_a_list_is_asked_for_one_row(client, upstream, recorder):
    upstream["GET /files"] = 200, {"data": []}, {"apim-request-id": "req-1"}

    found = run(client, "files.list")

    assert (found.result, found.status, found.request_id) == ("supported", 200, "req-1")
    assert upstream.requests[0].query == {"limit": ["1"]}
    assert recorder.events == []


def test_an_empty_create_that_is_refused_is_there_and_is_recorded(client, upstream, recorder):
    upstream["POST /chat/completions"] = (
        400,
        {"error": {"code": "missing", "message": "messages is required"}},
    )

    found = run(client, "chat.completions.create")

    assert (found.result, found.status) == ("supported", 400)
    assert upstream.requests[0].json() == {}
    assert recorder.events[0][1]["action"] == "connection.probed"


@pytest.mark.parametrize(
    ("status", "error", "result"),
    [
        (404, {"message": f"No such File object: {ABSENT_ID}"}, "supported"),
        (404, {"code": "404", "message": "Resource not found"}, "not_offered"),
        (404, {"code": 404, "message": "File Not Found"}, "not_offered"),
        (405, {"message": "Method Not Allowed"}, "not_offered"),
        (400, {"message": "The id must begin with file-"}, "supported"),
        (401, {"code": "401", "message": "Access denied"}, "refused"),
        (403, {"code": "Forbidden", "message": "No"}, "refused"),
        (429, {"message": "Too many requests"}, "unknown"),
        (500, {"message": "Oops"}, "unknown"),
        (501, {"message": "Not here"}, "not_offered"),
    ],
)
def test_what_an_answer_about_an_absent_object_means(client, upstream, status, error, result):
    upstream[f"GET /files/{ABSENT_ID}"] = status, {"error": error}

    assert run(client, "files.get").result == result


def test_a_page_of_html_is_no_object(client, upstream):
    upstream[f"GET /files/{ABSENT_ID}"] = (
        404,
        b"<html><h1>404 page not found</h1></html>",
        {"content-type": "text/html"},
    )

    assert run(client, "files.get").result == "not_offered"


def test_a_missing_deployment_means_that_the_path_is_there(client, upstream):
    upstream["POST /embeddings"] = (
        404,
        {"error": {"code": "DeploymentNotFound", "message": "It does not exist."}},
    )

    assert run(client, "embeddings.create").result == "supported"


def test_what_has_no_harmless_probe_is_not_asked(client, upstream):
    found = run(client, "vector_stores.create")

    assert (found.result, upstream.hits) == ("not_probed", 0)
    assert "create" in found.sentence


def test_what_a_provider_does_not_have_is_not_asked(client, upstream):
    client.provider = "deepseek"

    assert (run(client, "files.list").result, upstream.hits) == ("not_probed", 0)


def test_a_server_that_is_not_there_gives_no_verdict():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        door = Door(Policy(allow_hosts=[address]))
        client = Client(door.policy.check_url(f"http://{address}"), KeyAuth(KEY), NullRecorder(), door=door)

        found = run(client, "files.list")

    door.close()
    assert (found.result, found.status, found.sentence != "") == ("unknown", None, True)


def test_every_route_can_be_asked_of_a_server_that_knows_none(client, upstream):
    results = {each.name: probe.run(client, each, TARGET).result for each in ROUTES}

    assert set(results.values()) == {"not_offered", "not_probed"}
    assert all(request.path.startswith("/openai/v1/") for request in upstream.requests)
    assert all(request.body in (b"", b"{}") for request in upstream.requests)
