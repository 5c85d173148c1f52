"""What holds for every template."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
FORBIDDEN = {
    "an inline style": r"<[^>]+\sstyle=",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an inline handler": r"<[^>]+\son[a-z]+=",
    "a script in an attribute": r"hx-on|hx-vals=.js:|javascript:",
    "unescaped text": r"\|\s*safe\b|autoescape off|safeseq",
    "another host": r"""(?:src|href|action)=["'](?:https?:)?//""",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_template_has_no_second_way_round_the_rules(name, what):
    assert not re.search(FORBIDDEN[what], (ROOT / name).read_text())


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_button_with_only_an_icon_has_a_name(name):
    for button in re.findall(r"<(?:button|a)[^>]*icon-only[^>]*>", (ROOT / name).read_text()):
        assert "aria-label=" in button


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_form_that_changes_something_carries_its_token(name):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", (ROOT / name).read_text(), re.DOTALL):
        assert "{% csrf_token %}" in form
