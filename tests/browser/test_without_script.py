"""The console where JavaScript is switched off: links lead, forms send."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import Console, until
from tests.browser.playground import LONG, address, pane

pytestmark = pytest.mark.browser


def test_the_printed_kind_of_link_signs_in(visit: Visit, console: Console) -> None:
    console.manage("create_user", "dora", "--role", "operator")

    page = visit(console.manage("sign_in_link", "dora"), as_=None, java_script_enabled=False)

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_role("button", name="Account: dora")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/connections/",
        "/models/",
        "/deployments/",
        "/playground/comparisons/",
        "/audit/",
        "/people/",
        "/api-support/",
    ],
)
def test_lists_are_there(path: str, visit: Visit, comparison: str) -> None:
    page = visit(path, java_script_enabled=False)

    expect(page.locator("table tbody tr").first).to_be_visible()


def test_a_list_is_filtered_by_its_form(visit: Visit) -> None:
    page = visit("/models/", java_script_enabled=False)

    page.get_by_label("Filter by name or version").fill("grok")
    page.get_by_role("button", name="Filter", exact=True).click()

    expect(page).to_have_url(re.compile(r"q=grok"))
    expect(page.locator("#table tbody th").first).to_contain_text(re.compile("grok", re.IGNORECASE))


def test_a_comparison_is_asked_by_a_form_and_read_by_reloading(visit: Visit) -> None:
    page = visit(address("contoso-eastus2/gpt-4.1-nano", "fabrikam-models/grok-4"), java_script_enabled=False)

    page.get_by_label("Message", exact=True).fill("Hello without a script")
    page.get_by_role("button", name="Send").click()

    expect(page).to_have_url(re.compile("/playground/comparisons/"))

    def has_ended() -> bool:
        page.reload()
        return page.locator(".answer[data-state=complete]").count() == 2

    until(has_ended, "both answers are complete", seconds=LONG / 1000)
    expect(pane(page, 0).locator(".answer .prose")).to_contain_text("Simulated answer by gpt-4.1-nano")


def test_a_connection_is_tested_by_a_form(visit: Visit) -> None:
    page = visit("/c/fabrikam-models/", java_script_enabled=False)

    page.get_by_role("button", name="Test now").click()

    expect(page.locator("#step-models")).to_have_attribute("data-state", "ok")
