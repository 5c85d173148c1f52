"""Comparing models as a newcomer does."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.playground import LONG, address, answers, ask, ended, grown, pane
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

EAST = "contoso-eastus2"
THREE = f"{EAST}/gpt-5", "fabrikam-models/grok-4", "fabrikam-models/DeepSeek-R1"
ALL_STREAM = """() => {
  const running = [...document.querySelectorAll('.answer .streamed')]
  return running.length === 3 && running.every((one) => one.textContent.trim())
}"""


def metric(page: Page, number: int, name: str) -> str:
    entry = pane(page, number).locator(".pane-metrics > div", has=page.get_by_text(name, exact=True))
    return entry.locator("dd").inner_text()


def message(page: Page):
    return page.get_by_label("Message", exact=True)


def stop_all(page: Page):
    return page.get_by_role("button", name="Stop all answers")


def test_the_fleet_is_labelled_as_simulated(visit: Visit) -> None:
    page = visit("/")

    for name in ("contoso-eastus2", "contoso-sweden", "fabrikam-models", "contoso-legacy"):
        card = page.locator("article", has=page.get_by_role("link", name=name))
        expect(card.get_by_text("Simulator", exact=True)).to_be_visible()
    expect(page.get_by_text("Nothing reaches Azure, nothing is billed.")).to_be_visible()


def test_three_models_stream_side_by_side_to_their_end(visit: Visit) -> None:
    page = visit(address(*THREE))
    expect(page.locator(".pane [data-pane-name]")).to_have_text(["gpt-5", "grok-4", "DeepSeek-R1"])

    ask(page, "Explain database indexes in five sentences")
    page.wait_for_function(ALL_STREAM, timeout=LONG)
    ended(page)

    for number in range(3):
        expect(pane(page, number).locator(".answer")).to_have_attribute("data-state", "complete")
        assert re.fullmatch(r"[\d.]+\sm?s", metric(page, number, "TTFT"))
        assert re.fullmatch(r"\d+\stok/s", metric(page, number, "Speed"))
        assert re.fullmatch(r"\$\d*\.\d+|<\s?\$[\d.]+", metric(page, number, "Cost"))
        assert int(metric(page, number, "In")) > 0
        assert int(metric(page, number, "Out")) > 0
    expect(pane(page, 2).get_by_text("Reasoned")).to_be_visible()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_second_turn_knows_the_first(visit: Visit, console: Console) -> None:
    page = visit(address(f"{EAST}/gpt-4.1-nano", f"{EAST}/gpt-4.1"))
    ask(page, "Tell me about glaciers.")
    ended(page)

    ask(page, "Write more on that, at length.")
    ended(page)

    for number in range(2):
        last = pane(page, number).locator(".answer").nth(1)
        expect(last).to_have_attribute("data-state", "complete")
        expect(last).to_contain_text("your last question")
    expect(page.locator(".turn").first).to_contain_text("Tell me about glaciers.")


def test_a_reload_in_mid_stream_loses_nothing_and_calls_once(visit: Visit, console: Console) -> None:
    page = visit(address(f"{EAST}/bench-71"))
    ask(page, "Count")
    before = grown(page, 0, 400)

    page.reload()

    after = grown(page, 0, len(before.rstrip()))
    assert after.startswith(before.rstrip())
    ended(page)
    shown = pane(page, 0).locator(".answer .prose").inner_text()
    assert len(shown.split()) == 500
    assert shown.startswith(before.rstrip())
    assert console.calls(f"{EAST}/bench-71") == 1


def test_a_second_viewer_sees_the_same_text(visit: Visit, bob: dict, console: Console) -> None:
    page = visit(address(f"{EAST}/bench-72"))
    ask(page, "Count")
    grown(page, 0, 200)

    other = visit(page.url, as_=bob)

    seen = grown(other, 0, 600)
    ended(page)
    ended(other)
    text = pane(page, 0).locator(".answer .prose").inner_text()
    assert text.startswith(seen.rstrip())
    assert pane(other, 0).locator(".answer .prose").inner_text() == text
    expect(message(other)).to_have_count(0)
    assert console.calls(f"{EAST}/bench-72") == 1


def test_stop_all_stops_all(visit: Visit) -> None:
    page = visit(address(f"{EAST}/bench-11", f"{EAST}/bench-12", f"{EAST}/bench-13"))
    ask(page, "Count")
    for number in range(3):
        grown(page, number, 60)

    stop_all(page).click()

    for number in range(3):
        expect(pane(page, number).locator(".answer")).to_have_attribute("data-state", "cancelled")
    ended(page)
    for number in range(3):
        expect(pane(page, number).locator(".pane-state")).to_contain_text("Stopped")
        assert 0 < len(pane(page, number).locator(".answer .prose").inner_text().split()) < 500


def test_stopping_one_leaves_the_others(visit: Visit) -> None:
    page = visit(address(f"{EAST}/bench-14", f"{EAST}/bench-101"))
    ask(page, "Count")
    grown(page, 0, 60)

    page.get_by_role("button", name="Stop bench-14").click()

    expect(pane(page, 0).locator(".answer")).to_have_attribute("data-state", "cancelled")
    ended(page)
    assert len(pane(page, 1).locator(".answer .prose").inner_text().split()) == 500


@pytest.mark.parametrize(
    ("fault", "kind", "title"),
    [
        ("fault-429", "rate_limited", "Too many requests"),
        ("fault-500", "upstream_error", "The resource failed"),
        ("fault-html", "protocol_error", "The answer could not be understood"),
        ("fault-cut", "connection_lost", "The connection broke"),
    ],
)
def test_what_goes_wrong_is_told_in_its_pane(fault: str, kind: str, title: str, visit: Visit) -> None:
    page = visit(address(f"{EAST}/gpt-4.1-nano"))
    page.get_by_role("button", name="Model of pane A").click()
    page.get_by_label("Find a deployment or model, or type a name").fill(fault)
    page.get_by_role("option", name=f"{fault} {EAST}").click()
    expect(pane(page, 0).locator("[data-pane-name]")).to_have_text(fault)

    ask(page, "Hello")
    ended(page)

    answer = pane(page, 0).locator(".answer")
    expect(answer).to_have_attribute("data-error-kind", kind)
    expect(answer.locator("[data-error-title]")).to_have_text(title)
    expect(answer.locator("[data-error-message]")).to_have_text(re.compile(r"^[A-Z].+\.$"))
    expect(answer.get_by_role("button", name="Run again")).to_be_visible()


def test_an_answer_that_failed_can_be_asked_again(visit: Visit, console: Console) -> None:
    page = visit(address(f"{EAST}/fault-503", f"{EAST}/gpt-4.1-nano"))
    ask(page, "Hello")
    ended(page)
    before = console.counted("POST v1 /chat/completions")

    page.get_by_role("button", name="Run again").click()

    expect(pane(page, 0).get_by_text("attempt 2")).to_be_visible()
    ended(page)
    assert console.counted("POST v1 /chat/completions") == before + 1


def test_a_failure_beside_an_answer_leaves_it_alone(visit: Visit) -> None:
    page = visit(address(f"{EAST}/fault-500", f"{EAST}/gpt-4.1-nano"))

    ask(page, "Hello")
    ended(page)

    expect(pane(page, 0).locator(".answer")).to_have_attribute("data-state", "failed")
    expect(pane(page, 1).locator(".answer")).to_have_attribute("data-state", "complete")


def test_the_history_finds_a_comparison(visit: Visit) -> None:
    page = visit(address(f"{EAST}/gpt-4.1-nano"))
    ask(page, "Which ferns grow in deep shade?")
    ended(page)

    page.get_by_role("link", name="History").click()
    page.get_by_label("Find a comparison").fill("ferns")
    page.wait_for_url("**q=ferns*")
    page.get_by_role("link", name="Which ferns grow in deep shade?").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Which ferns grow in deep shade?")
    expect(pane(page, 0).locator(".answer")).to_have_attribute("data-state", "complete")


def test_back_leaves_a_comparison_and_forward_returns(visit: Visit) -> None:
    page = visit(address(f"{EAST}/gpt-4.1-nano"))
    ask(page, "Hello")
    ended(page)
    text = pane(page, 0).locator(".answer .prose").inner_text()

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("New comparison")
    expect(answers(page)).to_have_count(0)
    page.go_forward()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
    expect(pane(page, 0).locator(".answer .prose")).to_have_text(text, use_inner_text=True)


def test_a_new_question_after_back_begins_a_new_comparison(visit: Visit) -> None:
    page = visit(address(f"{EAST}/gpt-4.1-nano"))
    ask(page, "First question")
    ended(page)
    first = page.url
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("New comparison")

    ask(page, "Other question")
    ended(page)

    assert page.url != first
    expect(page.get_by_role("heading", level=1)).to_have_text("Other question")
    expect(answers(page)).to_have_count(1)


def test_a_draft_survives_a_broken_network(visit: Visit, watch: Watch, console: Console) -> None:
    watch.excuse("ERR_INTERNET_DISCONNECTED")
    watch.excuse("htmx:")
    page = visit(address(f"{EAST}/bench-1001"))
    message(page).fill("A long thought that must not be lost")
    page.context.set_offline(True)

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_contain_text("The console does not answer")
    expect(message(page)).to_have_value("A long thought that must not be lost")
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url(re.compile("/playground/comparisons/"))
    ended(page)
    expect(answers(page)).to_have_count(1)
    assert console.calls(f"{EAST}/bench-1001") == 1


def test_a_draft_survives_a_refusal_and_says_what_to_mend(visit: Visit, watch: Watch) -> None:
    watch.excuse("status of 422")
    page = visit(address(f"{EAST}/gpt-4.1-nano"))
    page.get_by_role("button", name="Parameters of pane A").click()
    page.get_by_label("Model or deployment").fill("")
    page.keyboard.press("Escape")

    message(page).fill("Whom do I ask?")
    page.get_by_role("button", name="Send").click()

    problem = page.locator("#composer-errors [data-error-kind=bad_request]")
    expect(problem).to_contain_text("Choose a model or type the name of a deployment.")
    expect(message(page)).to_have_value("Whom do I ask?")
    expect(page).to_have_url(re.compile(r"/playground/\?"))


def test_only_parameters_that_were_set_are_kept(visit: Visit, console: Console) -> None:
    page = visit(address(f"{EAST}/bench-1002"))
    page.get_by_role("button", name="Parameters of pane A").click()
    page.locator("#settings-0 summary").click()
    page.locator("#settings-0").get_by_label(re.compile("^Max")).first.fill("40")
    page.keyboard.press("Escape")

    ask(page, "Count")
    ended(page)

    assert len(pane(page, 0).locator(".answer .prose").inner_text().split()) == 40


def test_a_phone_shows_one_pane_at_a_time_and_tabs(visit: Visit) -> None:
    page = visit(address(*THREE), width=390)
    expect(pane(page, 0)).to_be_in_viewport(ratio=0.5)
    expect(pane(page, 2)).not_to_be_in_viewport()

    page.get_by_role("navigation", name="Panes").get_by_role("link", name="DeepSeek-R1").click()

    expect(pane(page, 2)).to_be_in_viewport(ratio=0.5)
    expect(pane(page, 0)).not_to_be_in_viewport()
    chip = page.get_by_role("navigation", name="Panes").get_by_role("link", name="DeepSeek-R1")
    expect(chip).to_have_attribute("aria-current", "true")


def test_panes_are_added_filled_and_closed(visit: Visit) -> None:
    page = visit(address(f"{EAST}/gpt-4.1-nano"))

    page.get_by_role("link", name="Add a pane").click()
    page.get_by_label("Find a deployment or model, or type a name").fill("grok-4")
    page.get_by_role("option", name="grok-4", exact=False).first.click()

    expect(page.locator(".pane")).to_have_count(2)
    expect(pane(page, 1).locator("[data-pane-name]")).to_have_text(re.compile("^grok-4"))
    page.get_by_role("button", name="More for pane A").click()
    page.get_by_role("button", name="Close this pane").first.click()
    expect(page.locator(".pane")).to_have_count(1)


def test_what_the_power_cut_left_is_there_and_nothing_is_called_again(
    visit: Visit, console: Console, watch: Watch
) -> None:
    watch.excuse("net::ERR_")
    watch.excuse("status of 503")
    page = visit(address(f"{EAST}/bench-21"))
    ask(page, "Count")
    early = grown(page, 0, 400)
    # What is a second old must survive: wait until as much again has come.
    grown(page, 0, len(early) + 21 * 20 * 2)

    console.pull_the_plug()
    page.reload()

    expect(pane(page, 0).locator(".answer")).to_have_attribute("data-state", "interrupted", timeout=LONG)
    ended(page)
    shown = pane(page, 0).locator(".answer .prose").inner_text()
    assert shown.startswith(early.rstrip())
    expect(pane(page, 0).locator("[data-error-title]")).to_be_visible()
    assert console.calls(f"{EAST}/bench-21") == 1


def test_an_answer_is_shown_as_code_without_its_key(visit: Visit, comparison: str, console: Console) -> None:
    page = visit(comparison)

    page.get_by_role("button", name="More for pane A").click()
    page.get_by_role("link", name="The same as code").click()

    dialog = page.get_by_role("dialog", name="The same as code")
    expect(dialog.locator("pre:visible")).to_contain_text("gpt-4.1-nano")
    assert console.simulator_key not in dialog.inner_text()
