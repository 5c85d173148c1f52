"""Forms that make something: one effect for the same entries, by a double click, after "back" and without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.playground import LONG
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

NEW = "/c/contoso-eastus2/conversations/new/"
MADE = re.compile(r"/c/contoso-eastus2/conversations/conv_\w+/$")
ASKED = "POST v1 /responses"  # a counter of the simulator


def begun(page: Page) -> str:
    """Press the button, and return where it led."""
    page.get_by_role("button", name="Begin").click()
    expect(page).to_have_url(MADE, timeout=LONG)
    return page.url


@pytest.mark.parametrize("is_scripted", [True, False])
def test_a_double_click_has_one_effect(visit: Visit, is_scripted: bool) -> None:
    said = f"Pressed twice, {'with' if is_scripted else 'without'} a script"
    page = visit(NEW, java_script_enabled=is_scripted)
    page.get_by_label("Message").fill(said)

    page.get_by_role("button", name="Begin").dblclick()

    expect(page).to_have_url(MADE, timeout=LONG)
    page.goto("/conversations/?connection=contoso-eastus2&q=Pressed+twice")
    expect(page.locator("#table tbody th", has_text=said)).to_have_count(1)


def test_after_back_the_same_entries_lead_to_what_was_made_and_others_make_another(visit: Visit) -> None:
    page = visit(NEW)
    page.get_by_label("Message").fill("To be gone back to")
    first = begun(page)

    page.go_back()
    expect(page.get_by_label("Message")).to_have_value("To be gone back to")
    again = begun(page)
    page.go_back()
    page.get_by_label("Message").fill("Something else")
    other = begun(page)
    page.go_back()
    page.get_by_label("Message").fill("To be gone back to")
    back = begun(page)
    page.goto(NEW)
    page.get_by_label("Message").fill("To be gone back to")
    anew = begun(page)

    assert first == again == back
    assert len({first, other, anew}) == 3


def test_what_failed_is_tried_again_after_back(visit: Visit, console: Console, watch: Watch) -> None:
    watch.excuse("status of 429")
    page = visit("/c/contoso-eastus2/responses/new/?model=fault-429")
    page.get_by_label("Input").fill("Is anybody there?")

    def tries() -> int:
        """How often the resource is asked when the button is pressed."""
        before = console.counted(ASKED)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("main [data-error-kind]")).to_be_visible(timeout=LONG)
        return console.counted(ASKED) - before

    assert tries() > 0
    page.go_back()
    expect(page.locator("main [data-error-kind]")).to_have_count(0)
    assert tries() > 0
