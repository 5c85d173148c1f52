"""One console and one Chromium for all browser tests; each test has a browser profile of its own."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.console import PATIENCE, Console
from tests.browser.playground import ask, compare, ended
from tests.browser.watch import Watch

CHROMIUM = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]
SETTLED = re.compile("fresh|failed")  # a test may have added a connection that fails
LISTS = (
    "models",
    "deployments",
    "files",
    "vector-stores",
    "fine-tuning",
    "batches",
    "evals",
    "stored-completions",
    "containers",
)
Visit = Callable[..., Page]
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and there is no Chromium. On Debian: apt-get install chromium")
        pytest.skip("There is no Chromium here. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def console(chromium: Browser) -> Iterator[Console]:
    """A running console whose lists are read; at the end it has to stop cleanly."""
    running = Console()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def admin(console: Console, chromium: Browser) -> Any:
    """The profile of the person who followed the link that the console printed."""
    return signed_in(console, chromium, console.sign_in_url)


@pytest.fixture(scope="session")
def bob(console: Console, chromium: Browser) -> Any:
    """The profile of a second person, who reads."""
    console.manage("create_user", "bob", "--role", "reader")
    return signed_in(console, chromium, console.manage("sign_in_link", "bob"))


def signed_in(console: Console, chromium: Browser, link: str) -> Any:
    context = chromium.new_context(base_url=console.url)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    for name in LISTS:
        page.goto(f"/{name}/")
        expect(page.locator("#freshness")).to_have_attribute("data-state", SETTLED, timeout=PATIENCE * 1000)
    profile = context.storage_state()
    context.close()
    return profile


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the browser complains about; a test that provokes something excuses it."""
    watching = Watch()
    yield watching
    assert watching.unexcused() == []


@pytest.fixture
def visit(console: Console, chromium: Browser, admin: Any, watch: Watch) -> Iterator[Visit]:
    """Open a page in a new profile: `visit("/models/", width=390, theme="dark")`; `as_` is whose profile."""
    console.must_run()
    contexts = []

    def opened(
        path: str, *, as_: Any = admin, width: int = 1440, theme: Any = "light", **options: Any
    ) -> Page:
        context = chromium.new_context(
            base_url=console.url,
            storage_state=as_,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            **options,
        )
        context.set_default_timeout(15_000)
        watch.over(context)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def comparison(console: Console, chromium: Browser, admin: Any) -> str:
    """The path of a comparison with three answers, which have wide code, and an error."""
    context = chromium.new_context(base_url=console.url, storage_state=admin)
    page = context.new_page()
    compare(
        page,
        "contoso-eastus2/gpt-4.1-nano",
        "contoso-eastus2/gpt-5",
        "fabrikam-models/DeepSeek-R1",
        "contoso-eastus2/fault-429",
    )
    ask(page, "Write a Python function that explains database indexes, with a table")
    ended(page)
    path = page.url.removeprefix(console.url)
    context.close()
    return path
