"""The small parts that every page is made of."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from console.outbound.errors import error_of
from console.outbound.kinds import ERROR_KINDS
from console.templatetags.console_ui import (
    copy,
    icon,
    kind_title,
    letter,
    named,
    section,
    status_badge,
    status_tone,
)

ROOT = Path(settings.BASE_DIR)


def test_an_icon_is_decoration_from_the_one_file_of_symbols():
    assert icon("plug") == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#i-plug"/></svg>'


def test_every_icon_that_a_template_names_is_in_the_file():
    symbols = set(re.findall(r'id="i-([a-z-]+)"', (ROOT / "static/icons.svg").read_text()))
    named = {
        name
        for page in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'(?:{% icon "|icon=")([a-z-]+)"', page.read_text())
    }

    assert named - symbols == set()


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ("succeeded", "ok"),
        ("In Progress", "info"),
        ("deprecating", "warn"),
        ("failed", "bad"),
        ("novel", "neutral"),
    ],
)
def test_a_state_has_a_tone(state, tone):
    assert status_tone(state) == tone


def test_a_badge_has_a_word_beside_its_dot():
    assert (
        status_badge("rate_limited")
        == '<span class="badge" data-tone="warn"><i class="dot"></i>Rate limited</span>'
    )


def test_a_state_from_outside_is_escaped():
    assert "<script>" not in status_badge("<script>alert(1)</script>")


def test_a_named_error_shows_its_code_beside_the_words():
    assert named("invalid_file") == '<b>Invalid file</b> <code class="small">invalid_file</code>'


def test_an_error_without_a_code_is_named_by_what_happened():
    assert named("", "Failed") == "<b>Failed</b>"


def test_a_code_from_outside_is_escaped():
    assert "<script>" not in named("<script>")


def test_an_id_from_outside_is_escaped_where_it_is_copied():
    assert copy('"><script>').count("<script>") == 0


@pytest.mark.parametrize("kind", sorted(ERROR_KINDS))
def test_every_error_kind_is_shown_with_its_kind_title_and_remedy(kind):
    error = error_of(kind)(detail="<img src=x>", request_id="req-1")

    html = render_to_string("components/error_card.html", {"error": error})

    assert f'data-error-kind="{kind}"' in html
    assert ERROR_KINDS[kind].title in html
    assert "<img" not in html
    assert "req-1" in html


def test_what_is_to_be_corrected_is_read_without_a_click():
    told = {
        kind: render_to_string(
            "components/error_card.html", {"error": error_of(kind)(detail="A text, please.")}
        )
        for kind in ("bad_request", "rate_limited")
    }

    assert '<details class="disclosure" open>' in told["bad_request"]
    assert '<details class="disclosure">' in told["rate_limited"]


def test_an_error_on_a_page_of_a_connection_leads_to_the_connection():
    card = Template("{% error_card error %}")
    request = RequestFactory().get("/c/prod/evals/new/")
    request.resolver_match = resolve(request.path)
    error = error_of("auth_failed")()

    assert 'href="/c/prod/"' in card.render(Context({"error": error, "request": request}))
    assert "<a " not in card.render(Context({"error": error}))


def test_a_kind_that_is_not_known_is_shown_as_it_is():
    assert kind_title("sun_spots") == "Sun spots"


def test_the_page_of_one_thing_belongs_to_the_entry_of_its_list():
    assert section("model") == "models"
    assert section("overview") == "overview"


def test_panes_are_called_by_letters():
    assert [letter(position) for position in (1, 2, 8)] == ["A", "B", "H"]


def test_the_tags_need_no_loading():
    assert engines["django"].from_string("{{ 1234|number }}").render() == "1\u202f234"
