"""How the static files reach a browser."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

SOURCE = Path(settings.BASE_DIR) / "static"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "console.static_storage.Storage"}}
    with override_settings(STATIC_ROOT=str(folder), STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture(scope="module")
def hashed(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    return lambda name: (collected / names[name]).read_text()


def test_the_stylesheet_is_one_file(hashed):
    assert "@import" not in hashed("css/app.css")


def test_every_stylesheet_is_in_the_one_file(hashed):
    whole = hashed("css/app.css")

    for part in SOURCE.glob("css/**/*.css"):
        assert part.name == "app.css" or part.read_text() in whole, part


def test_the_layers_keep_their_order(hashed):
    order = re.search(r"@layer ([\w, ]+);", hashed("css/app.css"))

    assert order is not None
    assert order[1].split(", ") == [
        "reset",
        "tokens",
        "base",
        "layout",
        "components",
        "utilities",
        "preferences",
    ]


def test_scripts_import_each_other_by_hashed_names(hashed):
    assert hashed("js/main.js").count("import ") == (SOURCE / "js/main.js").read_text().count("import ")
    for script in SOURCE.glob("js/*.js"):
        for imported in re.findall(r"^(?:import|\}).*'(\./.*)'", hashed(f"js/{script.name}"), re.MULTILINE):
            assert re.fullmatch(r"\./[\w-]+\.[0-9a-f]{12}\.js", imported), (script, imported)


def test_no_stylesheet_shouts_or_names_an_id():
    for part in SOURCE.glob("css/**/*.css"):
        rules = re.sub(r"/\*.*?\*/|#[0-9a-f]{3,8}\b", "", part.read_text(), flags=re.DOTALL)

        assert "!important" not in rules, part
        assert not re.search(r"#[a-z]", rules), part


def test_scripts_stay_small_and_keep_nothing_in_the_browser():
    for script in SOURCE.glob("js/*.js"):
        text = script.read_text()

        assert text.count("\n") <= 80, script
        assert not re.search(
            r"\.innerHTML|insertAdjacentHTML|\beval\(|(?:local|session)Storage\.setItem", text
        ), script
