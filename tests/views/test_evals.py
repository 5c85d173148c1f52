"""Evals: the list, an eval with its runs and how the pass rate went, and deleting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console import jobs
from console.index import eval_runs as runs_index
from console.index import evals as index
from console.index import following
from console.models import AuditEvent, Item, Job, Sync
from console.v1.eval_runs import parse_run
from console.v1.evals import parse_eval
from tests.upstream import Script
from tests.views.eval_world import EVAL, EXACT, HTMX, JSON, RUNS, WORKING, listed

URL = "/c/prod/evals/eval_1/"


@pytest.fixture
def answering(upstream):
    """The resource tells of the eval and of three runs, one of them under way."""
    upstream["GET /evals/eval_1"] = 200, EVAL
    upstream["GET /evals/eval_1/runs"] = listed(WORKING, *reversed(RUNS))
    return upstream


def test_the_list_shows_criteria_and_the_last_run_and_asks_nobody(reading, known_eval, upstream):
    response = reading.get("/evals/")

    (row,) = response.context["rows"]
    assert (row.latest.count, row.latest.run.id, row.rate) == (2, "evalrun_2", 0.9)
    assert "exact" in response.text
    assert upstream.hits == 0


def test_the_list_asks_the_database_as_often_for_many_evals(
    reading, known_eval, connection, django_assert_max_num_queries
):
    evals = [index.seen(parse_eval({**EVAL, "id": f"eval_{number}"})) for number in range(2, 40)]
    Item.objects.take_in(connection.pk, "eval", evals)

    with django_assert_max_num_queries(16):
        assert len(reading.get("/evals/").context["rows"]) == 39


def test_the_list_is_narrowed_by_criterion_and_source(reading, known_eval):
    assert len(reading.get("/evals/?criterion=string_check&source=custom").context["rows"]) == 1
    assert len(reading.get("/evals/?criterion=label_model").context["rows"]) == 0


def test_htmx_gets_the_table_alone(reading, known_eval):
    response = reading.get("/evals/?q=support", headers={"HX-Request": "true", "HX-Target": "table"})

    assert "<html" not in response.text
    assert "Support answers" in response.text


def test_the_list_answers_json(reading, known_eval):
    (one,) = reading.get("/evals/", headers=JSON).json()["data"]

    assert (one["name"], one["last_run"], one["pass_rate"]) == ("Support answers", "evalrun_2", 0.9)
    assert one["metadata"] == {"team": "support"}


def test_a_criterion_tells_its_comparison_in_words(reading, known_eval):
    assert "String check, equals {{item.answer}}" in reading.get("/c/prod/evals/eval_1/").text


@pytest.mark.parametrize(
    ("metric", "words"), [("rouge_l", "ROUGE-L"), ("bleu", "BLEU"), ("fuzzy_match", "fuzzy match")]
)
def test_a_criterion_calls_its_measure_by_its_name(reading, known_eval, connection, metric, words):
    near = {"type": "text_similarity", "name": "near", "evaluation_metric": metric, "pass_threshold": 0.5}
    index.remember(connection, parse_eval({**EVAL, "testing_criteria": [near]}))

    assert f"Text similarity, {words}, from 0.5" in reading.get(URL).text


def test_reading_the_list_reads_the_runs_of_each_eval(reading, connection, upstream):
    upstream["GET /evals"] = listed(EVAL)
    upstream["GET /evals/eval_1/runs"] = listed(*RUNS)

    reading.post("/evals/refresh/")

    run = Item.objects.get(remote_id="evalrun_1")
    assert set(run.refs.values_list("kind", "remote_id")) == {("eval", "eval_1"), ("file", "file-1")}
    assert {one.headers.get("aoai-evals") for one in upstream.requests} == {"preview"}


def test_an_eval_that_vanishes_while_it_is_read_has_no_runs(reading, connection, upstream):
    upstream["GET /evals"] = listed(EVAL)

    reading.post("/evals/refresh/")

    assert Sync.objects.get(kind="eval_run").state == Sync.State.DONE


def test_a_resource_without_evals_says_so_in_place(reading, connection, upstream):
    reading.post("/evals/refresh/")

    page = reading.get("/evals/").text

    assert "This resource does not offer evals" in page
    assert "data-error-kind" not in page


def test_an_eval_is_shown_from_the_index_and_asks_nobody(reading, known_eval, upstream):
    page = reading.get(URL).text

    assert "{{item.answer}}" in page
    assert f'hx-get="{URL}live/"' in page
    assert "run 2" in page
    assert "console_key" not in page.split("Raw JSON")[0]
    assert f"{URL}delete/" not in page
    assert upstream.hits == 0


def test_an_eval_answers_json(reading, known_eval):
    told = reading.get(URL, headers=JSON).json()

    assert [run["id"] for run in told["runs"]] == ["evalrun_2", "evalrun_1"]
    assert told["raw"]["testing_criteria"] == [EXACT]


def test_the_pass_rate_is_drawn_with_its_figures(reading, known_eval):
    response = reading.get(URL)

    (line,) = response.context["chart"].lines
    assert line.points == [(1.0, 60.0), (2.0, 90.0)]
    assert '<svg class="plot"' in response.text
    assert '<tr><th scope="row" class="num">2</th><td class="r">90</td></tr>' in response.text


def test_runs_come_live_and_are_asked_for_again_while_one_works(reading, known_eval, answering):
    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "every 5s" in response.text
    assert Item.objects.get(remote_id="evalrun_3").status == "in_progress"


def test_the_part_stops_asking_when_all_runs_have_ended(reading, known_eval, answering):
    answering["GET /evals/eval_1/runs"] = listed(*RUNS)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert "every 5s" not in response.text


def test_without_script_the_live_part_is_a_page(reading, known_eval, answering):
    page = reading.get(f"{URL}live/").text

    assert "<html" in page
    assert "run 3" in page


def test_an_eval_that_is_gone_takes_its_runs_with_it(reading, known_eval, upstream):
    assert reading.get(f"{URL}live/", headers=HTMX).status_code == 286

    assert not Item.objects.present().exists()


def test_a_silent_resource_is_told_in_place_and_asked_again_later(reading, known_eval, upstream):
    upstream["GET /evals/eval_1"] = Script(200, [b'{"id":'], {}, cut=True)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "data-error-kind" in response.text
    assert "every 30s" in response.text
    assert "run 2" in response.text


def test_fields_that_nobody_knows_break_nothing(reading, known_eval, connection):
    strange = {
        "id": "eval_1",
        "data_source_config": [],
        "testing_criteria": [{"type": 7}],
        "created_at": "now",
    }
    index.remember(connection, parse_eval(strange))

    assert reading.get(URL).status_code == 200


def test_an_eval_is_deleted_once_its_name_was_typed(operating, known_eval, upstream):
    upstream["DELETE /evals/eval_1"] = 200, {"object": "eval.deleted", "deleted": True, "eval_id": "eval_1"}

    refused = operating.post(f"{URL}delete/", {"name": "another"})
    response = operating.post(f"{URL}delete/", {"name": "Support answers"})

    assert (refused.status_code, response.status_code) == (422, 302)
    assert not Item.objects.present().exists()
    event = AuditEvent.objects.filter(action="eval.deleted").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "eval_1", "success")


def test_a_refused_delete_is_recorded(operating, known_eval, upstream):
    upstream["DELETE /evals/eval_1"] = 409, {"error": {"code": "conflict", "message": "A run is under way."}}

    response = operating.post(f"{URL}delete/", {"name": "Support answers"})

    assert "A run is under way." in response.text
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.outcome, event.http_status) == ("eval.deleted", "failure", 409)


def test_several_evals_are_deleted_by_a_job_after_typed_words(operating, known_eval):
    asking = operating.post("/evals/delete/", {"item": known_eval.pk}).headers["Location"]
    asked = operating.get(asking)
    operating.post(asking, {"name": "delete 1 eval"})

    assert "All runs of an eval go with it" in asked.text
    assert Job.objects.get(kind="item.delete").arguments["items"][0]["id"] == "eval_1"


def test_the_runs_of_evals_go_with_them_also_by_a_job(operating, known_eval, upstream):
    upstream["DELETE /evals/eval_1"] = 200, {"object": "eval.deleted", "deleted": True, "eval_id": "eval_1"}
    asking = operating.post("/evals/delete/", {"item": known_eval.pk}).headers["Location"]
    operating.post(asking, {"name": "delete 1 eval"})

    jobs.run(str(Job.objects.get(kind="item.delete").pk))

    assert not Item.objects.present().exists()


def test_bob_may_look_and_not_touch(reading, known_eval, upstream):
    assert reading.get(f"{URL}delete/").status_code == 403
    assert upstream.hits == 0


def test_mallory_sees_nothing(client, mallory, known_eval, upstream):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}live/").status_code == 404
    assert upstream.hits == 0


def test_runs_under_way_are_followed_and_ended_ones_are_not(known_eval, connection, answering):
    runs_index.remember(connection, parse_run(WORKING))
    Item.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    answering["GET /evals/eval_1/runs/evalrun_3"] = 200, {**WORKING, "status": "completed"}

    assert following.follow() == 1
    assert Item.objects.get(remote_id="evalrun_3").status == "completed"
    assert answering.hits == 1


def test_the_palette_finds_evals_and_their_runs(reading, known_eval):
    groups = reading.get("/palette/?q=run", headers=JSON).json()["groups"]

    found = {group["title"]: group["items"] for group in groups}
    assert found["Runs of evals"][0]["url"] == "/c/prod/eval-runs/evalrun_1/"


def test_a_file_tells_which_runs_use_it(reading, known_eval, connection):
    from console.index import files
    from console.v1.files import parse_file

    files.remember(connection, parse_file({"id": "file-1", "filename": "rows.jsonl", "purpose": "evals"}))

    assert "/c/prod/eval-runs/evalrun_1/" in reading.get("/c/prod/files/file-1/").text
