"""Making a vector store, filling it from the disk, searching it, and measuring it by golden queries."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SETTLED, Visit
from tests.browser.console import Console
from tests.browser.playground import LONG
from tests.browser.test_pages import hold, looks
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

NEW = "/c/contoso-eastus2/vector-stores/new/"


def opened(visit: Visit, name: str = "Shop handbook", **options: Any) -> Page:
    """The page of a store, found in the list."""
    page = visit("/vector-stores/?connection=contoso-eastus2", **options)
    expect(page.locator("#freshness")).to_have_attribute("data-state", SETTLED, timeout=LONG)
    page.locator("#table").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page


def bench(visit: Visit) -> Page:
    page = opened(visit)
    page.get_by_role("link", name="Search bench").click()
    return page


def search(page: Page, query: str) -> Locator:
    """Ask, and return what the store of the page answered."""
    page.get_by_label("Query", exact=True).fill(query)
    page.get_by_role("button", name="Search", exact=True).click()
    side = page.get_by_role("region", name="Results of Shop handbook")
    expect(side.get_by_role("status")).to_contain_text("result", timeout=LONG)
    return side


def created(visit: Visit, name: str) -> Page:
    page = visit(NEW)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create the store").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page


def test_a_search_shows_the_passage_with_its_words_marked(visit: Visit) -> None:
    side = search(bench(visit), "caring for a wet tent")

    first = side.locator("li.found").first
    expect(first.get_by_role("link")).to_have_text("tent-care.md")
    expect(first.locator("mark").first).to_have_text(re.compile("tent|wet|caring", re.IGNORECASE))
    expect(first.get_by_role("progressbar")).to_have_attribute("aria-label", re.compile(r"Score 0\.\d\d"))


def test_filters_keep_out_what_they_do_not_fit(visit: Visit) -> None:
    page = bench(visit)
    page.get_by_text("Filters").click()
    page.get_by_label("Attribute 1").fill("topic")
    page.get_by_label("Value 1").fill("products")
    page.get_by_label("Attribute 2").fill("year")
    page.get_by_label("Comparison 2").select_option("gte")
    page.get_by_label("Value 2").fill("2026")

    side = search(page, "how do I return a tent")

    expect(side.locator("li.found").first).to_contain_text("topic: products")
    expect(side.get_by_text("topic: orders")).to_have_count(0)
    for field in ("Attribute 1", "Value 1", "Attribute 2", "Value 2"):
        page.get_by_label(field).fill("")
    side = search(page, "how do I return a tent")
    expect(side.get_by_text("topic: orders").first).to_be_visible()
    page.get_by_label("Attribute 2").fill("year")
    page.get_by_label("Value 2").fill("2030")
    side = search(page, "how do I return a tent")
    expect(side).to_contain_text("Nothing was found")


def test_two_stores_answer_side_by_side(visit: Visit) -> None:
    page = bench(visit)
    page.get_by_label("Side by side with").select_option(label="Runbooks on contoso-sweden")

    search(page, "the database is slow")

    other = page.get_by_role("region", name="Results of Runbooks")
    expect(other.locator("li.found").first).to_contain_text("database-failover.md")
    expect(other.locator("li.found").first).to_contain_text("not on the other side")


def test_filters_suggest_the_attributes_of_the_files_also_after_a_search(visit: Visit) -> None:
    page = bench(visit)
    names = page.locator("datalist#attributes option")
    expect(names).to_have_count(0)

    page.get_by_text("Filters").click()

    expect(names).to_have_count(3)
    assert names.evaluate_all("all => all.map(one => one.value)") == ["language", "topic", "year"]
    page.get_by_label("Attribute 1").fill("topic")
    page.get_by_label("Value 1").fill("products")
    search(page, "how do I return a tent")
    expect(page.locator("#bench")).not_to_have_class(re.compile("htmx-"))
    page.get_by_label("Attribute 2").focus()
    expect(names).to_have_count(3)


def test_a_search_comes_back_from_its_address_without_being_asked_again(
    visit: Visit, console: Console
) -> None:
    page = bench(visit)
    empty = page.url
    counter = f"POST v1 /vector_stores/{empty.split('/')[-3]}/search"
    page.get_by_role("spinbutton", name="Results").fill("2")
    page.get_by_label("Ranker").select_option("none")
    page.get_by_label("Rewrite the query").check()
    page.get_by_label("Side by side with").select_option(label="Runbooks on contoso-sweden")
    page.get_by_text("Filters").click()
    page.get_by_label("Attribute 2").fill("topic")
    page.get_by_label("Comparison 2").select_option("ne")
    page.get_by_label("Value 2").fill("orders & returns")
    search(page, "caring for a tent")
    asked = page.url
    page.get_by_label("Query", exact=True).fill("and a lamp")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile("lamp"))
    expect(page.get_by_role("region", name="Results of Shop handbook")).to_be_visible()
    searches = console.counted(counter)

    page.go_back()
    expect(page).to_have_url(asked)
    for _ in range(2):
        expect(page.get_by_label("Query", exact=True)).to_have_value("caring for a tent")
        expect(page.get_by_role("spinbutton", name="Results")).to_have_value("2")
        expect(page.get_by_label("Ranker")).to_have_value("none")
        expect(page.get_by_label("Rewrite the query")).to_be_checked()
        expect(page.get_by_label("Side by side with")).to_have_value(re.compile("^contoso-sweden/"))
        expect(page.get_by_label("Comparison 2")).to_have_value("ne")
        expect(page.get_by_label("Value 2")).to_have_value("orders & returns")
        expect(page.get_by_text("press Search to ask")).to_be_visible()
        page.reload()
    page.go_back()
    expect(page).to_have_url(empty)
    expect(page.get_by_label("Query", exact=True)).to_have_value("")
    assert console.counted(counter) == searches >= 2


def test_one_can_stop_waiting_for_a_store_that_is_silent(
    visit: Visit, console: Console, watch: Watch
) -> None:
    watch.excuse("htmx:")
    page = bench(visit)
    button = page.get_by_role("button", name="Search", exact=True)
    with console.silence():
        page.get_by_label("Query", exact=True).fill("caring for a tent")
        button.click()
        expect(page.get_by_text("No answer yet")).to_be_visible()
        page.get_by_role("button", name="Stop", exact=True).click()

        expect(page.get_by_text("No answer yet")).to_be_hidden()
        expect(button).to_be_enabled()
        expect(button).to_be_focused()
        expect(page.get_by_label("Query", exact=True)).to_have_value("caring for a tent")
    search(page, "caring for a tent")


def test_golden_queries_are_saved_run_and_run_again(visit: Visit) -> None:
    page = opened(visit)
    page.get_by_role("link", name="Golden queries").click()
    page.get_by_label("Query", exact=True).fill("How long is the warranty?")
    page.get_by_label("warranty.md").check()
    page.get_by_role("button", name="Save the query").click()

    page.get_by_role("button", name="Ask 1 query").click()
    expect(page.locator(".stat").first).to_contain_text("1.000", timeout=LONG)
    page.get_by_role("link", name="Run again").click()
    page.get_by_role("button", name="Ask 1 query").click()

    expect(page.locator(".stat").first).to_contain_text("was 1.000", timeout=LONG)
    page.get_by_role("link", name="Golden queries").click()
    page.get_by_role("link", name="Delete “How long").click()
    page.get_by_role("button", name="Delete the golden query").click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_files_from_the_disk_are_put_into_a_store_by_one_job(visit: Visit, tmp_path: Path) -> None:
    paths = [tmp_path / "kettle.md", tmp_path / "lamp.md"]
    paths[0].write_text("# Kettle\n\nThe kettle whistles when the water boils.\n")
    paths[1].write_text("# Lamp\n\nThe lamp burns paraffin for nine hours.\n")
    page = created(visit, "Kitchen")
    page.get_by_role("link", name="Add files").first.click()
    page.get_by_role("link", name="On this computer").click()
    page.wait_for_url("**/files/upload/")

    page.get_by_label("choose from disk").set_input_files([str(path) for path in paths])
    for path in paths:
        row = page.locator("#uploads > li").filter(has_text=path.name)
        expect(row).to_have_attribute("data-upload-state", "received", timeout=LONG)
    page.reload()
    page.get_by_label("Attributes").fill("room = kitchen")
    page.get_by_role("button", name="Add what has arrived").click()

    expect(page.locator("#job")).to_have_attribute("data-state", "done", timeout=LONG)
    page.get_by_role("link", name="Open the result").click()
    expect(page.locator("#live")).to_contain_text("2 / 2", timeout=LONG)
    page.get_by_role("link", name="kettle.md").click()
    expect(page.get_by_text("The kettle whistles")).to_be_visible()
    expect(page.get_by_label("Attributes")).to_have_value("room = kitchen")


def test_many_stores_are_deleted_once_the_words_are_typed(visit: Visit) -> None:
    for name in ("Attic one", "Attic two"):
        page = created(visit, name)
    page.goto("/vector-stores/?connection=contoso-eastus2&q=Attic")
    page.get_by_label("Select Attic one").check()
    page.get_by_label("Select Attic two").check()

    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("listitem").filter(has_text="Attic")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="Attic")).to_have_count(2)
    page.get_by_role("link", name="Keep them").click()
    expect(page.locator("#table tbody tr")).to_have_count(2)
    page.go_back()
    expect(page.get_by_role("listitem").filter(has_text="Attic")).to_have_count(2)
    page.get_by_label("Type “delete 2 vector stores” to confirm").fill("delete 2 vector stores")
    page.get_by_role("button", name="Delete them").click()

    expect(page.locator("#job")).to_have_attribute("data-state", "done", timeout=LONG)
    expect(page.locator("#job")).to_contain_text("Attic two")
    page.go_back()
    expect(page.locator("#job")).to_have_attribute("data-state", "done")
    page.goto("/vector-stores/?connection=contoso-eastus2&q=Attic")
    expect(page.locator("#table tbody tr")).to_have_count(0)


@looks
def test_every_page_of_a_store_is_whole(theme: str, width: int, visit: Visit) -> None:
    page = opened(visit, theme=theme, width=width)
    page.get_by_role("link", name="tent-care.md").click()
    hold(page)
    page.go_back()
    address = page.url

    for part in ("", "search/", "golden/", "edit/", "delete/", "files/add/", "files/upload/"):
        page.goto(address + part)
        hold(page)
