"""What people do in the playground."""

import re
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

LONG = 60_000  # milliseconds that an answer may take


def compare(page: Page, *deployments: str) -> None:
    """Open the playground with one pane for each `RESOURCE/DEPLOYMENT`."""
    page.goto(address(*deployments))


def address(*deployments: str) -> str:
    pairs = [one.split("/", 1) for one in deployments]
    query = [("connection", connection) for connection, _ in pairs] + [("model", model) for _, model in pairs]
    return f"/playground/?{urlencode(query)}"


def ask(page: Page, text: str) -> None:
    """Send a message and wait until the console has taken it."""
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url(re.compile("/playground/comparisons/"))
    expect(page.get_by_label("Message", exact=True)).to_have_value("")


def pane(page: Page, number: int) -> Locator:
    return page.locator(f".pane[data-pane='{number}']")


def answers(page: Page) -> Locator:
    return page.locator(".answer")


def ended(page: Page) -> None:
    """Wait until nothing streams any more and every answer is shown as the server renders it."""
    expect(page.get_by_role("button", name="Stop all answers")).to_be_hidden(timeout=LONG)
    expect(page.locator(".answer .streamed")).to_have_count(0, timeout=LONG)


def grown(page: Page, number: int, length: int) -> str:
    """Wait until the text of a pane's answer is longer than `length`; return it."""
    prose = pane(page, number).locator(".answer .prose")
    expect(prose).to_have_text(re.compile(rf".{{{length + 1},}}", re.DOTALL), timeout=LONG)
    return prose.inner_text()
