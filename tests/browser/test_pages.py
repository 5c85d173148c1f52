"""Every page in light and dark, wide and narrow: no complaint of the browser, no sideways scroll, axe content."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.playground import LONG
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "/",
    "connections": "/connections/",
    "connection": "/c/contoso-eastus2/",
    "connection with Entra ID": "/c/contoso-sweden/",
    "edit": "/c/contoso-sweden/edit/",
    "credential": "/c/contoso-eastus2/credential/",
    "remove": "/c/contoso-legacy/remove/",
    "new": "/connections/new/",
    "support of one": "/c/fabrikam-models/api-support/",
    "support": "/api-support/",
    "models": "/models/",
    "model": "/c/contoso-eastus2/models/DeepSeek-R1/",
    "deployments": "/deployments/",
    "deployment": "/c/contoso-eastus2/deployments/gpt-4o/",
    "fine-tuning": "/fine-tuning/",
    "fine-tuning, compared": "/fine-tuning/compare/",
    "new tuning job": "/c/contoso-eastus2/fine-tuning/new/",
    "new reinforcement job": "/c/contoso-eastus2/fine-tuning/new/?method=reinforcement",
    "grader bench": "/c/contoso-eastus2/fine-tuning/graders/?grader_kind=score_model",
    "responses": "/responses/",
    "open a response": "/responses/open/",
    "ask in the background": "/c/contoso-eastus2/responses/new/",
    "conversations": "/conversations/",
    "begin a conversation": "/c/contoso-eastus2/conversations/new/",
    "stored completions": "/stored-completions/?metadata=channel%3Dmail",
    "dataset": "/stored-completions/dataset/",
    "containers": "/containers/",
    "new container": "/c/contoso-eastus2/containers/new/",
    "files": "/files/",
    "upload": "/files/upload/",
    "vector stores": "/vector-stores/",
    "new vector store": "/c/contoso-eastus2/vector-stores/new/",
    "batches": "/batches/",
    "new batch": "/c/contoso-eastus2/batches/new/",
    "new batch from a prompt": "/c/contoso-eastus2/batches/new/template/",
    "evals": "/evals/",
    "new eval": "/c/contoso-eastus2/evals/new/",
    "playground": "/playground/",
    "comparisons": "/playground/comparisons/",
    "audit": "/audit/",
    "event": "/audit/1/",
    "people": "/people/",
    "new person": "/people/new/",
    "activity": "/activity/",
    "search": "/palette/?q=gpt",
    "password": "/accounts/password/set/",
}
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1440, 390)]
AXE = Axe()
GRAVE = ("serious", "critical")

looks = pytest.mark.parametrize(("theme", "width"), LOOKS, ids=[f"{theme}-{width}" for theme, width in LOOKS])


def hold(page: Page) -> None:
    """Hold a page to what holds for each of them."""
    expect(page.locator("main h1").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert grave(AXE.run(page).response["violations"]) == []


def grave(violations: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['id']}: {one['help']} {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in violations
        if one["impact"] in GRAVE
    ]


@looks
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(name: str, theme: str, width: int, visit: Visit) -> None:
    hold(visit(PAGES[name], theme=theme, width=width))


@looks
def test_a_comparison_with_an_error_is_whole(theme: str, width: int, visit: Visit, comparison: str) -> None:
    page = visit(comparison, theme=theme, width=width)

    expect(page.locator(".answer[data-error-kind=rate_limited]")).to_have_count(1)
    hold(page)


@looks
@pytest.mark.parametrize("place", ["stored-completions", "containers"])
def test_the_page_of_one_object_is_whole(place: str, theme: str, width: int, visit: Visit) -> None:
    page = visit(f"/{place}/?connection=contoso-eastus2", theme=theme, width=width)
    page.locator("tbody th a").first.click(timeout=LONG)

    expect(page.locator("#asked ol, #live table").first).to_be_visible(timeout=LONG)
    hold(page)


@looks
def test_the_sign_in_page_is_whole(theme: str, width: int, visit: Visit) -> None:
    hold(visit("/accounts/login/", as_=None, theme=theme, width=width))


@looks
@pytest.mark.parametrize("path", ["/nowhere/", "/c/nowhere/"])
def test_a_page_that_is_not_there_is_whole(
    path: str, theme: str, width: int, visit: Visit, watch: Watch
) -> None:
    watch.excuse("status of 404")

    page = visit(path, theme=theme, width=width)

    expect(page.locator("[data-error-kind=not_found]")).to_be_visible()
    hold(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_drawer_of_a_model_is_whole(width: int, visit: Visit) -> None:
    page = visit("/models/?q=gpt-4o-mini", width=width)

    page.get_by_role("link", name="gpt-4o-mini", exact=True).first.click()

    expect(page.get_by_role("dialog", name="gpt-4o-mini")).to_be_visible()
    hold(page)


@pytest.mark.parametrize("opener", ["Open navigation", "Search", "Activity", "Account: admin"])
def test_a_menu_on_a_phone_is_whole(opener: str, visit: Visit) -> None:
    page = visit("/connections/", width=390)

    page.get_by_role("button", name=opener).or_(page.get_by_role("link", name=opener)).click()

    expect(page.locator(":popover-open, dialog[open]")).to_be_visible()
    hold(page)


def test_a_stranger_is_led_to_sign_in_and_then_on(visit: Visit) -> None:
    page = visit("/models/?q=grok", as_=None)

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator("input[name=next]")).to_have_value("/models/?q=grok")


def test_the_theme_is_kept_over_a_reload(visit: Visit) -> None:
    page = visit("/models/")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark != light
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/models/", "grok"),
        ("/deployments/", "gpt"),
        ("/connections/", "contoso"),
        ("/playground/comparisons/", "database"),
        ("/audit/", "signed"),
    ],
)
def test_back_from_a_filter_is_the_whole_list_again(
    path: str, word: str, visit: Visit, comparison: str
) -> None:
    page = visit(path)
    field = page.locator(".filters input[type=search]")
    field.press_sequentially(word)
    page.wait_for_url(f"**q={word}*")
    rows = page.locator("#table tbody tr").count()
    field.press_sequentially("zzz")
    page.wait_for_url(f"**q={word}zzz*")

    page.go_back()

    expect(field).to_have_value(word)
    expect(page.locator("#table tbody tr")).to_have_count(rows)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
