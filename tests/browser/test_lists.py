"""Lists that read themselves again while somebody works in them."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.playground import LONG

pytestmark = pytest.mark.browser
HERE = "?connection=contoso-eastus2"


def rows(page: Page) -> Locator:
    return page.locator("#table tbody tr")


def settled(page: Page) -> None:
    expect(page.locator("#freshness")).to_have_attribute(
        "data-state", re.compile("fresh|failed"), timeout=LONG
    )
    expect(rows(page).first).to_be_visible()


def refresh(page: Page) -> None:
    """Tell the page what it is told when a list has been read again."""
    page.evaluate("htmx.trigger(document.body, 'index-refreshed')")


@pytest.mark.parametrize("path", ["/stored-completions/", "/models/", "/deployments/"])
def test_a_filter_is_not_undone_by_a_list_that_reads_itself_again(visit: Visit, path: str) -> None:
    page = visit(path + HERE)
    settled(page)
    held: list[Route] = []
    page.route("**/*q=gpt-4.1-nano*", lambda route: held.append(route), times=1)

    page.locator("#q").fill("gpt-4.1-nano")
    while not held:
        page.wait_for_timeout(20)
    refresh(page)
    page.wait_for_timeout(500)
    with page.expect_response("**/*q=gpt-4.1-nano*"):
        held[0].continue_()

    expect(page).to_have_url(re.compile("q=gpt-4.1-nano"))
    expect(page.locator("#table-asked input[name=q]")).to_have_value("gpt-4.1-nano")
    expect(rows(page).filter(has_text="gpt-4.1-nano").first).to_be_visible()


def test_a_list_reads_itself_again_as_it_was_narrowed(visit: Visit) -> None:
    page = visit("/models/" + HERE + "&q=gpt&sort=-name")
    settled(page)
    with page.expect_response(lambda one: "/models/?" in one.url) as told:
        refresh(page)
    for part in ("connection=contoso-eastus2", "q=gpt", "sort=-name"):
        assert part in told.value.url


def test_what_is_ticked_stays_so_when_the_list_reads_itself_again(visit: Visit) -> None:
    page = visit("/stored-completions/" + HERE)
    settled(page)
    box = page.locator("input[name=item]").nth(1)
    chosen = box.get_attribute("value")
    box.check()
    expect(page.locator("#bulk")).to_contain_text("1 selected")

    before = page.locator("#table").element_handle()
    refresh(page)
    page.wait_for_function("table => !table.isConnected", arg=before)
    expect(page.locator(f"input[name=item][value='{chosen}']")).to_be_checked()
    expect(page.locator("input[name=item]:checked")).to_have_count(1)
    expect(page.locator("#bulk")).to_contain_text("1 selected")


def test_what_is_typed_in_a_menu_outlasts_a_list_that_reads_itself_again(visit: Visit) -> None:
    page = visit("/stored-completions/" + HERE)
    settled(page)
    page.get_by_role("button", name="Metadata").click()
    typed = page.locator("#typed-metadata")
    typed.press_sequentially("rating = ")

    before = page.locator("#table").element_handle()
    refresh(page)
    page.wait_for_function("table => !table.isConnected", arg=before)
    typed.press_sequentially("good")
    typed.press("Enter")

    expect(page.locator("a.chip", has_text="rating = good")).to_be_visible()
    expect(rows(page)).to_have_count(3)
