"""Jobs of fine-tuning side by side, and what leads from one to the playground and to another."""

import re

import pytest

from console.index import fine_tuning as index
from console.models import Item
from console.models.seen import Seen
from console.templatetags.formats import THIN_SPACE
from console.v1.fine_tuning import parse_job
from tests.upstream import Script
from tests.views.test_fine_tuning import CHECKPOINT, DONE, EVENTS, JOB, JSON, listed

MODEL = DONE["fine_tuned_model"]
COMPARE = "/fine-tuning/compare/?job=prod/ftjob-1&job=prod/ftjob-2"
PART = {"HX-Request": "true", "HX-Target": "curves"}


@pytest.fixture
def known(connection, upstream):
    """Two jobs in the index and on the resource, trained with another number of epochs."""
    settings = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 6}}}
    for job in (JOB, {**DONE, "method": settings}):
        index.remember(connection, parse_job(job))
        path = f"GET /fine_tuning/jobs/{job['id']}"
        upstream[path] = 200, job
        upstream[f"{path}/events"] = listed(*EVENTS)
        upstream[f"{path}/checkpoints"] = listed(CHECKPOINT)
    return upstream


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def deploy(connection) -> None:
    """A deployment of the tuned model in the index."""
    refs = frozenset({("model", MODEL)})
    Item.objects.take_in(connection.pk, "deployment", [Seen("mine", "mine", {}, refs=refs)])


def test_selected_rows_of_the_list_lead_to_their_comparison(reading, known):
    keys = Item.objects.filter(kind="fine_tuning_job").values_list("pk", flat=True)

    page = reading.get("/fine-tuning/").text
    response = reading.post("/fine-tuning/compare/", {"item": list(keys)})

    assert page.count('name="item"') == 2
    assert set(re.findall(r"job=prod%2F(ftjob-\d)", response["Location"])) == {"ftjob-1", "ftjob-2"}


def test_settings_that_differ_come_first_and_nobody_is_asked(reading, known):
    response = reading.get(COMPARE)

    first = response.context["differences"][0]
    assert (first.name, first.values, first.differs) == ("n_epochs", [3, 6], True)
    assert known.hits == 0


def test_trained_tokens_are_written_as_on_the_other_pages(reading, known, connection):
    index.remember(connection, parse_job({**JOB, "trained_tokens": 1234567}))

    page = reading.get(COMPARE).text

    assert f"1{THIN_SPACE}234{THIN_SPACE}567" in page
    assert "1234567" not in page


def test_the_curves_lie_over_each_other(reading, known):
    response = reading.get(COMPARE, headers=PART)

    assert "<html" not in response.text
    assert [one.title for one in response.context["charts"]] == [
        "Training loss",
        "Validation loss",
        "Training token accuracy",
    ]
    assert [line.label for line in response.context["charts"][0].lines] == ["tone", "done"]
    assert '<th scope="col" class="r">tone</th>' in response.text


def test_without_script_the_curves_are_a_page(reading, known):
    page = reading.get(f"{COMPARE}&curves=1").text

    assert "<html" in page
    assert '<svg class="plot"' in page


def test_a_job_that_cannot_be_read_does_not_hide_the_others(reading, known):
    known["GET /fine_tuning/jobs/ftjob-1"] = Script(200, [b'{"id":'], {}, cut=True)

    response = reading.get(COMPARE, headers=PART)

    assert "data-error-kind" in response.text
    assert [line.label for line in response.context["charts"][0].lines] == ["done"]


def test_a_comparison_answers_json(reading, known):
    told = reading.get(COMPARE, headers=JSON).json()

    assert told["differences"]["n_epochs"] == [3, 6]
    assert [one["job"] for one in told["charts"][0]["lines"]] == ["tone", "done"]


def test_nothing_chosen_says_what_to_do(reading, known):
    assert "Choose two to six jobs" in reading.get("/fine-tuning/compare/").text


def test_jobs_of_others_are_not_there(client, mallory, known):
    client.force_login(mallory)

    response = client.get(COMPARE, headers=PART)

    assert response.context["rows"] == []
    assert known.hits == 0


def test_the_job_page_leads_to_the_playground_with_base_tuned_and_checkpoint(reading, known):
    page = reading.get("/c/prod/fine-tuning/ftjob-2/live/").text

    link = re.search(r'href="(/playground/\?[^"]+)"', page)[1]
    assert re.findall(r"model=([^&]+)", link) == [
        "gpt-4.1-nano-2025-04-14",
        "gpt-4.1-nano.ft-1-done",
        "gpt-4.1-nano.ft-1%3Ackpt-step-4",
    ]


def test_a_pane_calls_a_tuned_model_by_its_deployment(reading, known, connection):
    deploy(connection)

    page = reading.get("/c/prod/fine-tuning/ftjob-2/live/").text

    assert "model=mine" in page


def test_the_base_model_is_called_by_its_deployment_even_without_its_version(reading, known, connection):
    refs = frozenset({("model", "gpt-4.1-nano")})
    Item.objects.take_in(connection.pk, "deployment", [Seen("nano", "nano", {}, refs=refs)])

    page = reading.get("/c/prod/fine-tuning/ftjob-2/live/").text

    link = re.search(r'href="(/playground/\?[^"]+)"', page)[1]
    assert re.findall(r"model=([^&]+)", link)[0] == "nano"


def test_a_similar_job_by_reinforcement_has_the_same_grader(operating, connection, upstream):
    grader = {"type": "string_check", "name": "of the first job"}
    method = {"type": "reinforcement", "reinforcement": {"grader": grader}}
    index.remember(connection, parse_job({**JOB, "method": method}))

    link = operating.get("/c/prod/fine-tuning/ftjob-1/").context["again_url"]

    assert "of the first job" in operating.get(link).text


def test_a_similar_job_has_the_settings_filled_in(operating, known):
    page = operating.get("/c/prod/fine-tuning/ftjob-2/").text

    link = re.search(r'href="(/c/prod/fine-tuning/new/\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert 'value="6"' in operating.get(link).text
