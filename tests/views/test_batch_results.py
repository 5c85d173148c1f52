"""Results of a batch: read once, joined, grouped, searched, kept, and repeated where they failed."""

import csv
import io
import json
import os
import re
import sqlite3
import time
import tracemalloc
from html import unescape
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync

from console import jobs
from console.batching import results
from console.batching.store import AFTER, Asked, Store, Writer
from console.index import batches as index
from console.index import files as known_files
from console.jsonl.lines import Line
from console.models import AuditEvent, Item, Job, Upload
from console.v1.batches import parse_batch
from console.v1.files import parse_file
from tests.upstream import Script

URL = "/c/prod/batches/batch-1/"
RESULTS = f"{URL}results/"
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true"}
BATCH = {
    "id": "batch-1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "status": "completed",
    "model": "gpt-4.1-nano",
    "created_at": 1760000000,
    "completed_at": 1760000300,
    "input_file_id": "file-in",
    "output_file_id": "file-out",
    "error_file_id": "file-err",
    "request_counts": {"total": 5, "completed": 2, "failed": 2},
    "metadata": {"name": "Moods", "team": "support", "console_key": "old"},
}
FILTERED = {"code": "content_filter", "message": "The prompt was filtered."}


def request_line(number: int) -> dict:
    body = {"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": f"Question {number}?"}]}
    return {"custom_id": f"row-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


def answered(number: int, text: str) -> dict:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}
    body = {"object": "chat.completion", "choices": [choice], "usage": usage}
    return {"custom_id": f"row-{number}", "response": {"status_code": 200, "body": body}, "error": None}


def refused(number: int, error: dict, status: int = 400) -> dict:
    return {"custom_id": f"row-{number}", "response": {"status_code": status, "body": {"error": error}}}


def jsonl(*rows: dict) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


INPUT = jsonl(*(request_line(number) for number in range(1, 6)))
OUTPUT = jsonl(answered(3, "=Three"), answered(1, "One"))
ERRORS = jsonl(refused(2, FILTERED), refused(4, {"code": "429", "message": "Too many."}, 429))


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def batch(connection, upstream) -> Item:
    upstream["GET /batches/batch-1"] = 200, BATCH
    for name, content in (("in", INPUT), ("out", OUTPUT), ("err", ERRORS)):
        upstream[f"GET /files/file-{name}/content"] = 200, content, {}
        known_files.remember(connection, parse_file({"id": f"file-{name}", "bytes": len(content)}))
    return index.remember(connection, parse_batch(BATCH))


@pytest.fixture
def reading(client, bob, connection):
    client.force_login(bob)
    return client


@pytest.fixture
def operating(client, alice, connection):
    client.force_login(alice)
    return client


def read(client) -> Job:
    """Have the results read, as the page does by itself."""
    client.post(f"{RESULTS}read/")
    job = Job.objects.filter(kind="batch.read").first()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def told(client, query: str = "") -> dict:
    return client.get(f"{RESULTS}{query}", headers=JSON).json()


def test_a_page_of_results_that_were_not_read_has_that_done_by_itself(reading, batch, upstream):
    page = reading.get(RESULTS).text

    assert 'hx-trigger="load, submit"' in page
    assert upstream.hits == 0


def test_reading_is_one_job_however_many_ask(reading, batch):
    for _ in range(2):
        reading.post(f"{RESULTS}read/")

    job = Job.objects.get(kind="batch.read")
    assert (job.effect, job.connection.slug) == ("read", "prod")
    assert "every 1s" in reading.get(RESULTS, headers=HTMX).text


def test_each_answer_stands_beside_its_request(reading, batch):
    assert read(reading).state == "done"

    rows = told(reading)["data"]

    assert [(one["custom_id"], one["outcome"], one["question"], one["answer"]) for one in rows] == [
        ("row-1", "succeeded", "Question 1?", "One"),
        ("row-2", "failed", "Question 2?", ""),
        ("row-3", "succeeded", "Question 3?", "=Three"),
        ("row-4", "failed", "Question 4?", ""),
        ("row-5", "unanswered", "Question 5?", ""),
    ]


def test_errors_are_grouped_by_cause(reading, batch, upstream):
    upstream["GET /files/file-err/content"] = 200, jsonl(refused(2, FILTERED), refused(4, FILTERED)), {}
    read(reading)

    (cause,) = told(reading)["causes"]

    assert (cause["code"], cause["message"], cause["lines"]) == (
        "content_filter",
        "The prompt was filtered.",
        2,
    )
    assert [one["custom_id"] for one in told(reading, f"?cause={cause['id']}")["data"]] == ["row-2", "row-4"]
    assert "content_filter" in reading.get(RESULTS).text


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?outcome=failed", ["row-2", "row-4"]),
        ("?outcome=unanswered", ["row-5"]),
        ("?q=QUESTION+3", ["row-3"]),
        ("?q=three&outcome=succeeded", ["row-3"]),
        ("?q=%25", []),
        ("?q=row-4&outcome=succeeded", []),
    ],
)
def test_lines_are_narrowed_and_searched(reading, batch, query, ids):
    read(reading)

    assert [one["custom_id"] for one in told(reading, query)["data"]] == ids


def test_the_whole_text_is_searched(reading, batch, upstream):
    long = "word " * 200
    asked = request_line(1)
    asked["body"]["messages"][0]["content"] = f"{long}In the END of it"
    upstream["GET /files/file-in/content"] = 200, jsonl(asked, *(request_line(n) for n in range(2, 6))), {}
    upstream["GET /files/file-out/content"] = 200, jsonl(answered(3, f"{long}ÜBER alles")), {}
    read(reading)

    for words, ids in (("the end of", ["row-1"]), ("über", ["row-3"]), ("word word", ["row-1", "row-3"])):
        assert [one["custom_id"] for one in told(reading, f"?q={words}")["data"]] == ids


def test_an_answer_without_its_request_is_found_by_its_id(reading, batch, upstream):
    del upstream.scripts["GET /files/file-in/content"]
    read(reading)

    assert [one["custom_id"] for one in told(reading, "?q=row-3")["data"]] == ["row-3"]


def test_results_that_an_earlier_version_kept_are_read_again(reading, batch):
    read(reading)
    with sqlite3.connect(results.path_of(batch)) as db:
        db.execute("UPDATE fact SET value = '1' WHERE name = 'version'")

    assert "load, submit" in reading.get(RESULTS).text


def test_an_outcome_that_is_none_is_refused(reading, batch):
    assert reading.get(f"{RESULTS}?outcome=odd").status_code == 400


def test_long_results_come_in_pages(reading, batch, upstream):
    many = [request_line(number) for number in range(1, 121)]
    upstream["GET /files/file-in/content"] = 200, jsonl(*many), {}
    read(reading)

    page = told(reading, "?page=3")

    assert (page["total"], len(page["data"]), page["data"][0]["number"]) == (120, 20, 101)
    assert "101–120 of 120 lines" in reading.get(f"{RESULTS}?page=3").text


def test_one_line_is_shown_in_full(reading, batch):
    read(reading)

    page = reading.get(f"{RESULTS}2/")
    full = reading.get(f"{RESULTS}2/", headers=JSON).json()

    assert "The prompt was filtered." in page.text
    assert full["request"] == request_line(2)
    assert full["result"] == refused(2, FILTERED)
    assert reading.get(f"{RESULTS}99/").status_code == 404


@pytest.mark.parametrize(
    ("query", "before", "after"),
    [
        ("", "2/", "4/"),
        ("?outcome=failed", "2/?outcome=failed", "4/?outcome=failed"),
        ("?outcome=succeeded", "1/?outcome=succeeded", ""),
        ("?q=QUESTION+5&page=1", "", "5/?q=QUESTION+5"),
        ("?outcome=failed&cause=nothing", "", ""),
    ],
)
def test_a_line_leads_to_those_beside_it_in_the_list(reading, batch, query, before, after):
    read(reading)

    context = reading.get(f"{RESULTS}3/{query}").context

    assert context["before_url"] == (before and f"{RESULTS}{before}")
    assert context["after_url"] == (after and f"{RESULTS}{after}")


def test_the_ends_of_a_list_are_told_on_its_lines(reading, batch):
    read(reading)

    first, last = (reading.get(f"{RESULTS}{number}/").text for number in (1, 5))

    assert ("None before" in first, 'rel="next"' in first) == (True, True)
    assert ("None after" in last, 'rel="prev"' in last) == (True, True)


def test_the_list_keeps_its_filter_on_the_way_to_a_line_and_back(reading, batch):
    read(reading)

    assert f'href="{RESULTS}2/?outcome=failed"' in reading.get(f"{RESULTS}?outcome=failed&q=&page=1").text
    assert f'href="{RESULTS}?outcome=failed">Results' in reading.get(f"{RESULTS}2/?outcome=failed").text
    assert f'href="{RESULTS}?outcome=failed">All that fit' in reading.get(f"{RESULTS}2/?outcome=failed").text
    assert "All that fit" not in reading.get(f"{RESULTS}2/?q=").text


@pytest.mark.parametrize(
    "asked", [Asked(), Asked("failed"), Asked(cause="1"), Asked("failed", "1"), Asked(q="so")], ids=str
)
def test_lines_beside_one_are_found_by_an_index_and_not_by_a_walk(tmp_path, asked):
    path = tmp_path / "results.sqlite"
    with Writer(path) as writer:
        writer.finish({})
    sql = f"EXPLAIN QUERY PLAN SELECT number FROM line WHERE {AFTER.format(fitting=asked.fitting)}"

    with sqlite3.connect(path) as db:
        steps = [step for *_, step in db.execute(sql, {**asked.bound, "number": 1})]

    assert not [step for step in steps if step.startswith(("SCAN", "USE TEMP"))]


def test_what_models_say_is_shown_as_text(reading, batch, upstream):
    upstream["GET /files/file-out/content"] = 200, jsonl(answered(1, "<script>alert(1)</script>")), {}
    read(reading)

    assert "<script>alert(1)" not in reading.get(RESULTS).text
    assert "<script>alert(1)" not in reading.get(f"{RESULTS}1/").text


def download(client, form: str, query: str = ""):
    response = client.get(f"{RESULTS}as/{form}/{query}")

    async def all_of() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return response, async_to_sync(all_of)()


def test_results_are_kept_as_jsonl_untouched(reading, batch):
    read(reading)

    response, data = download(reading, "jsonl")

    rows = [json.loads(line) for line in data.splitlines()]
    assert [one["line"] for one in rows] == [1, 2, 3, 4, 5]
    assert rows[2]["result"] == answered(3, "=Three")
    assert rows[4] == {
        "line": 5,
        "custom_id": "row-5",
        "outcome": "unanswered",
        "request": request_line(5),
        "result": None,
    }
    assert response["Content-Disposition"].startswith('attachment; filename="Moods-results.jsonl"')
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_who_downloads_results_is_recorded(reading, batch):
    read(reading)

    download(reading, "csv")

    event = AuditEvent.objects.get(action="batch.downloaded")
    assert (event.target_id, event.target_label, event.outcome) == ("batch-1", "Moods", "success")


def test_results_are_kept_as_csv_that_no_spreadsheet_takes_for_formulas(reading, batch):
    read(reading)

    response, data = download(reading, "csv", "?outcome=succeeded")

    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert [(one["custom_id"], one["answer"], one["tokens_in"]) for one in rows] == [
        ("row-1", "One", "10"),
        ("row-3", "'=Three", "10"),
    ]
    assert response["Content-Type"].startswith("text/csv")


def test_a_format_that_is_none_is_not_found(reading, batch):
    read(reading)

    assert reading.get(f"{RESULTS}as/html/").status_code == 404


def test_saving_is_told_from_the_answers_where_the_batch_counts_none(reading, batch):
    read(reading)

    shown = reading.get(RESULTS).context["shown"]

    assert shown.tokens == (20, 8, None)
    assert shown.saving.saved > 0


def test_without_the_input_file_there_are_answers_without_requests(reading, batch, upstream):
    del upstream.scripts["GET /files/file-in/content"]
    read(reading)

    page = reading.get(RESULTS)

    assert "The input file was deleted" in page.text
    assert told(reading)["total"] == 4
    assert f"{URL}retry/" not in page.text


def test_without_any_result_the_job_says_so_and_the_page_does_not_ask_again(reading, batch, upstream):
    for name in ("out", "err"):
        del upstream.scripts[f"GET /files/file-{name}/content"]

    job = read(reading)
    page = reading.get(RESULTS).text

    assert (job.state, job.error_kind) == ("failed", "not_found")
    assert "may have expired" in page
    assert "load, submit" not in page


def test_a_cut_download_is_no_result(reading, batch, upstream):
    upstream["GET /files/file-out/content"] = Script(200, [OUTPUT[:20]], {}, cut=True)

    job = read(reading)

    assert (job.state, job.error_kind) == ("failed", "connection_lost")
    assert list(results.folder().glob("*")) == []


def test_results_are_read_again_when_the_batch_has_other_files(reading, batch, connection):
    read(reading)
    index.remember(connection, parse_batch({**BATCH, "error_file_id": "file-later"}))

    assert "load, submit" in reading.get(RESULTS).text


def test_a_broken_file_of_results_is_dropped_and_read_again(reading, batch):
    read(reading)
    results.path_of(batch).write_bytes(b"no database" * 100)

    assert "load, submit" in reading.get(RESULTS).text
    assert read(reading).state == "done"


def test_reading_tells_the_index_of_files_that_no_listing_told_of(reading, batch, upstream):
    upstream["GET /files/file-out"] = (
        200,
        {"id": "file-out", "filename": "answers.jsonl", "bytes": len(OUTPUT)},
    )

    read(reading)

    assert "answers.jsonl" in reading.get(URL).text


def test_a_batch_without_files_has_no_results_yet(reading, connection):
    nothing = {**BATCH, "output_file_id": None, "error_file_id": None}
    index.remember(connection, parse_batch({**nothing, "status": "in_progress"}))
    working = reading.get(RESULTS).text
    index.remember(connection, parse_batch({**nothing, "status": "failed"}))
    failed = reading.get(RESULTS).text

    assert "No results yet" in working
    assert "load, submit" not in working
    assert "No results yet" not in failed
    assert "ended without a file of results" in failed


def test_results_nobody_looks_at_are_dropped(reading, batch):
    read(reading)
    (path,) = results.folder().glob("*")
    assert results.sweep() == 0
    old = time.time() - results.FORGOTTEN - 1
    os.utime(path, (old, old))

    assert results.sweep() == 1
    assert not path.exists()


def test_results_unused_for_longest_make_room(reading, batch, monkeypatch):
    results.folder().mkdir()
    for age, name in ((20, "a"), (10, "b")):
        path = results.folder() / f"{name}.sqlite"
        path.write_bytes(b"x" * 100)
        os.utime(path, (time.time() - age, time.time() - age))
    monkeypatch.setattr(results, "MOST", 200)

    results.make_room(50)

    assert [path.name for path in results.folder().glob("*.sqlite")] == ["b.sqlite"]


def test_many_lines_are_joined_in_bounded_memory(tmp_path):
    path = tmp_path / "big.sqlite"
    tracemalloc.start()
    with Writer(path) as writer:
        for number in range(1, 4_001):
            writer.request(Line(number, json.dumps(request_line(number)).encode(), b"\n"))
        for number in range(4_000, 0, -1):
            writer.result(Line(number, json.dumps(answered(number, "x")).encode(), b"\n"))
        writer.finish({})
    store = Store(path)
    page = store.lines(store.found(Asked(q="question 3999")))
    count = sum(1 for _ in store.joined(Asked()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [one.number for one in page] == [3_999]
    assert (store.totals(), count) == ({"succeeded": 4_000}, 4_000)
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize(
    "strange", [b"", b"[]\n", b"{\n", b'{"custom_id": 4}\n', b'{"response": "no"}\n', b"\xff\n"]
)
def test_strange_lines_never_break_a_page(reading, batch, upstream, strange):
    upstream["GET /files/file-in/content"] = 200, strange + INPUT, {}
    upstream["GET /files/file-out/content"] = 200, strange + OUTPUT, {}

    assert read(reading).state == "done"
    assert reading.get(RESULTS).status_code == 200
    assert download(reading, "csv")[0].status_code == 200


def test_only_the_failed_lines_are_repeated_as_a_batch_of_their_own(operating, batch, upstream):
    read(operating)
    causes = [one["id"] for one in told(operating)["causes"]]

    response = operating.post(f"{URL}retry/", {"key": "k1", "lines": causes})
    draft = Job.objects.get(kind="batch.retry")
    jobs.run(str(draft.pk))

    upload = Upload.objects.get(pk=draft.arguments["upload"])
    rows = [json.loads(line) for line in upload.path.read_text().splitlines()]
    assert response.url == f"/c/prod/batches/drafts/{draft.pk}/"
    assert rows == [request_line(2), request_line(4)]
    assert upload.report["errors"] == 0


def test_the_same_form_sent_twice_makes_one_draft(operating, batch):
    read(operating)

    places = {operating.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"]}).url for _ in range(2)}

    assert places == {f"/c/prod/batches/drafts/{Job.objects.get(kind='batch.retry').pk}/"}
    assert Upload.objects.count() == 1


def repeated(operating, **more) -> bytes:
    """The requests of a draft that repeats the line without an answer."""
    operating.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"], **more})
    draft = Job.objects.filter(kind="batch.retry").latest("created_at")
    jobs.run(str(draft.pk))
    return Upload.objects.get(pk=draft.arguments["upload"]).path.read_bytes()


LIMITED = (
    b'{"custom_id":"row-5", "method":"POST","url":"/v1/chat/completions","body":{%s"model":"o1" , "n":1.0}}\n'
)


@pytest.mark.parametrize(
    ("limit", "asked", "body"),
    [
        (b"", {}, b'"model":"o1" , "n":1.0'),
        (b"", {"model": "gpt-5"}, b'"model":"gpt-5" , "n":1.0'),
        (b"", {"max_tokens": "9"}, b'"max_completion_tokens": 9, "model":"o1" , "n":1.0'),
        (b'"max_tokens":5, ', {"max_tokens": "9"}, b'"max_tokens":9, "model":"o1" , "n":1.0'),
        (
            b'"max_tokens":5, ',
            {"max_tokens": "9", "model": "gpt-5"},
            b'"max_completion_tokens": 9, "model":"gpt-5" , "n":1.0',
        ),
        (b'"max_tokens":5, ', {"model": "gpt-5"}, b'"max_tokens":5, "model":"gpt-5" , "n":1.0'),
    ],
)
def test_only_what_was_chosen_is_changed_before_lines_are_repeated(
    operating, batch, upstream, limit, asked, body
):
    upstream["GET /files/file-in/content"] = 200, LIMITED % limit, {}
    read(operating)

    line = repeated(operating, **asked).replace(b'"model": "gpt-5"', b'"model":"gpt-5"')

    assert line == LIMITED.partition(b"{%s")[0] + b"{" + body + b"}}\n"


@pytest.mark.parametrize("strange", [b"no json\n", b'{"custom_id": "row-5", "body": []}\n', b'["row-5"]\n'])
def test_a_line_that_is_no_request_is_repeated_as_it_was(operating, batch, upstream, strange):
    upstream["GET /files/file-in/content"] = 200, strange, {}
    read(operating)

    assert repeated(operating, model="gpt-5") == strange


def test_another_choice_in_the_same_form_makes_another_draft(operating, batch):
    read(operating)
    choices = [{}, {"model": "gpt-5"}, {"max_tokens": "9"}, {"model": "gpt-5"}]

    places = [
        operating.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"], **one}).url for one in choices
    ]

    assert places[1] == places[3]
    assert len(set(places)) == 3


def test_the_draft_tells_what_was_changed(operating, batch):
    read(operating)
    repeated(operating, model="gpt-5", max_tokens="900")

    page = operating.get(f"/c/prod/batches/drafts/{Job.objects.get(kind='batch.retry').pk}/").text

    assert 'asks <span class="mono">gpt-5</span> instead' in page
    assert "answers of 900 tokens at most" in page


def test_embeddings_have_no_limit_to_change(operating, batch, connection):
    index.remember(connection, parse_batch({**BATCH, "endpoint": "/v1/embeddings"}))
    read(operating)

    page = operating.get(f"{URL}retry/").text

    assert 'name="model"' in page
    assert 'name="max_tokens"' not in page


def test_a_limit_that_is_none_is_refused(operating, batch):
    read(operating)

    response = operating.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"], "max_tokens": "0"})

    assert response.status_code == 422
    assert not Job.objects.filter(kind="batch.retry").exists()


def test_the_code_of_a_retry_follows_what_is_changed(operating, batch, tmp_path):
    read(operating)
    form = {"key": "k1", "do": "code", "lines": ["unanswered"], "model": "gpt-5", "max_tokens": "9"}

    page = operating.post(f"{URL}retry/", form).text
    python, curl = (unescape(one) for one in re.findall(r"<code id=[^>]+>(.*?)</code>", page, re.DOTALL))

    changed = {"model": "gpt-5", "max_completion_tokens": 9}
    assert [one["body"] for one in collected(python, tmp_path)] == [{**request_line(5)["body"], **changed}]
    assert f".body += {json.dumps(changed)}" in curl
    assert not Job.objects.filter(kind="batch.retry").exists()


@pytest.mark.parametrize("chosen", [[0], [1], [2], [0, 2]])
def test_the_code_of_a_retry_collects_the_lines_that_were_chosen(operating, batch, tmp_path, chosen):
    read(operating)
    rows = operating.get(f"{URL}retry/").context["form"].rows
    form = {"key": "k1", "lines": [rows[one][0] for one in chosen]}

    page = operating.post(f"{URL}retry/", {**form, "do": "code"}).text
    operating.post(f"{URL}retry/", form)
    draft = Job.objects.get(kind="batch.retry")
    jobs.run(str(draft.pk))

    python, curl = (unescape(one) for one in re.findall(r"<code id=[^>]+>(.*?)</code>", page, re.DOTALL))
    lines = Upload.objects.get(pk=draft.arguments["upload"]).path.read_text().splitlines()
    assert collected(python, tmp_path) == [json.loads(one) for one in lines]
    assert ("IN(null)" in curl) == (chosen == [2])
    assert "/files/file-err/content" in curl


def test_a_retry_is_linked_to_its_parent(operating, batch, upstream):
    read(operating)
    operating.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"]})
    draft = Job.objects.get(kind="batch.retry")
    jobs.run(str(draft.pk))
    file = {"id": "file-9", "filename": "r.jsonl", "purpose": "batch", "status": "processed"}
    upstream["POST /files"] = upstream["GET /files/file-9"] = 200, file
    upstream["POST /batches"] = 200, {"id": "batch-9", "status": "validating"}

    page = operating.get(f"/c/prod/batches/drafts/{draft.pk}/").text
    operating.post(f"/c/prod/batches/drafts/{draft.pk}/start/")
    jobs.run(str(Job.objects.get(kind="batch.create").pk))

    (asked,) = [one.json() for one in upstream.requests if one.path.endswith("/v1/batches")]
    assert "Upload and start" in page
    assert asked["metadata"] == {
        "team": "support",
        "name": "Moods, retry",
        "retry_of": "batch-1",
        "console_key": draft.pk.hex,
    }


def test_the_choice_of_lines_tells_each_cause_with_its_number(operating, batch):
    read(operating)

    page = operating.get(f"{URL}retry/").text

    assert page.count('name="lines"') == 3
    assert page.count(" checked>") == 3
    assert "The prompt was filtered." in page


def test_the_choice_of_lines_shows_how_code_repeats_them(operating, batch, tmp_path):
    read(operating)

    page = operating.get(f"{URL}retry/")
    python, curl = page.context["samples"]

    assert "Same as code" in page.text
    assert collected(python.text, tmp_path) == [request_line(number) for number in (2, 4, 5)]
    assert 'purpose="batch"' in python.text
    assert '"retry_of": "batch-1"' in python.text
    assert "/files/file-out/content" in curl.text
    assert "> batch-1-retry.jsonl" in curl.text


def collected(code: str, folder) -> list[dict]:
    """The lines that the code writes, when the resource has the files of the batch."""
    files = {"file-in": INPUT, "file-out": OUTPUT, "file-err": ERRORS}

    def content(file_id: str) -> io.BytesIO:
        return io.BytesIO(files[file_id])

    client = SimpleNamespace(files=SimpleNamespace(content=content))
    begin, end = code.index("import json"), code.index("file = client.files.create")
    body = code[begin:end].replace("batch-1-retry.jsonl", str(folder / "lines"))
    exec(compile(body, "sample", "exec"), {"client": client})
    return [json.loads(line) for line in (folder / "lines").read_text().splitlines()]


def test_a_retry_of_nothing_is_told(operating, batch):
    read(operating)

    response = operating.post(f"{URL}retry/", {"key": "k1"})

    assert response.status_code == 422
    assert "Choose at least one" in response.text


def test_before_a_retry_the_results_are_read(operating, batch):
    assert operating.get(f"{URL}retry/").url == RESULTS


def test_a_retry_whose_results_are_gone_says_so(operating, batch):
    read(operating)
    operating.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"]})
    results.path_of(batch).unlink()
    draft = Job.objects.get(kind="batch.retry")

    jobs.run(str(draft.pk))

    draft.refresh_from_db()
    assert (draft.state, draft.error_kind) == ("failed", "not_found")


def test_results_are_a_file_that_only_the_console_reads(reading, batch):
    read(reading)

    path = results.path_of(batch)
    assert path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM line").fetchone() == (5,)


def test_who_reads_may_not_repeat_lines(reading, batch):
    read(reading)

    assert reading.post(f"{URL}retry/", {"key": "k1", "lines": ["unanswered"]}).status_code == 403


@pytest.mark.parametrize("path", ["", "1/", "as/csv/"])
def test_who_sees_nothing_finds_no_results(client, bob, mallory, batch, path):
    client.force_login(bob)
    read(client)
    client.force_login(mallory)

    assert client.get(f"{RESULTS}{path}").status_code == 404
