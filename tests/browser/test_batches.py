"""A batch from a prompt and a CSV: built, priced, started, followed, looked through, and repeated where it failed."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.playground import LONG
from tests.browser.test_pages import hold

pytestmark = pytest.mark.browser

TEMPLATE = "/c/contoso-eastus2/batches/new/template/"
ROWS = b"""id,review
a,The zip broke.
b,"Warm, and light."
c,=2+3 stars
d,filter-prompt: a row that the content filter blocks
"""


def fill(page: Page) -> None:
    page.get_by_label("CSV").set_input_files({"name": "reviews.csv", "mimeType": "text/csv", "buffer": ROWS})
    page.get_by_label("Deployment").fill("gpt-4.1-nano")
    page.get_by_label("User message").fill("{{review}}")
    page.get_by_label("Tokens of an answer, at most").fill("50")
    page.get_by_label("Id of each line").fill("review-{{id}}")
    page.get_by_label("Name").fill("Moods of four")


def started(page: Page) -> None:
    """Confirm the draft that is shown, and go to the batch that comes of it."""
    expect(page.get_by_text("Nothing has been sent yet.")).to_be_visible(timeout=LONG)
    expect(page.locator("#sample-python")).to_contain_text("client.batches.create(")
    page.get_by_role("button", name="Upload and start").click()
    page.get_by_role("link", name="Open the result").click(timeout=LONG)


def followed(page: Page) -> None:
    """Wait on the page of a batch, without reloading it, until its results are there."""
    expect(page.locator("#live")).to_have_attribute("data-state", "completed", timeout=LONG)
    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.locator("#results")).to_have_attribute("data-state", "read", timeout=LONG)


def test_rows_become_a_batch_whose_failed_lines_are_repeated(visit: Visit, tmp_path: Path) -> None:
    page = visit(TEMPLATE)
    fill(page)
    page.get_by_role("button", name="Show the first requests").click()
    expect(page.locator("#first")).to_contain_text("Warm, and light.")
    hold(page)

    page.get_by_role("button", name="Build and check").click()
    expect(page.locator("#report")).to_have_attribute("data-errors", "0", timeout=LONG)
    expect(page.locator("#report")).to_contain_text("$")
    hold(page)
    started(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Moods of four")
    followed(page)

    rows = page.locator("tr[data-outcome]")
    expect(rows).to_have_count(4)
    expect(page.locator("#causes")).to_contain_text("content_filter")
    hold(page)
    page.get_by_label("Outcome").select_option("failed")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("review-d")
    page.get_by_role("link", name="review-d").click()
    expect(page.locator("main")).to_contain_text("filter-prompt: a row that the content filter blocks")
    hold(page)
    page.go_back()

    page.get_by_role("link", name="Retry what failed…").click()
    page.get_by_label("Another deployment").fill("gpt-5")
    page.get_by_label("Tokens of an answer, at most").fill("70")
    expect(page.locator("#code")).to_contain_text("'max_completion_tokens': 70")
    hold(page)
    page.get_by_role("button", name="Collect and check").click()
    expect(page.locator("main")).to_contain_text("asks gpt-5 instead", timeout=LONG)
    started(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Moods of four, retry")
    expect(page.locator("main")).to_contain_text("Repeats lines of")
    page.get_by_role("link", name="Moods of four", exact=True).click()
    expect(page.locator("main")).to_contain_text("Repeated by")


def test_results_of_a_furnished_batch_are_kept_as_csv(visit: Visit, tmp_path: Path) -> None:
    page = visit("/batches/?connection=contoso-eastus2")
    page.get_by_role("link", name="Replies to reviews").click(timeout=LONG)
    followed(page)

    page.get_by_label("Search in ids, questions and answers").fill("reply-0")
    expect(page.locator("tr[data-outcome]")).to_have_count(9)
    with page.expect_download() as saving:
        page.get_by_role("link", name="CSV of what is shown").click()
    path = tmp_path / "results.csv"
    saving.value.save_as(path)

    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [one["custom_id"] for one in rows] == [f"reply-0{number}" for number in range(1, 10)]
    assert {one["code"] for one in rows} >= {"", "content_filter"}
    assert saving.value.suggested_filename == "Replies to reviews-results.csv"


def test_failed_lines_are_gone_through_by_keys(visit: Visit) -> None:
    page = visit("/batches/?connection=contoso-eastus2")
    page.get_by_role("link", name="Replies to reviews").click(timeout=LONG)
    followed(page)
    page.get_by_label("Outcome").select_option("failed")
    expect(page.locator('tr[data-outcome="succeeded"]')).to_have_count(0)
    names = page.locator("tr[data-outcome] a.name").all_inner_texts()
    page.locator("tr[data-outcome] a.name").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])
    expect(page.get_by_text("None before")).to_be_visible()
    hold(page)

    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[1])
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])

    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.get_by_label("Outcome")).to_have_value("failed")


def test_a_batch_is_started_from_a_file_and_cancelled(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/batches/new/")
    files = page.locator("#files option").filter(has_text="reviews.jsonl")
    page.get_by_label("Input file").fill(files.first.get_attribute("value", timeout=LONG) or "")
    page.get_by_label("Name").fill("A short night")
    page.get_by_role("button", name="Start the batch").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A short night", timeout=LONG)

    page.get_by_role("link", name="Cancel…").click()
    hold(page)
    page.get_by_role("button", name="Cancel the batch").click()
    expect(page.locator("#live")).to_have_attribute("data-state", "cancelled", timeout=LONG)
    hold(page)
