"""A tuning job from the guided form to its copied checkpoint, its curves growing on the way."""

import json
import re
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.test_pages import hold, looks

pytestmark = pytest.mark.browser

NEW = "/c/contoso-eastus2/fine-tuning/new/"
TRAINED = 120_000  # milliseconds in which the simulator trains a short job
MODEL = "gpt-4.1-mini-2025-04-14"


@pytest.fixture(scope="session")
def trained(console: Console) -> tuple[str, str]:
    """The path of a job that the demo has trained, and that of one of its checkpoints."""
    jobs = asked(console, "/fine_tuning/jobs")
    job = next(one["id"] for one in jobs if one["status"] == "succeeded")
    checkpoint = asked(console, f"/fine_tuning/jobs/{job}/checkpoints")[0]["id"]
    path = f"/c/contoso-eastus2/fine-tuning/{job}/"
    return path, f"{path}checkpoints/{checkpoint}/"


def asked(console: Console, path: str) -> list[dict[str, Any]]:
    """The rows of a list, from the simulator itself."""
    url = f"{console.simulator_url}/resources/contoso-eastus2/openai/v1{path}"
    with urlopen(Request(url, headers={"api-key": console.simulator_key})) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["data"]
    return rows


def read(page: Page) -> None:
    """Have the lists read that the form picks from."""
    for path in ("/files/", "/models/", "/fine-tuning/"):
        page.goto(path)
        expect(page.locator("#freshness")).to_have_attribute(
            "data-state", re.compile("fresh|failed"), timeout=60_000
        )


@pytest.mark.parametrize("width", [1440, 390])
def test_a_checkpoint_tells_its_measures(width: int, trained: tuple[str, str], visit: Visit) -> None:
    page = visit("/", width=width)
    read(page)

    page.goto(trained[0])

    table = page.get_by_role("table", name="Checkpoints, the latest first")
    expect(table.get_by_text("Training loss").filter(visible=True).first).to_be_visible()


def pick(page: Page, label: str, words: str) -> None:
    """Choose the option with these words in it."""
    field = page.get_by_label(label)
    option = field.locator("option").filter(has_text=words).first
    field.select_option(option.get_attribute("value"))


def figures(page: Page) -> Locator:
    return page.locator("#chart-loss-figures tbody tr")


def state(page: Page, word: str, *, timeout: float = 30_000) -> None:
    expect(page.locator("#state")).to_have_text(word, timeout=timeout)


def test_a_job_from_the_form_to_a_copied_checkpoint(visit: Visit) -> None:
    page = visit("/")
    read(page)

    page.goto(NEW)
    pick(page, "Base model", MODEL)
    pick(page, "Training file", "support-train.jsonl")
    page.get_by_role("button", name="Check as supervised").click()
    expect(page.locator("#quote")).to_contain_text("60 examples", timeout=60_000)
    expect(page.locator("[data-quote]")).to_contain_text("trained tokens, $")
    page.get_by_label("Epochs").fill("2")
    page.get_by_label("Suffix").fill("in-chromium")
    expect(page.locator("[data-quote]")).to_contain_text("× 2 epochs")
    hold(page)
    page.get_by_role("button", name="Start the job").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("in-chromium")
    grows(page)
    pauses(page)
    state(page, "Succeeded", timeout=TRAINED)
    page.locator("#chart-loss-figures summary").click()
    expect(figures(page).last).to_be_visible()
    expect(page.locator("#events")).to_contain_text("successfully completed")
    hold(page)
    copies(page)


def grows(page: Page) -> None:
    """The curve and the figures behind it come and grow while somebody looks, and stay open."""
    state(page, "Running")
    expect(page.locator("#chart-loss-words")).to_be_attached(timeout=60_000)
    page.locator("#chart-loss-figures summary").click()
    before = figures(page).count()
    line = page.locator("svg[aria-labelledby=chart-loss-words] g path").last
    path = line.get_attribute("d")

    expect(figures(page).nth(before + 3)).to_be_visible(timeout=60_000)
    assert line.get_attribute("d") != path


def pauses(page: Page) -> None:
    page.get_by_role("button", name="Pause").click()
    state(page, "Paused")
    page.get_by_role("button", name="Resume").click()
    state(page, "Running")


def copies(page: Page) -> None:
    """The newest checkpoint is copied to another resource, and followed until it is there."""
    page.get_by_role("link", name=re.compile(r"^Step \d+$")).first.click()
    page.get_by_label("To", exact=True).select_option("contoso-sweden")
    page.locator("form[action$='/copy/']").get_by_role("button", name="Copy").click()

    expect(page.locator("#copies")).to_contain_text("contoso-sweden", timeout=30_000)
    expect(page.locator("#copies")).to_contain_text("Completed", timeout=60_000)
    hold(page)


@looks
def test_a_trained_job_and_its_checkpoint_are_whole(
    theme: str, width: int, visit: Visit, trained: tuple[str, str]
) -> None:
    page = visit("/fine-tuning/", theme=theme, width=width)
    expect(page.locator("#freshness")).to_have_attribute(
        "data-state", re.compile("fresh|failed"), timeout=60_000
    )

    for path, part in zip(trained, ("#chart-loss-words", "#copies-title"), strict=True):
        page.goto(path)
        expect(page.locator(part)).to_be_attached()
        hold(page)


def test_jobs_are_chosen_in_the_list_and_laid_over_each_other(visit: Visit) -> None:
    page = visit("/fine-tuning/?connection=contoso-eastus2&status=succeeded")
    expect(page.locator("#freshness")).to_have_attribute(
        "data-state", re.compile("fresh|failed"), timeout=60_000
    )

    page.get_by_label("Select support-hot").check()
    page.get_by_label("Select support", exact=True).check()
    page.get_by_role("button", name="Compare").click()

    expect(page.get_by_role("heading", name="Compare jobs")).to_be_visible()
    expect(page.locator("#chart-training-loss-title + .legend li")).to_have_count(2)
    expect(page.get_by_role("row", name=re.compile("^Epochs differs"))).to_contain_text("6")
    hold(page)


def test_several_graders_are_weighed_by_a_formula(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/fine-tuning/graders/")
    page.get_by_role("link", name="Several, by a formula").click()
    page.get_by_role("button", name="Remove grader 2").click()
    expect(page.get_by_role("group", name="Grader 2")).to_have_count(0)
    page.get_by_role("button", name="Add a grader: String check").click()
    second = page.get_by_role("group", name="Grader 2, String check")
    expect(second.get_by_label("Name")).to_have_value("exact2")
    second.get_by_label("Name").fill("polite")
    second.get_by_label("Operation").select_option("ilike")
    second.get_by_label("Reference").fill("delivery")
    page.get_by_label("Formula").fill("0.25 * exact + 0.5 * polite")
    page.get_by_label("Formula").press("Enter")

    expect(page.locator("[data-reward]")).to_have_text("0.7500")
    expect(page.get_by_role("row", name="polite")).to_contain_text("1")
    page.get_by_role("link", name="Use it in a job").click()
    expect(page.get_by_role("group", name="Grader 2").get_by_label("Name")).to_have_value("polite")
    page.get_by_role("button", name="Remove grader 1").click()
    expect(page.get_by_role("group", name="Grader 2")).to_have_count(0)
    page.get_by_role("button", name="Edit as JSON").click()
    expect(page.locator("[name=grader_json]")).to_have_value(re.compile('"calculate_output"'))
    hold(page)


def test_a_grader_is_tried_and_taken_into_a_job(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/fine-tuning/graders/")

    kind = page.get_by_role("link", name="Text similarity")
    kind.click()
    expect(kind).to_have_attribute("aria-current", "true")
    page.get_by_label("Answer of the model").fill("Sixty days.")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-reward]")).to_have_text(re.compile(r"^0\.\d+$"))
    hold(page)
    page.get_by_role("link", name="Use it in a job").click()

    expect(page.get_by_role("link", name="Reinforcement")).to_have_attribute("aria-current", "true")
    expect(page.get_by_label("Measure")).to_have_value("fuzzy_match")
