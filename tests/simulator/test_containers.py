from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import Simulator, create_app
from tests.contract.spec import answer_flaws
from tests.simulator.conftest import KEY, Hands

V1 = "/openai/v1"
URL = f"{V1}/containers"


@pytest.fixture
def timed(hands: Hands) -> TestClient:
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def call(peer: TestClient, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = peer.request(method, url, json=body)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    assert answer_flaws(method, url.partition("?")[0], status, told) == []
    return told


def container(peer: TestClient, **more: Any) -> str:
    return str(call(peer, "POST", URL, {"name": "sandbox", **more})["id"])


def test_a_container_runs_until_nobody_uses_it(timed: TestClient, hands: Hands) -> None:
    made = container(timed, expires_after={"anchor": "last_active_at", "minutes": 10}, memory_limit="4g")
    told = call(timed, "GET", f"{URL}/{made}")
    assert (told["status"], told["memory_limit"]) == ("running", "4g")

    hands.time += 601

    assert call(timed, "GET", f"{URL}/{made}")["status"] == "expired"
    refused = timed.post(f"{URL}/{made}/files", files={"file": ("a.csv", b"1")})
    assert refused.json()["error"]["code"] == "container_expired"


def test_a_file_is_put_in_read_and_deleted(peer: TestClient, app: Simulator) -> None:
    made = container(peer)
    told = peer.post(f"{URL}/{made}/files", files={"file": ("a.csv", b"1,2")}).json()
    assert answer_flaws("POST", f"{URL}/{made}/files", 200, told) == []
    assert (told["path"], told["bytes"], told["source"]) == ("/mnt/data/a.csv", 3, "user")

    assert call(peer, "GET", f"{URL}/{made}/files")["data"] == [told]
    assert call(peer, "GET", f"{URL}/{made}/files/{told['id']}") == told
    assert peer.get(f"{URL}/{made}/files/{told['id']}/content").content == b"1,2"
    assert peer.delete(f"{URL}/{made}/files/{told['id']}").content == b""
    call(peer, "GET", f"{URL}/{made}/files/{told['id']}", status=404)
    assert not app.world.blobs.path(told["id"]).exists()


def test_a_file_of_the_resource_is_copied_in(peer: TestClient) -> None:
    form = {"purpose": "assistants"}
    file = peer.post(f"{V1}/files", files={"file": ("b.csv", b"3")}, data=form).json()["id"]
    made = container(peer, file_ids=[file])
    call(peer, "POST", f"{URL}/{made}/files", {"file_id": file})
    peer.delete(f"{V1}/files/{file}")

    rows = call(peer, "GET", f"{URL}/{made}/files")["data"]

    assert [row["path"] for row in rows] == ["/mnt/data/b.csv"] * 2
    assert peer.get(f"{URL}/{made}/files/{rows[0]['id']}/content").content == b"3"


def test_a_deleted_container_answers_with_nothing(peer: TestClient) -> None:
    made = container(peer)
    answer = peer.delete(f"{URL}/{made}")

    assert (answer.status_code, answer.content) == (200, b"")
    call(peer, "GET", f"{URL}/{made}", status=404)


def test_containers_are_listed(peer: TestClient) -> None:
    ids = [container(peer) for _ in range(3)]

    assert [row["id"] for row in call(peer, "GET", f"{URL}?order=asc")["data"]] == ids


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "name"),
        ({"name": "a", "memory_limit": "2g"}, "memory_limit"),
        ({"name": "a", "file_ids": ["file-none"]}, "file_ids"),
        (
            {"name": "a", "expires_after": {"anchor": "last_active_at", "minutes": 90}},
            "expires_after.minutes",
        ),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, body: dict[str, Any], param: str) -> None:
    answer = peer.post(URL, json=body)

    assert answer.json()["error"]["param"] == param
