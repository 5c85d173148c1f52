"""An eval from its form to two runs that are compared, followed live on the way."""

import json
import re
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.test_pages import hold, looks

pytestmark = pytest.mark.browser

ROOT = "/c/contoso-eastus2"
JUDGED = 90_000  # milliseconds in which the simulator judges fifteen rows


def asked(console: Console, path: str) -> list[dict[str, Any]]:
    """The rows of a list, from the simulator itself."""
    url = f"{console.simulator_url}/resources/contoso-eastus2/openai/v1{path}"
    headers = {"api-key": console.simulator_key, "aoai-evals": "preview"}
    with urlopen(Request(url, headers=headers)) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["data"]
    return rows


@pytest.fixture(scope="session")
def rows_file(console: Console) -> str:
    """The id of the demo's file with questions."""
    files = asked(console, "/files?purpose=evals")
    return next(one["id"] for one in files if one["filename"] == "questions.jsonl")


def settled(page: Page) -> None:
    expect(page.locator("#freshness")).to_have_attribute(
        "data-state", re.compile("fresh|failed"), timeout=60_000
    )


def run(page: Page, *, file: str, model: str) -> None:
    """Fill in the form of a run, start it, and wait until it has ended."""
    page.get_by_label("File", exact=True).fill(file)
    page.get_by_label("Model under test").fill(model)
    page.get_by_label("Name optional").fill(f"by {model}")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"by {model}")
    expect(page.locator("#state")).to_have_text("Completed", timeout=JUDGED)


def test_an_eval_is_made_run_twice_and_compared(visit: Visit, rows_file: str) -> None:
    page = visit(f"{ROOT}/evals/new/")

    page.get_by_label("Name").first.fill("Made in Chromium")
    page.get_by_label("File with rows").fill(rows_file)
    page.get_by_role("button", name="Take its schema").click()
    expect(page.get_by_label("Schema of a row")).to_have_value(re.compile('"question"'))
    page.get_by_role("button", name="Score by a model").click()
    score = page.get_by_role("group", name="Criterion 2, Score by a model")
    score.get_by_label("Model that judges").fill("gpt-4.1")
    score.get_by_label("Passes from").fill("0.3")
    page.get_by_role("button", name="Remove criterion 1").click()
    expect(page.get_by_role("group", name="Criterion 2, Score by a model")).to_have_count(0)
    page.get_by_role("button", name="Edit as JSON").click()
    expect(page.locator("[name=body]")).to_have_value(re.compile('"score_model"'))
    hold(page)
    page.get_by_role("button", name="Back to the form").click()
    expect(page.get_by_label("Passes from")).to_have_value("0.3")
    hold(page)
    page.get_by_role("button", name="Create the eval").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Made in Chromium")
    page.get_by_role("link", name="Run", exact=True).click()
    page.get_by_role("button", name="Add a message").click()
    page.get_by_role("group", name="Message 2").get_by_label("Text").fill("Answer in one sentence.")
    page.get_by_role("button", name="Remove message 2").click()
    expect(page.get_by_role("group", name="Message 2")).to_have_count(0)
    run(page, file=rows_file, model="gpt-4.1-nano")
    expect(page.locator("#items tbody tr")).to_have_count(15)
    reads_items(page)

    page.get_by_role("link", name="Another like this").click()
    run(page, file=rows_file, model="gpt-5-mini")
    page.get_by_role("link", name="Made in Chromium").first.click()
    compares(page)


def reads_items(page: Page) -> None:
    """Go from one item of a run to the next, filter them, and read one in full."""
    told = [link.inner_text() for link in page.locator("#items tbody th a").all()[:2]]
    page.locator("#items tbody th a").first.click()
    expect(page.get_by_text("None before")).to_be_visible()
    expect(page.locator("main")).to_contain_text(told[0].split(" · ")[0])
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    expect(page.locator("main")).to_contain_text(told[1].split(" · ")[0])
    hold(page)
    page.go_back()
    expect(page.get_by_text("None before")).to_be_visible()
    page.go_back()
    expect(page.locator("#items tbody tr")).to_have_count(15)

    page.get_by_label("Search rows and answers").fill("climbing rope")
    page.get_by_label("Search rows and answers").press("Enter")
    expect(page.locator("#items tbody tr")).to_have_count(1)
    page.locator("#items tbody th a").click()
    expect(page.get_by_role("heading", name="Verdicts")).to_be_visible()
    page.get_by_text("What the grader wrote").click()
    hold(page)
    page.go_back()
    expect(page.locator("#items tbody tr")).to_have_count(15)


def test_verdicts_come_first_on_a_phone(visit: Visit, console: Console) -> None:
    eval_id = asked(console, "/evals")[0]["id"]
    run_id = asked(console, f"/evals/{eval_id}/runs")[0]["id"]
    settled(visit("/evals/"))
    page = visit(f"{ROOT}/eval-runs/{run_id}/", width=390)
    page.locator("#items tbody th a").first.click()

    verdicts = page.get_by_role("region", name="Verdicts")
    expect(verdicts).to_be_visible()
    tops = [
        box["y"]
        for each in page.locator("main .split section.card").all()
        if (box := each.bounding_box()) is not None
    ]
    told = verdicts.bounding_box()
    assert told is not None
    assert told["y"] == min(tops)
    hold(page)


def compares(page: Page) -> None:
    expect(page.locator("#live svg.plot")).to_be_visible()
    hold(page)
    for box in page.get_by_role("checkbox", name=re.compile("^Compare")).all():
        box.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#significance")).to_contain_text(re.compile("chance|cannot tell|No verdict changed"))
    expect(page.locator("#rows-title + .count")).to_have_text("15")
    page.get_by_role("link", name="Changed").click()
    expect(page).to_have_url(re.compile("change=changed"))
    expect(page.locator('[data-change="same"]')).to_have_count(0)
    hold(page)


def test_without_script_an_eval_is_made(visit: Visit, rows_file: str) -> None:
    page = visit(f"{ROOT}/evals/new/", java_script_enabled=False)

    page.get_by_label("Name").first.fill("Made without script")
    page.get_by_role("button", name="Text similarity").click()
    page.get_by_role("group", name="Criterion 2, Text similarity").get_by_label("Passes from").fill("0.4")
    page.get_by_role("button", name="Create the eval").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Made without script")
    expect(page.locator("#criteria-title + .count")).to_have_text("2")


@looks
@pytest.mark.parametrize("part", ["", "run", "compare", "item", "json"])
def test_a_page_about_an_eval_is_whole(
    part: str, theme: str, width: int, visit: Visit, console: Console
) -> None:
    eval_id = asked(console, "/evals")[0]["id"]
    run_id = asked(console, f"/evals/{eval_id}/runs")[0]["id"]
    settled(visit("/evals/"))
    paths = {
        "": f"{ROOT}/evals/{eval_id}/",
        "run": f"{ROOT}/eval-runs/{run_id}/",
        "compare": f"{ROOT}/evals/{eval_id}/compare/",
        "item": f"{ROOT}/eval-runs/{run_id}/items/",
        "json": f"{ROOT}/evals/{eval_id}/run/",
    }

    page = visit(paths[part], theme=theme, width=width)

    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    hold(page)


def test_the_fields_of_a_run_are_taken_along_to_its_json(visit: Visit, console: Console) -> None:
    settled(visit("/evals/"))
    kinds = {one["data_source_config"]["type"]: one["id"] for one in asked(console, "/evals")}
    page = visit(f"{ROOT}/evals/{kinds['custom']}/run/")
    page.get_by_label("Model under test").fill("gpt-4.1-nano")
    expect(page.get_by_role("radio", name="JSON")).to_have_count(0)

    page.get_by_role("button", name="Edit as JSON").click()

    expect(page.get_by_label("Data source")).to_have_value(re.compile('"model": "gpt-4.1-nano"'))
    page.get_by_text("A model answers rows").click()
    expect(page.get_by_label("Model under test")).to_have_value("gpt-4.1-nano")
    page.get_by_text("JSON", exact=True).click()
    expect(page.get_by_label("Data source")).to_be_visible()


def test_a_file_for_a_run_is_uploaded_on_the_way(visit: Visit, console: Console) -> None:
    settled(visit("/evals/"))
    kinds = {one["data_source_config"]["type"]: one["id"] for one in asked(console, "/evals")}
    page = visit(f"{ROOT}/evals/{kinds['custom']}/run/")
    page.get_by_label("Model under test").fill("gpt-4.1-nano")
    page.get_by_role("group", name="Message 1").get_by_label("Text").fill("In one line: {{item.question}}")
    page.get_by_role("button", name="Upload a file…").click()

    page.wait_for_load_state()
    rows = json.dumps({"item": {"question": "Is tea a drink?", "answer": "yes"}}).encode()
    expect(page.get_by_label("Purpose")).to_have_value("evals")
    page.get_by_label("choose from disk").set_input_files(
        {"name": "tea.jsonl", "mimeType": "application/jsonl", "buffer": rows}
    )
    page.get_by_role("link", name="tea.jsonl").click()
    page.get_by_role("button", name="Send to contoso-eastus2").click()
    page.get_by_role("link", name="Back to the form, with this file").click()

    expect(page.get_by_label("File", exact=True)).to_have_value(re.compile("^file-|^assistant-"))
    expect(page.get_by_label("Model under test")).to_have_value("gpt-4.1-nano")
    expect(page.get_by_role("group", name="Message 1").get_by_label("Text")).to_have_value(
        "In one line: {{item.question}}"
    )
    hold(page)
