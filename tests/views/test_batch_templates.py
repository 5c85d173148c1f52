"""A batch from a prompt and a CSV: the first requests, the draft with its check and price, and starting it once."""

import json
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console import jobs
from console.batching import building, work
from console.models import AuditEvent, Item, Job, Sync, Upload
from console.models.seen import Seen

URL = "/c/prod/batches/new/template/"
JSON = {"accept": "application/json"}
CSV = b'id,review,stars\na,The zip broke.,2\nb,"Warm, and light.",5\n'
FORM = {
    "key": "k1",
    "endpoint": "/v1/chat/completions",
    "model": "gpt-4.1-nano",
    "system": "Answer in one word.",
    "user": "Is this happy? {{review}} ({{ stars }} stars)",
    "max_tokens": "20",
    "custom_id": "review-{{id}}",
}
FILE = {"id": "file-1", "filename": "reviews.jsonl", "purpose": "batch", "status": "processed", "bytes": 9}


@pytest.fixture(autouse=True)
def room(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(work, "PAUSE", 0.01)


@pytest.fixture
def operating(client, alice, connection):
    client.force_login(alice)
    return client


def csv(data: bytes = CSV, name: str = "reviews.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "text/csv")


def built(operating, **more) -> Job:
    """A draft whose requests are built."""
    operating.post(URL, {**FORM, "file": csv(), **more})
    job = Job.objects.get(kind="batch.build")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def requests_of(job: Job) -> list[dict]:
    upload = Upload.objects.get(pk=job.arguments["upload"])
    return [json.loads(line) for line in upload.path.read_text().splitlines()]


def posts(upstream, path: str) -> list:
    return [one for one in upstream.requests if (one.method, one.path) == ("POST", f"/openai/v1{path}")]


@pytest.fixture
def taking(upstream):
    """A resource that takes the file and the batch."""
    upstream["POST /files"] = 200, FILE
    upstream["GET /files/file-1"] = 200, FILE
    upstream["POST /batches"] = (
        200,
        {
            "id": "batch-7",
            "status": "validating",
            "endpoint": FORM["endpoint"],
            "metadata": {"name": "Moods"},
        },
    )
    return upstream


def test_the_form_offers_deployments_and_says_how_rows_are_used(operating, connection):
    page = operating.get(URL).text

    assert "{{column}}" in page
    assert "kind=rows" in page


def test_looking_shows_the_first_requests_and_sends_nothing(operating, upstream):
    response = operating.post(URL, {**FORM, "file": csv(), "look": "1"})

    assert response.status_code == 200
    assert "Is this happy? Warm, and light. (5 stars)" in response.text
    assert "review-b" in response.text
    assert upstream.hits == 0
    assert not Job.objects.exists()


def test_a_csv_is_needed_until_there_is_one(operating):
    asked = operating.get(URL).context["form"]["file"].field.required
    kept = operating.post(URL, {**FORM, "file": csv(), "look": "1"}).context["form"]["file"].field.required

    assert (asked, kept) == (True, False)


def test_rows_that_came_once_are_kept_for_the_next_try(operating):
    page = operating.post(URL, {**FORM, "file": csv(), "look": "1"})
    rows = page.context["rows"]

    response = operating.post(URL, {**FORM, "rows": str(rows.pk)})

    assert response.status_code == 302
    assert Job.objects.get(kind="batch.build").arguments["rows"] == str(rows.pk)


def test_rows_never_leave_the_console(operating, upstream):
    rows = operating.post(URL, {**FORM, "file": csv(), "look": "1"}).context["rows"]

    operating.post(f"/uploads/{rows.pk}/send/")

    assert not Job.objects.filter(kind="file.send").exists()
    assert "Make a batch of its rows" in operating.get(f"/uploads/{rows.pk}/").text


def test_a_draft_has_a_request_for_each_row(operating, upstream):
    job = built(operating, temperature="0.5", more='{"top_p": 0.9}')

    assert requests_of(job) == [
        {
            "custom_id": f"review-{name}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {
                "model": "gpt-4.1-nano",
                "messages": [
                    {"role": "system", "content": "Answer in one word."},
                    {"role": "user", "content": f"Is this happy? {text}"},
                ],
                "top_p": 0.9,
                "max_completion_tokens": 20,
                "temperature": 0.5,
            },
        }
        for name, text in (("a", "The zip broke. (2 stars)"), ("b", "Warm, and light. (5 stars)"))
    ]
    assert upstream.hits == 0


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("/v1/responses", {"instructions": "Short.", "input": "Hi a", "max_output_tokens": 20}),
        ("/v1/embeddings", {"input": "Hi a"}),
    ],
)
def test_each_endpoint_has_a_body_of_its_own(operating, endpoint, body):
    more = {"endpoint": endpoint, "system": "Short.", "user": "Hi {{id}}"}
    first = requests_of(built(operating, **more))[0]

    assert first["url"] == endpoint
    assert first["body"] == {"model": "gpt-4.1-nano", **body}


def test_the_same_form_sent_twice_makes_one_draft(operating):
    first = operating.post(URL, {**FORM, "file": csv()})
    second = operating.post(URL, {**FORM, "file": csv()})
    changed = operating.post(URL, {**FORM, "system": "Answer in two words.", "file": csv()})

    assert first.url == second.url != changed.url
    assert Upload.objects.filter(purpose="batch").count() == 2


def test_a_draft_is_checked_and_priced(operating):
    job = built(operating)

    page = operating.get(f"/c/prod/batches/drafts/{job.pk}/")

    report = page.context["upload"].report
    assert (report["errors"], report["examples"], report["estimate"]["guessed"]) == (0, 2, 0)
    assert float(report["estimate"]["batch"]) * 2 == pytest.approx(float(report["estimate"]["online"]))
    assert "Nothing has been sent yet." in page.text
    assert "Upload and start" in page.text
    assert "Is this happy? The zip broke." in page.text
    assert "input_file_id=file.id" in page.context["samples"][0].text


def test_a_draft_for_a_deployment_that_nobody_knows_says_so(operating, connection):
    Item.objects.take_in(connection.pk, "deployment", [Seen("mini", "mini", {})])
    url = f"/c/prod/batches/drafts/{built(operating, model='nano').pk}/"
    unread = operating.get(url)
    Sync.objects.create(connection=connection, kind="deployment", state="done")

    read = operating.get(url)

    assert (unread.context["unknown"], read.context["unknown"]) == ([], ["nano"])
    assert "No such deployment" in read.text
    assert "No such deployment" not in unread.text


def test_a_draft_for_a_deployment_of_the_list_says_nothing_of_it(operating, connection):
    Item.objects.take_in(connection.pk, "deployment", [Seen("Mini", "Mini", {})])
    Sync.objects.create(connection=connection, kind="deployment", state="done")

    page = operating.get(f"/c/prod/batches/drafts/{built(operating, model='mini').pk}/")

    assert page.context["unknown"] == []


def test_a_draft_answers_json(operating):
    job = built(operating)

    told = operating.get(f"/c/prod/batches/drafts/{job.pk}/", headers=JSON).json()

    assert (told["state"], told["requests"], told["started"]) == ("done", 2, None)


def test_htmx_gets_the_draft_alone_while_it_is_built(operating):
    operating.post(URL, {**FORM, "file": csv()})
    job = Job.objects.get(kind="batch.build")

    page = operating.get(
        f"/c/prod/batches/drafts/{job.pk}/", headers={"HX-Request": "true", "HX-Target": "draft"}
    ).text

    assert "<html" not in page
    assert "every 1s" in page


def test_a_confirmed_draft_is_sent_and_started_once(operating, taking):
    job = built(operating, name="Moods", output_days="14")
    for _ in range(2):
        response = operating.post(f"/c/prod/batches/drafts/{job.pk}/start/")
    started = Job.objects.get(kind="batch.create")
    assert response.url == f"/activity/{started.pk}/"

    jobs.run(str(started.pk))

    started.refresh_from_db()
    assert (started.state, started.url) == ("done", "/c/prod/batches/batch-7/")
    assert b'name="purpose"\r\n\r\nbatch' in posts(taking, "/files")[0].body
    (asked,) = [one.json() for one in posts(taking, "/batches")]
    assert asked["input_file_id"] == "file-1"
    assert asked["metadata"] == {"name": "Moods", "console_key": job.pk.hex}
    assert Item.objects.filter(kind="batch", remote_id="batch-7").exists()
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"file.uploaded", "batch.created"} <= actions


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_draft_whose_requests_are_refused_just_now_is_started_again(operating, taking, status):
    taken, taking["POST /files"] = (200, FILE), (status, {"error": {"code": "no", "message": "no"}})
    job = built(operating)
    draft = f"/c/prod/batches/drafts/{job.pk}/"
    operating.post(f"{draft}start/")
    refused = Job.objects.get(kind="batch.create")
    jobs.run(str(refused.pk))

    told = operating.get(f"/activity/{refused.pk}/").text
    page = operating.get(draft).text
    taking["POST /files"] = taken
    operating.post(f"{draft}start/")
    started = Job.objects.filter(kind="batch.create").exclude(pk=refused.pk).get()
    jobs.run(str(started.pk))

    started.refresh_from_db()
    assert f'<a class="btn primary" href="{draft}">' in told
    assert "All requests are still here" in page
    assert "Upload and start" in page
    assert "Is this happy" in page
    assert (started.state, started.url) == ("done", "/c/prod/batches/batch-7/")
    assert len(posts(taking, "/batches")) == 1


def test_a_draft_whose_requests_are_wrong_says_why_and_is_not_kept(operating, taking):
    taking["POST /files"] = 400, {"error": {"code": "invalid", "message": "This is no JSONL"}}
    job = built(operating)
    operating.post(f"/c/prod/batches/drafts/{job.pk}/start/")
    jobs.run(str(Job.objects.get(kind="batch.create").pk))

    page = operating.get(f"/c/prod/batches/drafts/{job.pk}/").text

    assert 'data-error-kind="bad_request"' in page
    assert "still here" not in page
    assert "Upload and start" not in page


def test_prompts_are_never_in_the_audit(operating, taking):
    job = built(operating)
    operating.post(f"/c/prod/batches/drafts/{job.pk}/start/")
    jobs.run(str(Job.objects.get(kind="batch.create").pk))

    told = json.dumps([list(one) for one in AuditEvent.objects.values_list()], default=str)
    assert "batch.created" in told
    assert "Is this happy" not in told
    assert "zip broke" not in told


def test_an_attempt_that_was_cut_after_the_upload_does_not_send_it_again(operating, taking):
    job = built(operating)
    operating.post(f"/c/prod/batches/drafts/{job.pk}/start/")
    started = Job.objects.get(kind="batch.create")
    started.keep({"file": "file-1"})
    Job.objects.filter(pk=started.pk).update(attempt=1)

    jobs.run(str(started.pk))

    assert posts(taking, "/files") == []
    assert len(posts(taking, "/batches")) == 1


def test_a_draft_can_be_changed(operating):
    job = built(operating, name="Moods")

    page = operating.get(f"{URL}?from={job.pk}")

    assert 'value="Moods"' in page.text
    assert "Is this happy? {{review}}" in page.text
    assert page.context["columns"] == ["id", "review", "stars"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"user": "{{colour}}"}, "The CSV has no column"),
        ({"user": ""}, "This field is required."),
        ({"file": b""}, "empty"),
        ({"file": b"id,review,stars\n"}, "a header and no rows"),
        ({"file": b"id,review,stars\n1,2\n"}, "Row 1: The row has 2 cells"),
        ({"file": None}, "Choose a CSV."),
        ({"more": "{"}, "not JSON"),
        ({"more": '{"messages": []}'}, "has a field of its own"),
        ({"temperature": "3"}, "less than or equal to 2"),
    ],
)
def test_a_bad_form_is_kept_and_told(operating, upstream, wrong, told):
    file = wrong.pop("file", CSV)
    form = {**FORM, **wrong, **({"file": csv(file)} if file is not None else {})}

    response = operating.post(URL, form)

    assert response.status_code == 422
    assert told in response.text
    assert 'value="gpt-4.1-nano"' in response.text
    assert not Job.objects.exists()


def test_columns_that_the_csv_does_not_have_are_told_at_the_fields_that_name_them(operating):
    wrong = {"user": "{{colour}}", "custom_id": "{{number}}", "more": '{"stop": "{{end}}"}'}

    response = operating.post(URL, {**FORM, **wrong, "file": csv()}, headers=JSON)

    there = 'Its columns: "id", "review", "stars".'
    assert response.json()["error"]["fields"] == {
        "user": [f'The CSV has no column "colour". {there}'],
        "more": [f'The CSV has no column "end". {there}'],
        "custom_id": [f'The CSV has no column "number". {there}'],
    }


def test_a_column_that_is_not_ended_is_told_at_its_field(operating):
    response = operating.post(URL, {**FORM, "user": "Is {{mood good?", "file": csv()})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "user": ["“{{mood good?” begins a column and does not end it: write {{column}}."]
    }


def test_a_prompt_without_a_column_is_warned_of_and_built(operating):
    looked = operating.post(URL, {**FORM, "user": "Is it good?", "file": csv(), "look": "1"}).text
    same = operating.get(f"/c/prod/batches/drafts/{built(operating, user='Is it good?').pk}/").text

    assert ("Every request is the same" in looked, "Every request is the same" in same) == (True, True)
    assert "Upload and start" in same


def test_a_prompt_with_a_column_is_not_warned_of(operating):
    looked = operating.post(URL, {**FORM, "file": csv(), "look": "1"}).text
    page = operating.get(f"/c/prod/batches/drafts/{built(operating).pk}/").text

    assert "Every request is the same" not in looked + page


def test_rows_of_somebody_else_are_not_taken(operating, client, carol, connection):
    rows = operating.post(URL, {**FORM, "file": csv(), "look": "1"}).context["rows"]
    client.force_login(carol)

    response = client.post(URL, {**FORM, "rows": str(rows.pk)})

    assert response.status_code == 422
    assert "Choose a CSV." in response.text


def test_a_row_that_does_not_fit_ends_the_draft_with_its_number(operating):
    rows = b"".join(b"%d,fine,1\n" % number for number in range(5)) + b"5,too,many,cells\n"
    job = built(operating, file=csv(b"id,review,stars\n" + rows))

    page = operating.get(f"/c/prod/batches/drafts/{job.pk}/").text

    assert job.state == "failed"
    assert "Row 6: The row has 4 cells" in page
    assert "Upload and start" not in page


def test_what_would_be_refused_cannot_be_started(operating):
    job = built(operating, user="{{review}}", more='{"stream": true}')

    page = operating.get(f"/c/prod/batches/drafts/{job.pk}/").text

    assert "stream_present" in page
    assert "Upload and start" not in page


def test_many_rows_are_built_in_constant_memory(operating, monkeypatch):
    rows = b"".join(b"%d,%s,1\n" % (number, b"x" * 90) for number in range(30_000))
    monkeypatch.setattr("console.forms.batch_templates.SMALL", 10**8)
    operating.post(URL, {**FORM, "file": csv(b"id,review,stars\n" + rows), "look": "1"})
    upload = Upload.objects.get()
    template = building.jsonl.Template("/v1/chat/completions", "m", {"messages": []}, "r-{{id}}")
    with upload.opened() as source:
        tracemalloc.start()
        count = sum(1 for _ in building.jsonl.build(template, source))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert count == 30_000
    assert peak < 16 * 1024 * 1024


def test_who_reads_sees_no_draft(operating, client, bob):
    job = built(operating)
    client.force_login(bob)

    assert client.get(f"/c/prod/batches/drafts/{job.pk}/").status_code == 403
    assert client.post(f"/c/prod/batches/drafts/{job.pk}/start/").status_code == 403


def test_who_sees_nothing_finds_no_draft(operating, client, mallory):
    job = built(operating)
    client.force_login(mallory)

    assert client.get(f"/c/prod/batches/drafts/{job.pk}/").status_code == 404


def test_another_job_is_no_draft(operating, workspace, connection, alice):
    other = Job.objects.create(workspace=workspace, connection=connection, kind="file.send", effect="read")

    assert operating.get(f"/c/prod/batches/drafts/{other.pk}/").status_code == 404
