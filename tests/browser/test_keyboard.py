"""What the keyboard does without a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.playground import address, ended, grown, pane

pytestmark = pytest.mark.browser


def test_the_palette_finds_a_model_and_opens_it(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or jump to")
    expect(field).to_be_focused()

    field.press_sequentially("deepseek-r1")
    expect(page.get_by_role("option", selected=True)).to_contain_text("DeepSeek-R1")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/c/[a-z0-9-]+/(deployments|models)/DeepSeek-R1"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("DeepSeek-R1")


def test_the_arrows_choose_in_the_palette_and_escape_closes_it(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Control+k")
    options = page.locator("#palette-list [role=option]")
    expect(options.first).to_have_attribute("aria-selected", "true")

    page.keyboard.press("ArrowDown")

    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Search or jump to")).to_be_hidden()


@pytest.mark.parametrize(
    ("letter", "path"),
    [
        ("m", "/models/"),
        ("d", "/deployments/"),
        ("p", "/playground/"),
        ("c", "/connections/"),
        ("a", "/audit/"),
    ],
)
def test_g_and_a_letter_go_there(letter: str, path: str, visit: Visit) -> None:
    page = visit("/")

    page.keyboard.press("g")
    page.keyboard.press(letter)

    expect(page).to_have_url(re.compile(f"{path}$"))


def test_a_question_mark_shows_the_keys(visit: Visit) -> None:
    page = visit("/")

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_a_slash_goes_to_the_filter_of_a_list(visit: Visit) -> None:
    page = visit("/models/")

    page.keyboard.press("/")

    expect(page.get_by_label("Filter by name or version")).to_be_focused()


def test_letters_in_a_field_are_only_letters(visit: Visit) -> None:
    page = visit("/models/")
    field = page.get_by_label("Filter by name or version")

    field.press_sequentially("gm?")

    expect(field).to_have_value("gm?")
    expect(page).to_have_url(re.compile("/models/"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_ctrl_enter_sends_and_escape_stops(visit: Visit) -> None:
    page = visit(address("contoso-eastus2/bench-15"))
    field = page.get_by_label("Message", exact=True)
    field.fill("Count")

    field.press("Control+Enter")
    grown(page, 0, 60)
    page.keyboard.press("Escape")

    expect(pane(page, 0).locator(".answer")).to_have_attribute("data-state", "cancelled")
    ended(page)


def test_the_first_tab_skips_to_the_content(visit: Visit) -> None:
    page = visit("/connections/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
