"""What was done in the browser stands in the audit log, whose chain is whole."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.playground import address, ask, ended
from tests.browser.test_connections import added

pytestmark = pytest.mark.browser


def test_the_log_tells_what_was_done_here(visit: Visit, console: Console) -> None:
    page = visit("/connections/new/")
    added(page, console, "Audited")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#state")).to_contain_text("Paused")
    page.goto(address("contoso-eastus2/gpt-4.1-nano"))
    ask(page, "For the record")
    ended(page)

    page.goto("/audit/")

    log = page.locator("#table")
    for sentence in (
        "admin added the connection Audited",
        "admin tested the connection Audited",
        "admin paused the connection Audited",
        "admin started the comparison For the record",
        "admin asked gpt-4.1-nano on contoso-eastus2",
    ):
        expect(log).to_contain_text(re.compile(re.escape(sentence).replace(r"\ ", r"\s+")))
    assert console.simulator_key not in page.content()


def test_an_event_opens_with_its_place_in_the_chain(visit: Visit) -> None:
    page = visit("/audit/")

    page.locator("#table tbody th a").first.click()

    expect(page.get_by_role("heading", name="Place in the chain")).to_be_visible()


def test_the_chain_is_found_whole(visit: Visit) -> None:
    page = visit("/audit/")

    page.get_by_role("button", name="Verify").click()

    expect(page.get_by_role("link", name=re.compile("^Verified to "))).to_be_visible()
    expect(page.get_by_text("Broken at")).to_have_count(0)
