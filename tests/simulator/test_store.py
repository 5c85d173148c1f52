from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.simulator.conftest import KEY

URL = "/openai/v1/responses"
HEADERS = {"api-key": KEY}


def test_a_response_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with TestClient(create_app(key=KEY, speed=0, state=state), headers=HEADERS) as peer:
        made = peer.post(URL, json={"model": "gpt-4.1", "input": "echo: hello"}).json()
    with TestClient(create_app(key=KEY, speed=0, state=state), headers=HEADERS) as peer:
        found = peer.get(f"{URL}/{made['id']}").json()

    assert found == made
    assert list(tmp_path.iterdir()) == [state]


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with TestClient(create_app(key=KEY, state=state), headers=HEADERS) as peer:
        peer.get("/openai/v1/models")

    assert not state.exists()


def test_memory_is_forgotten() -> None:
    first = TestClient(create_app(key=KEY, speed=0), headers=HEADERS)
    made = first.post(URL, json={"model": "gpt-4.1", "input": "x"}).json()

    second = TestClient(create_app(key=KEY, speed=0), headers=HEADERS)
    assert second.get(f"{URL}/{made['id']}").status_code == 404


@pytest.mark.parametrize("content", ["not json", json.dumps([1])])
def test_a_broken_state_file_stops_the_start_with_a_sentence(tmp_path: Path, content: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(content, encoding="utf-8")

    with pytest.raises(SystemExit, match="move it away"):
        create_app(key=KEY, state=state)


def test_a_token_survives_a_restart() -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "a",
        "client_secret": KEY,
        "scope": "https://ai.azure.com/.default",
    }
    first = TestClient(create_app(key=KEY))
    token = first.post("/contoso.example/oauth2/v2.0/token", data=form).json()["access_token"]

    second = TestClient(create_app(key=KEY), headers={"authorization": f"Bearer {token}"})
    assert second.get("/openai/v1/models").status_code == 200
