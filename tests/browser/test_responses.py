"""Responses in Chromium: one in the background followed through a reload, cancelled; threads; opening by id."""

import json
import re
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console

pytestmark = pytest.mark.browser

LONG = 60_000  # milliseconds
RESOURCE = "contoso-eastus2"
COUNTED = " ".join(str(number) for number in range(2000))  # what the deployments bench-N say
RESPONSE = re.compile(rf"/c/{RESOURCE}/responses/resp_\w+/$")


def ask(page: Page, model: str, text: str) -> None:
    """Fill in the form that is open and send it."""
    page.get_by_label("Model", exact=True).fill(model)
    page.get_by_label("Input", exact=True).fill(text)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page).to_have_url(RESPONSE)


def grown(page: Page, word: str) -> str:
    """Wait until the text that streams contains a word; return it."""
    text = page.locator("#live [data-kind=text]")
    expect(text).to_contain_text(word, timeout=LONG)
    return text.inner_text()


def state(page: Page, name: str) -> None:
    expect(page.locator("#state")).to_have_text(name, timeout=LONG)


def made(console: Console, body: dict[str, Any]) -> str:
    """Ask the simulator for a response, past the console; return its id."""
    request = Request(
        f"{console.simulator_url}/openai/v1/responses",
        json.dumps(body).encode(),
        {"api-key": console.simulator_key, "content-type": "application/json"},
    )
    with urlopen(request) as answer:
        return str(json.load(answer)["id"])


def test_a_background_response_is_followed_through_a_reload_and_cancelled(
    visit: Visit, console: Console
) -> None:
    page = visit(f"/c/{RESOURCE}/responses/new/")
    page.get_by_label("Max output tokens").fill("900")
    ask(page, "bench-20", "Count")
    before = grown(page, " 40 ")

    page.reload()
    shown = page.locator("#live [data-kind=text]").inner_text()
    after = grown(page, " 120 ")
    second = visit(page.url.removeprefix(console.url))
    grown(second, " 120 ")

    assert len(shown) >= len(before) - 60  # what came in the last second is told once more
    assert COUNTED.startswith(after)
    assert console.calls(f"{RESOURCE}/bench-20") == 1

    page.get_by_role("button", name="Cancel").click()
    state(page, "Cancelled")
    state(second, "Cancelled")


def test_a_response_that_ends_is_shown_whole_and_gone_on_from(visit: Visit) -> None:
    page = visit(f"/c/{RESOURCE}/responses/new/")
    ask(page, "gpt-4.1-nano", "Name a river")
    state(page, "Completed")
    expect(page.locator("#live .transcript")).to_contain_text("river")

    page.get_by_role("link", name="Go on from here").click()
    ask(page, "gpt-4.1-nano", "And a lake")
    state(page, "Completed")

    thread = page.locator("#thread .rows")
    expect(thread.locator("li")).to_have_count(2)
    thread.get_by_role("link", name="Name a river").click()
    expect(page.locator("#thread .rows")).to_contain_text("And a lake")


def test_a_response_of_somebody_else_is_opened_by_its_id(visit: Visit, console: Console) -> None:
    response_id = made(console, {"model": "gpt-4.1-nano", "input": "Name a mountain"})
    page = visit("/responses/")
    page.get_by_role("combobox", name="Connection").select_option(RESOURCE)
    page.get_by_label("Id", exact=True).fill(response_id)

    page.get_by_role("button", name="Open by id").click()

    expect(page.get_by_role("heading", name="Name a mountain")).to_be_visible()
    page.goto("/responses/?q=mountain")
    expect(page.locator("#table tbody tr")).to_have_count(1)


def test_an_id_that_is_not_there_is_waited_for_in_place(visit: Visit, watch: Any) -> None:
    watch.excuse("404")
    page = visit(f"/responses/open/?connection={RESOURCE}&id=resp_never")

    expect(page.get_by_text("Not there yet")).to_be_visible()
    expect(page.get_by_text("Not there", exact=True)).to_be_visible(timeout=LONG)


def test_a_conversation_is_begun_and_a_model_asked_in_it(visit: Visit) -> None:
    page = visit(f"/c/{RESOURCE}/conversations/new/")
    page.get_by_role("textbox", name="Message").fill("We plan a hike")
    page.get_by_role("textbox", name="Metadata").fill("title = A hike")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.locator("#items .transcript li")).to_have_count(1)

    page.get_by_role("link", name="Ask a model in it").click()
    ask(page, "gpt-4.1-nano", "Where shall we go?")
    state(page, "Completed")
    page.get_by_role("link", name=re.compile("conv_")).click()

    expect(page.get_by_role("heading", name="A hike")).to_be_visible()
    expect(page.locator("#items .transcript")).to_contain_text("Where shall we go?")
