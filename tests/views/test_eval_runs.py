"""A run of an eval: followed live, its items filtered and read one by one, cancelled and deleted."""

import html

import pytest

from console.evaluation import items
from console.index import eval_runs as index
from console.models import AuditEvent, Item
from console.v1.eval_runs import parse_run
from tests.upstream import Script
from tests.views.eval_world import HTMX, JSON, WORKING, listed, run_of

URL = "/c/prod/eval-runs/evalrun_3/"
PATH = "/evals/eval_1/runs/evalrun_3"
ITEMS = {"HX-Request": "true", "HX-Target": "items"}


def item_of(number: int, *, passed: bool, answer: str = "Yes.", **more) -> dict:
    return {
        "id": f"outputitem_{number}",
        "object": "eval.run.output_item",
        "run_id": "evalrun_3",
        "eval_id": "eval_1",
        "created_at": 1760000000,
        "status": "pass" if passed else "fail",
        "datasource_item_id": number,
        "datasource_item": {"question": f"Question {number}?", "answer": "Yes."},
        "results": [{"name": "exact", "type": "string_check", "score": float(passed), "passed": passed}],
        "sample": {
            "input": [],
            "output": [{"role": "assistant", "content": answer}],
            "model": "gpt-4.1-nano",
        },
        **more,
    }


@pytest.fixture
def answering(upstream):
    upstream[f"GET {PATH}"] = 200, WORKING
    rows = [item_of(0, passed=True), item_of(1, passed=False, answer="Perhaps <b>not</b>.")]
    upstream[f"GET {PATH}/output_items"] = listed(*rows)
    upstream[f"GET {PATH}/output_items/outputitem_1"] = 200, rows[1]
    return upstream


def test_a_run_is_shown_from_the_index_and_asks_nobody(reading, known_run, upstream):
    page = reading.get(URL).text

    assert f'hx-get="{URL}live/"' in page
    assert f'hx-get="{URL}items/"' in page
    assert "Support answers" in page
    assert "Python: cancel" in page
    assert f"{URL}delete/" not in page
    assert upstream.hits == 0


def test_a_run_answers_json(reading, known_run):
    told = reading.get(URL, headers=JSON).json()

    assert (told["status"], told["passed"], told["eval"]) == ("in_progress", 1, "eval_1")


def test_counts_come_live_with_criteria_and_tokens(reading, known_run, answering):
    usage = [{"model_name": "gpt-4.1", "invocation_count": 4, "prompt_tokens": 1200, "completion_tokens": 80}]
    answering[f"GET {PATH}"] = 200, {**WORKING, "per_model_usage": usage}

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "every 3s" in response.text
    assert '<th scope="row">exact</th><td class="r">1</td>' in response.text
    assert '<th scope="row">gpt-4.1</th><td class="r">4</td>' in response.text


def test_the_part_stops_at_the_end_and_has_the_items_read_again(reading, known_run, answering):
    answering[f"GET {PATH}"] = 200, run_of("evalrun_3", passed=2)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert (response.status_code, response.headers["HX-Trigger"]) == (286, "run-ended")
    assert Item.objects.get(remote_id="evalrun_3").status == "completed"


def test_a_failed_run_says_why(reading, known_run, answering):
    error = {"code": "invalid_data_source", "message": "Line 3 has no object 'item'."}
    answering[f"GET {PATH}"] = 200, {**WORKING, "status": "failed", "error": error}

    assert "Line 3 has no object" in reading.get(f"{URL}live/", headers=HTMX).text


def test_a_report_elsewhere_is_linked_only_when_its_address_is_safe(reading, known_run, connection):
    index.remember(connection, parse_run({**WORKING, "report_url": "javascript:alert(1)"}))
    unsafe = reading.get(URL).text
    index.remember(connection, parse_run({**WORKING, "report_url": "https://ai.azure.com/run/3"}))

    assert "Report" not in unsafe
    assert 'href="https://ai.azure.com/run/3"' in reading.get(URL).text


def test_a_run_that_is_gone_is_marked_so(reading, known_run, upstream):
    assert reading.get(f"{URL}live/", headers=HTMX).status_code == 286
    assert Item.objects.get(remote_id="evalrun_3").gone_at is not None


def test_a_silent_resource_is_asked_again_later(reading, known_run, upstream):
    upstream[f"GET {PATH}"] = Script(200, [b'{"id":'], {}, cut=True)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert "data-error-kind" in response.text
    assert "every 30s" in response.text


def test_items_come_as_a_table_with_every_verdict(reading, known_run, answering):
    response = reading.get(f"{URL}items/", headers=ITEMS)

    assert "<html" not in response.text
    assert f"{URL}items/outputitem_1/" in response.text
    assert "Perhaps &lt;b&gt;not&lt;/b&gt;." in response.text
    assert [row.place for row in response.context["rows"]] == [1, 2]
    assert '<td class="r">2</td>' in response.text


def test_an_empty_table_of_a_working_run_asks_again(reading, known_run, answering):
    assert "every 3s" not in reading.get(f"{URL}items/", headers=ITEMS).text

    answering[f"GET {PATH}/output_items"] = listed()

    assert "run-ended from:body, every 3s" in reading.get(f"{URL}items/", headers=ITEMS).text
    assert "every 3s" not in reading.get(f"{URL}items/?status=fail", headers=ITEMS).text


def test_items_are_filtered_by_the_resource_where_it_can(reading, known_run, answering):
    reading.get(f"{URL}items/?status=fail", headers=ITEMS)

    assert answering.requests[-1].query["status"] == ["fail"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("q=perhaps", [1]),
        ("q=question+0", [0]),
        ("criterion=exact&status=pass", [0]),
        ("criterion=another", []),
        ("status=error", []),
    ],
)
def test_items_are_filtered_by_criterion_and_words(reading, known_run, answering, query, numbers):
    rows = reading.get(f"{URL}items/?{query}", headers=ITEMS).context["rows"]

    assert [row.one.number for row in rows] == numbers


def test_a_verdict_that_cannot_be_is_refused(reading, known_run, answering):
    assert reading.get(f"{URL}items/?status=perhaps").status_code == 400


def test_a_page_of_items_leads_to_the_next(reading, known_run, answering):
    rows = [item_of(number, passed=True) for number in range(60)]
    answering[f"GET {PATH}/output_items"] = listed(*rows)

    response = reading.get(f"{URL}items/?q=question", headers=ITEMS)

    assert len(response.context["rows"]) == 50
    assert "after=outputitem_49" in response.context["next_url"]


def test_a_thin_filter_reads_only_so_many_items(reading, known_run, answering, monkeypatch):
    monkeypatch.setattr(items, "MOST_LOOKED_AT", 30)
    answering[f"GET {PATH}/output_items"] = listed(*(item_of(number, passed=True) for number in range(60)))

    response = reading.get(f"{URL}items/?q=nowhere", headers=ITEMS)

    assert "None of the 30 items looked at fits" in response.text
    assert "after=outputitem_29" in response.context["next_url"]


def test_one_item_is_shown_in_full(reading, known_run, answering):
    sample = {"model": "gpt-4.1", "usage": {"total_tokens": 24}, "label": "helpful"}
    row = item_of(1, passed=False)
    row["results"][0]["sample"] = sample
    row["sample"]["finish_reason"] = "stop"
    answering[f"GET {PATH}/output_items/outputitem_1"] = 200, row

    page = reading.get(f"{URL}items/outputitem_1/").text

    assert "Question 1?" in page
    assert "Row 2 " in page
    assert "Ended with stop." in page
    assert "What the grader wrote" in page
    assert "helpful" in page


def test_an_item_answers_json_and_an_unknown_one_is_not_there(reading, known_run, answering):
    assert reading.get(f"{URL}items/outputitem_1/", headers=JSON).json()["datasource_item_id"] == 1
    assert reading.get(f"{URL}items/outputitem_9/").status_code == 404


def beside(answering, before: list, after: list) -> None:
    """What the resource lists before and after the item that is opened."""
    answering[f"GET {PATH}/output_items"] = [listed(*before), listed(*after)]


def test_an_item_leads_to_those_beside_it_in_the_list(reading, known_run, answering):
    beside(answering, [item_of(0, passed=True)], [item_of(2, passed=True)])

    context = reading.get(f"{URL}items/outputitem_1/").context

    assert context["before_url"] == f"{URL}items/outputitem_0/"
    assert context["after_url"] == f"{URL}items/outputitem_2/"
    assert [one.query for one in answering.requests[-2:]] == [
        {"order": [order], "limit": ["1"], "after": ["outputitem_1"]} for order in ("desc", "asc")
    ]


def test_only_failed_items_are_gone_through_where_only_those_were_listed(reading, known_run, answering):
    beside(answering, [], [item_of(4, passed=False)])

    page = reading.get(f"{URL}items/outputitem_1/?status=fail")

    assert "None before" in page.text
    assert page.context["after_url"] == f"{URL}items/outputitem_4/?status=fail"
    assert f'href="{URL}items/?status=fail">All that fit' in page.text
    assert {one.query["status"][0] for one in answering.requests[-2:]} == {"fail"}


def test_beside_an_item_that_does_not_fit_the_console_filters_itself(reading, known_run, answering):
    beside(answering, [item_of(0, passed=False)], [item_of(2, passed=False), item_of(3, passed=True)])

    context = reading.get(f"{URL}items/outputitem_1/?status=pass").context

    assert (context["before_url"], context["after_url"]) == ("", f"{URL}items/outputitem_3/?status=pass")
    assert "status" not in answering.requests[-1].query


def test_a_thin_filter_looks_only_so_far_beside_an_item(reading, known_run, answering):
    pages = [[item_of(first + number, passed=True) for number in range(100)] for first in (100, 200)]
    full = [(200, {"object": "list", "has_more": True, "data": rows}) for rows in pages]
    answering[f"GET {PATH}/output_items"] = [*full, *full]

    page = reading.get(f"{URL}items/outputitem_1/?q=nowhere").text

    assert "None among the 200 before" in page
    assert "None among the 200 after" in page


def test_an_item_is_shown_although_its_neighbours_are_not_told(reading, known_run, answering):
    answering[f"GET {PATH}/output_items"] = 400, {"error": {"code": "invalid", "message": "No such order"}}

    page = reading.get(f"{URL}items/outputitem_1/")

    assert page.status_code == 200
    assert "What stands after is not told" in page.text


def test_the_list_of_items_keeps_its_filter_on_the_way_to_one(reading, known_run, answering):
    page = reading.get(f"{URL}items/?status=fail&criterion=exact", headers=ITEMS)

    assert page.context["rows"][0].url == f"{URL}items/outputitem_1/?status=fail&criterion=exact"


def test_a_run_is_cancelled(operating, known_run, upstream):
    upstream[f"POST {PATH}"] = 200, {**WORKING, "status": "canceled"}

    response = operating.post(f"{URL}cancel/")

    assert (response.status_code, response["Location"]) == (302, URL)
    assert Item.objects.get(remote_id="evalrun_3").status == "canceled"
    event = AuditEvent.objects.filter(action="eval_run.cancelled").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "evalrun_3", "success")


def test_cancelling_as_code_posts_to_the_run_itself(reading, known_run):
    page = html.unescape(reading.get(URL).text)

    assert f'client.post(\n    "{PATH}",' in page
    assert "runs.cancel(" not in page


def test_a_refused_cancel_is_recorded(operating, known_run, upstream):
    upstream[f"POST {PATH}"] = 400, {"error": {"code": "invalid_run_state", "message": "It has ended."}}

    assert "It has ended." in operating.post(f"{URL}cancel/").text
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.outcome, event.http_status) == ("eval_run.cancelled", "failure", 400)


def test_a_run_is_deleted_once_its_name_was_typed(operating, known_run, upstream):
    upstream[f"DELETE {PATH}"] = 200, {"object": "eval.run.deleted", "deleted": True, "run_id": "evalrun_3"}

    refused = operating.post(f"{URL}delete/", {"name": "another"})
    response = operating.post(f"{URL}delete/", {"name": "run 3"})

    assert (refused.status_code, response["Location"]) == (422, "/c/prod/evals/eval_1/")
    assert Item.objects.get(remote_id="evalrun_3").gone_at is not None
    assert AuditEvent.objects.latest("seq").action == "eval_run.deleted"


def test_bob_may_look_and_not_touch(reading, known_run, upstream):
    assert reading.post(f"{URL}cancel/").status_code == 403
    assert reading.get(f"{URL}delete/").status_code == 403
    assert upstream.hits == 0


def test_mallory_sees_nothing(client, mallory, known_run, upstream):
    client.force_login(mallory)

    for part in ("", "live/", "items/", "items/outputitem_1/"):
        assert client.get(f"{URL}{part}").status_code == 404
    assert upstream.hits == 0
