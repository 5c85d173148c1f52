"""Uploading with breaks, the doctor for JSONL, and what a file's page tells."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import Visit
from tests.browser.console import Console
from tests.browser.playground import LONG
from tests.browser.test_pages import hold, looks
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

UPLOAD = "/files/upload/?connection=contoso-eastus2"
PART = 8 * 1024 * 1024
DROP = """(zone, names) => {
  const carried = new DataTransfer()
  for (const name of names) carried.items.add(new File([`These are the notes called ${name}.`], name))
  for (const type of ['dragover', 'drop']) {
    zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }))
  }
}"""


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A document of three parts, like no other."""
    path = tmp_path / f"{tmp_path.name}.txt"
    path.write_bytes(path.name.encode() * (2 * PART // len(path.name) + 1000))
    return path


def choose(page: Page, *paths: Path, kind: str = "assistants") -> None:
    page.get_by_label("Purpose").select_option(kind)
    page.get_by_label("choose from disk").set_input_files([str(path) for path in paths])


def row(page: Page, name: str) -> Locator:
    return page.locator("#uploads > li").filter(has_text=name).first


def in_state(shown: Locator, state: str) -> None:
    expect(shown).to_have_attribute("data-upload-state", state, timeout=LONG)


def parts_of(page: Page) -> list[int]:
    """The numbers of the parts that leave the page, as they leave."""
    sent: list[int] = []

    def note(request: Request) -> None:
        match = re.search(r"/parts/(\d+)/$", request.url)
        if match:
            sent.append(int(match[1]))

    page.on("request", note)
    return sent


def withhold(page: Page, number: int) -> None:
    """Keep a part from arriving, as a slow network does."""
    page.route(f"**/parts/{number}/", lambda _: None)


def test_files_that_are_dropped_together_all_reach_the_resource(visit: Visit) -> None:
    page = visit(UPLOAD)
    page.get_by_label("Purpose").select_option("assistants")

    page.locator("[data-dropzone]").evaluate(DROP, ["one.txt", "two.txt", "three.md"])

    for name in ("one.txt", "two.txt", "three.md"):
        in_state(row(page, name), "sent")
        expect(row(page, name).get_by_label("To the resource")).to_have_attribute("value", "100")
    row(page, "two.txt").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("two.txt")
    expect(page.locator("#preview")).to_contain_text("These are the notes called two.txt.")


def test_both_ways_of_a_file_are_shown_part_by_part(visit: Visit, big: Path) -> None:
    page = visit(UPLOAD)
    sent = parts_of(page)
    withhold(page, 1)

    with page.expect_request("**/parts/1/"):
        choose(page, big)

    shown = row(page, big.name)
    expect(shown).to_contain_text("To the console")
    expect(shown.get_by_label("To the console")).to_have_js_property("value", 100 * PART / big.stat().st_size)
    expect(shown.get_by_label("To the resource")).to_have_js_property("value", 0)
    assert sent == [0, 1]


def test_a_pause_sends_nothing_until_it_ends(visit: Visit, big: Path) -> None:
    page = visit(UPLOAD)
    sent = parts_of(page)
    page.route("**/uploads/", lambda route: (pause(page, big), route.continue_()))

    choose(page, big)

    expect(row(page, big.name)).to_contain_text("Paused")
    assert sent == []
    row(page, big.name).get_by_role("button", name="Resume").click()
    in_state(row(page, big.name), "sent")
    assert sent == [0, 1, 2]


def pause(page: Page, path: Path) -> None:
    row(page, path.name).get_by_role("button", name="Pause").dispatch_event("click")


def test_after_a_reload_the_same_file_goes_on_behind_what_arrived(visit: Visit, big: Path) -> None:
    page = visit(UPLOAD)
    withhold(page, 1)
    choose(page, big)
    expect(row(page, big.name).get_by_label("To the console")).not_to_have_js_property("value", 0)

    page.reload()
    page.unroute_all()
    expect(row(page, big.name)).to_contain_text("choose the same file again to go on")
    sent = parts_of(page)
    choose(page, big)

    in_state(row(page, big.name), "sent")
    expect(page.locator("#uploads li").filter(has_text=big.name)).to_have_count(1)
    assert sent == [1, 2]


def test_after_a_reload_the_list_follows_what_the_console_sends_on(
    visit: Visit, console: Console, tmp_path: Path
) -> None:
    path = tmp_path / "followed.txt"
    path.write_text("Followed through a reload.")
    page = visit(UPLOAD)
    with console.silence():
        choose(page, path)
        in_state(row(page, path.name), "sending")
        page.reload()
        in_state(row(page, path.name), "sending")
        expect(page.get_by_role("progressbar", name=f"Progress of Upload {path.name}")).to_be_visible()

    in_state(row(page, path.name), "sent")
    expect(row(page, path.name)).not_to_have_attribute("hx-get", re.compile("."))
    expect(page.locator("#status")).to_have_text(f"{path.name}: Sent")


def test_leaving_asks_first_until_all_of_a_file_has_left_the_page(visit: Visit, big: Path) -> None:
    page = visit(UPLOAD)
    withhold(page, 1)
    choose(page, big)
    expect(row(page, big.name).get_by_label("To the console")).not_to_have_js_property("value", 0)

    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("link", name="Batches").click()

    assert asked.value.type == "beforeunload"
    expect(row(page, big.name)).to_contain_text("To the console")


def test_the_code_is_that_of_the_connection_and_the_purpose_that_are_chosen(visit: Visit) -> None:
    page = visit(UPLOAD)

    page.get_by_label("Purpose").select_option("batch")
    expect(page.locator("#samples")).to_contain_text('purpose="batch"')
    page.get_by_label("To", exact=True).select_option("contoso-legacy")
    expect(page.locator("#samples")).to_contain_text("/resources/contoso-legacy/")
    page.get_by_label("Purpose").select_option("rows")
    expect(page.locator("#samples")).to_contain_text("Nothing is sent to a resource.")


def test_a_lost_network_is_waited_out(visit: Visit, watch: Watch, big: Path) -> None:
    watch.excuse("ERR_INTERNET_DISCONNECTED")
    page = visit(UPLOAD)
    page.route(
        "**/parts/1/", lambda route: (page.context.set_offline(True), route.abort("internetdisconnected"))
    )

    choose(page, big)
    expect(row(page, big.name)).to_contain_text("The console does not answer; trying again")
    page.unroute_all()
    page.context.set_offline(False)

    in_state(row(page, big.name), "sent")


def test_a_cancelled_upload_is_not_gone_on_with(visit: Visit, big: Path) -> None:
    page = visit(UPLOAD)
    withhold(page, 1)
    choose(page, big)
    expect(row(page, big.name).get_by_label("To the console")).not_to_have_js_property("value", 0)

    row(page, big.name).get_by_role("button", name="Cancel").click()
    in_state(row(page, big.name), "cancelled")
    page.reload()
    page.unroute_all()

    expect(row(page, big.name)).to_contain_text("Cancelled")
    sent = parts_of(page)
    choose(page, big)
    in_state(row(page, big.name), "sent")
    assert sent == [0, 1, 2]


# The doctor


def request(number: int, text: str = "Hi") -> str:
    body = {"model": "gpt-4o", "input": text}
    return json.dumps({"custom_id": f"line-{number}", "method": "POST", "url": "/v1/responses", "body": body})


BROKEN = request(3)[:-1] + ",}"
BATCH = "\ufeff" + "\r\n".join([request(1), request(2), BROKEN, request(2), request(4)])


def checked(visit: Visit, folder: Path, text: str, kind: str = "batch") -> Page:
    """The page of a file that has come into the console and was looked at there."""
    path = folder / f"{folder.name}.jsonl"
    path.write_bytes(text.encode())
    page = visit(UPLOAD)
    choose(page, path, kind=kind)
    in_state(row(page, path.name), "received")
    row(page, path.name).get_by_role("link").click()
    expect(page.locator("#report")).to_be_visible(timeout=LONG)
    return page


def finding(page: Page, text: str) -> Locator:
    return page.get_by_role("region", name="Findings").get_by_role("row").filter(has_text=text)


def test_the_doctor_names_line_and_column_and_mends_with_one_click(visit: Visit, tmp_path: Path) -> None:
    page = checked(visit, tmp_path, BATCH)
    comma = finding(page, "comma")
    expect(comma.get_by_role("cell").nth(0)).to_have_text("3")
    expect(comma.get_by_role("cell").nth(1)).to_have_text(str(len(BROKEN) - 1))
    expect(finding(page, "byte order mark").get_by_role("cell").nth(0)).to_have_text("1")
    expect(finding(page, "custom_id").get_by_role("cell").nth(0)).to_have_text("4")

    page.get_by_role("button", name="Mend what is ticked, and check again").click()

    expect(page.locator("#mended")).to_be_visible(timeout=LONG)
    expect(page.locator("#report")).to_have_attribute("data-errors", "0")
    expect(page.locator("#report")).to_contain_text("Nothing found")
    page.get_by_role("button", name="Send to").click()
    page.get_by_role("link", name="Open the file").click(timeout=LONG)
    expect(page.locator("#preview")).to_contain_text("line-4", timeout=LONG)


def test_on_a_narrow_screen_a_finding_still_says_how_to_mend_it(visit: Visit, tmp_path: Path) -> None:
    page = checked(visit, tmp_path, BATCH)
    page.set_viewport_size({"width": 390, "height": 900})

    remedy = finding(page, "byte order mark").get_by_text("Save the file as UTF-8 without BOM.")
    expect(remedy.filter(visible=True)).to_have_count(1)


def test_a_file_of_training_gets_the_mark_that_it_wants_and_its_price(visit: Visit, tmp_path: Path) -> None:
    said = [{"role": "user", "content": "What is new?"}, {"role": "assistant", "content": "All is well."}]
    page = checked(visit, tmp_path, (json.dumps({"messages": said}) + "\n") * 12, "supervised")

    expect(finding(page, "byte order mark")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="gpt-4.1-nano")).to_contain_text("$")
    page.get_by_role("button", name="Mend what is ticked, and check again").click()

    expect(page.locator("#report")).to_contain_text("Nothing found", timeout=LONG)


def test_a_file_that_the_resource_has_is_checked_there_and_fetched_to_be_mended(visit: Visit) -> None:
    page = visit("/files/?connection=contoso-eastus2&q=support-export.jsonl")
    page.locator("#table tbody").get_by_role("link").first.click()

    page.get_by_role("link", name="Check").click()
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#report")).to_contain_text("Would be refused", timeout=LONG)
    page.get_by_role("button", name="Fetch to mend").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("support-export-mended.jsonl")
    expect(page.get_by_role("button", name="Mend what is ticked")).to_be_visible(timeout=LONG)


def test_lines_of_a_file_do_not_grow_tall_on_a_narrow_screen(visit: Visit) -> None:
    page = visit("/files/?connection=contoso-eastus2&q=reviews.jsonl", width=390)
    page.locator("#table tbody").get_by_role("link").first.click()

    line = page.locator("#preview tbody tr").first
    expect(line).to_contain_text("/v1/chat/completions")
    assert line.evaluate("row => row.offsetHeight") < 120


@looks
def test_every_page_of_a_file_is_whole(theme: str, width: int, visit: Visit) -> None:
    page = visit("/files/?connection=contoso-eastus2&q=support-train.jsonl", theme=theme, width=width)
    page.locator("#table tbody").get_by_role("link").first.click()
    expect(page.locator("#preview")).to_contain_text("messages")
    hold(page)
    address = page.url

    for part in ("check/", "delete/", "copy/", "preview/"):
        page.goto(address + part)
        hold(page)
