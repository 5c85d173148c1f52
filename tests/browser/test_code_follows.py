"""The code beside a form follows what is typed, shows what was chosen, and survives the steps of a form."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

EXAMPLE = "An example; it follows the form once that is complete."


def tab(page: Page, name: str):
    return page.locator("#samples").get_by_role("tab", name=name)


def test_the_code_follows_what_is_typed_and_the_chosen_tab_stays(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/vector-stores/new/")
    code = page.locator("#samples")
    expect(code).to_contain_text(EXAMPLE)
    tab(page, "curl").click()

    page.get_by_label("Name", exact=True).fill("It's mine")
    page.get_by_label("Description").focus()

    expect(code.locator("#sample-curl")).to_contain_text("mine")
    expect(code.locator("#sample-curl")).to_be_visible()
    expect(tab(page, "curl")).to_have_attribute("aria-selected", "true")
    expect(tab(page, "Python")).to_have_attribute("aria-selected", "false")
    expect(code.locator("#sample-python")).to_be_hidden()
    expect(code).not_to_contain_text(EXAMPLE)
    expect(page.get_by_label("Description")).to_be_focused()

    page.get_by_label("Description").fill("What we know")
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_label("Description").focus()
    page.get_by_label("Name", exact=True).fill("Ours")
    page.get_by_label("Description").focus()

    expect(code.locator("#sample-curl")).to_contain_text('"name": "Ours", "description": "What we know"')


def test_the_code_follows_what_is_typed_before_the_scripts_are_there(visit: Visit) -> None:
    page, held = visit("/"), []
    page.route("**/htmx*.js", lambda route: held.append(route))
    page.goto("/c/contoso-eastus2/vector-stores/new/", wait_until="commit")
    page.get_by_label("Name", exact=True).fill("Early")
    page.get_by_label("Description").focus()
    held.pop().continue_()

    expect(page.locator("#sample-python")).to_contain_text('name="Early"')


def test_a_form_that_the_address_fills_in_has_its_code_at_once(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/responses/new/?model=gpt-5-mini&input=Which+tent%3F")

    expect(page.locator("#sample-python")).to_contain_text('input="Which tent?"')
    expect(page.locator("#samples")).not_to_contain_text(EXAMPLE)


def test_the_code_follows_a_form_that_a_step_has_changed(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/evals/new/")
    page.get_by_role("button", name="Edit as JSON").click()
    typed = page.get_by_role("textbox", name="Eval", exact=True)
    expect(typed).to_be_visible()
    tab(page, "curl").click()

    body = '{"name": "Typed", "data_source_config": {"type": "logs"}, "testing_criteria": ['
    body += '{"type": "string_check", "name": "a", "operation": "eq", "input": "b", "reference": "c"}]}'
    typed.fill(body)
    page.get_by_role("link", name="Cancel").focus()

    expect(page.locator("#sample-curl")).to_contain_text('"name": "Typed"')
    expect(page.locator("#sample-curl")).to_be_visible()


def test_the_code_of_a_change_follows_the_form_from_what_is_stored(visit: Visit) -> None:
    page = visit("/vector-stores/?connection=contoso-eastus2")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Edit").click()
    code = page.locator("#samples")
    expect(code.locator("#sample-python")).to_contain_text("client.vector_stores.update(")
    expect(code).not_to_contain_text(EXAMPLE)

    page.get_by_label("Name", exact=True).fill("Not saved")
    page.get_by_role("link", name="Cancel").focus()

    expect(code.locator("#sample-python")).to_contain_text('name="Not saved"')


def test_the_code_of_attributes_follows_in_its_own_tab(visit: Visit) -> None:
    page = visit("/vector-stores/?connection=contoso-eastus2")
    page.locator("tbody th a").first.click()
    page.locator("#live tbody th a").first.click()
    tab(page, "curl: save").click()

    page.get_by_label("Attributes").fill("year = 2031")
    page.get_by_role("button", name="Save attributes").focus()

    expect(page.locator("#sample-save-curl")).to_contain_text('{"attributes": {"year": 2031}}')
    expect(page.locator("#sample-save-curl")).to_be_visible()


def test_a_chosen_file_is_in_the_code_by_its_name(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/batches/new/template/")
    page.get_by_label("CSV").set_input_files(
        {"name": "moods.csv", "mimeType": "text/csv", "buffer": b"a\n1\n"}
    )
    page.get_by_label("Deployment").fill("gpt-5-mini")
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.get_by_label("User message").fill("Is {{a}} good?")
        page.get_by_label("System message").focus()

    expect(page.locator("#sample-python")).to_contain_text('open("moods.csv", newline=""')
    expect(page.locator("#sample-python")).to_contain_text('open("moods.jsonl", "rb")')
    assert "file=moods.csv" in (asked.value.post_data or "")


def test_what_has_arrived_for_a_store_is_in_the_code(visit: Visit) -> None:
    page = visit("/vector-stores/?connection=contoso-eastus2")
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    page.goto(f"{page.url}files/upload/")

    page.locator("#choose").set_input_files(
        {"name": "tents.md", "mimeType": "text/plain", "buffer": b"Sixty."}
    )

    expect(page.locator("#sample-python")).to_contain_text('for name in ["tents.md"]:')
    expect(page.locator("#sample-python")).to_contain_text("file_ids=file_ids")


def test_the_code_of_a_search_follows_the_bench_before_and_after(visit: Visit) -> None:
    page = visit("/vector-stores/?connection=contoso-eastus2")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Search bench").click()
    expect(page.locator("#samples")).to_contain_text(EXAMPLE)

    page.get_by_label("Query", exact=True).fill("How long may I return boots?")
    page.get_by_role("spinbutton", name="Results").fill("3")
    expect(page.locator("#sample-python")).to_contain_text('query="How long may I return boots?"')
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("Searched for")).to_be_visible()
    page.get_by_role("spinbutton", name="Results").fill("5")
    page.get_by_label("Ranker").focus()

    expect(page.locator("#sample-python")).to_contain_text("max_num_results=5")
    expect(page.locator("#samples")).not_to_contain_text(EXAMPLE)


def test_the_code_of_the_grader_bench_follows_another_kind(visit: Visit) -> None:
    page = visit("/c/contoso-eastus2/fine-tuning/graders/")

    page.get_by_role("link", name="Text similarity").click()
    expect(page.get_by_label("Measure")).to_be_visible()
    page.get_by_label("Answer of the model").fill("Thirty days.")
    page.get_by_role("button", name="Run", exact=True).focus()

    expect(page.locator("#sample-python")).to_contain_text('model_sample="Thirty days."')
    expect(page.locator("#sample-python")).to_contain_text('"type": "text_similarity"')
