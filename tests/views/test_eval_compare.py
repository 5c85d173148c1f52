"""Two runs compared row by row: counts, what can be chance, and filters."""

import pytest

from console.evaluation import comparing
from console.index import eval_runs as index
from console.models import Item
from console.v1.eval_runs import parse_run
from tests.upstream import Script
from tests.views.eval_world import JSON, listed, run_of

URL = "/c/prod/evals/eval_1/compare/"
BOTH = "?run=evalrun_1&run=evalrun_2"
PART = {"HX-Request": "true", "HX-Target": "comparison"}


def rows_of(run: str, verdicts: str, scores: list[float] | None = None) -> list[dict]:
    """An item for each letter: p passed, f failed, e could not be judged."""
    return [
        {
            "id": f"{run}-{number}",
            "status": {"p": "pass", "f": "fail", "e": "error"}[letter],
            "datasource_item_id": number,
            "datasource_item": {"question": f"Question {number}?"},
            "results": [
                {
                    "name": "exact",
                    "type": "string_check",
                    "score": float(letter == "p"),
                    "passed": letter == "p",
                },
                *(
                    {"name": "near", "score": score, "passed": score > 0.5}
                    for score in (scores or [])[number:][:1]
                ),
            ]
            if letter != "e"
            else [],
            "sample": {"output": [{"role": "assistant", "content": f"answer of {run}"}]},
        }
        for number, letter in enumerate(verdicts)
    ]


def tell(upstream, first: list[dict], second: list[dict]) -> None:
    upstream["GET /evals/eval_1/runs/evalrun_1/output_items"] = listed(*first)
    upstream["GET /evals/eval_1/runs/evalrun_2/output_items"] = listed(*second)


def test_the_page_asks_for_nothing_before_its_part_does(reading, known_eval, upstream):
    page = reading.get(f"{URL}{BOTH}").text

    assert "read=1" in page
    assert upstream.hits == 0


def test_without_names_the_two_newest_runs_are_compared_the_older_first(reading, known_eval, upstream):
    chosen = reading.get(URL).context["chosen"]

    assert [row.item.remote_id for row in chosen] == ["evalrun_1", "evalrun_2"]


def test_runs_ticked_in_the_list_are_ordered_by_time(reading, known_eval, upstream):
    chosen = reading.get(f"{URL}?run=evalrun_2&run=evalrun_1&order=time").context["chosen"]

    assert [row.item.remote_id for row in chosen] == ["evalrun_1", "evalrun_2"]


def test_a_third_run_that_was_ticked_is_said_to_be_left_out(reading, known_eval, connection, upstream):
    index.remember(connection, parse_run(run_of("evalrun_8", passed=3)))

    assert "1 more was chosen and is left out" in reading.get(f"{URL}{BOTH}&run=evalrun_8").text
    assert "left out" not in reading.get(f"{URL}{BOTH}").text


def test_improved_worsened_and_same_rows_are_counted_and_tested(reading, known_eval, upstream):
    tell(upstream, rows_of("a", "ffffffffpp"), rows_of("b", "ppppppppfp"))

    told = reading.get(f"{URL}{BOTH}", headers=JSON).json()

    assert (told["all"]["improved"], told["all"]["worsened"], told["all"]["same"]) == (8, 1, 1)
    assert told["all"]["p"] == pytest.approx(0.0390625)
    assert told["all"]["sentence"] == "This is unlikely to be chance (p = 0.039)."


def test_the_part_says_what_the_test_means(reading, known_eval, upstream):
    tell(upstream, rows_of("a", "ffpp"), rows_of("b", "pfpf"))

    page = reading.get(f"{URL}{BOTH}", headers=PART).text

    assert "<html" not in page
    assert "So few changes cannot tell" in page
    assert "/c/prod/eval-runs/evalrun_2/items/b-0/" in page
    assert 'aria-label="Row 1 of ' in page


def test_without_script_the_comparison_is_a_page(reading, known_eval, upstream):
    tell(upstream, rows_of("a", "fp"), rows_of("b", "pp"))

    page = reading.get(f"{URL}{BOTH}&read=1").text

    assert "<html" in page
    assert "Row by row" in page


@pytest.mark.parametrize(
    ("query", "rows"),
    [("", [0, 1, 2, 3]), ("&change=improved", [0]), ("&change=worsened", [3]), ("&change=changed", [0, 3])],
)
def test_rows_are_filtered_by_what_changed(reading, known_eval, upstream, query, rows):
    tell(upstream, rows_of("a", "ffpp"), rows_of("b", "pfpf"))

    lines = reading.get(f"{URL}{BOTH}{query}", headers=PART).context["rows"]

    assert [line.pair.number for line in lines] == rows


def test_each_criterion_is_compared_with_its_scores(reading, known_eval, upstream):
    tell(upstream, rows_of("a", "fp", [0.1, 0.9]), rows_of("b", "fp", [0.4, 0.95]))

    response = reading.get(f"{URL}{BOTH}&criterion=near", headers=PART)

    near = response.context["found"].by("near")
    assert (near.verdicts.changes, near.scores.ups) == (0, 2)
    assert near.means == pytest.approx((0.5, 0.675))
    assert "2 higher, 0 lower" in response.text


def test_rows_without_a_verdict_are_told_and_not_counted(reading, known_eval, upstream):
    tell(upstream, rows_of("a", "ffe"), rows_of("b", "pfp"))

    response = reading.get(f"{URL}{BOTH}", headers=PART)

    assert response.context["found"].unknown == 1
    assert response.context["found"].whole.verdicts.pairs == 2


def test_rows_of_one_run_alone_are_left_out(reading, known_eval, upstream):
    tell(upstream, rows_of("a", "ff"), rows_of("b", "pfppp"))

    assert (
        "3 rows that only one of the runs judged are left out"
        in reading.get(f"{URL}{BOTH}", headers=PART).text
    )


def test_other_data_under_the_same_number_is_warned_of(reading, known_eval, upstream):
    other = rows_of("b", "pp")
    other[1]["datasource_item"] = {"question": "Another?"}
    tell(upstream, rows_of("a", "pp"), other)

    assert "Not the same data" in reading.get(f"{URL}{BOTH}", headers=PART).text


def test_of_a_long_run_only_so_many_items_are_read_and_that_is_said(
    reading, known_eval, upstream, monkeypatch
):
    monkeypatch.setattr(comparing, "MOST_ITEMS", 100)
    first, second = rows_of("a", "f" * 100), rows_of("b", "p" * 100)
    for name, rows in (("evalrun_1", first), ("evalrun_2", second)):
        page = {"object": "list", "data": rows, "has_more": True, "last_id": rows[-1]["id"]}
        upstream[f"GET /evals/eval_1/runs/{name}/output_items"] = 200, page

    response = reading.get(f"{URL}{BOTH}", headers=PART)

    assert "Not every row" in response.text
    assert upstream.hits == 2
    assert len(response.context["rows"]) == 50
    assert "page=2" in response.context["next_url"]


def test_one_run_that_is_named_is_compared_with_the_newest_other(reading, known_eval, upstream):
    chosen = reading.get(f"{URL}?run=evalrun_1&order=time").context["chosen"]

    assert [row.item.remote_id for row in chosen] == ["evalrun_1", "evalrun_2"]


def test_runs_that_judged_nothing_are_compared_only_when_they_are_named(
    reading, known_eval, connection, upstream
):
    index.remember(connection, parse_run(run_of("evalrun_8", passed=0, status="canceled")))

    unnamed = reading.get(URL).context["chosen"]
    named = reading.get(f"{URL}?run=evalrun_1&run=evalrun_8").context["chosen"]

    assert [row.item.remote_id for row in unnamed] == ["evalrun_1", "evalrun_2"]
    assert [row.item.remote_id for row in named] == ["evalrun_1", "evalrun_8"]


def test_one_run_alone_cannot_be_compared(reading, known_eval, upstream):
    Item.objects.filter(remote_id="evalrun_2").delete()

    assert "Two runs are needed" in reading.get(f"{URL}?run=evalrun_1").text


def test_a_run_of_another_eval_is_refused(reading, known_eval, connection, upstream):
    index.remember(connection, parse_run(run_of("evalrun_7", passed=1, eval_id="eval_2")))

    assert reading.get(f"{URL}?run=evalrun_1&run=evalrun_7").status_code == 400
    assert reading.get(f"{URL}{BOTH}&change=better").status_code == 400


def test_a_resource_that_refuses_or_is_silent_is_told(reading, known_eval, upstream):
    path = "GET /evals/eval_1/runs/evalrun_1/output_items"
    upstream[path] = 403, {"error": {"code": "403", "message": "Not for this key."}}
    refused = reading.get(f"{URL}{BOTH}", headers=PART)
    upstream[path] = Script(200, [b'{"data":'], {}, cut=True)
    silent = reading.get(f"{URL}{BOTH}", headers=PART)

    assert "Not for this key." in refused.text
    assert silent.status_code >= 500


def test_mallory_sees_nothing(client, mallory, known_eval, upstream):
    client.force_login(mallory)

    assert client.get(f"{URL}{BOTH}").status_code == 404
    assert upstream.hits == 0
