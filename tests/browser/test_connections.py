"""Adding, testing, probing, pausing and removing connections."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.playground import LONG, address, ask, ended, pane
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

PORTAL = "https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"


def fill(page: Page, url: str, key: str, name: str) -> None:
    page.get_by_label("Endpoint, target URI or portal address").fill(url)
    page.locator("[name=secret]").fill(key)
    page.locator("[name=name]").fill(name)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and test").click()


def added(page: Page, console: Console, name: str, *, key: str = "") -> None:
    """Add a connection to the simulator and wait until its test has ended."""
    fill(page, f"{console.simulator_url}/openai/v1/", key or console.simulator_key, name)
    save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.locator("#step-models[data-state=waiting], #step-models[data-state=running]")).to_have_count(
        0, timeout=LONG
    )


def test_the_form_says_what_it_recognises_in_a_portal_address(visit: Visit) -> None:
    page = visit("/connections/new/")

    page.get_by_label("Endpoint, target URI or portal address").fill(PORTAL)

    said = page.locator("#recognised")
    expect(said).to_contain_text("Recognised: Azure OpenAI resource “res”")
    expect(said).to_contain_text("The deployment gpt-4o and the api-version 2024-10-21 in it are not needed")
    expect(said).to_contain_text("https://res.openai.azure.com/openai/v1")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://res.openai.azure.com", "Addresses that begin with ftp: are not used here. Use https."),
        ("https://", "The host of this address cannot be read."),
        ("http://169.254.169.254/metadata", "is neither an Azure OpenAI host nor one that the operator"),
        ("https://user:secret@res.openai.azure.com", "."),
    ],
)
def test_a_bad_address_gets_a_sentence_and_keeps_what_was_typed(
    url: str, sentence: str, visit: Visit, watch: Watch
) -> None:
    watch.excuse("status of 422")
    page = visit("/connections/new/")
    fill(page, url, "some-key", "Typed name")

    save(page)

    field = page.get_by_label("Endpoint, target URI or portal address")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_address_error")).to_contain_text(sentence)
    expect(field).to_have_value(url)
    expect(page.locator("[name=name]")).to_have_value("Typed name")
    expect(page).to_have_url(re.compile("/connections/new/$"))


def test_a_custom_connection_streams_beside_the_others(visit: Visit, console: Console) -> None:
    page = visit("/connections/new/")
    added(page, console, "My own")

    for step in ("dns", "tls", "authentication", "models"):
        expect(page.locator(f"#step-{step}")).to_have_attribute("data-state", "ok")
    expect(page.locator("#state")).to_contain_text("Healthy")
    assert console.simulator_key not in page.content()
    page.goto(address("my-own/gpt-4.1-nano", "fabrikam-models/grok-4"))
    ask(page, "Hello")
    ended(page)
    expect(pane(page, 0).locator(".answer")).to_have_attribute("data-state", "complete")
    expect(pane(page, 0)).to_contain_text("My own")
    expect(pane(page, 1).locator(".answer")).to_have_attribute("data-state", "complete")


def test_a_refused_key_shows_the_step_its_cause_and_its_remedy(visit: Visit, console: Console) -> None:
    page = visit("/connections/new/")

    added(page, console, "Wrong key", key="not-the-key")

    step = page.locator("#step-authentication")
    expect(page.locator("#step-tls")).to_have_attribute("data-state", "ok")
    expect(step).to_have_attribute("data-state", "failed")
    expect(step).to_have_attribute("data-error-kind", "auth_failed")
    expect(step.locator(".sub").nth(0)).to_have_text(re.compile(r"^[A-Z].+\.$"))
    expect(step.locator(".sub").nth(1)).to_have_text(re.compile(r"^[A-Z].+\.$"))
    expect(page.locator("#step-models")).to_have_attribute("data-state", "skipped")
    expect(page.locator("#trouble [data-error-kind=auth_failed]")).to_be_visible()
    assert "not-the-key" not in page.content()


def test_a_test_passes_step_by_step(visit: Visit) -> None:
    page = visit("/c/contoso-sweden/")

    page.get_by_role("button", name="Test now").click()

    for step in ("dns", "tls", "authentication", "models"):
        expect(page.locator(f"#step-{step}")).to_have_attribute("data-state", "ok", timeout=LONG)
    expect(page.locator("#state")).to_contain_text("Healthy")


def test_every_kind_of_object_can_be_reached_on_a_phone(visit: Visit) -> None:
    page = visit("/c/contoso-sweden/", width=390)

    page.get_by_role("button", name="Objects").click()
    page.get_by_role("group", name="Objects of contoso-sweden").get_by_role("link", name="Containers").click()

    expect(page.get_by_role("heading", name="Containers", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/containers/\?connection=contoso-sweden$"))


def test_a_paused_connection_sends_nothing_until_it_is_resumed(visit: Visit, console: Console) -> None:
    page = visit("/connections/new/")
    added(page, console, "To pause")

    page.get_by_role("button", name="Pause").click()

    expect(page.locator("#state")).to_contain_text("Paused")
    expect(page.get_by_role("button", name="Test now")).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#state")).not_to_contain_text("Paused")
    expect(page.get_by_role("button", name="Test now")).to_be_visible()


def test_what_a_part_of_a_page_could_not_ask_is_told_in_its_place(
    visit: Visit, console: Console, watch: Watch
) -> None:
    page = visit("/connections/new/")
    added(page, console, "Key to be lost")
    page.goto("/evals/?connection=key-to-be-lost")
    page.get_by_role("link", name="Support answers").click()
    page.get_by_role("table", name="Runs").get_by_role("link").first.click()
    expect(page.get_by_role("table", name="Items of the run")).to_be_visible()
    run = page.url

    page.goto("/c/key-to-be-lost/credential/")
    page.locator("[name=secret]").fill("not-the-key")
    page.get_by_role("button", name="Replace and test").click()
    expect(page.locator("#state")).to_contain_text("Sign-in to the resource failed", timeout=LONG)
    watch.excuse("502")
    page.goto(run)

    told = page.locator("main .card[data-error-kind]")
    expect(page.locator("#items")).to_have_count(0)
    expect(told).to_have_count(2)
    expect(told.first).to_be_visible()
    expect(told.last).to_be_hidden()
    expect(told.last.locator("a", has_text="Try again")).to_have_attribute(
        "href", run.removeprefix(console.url)
    )
    expect(page.locator("[data-toast], .toast")).to_have_count(0)


def test_a_removal_needs_the_typed_name(visit: Visit, console: Console) -> None:
    page = visit("/connections/new/")
    added(page, console, "To remove")
    page.get_by_role("link", name="Remove…").click()
    button = page.get_by_role("button", name="Remove")
    field = page.get_by_label("Type the name to confirm")
    expect(button).to_be_disabled()
    field.fill("to remov")
    expect(button).to_be_disabled()

    field.fill("To remove")
    button.click()

    expect(page).to_have_url(re.compile("/connections/$"))
    expect(page.locator("#table")).not_to_contain_text("To remove")


def test_probing_fills_the_matrix(visit: Visit) -> None:
    page = visit("/c/contoso-legacy/api-support/")

    page.get_by_role("button", name="Probe all").click()

    probed = page.locator("tr[data-route]:not([data-state=not_asked])")
    expect(page.get_by_role("button", name="Probe all")).to_be_enabled(timeout=LONG)
    expect(page.locator("#support-summary")).to_contain_text(re.compile(r"\d+ supported"), timeout=LONG)
    expect(probed).to_have_count(page.locator("tr[data-route]").count())
    row = page.locator("tr[data-route]", has_text=re.compile(r"GET\s+/models(?!/)"))
    expect(row.first).to_have_attribute("data-state", "supported")
    page.goto("/api-support/")
    expect(page.locator("table").first).to_contain_text("Supported")
