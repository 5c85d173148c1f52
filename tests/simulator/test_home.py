from __future__ import annotations

import ast
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

import console.simulator
from console.simulator.errors import Refusal
from console.simulator.guard import require_preview
from console.simulator.serve import main


def test_the_door_says_that_this_is_a_simulator(nobody: TestClient) -> None:
    about = nobody.get("/").json()

    assert about["simulator"] is True
    assert about["base_url"] == "http://simulator/openai/v1/"
    assert about["resources"][0]["name"] == "contoso-eastus2"
    assert about["resources"][0]["deployments"][0]["character"]


def test_a_browser_gets_a_page(nobody: TestClient) -> None:
    page = nobody.get("/", headers={"accept": "text/html"})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Simulator</h1>" in page.text


def test_it_says_that_it_is_healthy(nobody: TestClient) -> None:
    assert nobody.get("/healthz").text == "ok"


def test_the_key_is_nowhere_on_the_page(nobody: TestClient) -> None:
    assert "test-key" not in nobody.get("/").text


def test_a_preview_feature_wants_its_header() -> None:
    require_preview(Headers({"aoai-evals": "Preview"}), "aoai-evals")
    with pytest.raises(Refusal) as refused:
        require_preview(Headers({}), "aoai-evals")

    assert refused.value.status == 400


def test_it_does_not_start_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIMULATOR_KEY", raising=False)
    with pytest.raises(SystemExit, match="needs a key"):
        main(["--port", "0"])


def test_it_imports_nothing_of_the_console() -> None:
    folder = Path(console.simulator.__file__).parent
    imported = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}

    ours = {name for name in imported if name.split(".")[0] == "console"}
    assert all(name == "console.simulator" or name.startswith("console.simulator.") for name in ours)
    assert {"django", "celery", "httpx", "aiohttp"}.isdisjoint(name.split(".")[0] for name in imported)
