"""From a selection of stored completions to a file of the resource."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.playground import LONG

pytestmark = pytest.mark.browser


def test_a_selection_becomes_a_dataset_and_a_file(visit: Visit) -> None:
    page = visit("/stored-completions/?connection=contoso-eastus2")
    boxes = page.locator("input[name=item]")
    expect(boxes.first).to_be_visible(timeout=LONG)
    for number in range(3):
        boxes.nth(number).check()

    page.get_by_role("button", name="Make a dataset…").click()
    expect(page.get_by_text("Of 3 stored completions")).to_be_visible()
    page.get_by_label("For", exact=True).select_option("evals")
    page.get_by_label("Name").fill("three-answers")
    page.get_by_label("Upload to").select_option("contoso-eastus2")
    page.get_by_label("Leave out answers that were cut").uncheck()
    page.get_by_label("Metadata as fields").fill("channel\nteam = department")
    page.get_by_role("button", name="Make the dataset").click()

    expect(page.locator("#report")).to_have_attribute("data-errors", "0", timeout=LONG)
    expect(page.locator("#report .stats")).to_contain_text("3")
    page.get_by_role("button", name="Send to contoso-eastus2").click()
    page.get_by_role("link", name="Open the file").click(timeout=LONG)

    expect(page.get_by_role("heading", level=1)).to_contain_text("three-answers.jsonl")
    expect(page.locator("#preview")).to_contain_text("department", timeout=LONG)


def test_metadata_are_typed_into_the_filter_and_taken_away_again(visit: Visit) -> None:
    page = visit("/stored-completions/")
    expect(page.locator("input[name=item]").first).to_be_visible(timeout=LONG)

    page.get_by_role("button", name="Metadata").click()
    page.locator("#typed-metadata").fill("rating = good")
    page.locator("#typed-metadata").press("Enter")

    chip = page.locator("a.chip", has_text="rating = good")
    expect(chip).to_be_visible()
    # Other tests may have added connections to the same resource.
    rows = page.locator("#table tbody tr").filter(has_text="contoso-eastus2")
    expect(rows).to_have_count(3)
    expect(page).to_have_url(re.compile("metadata=rating"))
    chip.click()
    expect(page.locator("a.chip")).to_have_count(0)
