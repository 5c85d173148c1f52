import hashlib
import json
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from console import jobs
from console.index import files as kept
from console.models import Item, Job, Upload
from console.v1 import files
from tests.upstream import Script

CONTENT = "/files/file-1/content"
GOOD = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n'
DATA = b"\xef\xbb\xbf" + GOOD * 11 + b'{"messages": [}\n'
URL = "/c/prod/files/file-1/check/"


@pytest.fixture
def signed_in(client, alice, connection):
    remember(connection)
    client.force_login(alice)
    return client


def remember(connection, **more) -> None:
    told = {"id": "file-1", "object": "file", "filename": "train.jsonl", "bytes": len(DATA)}
    known = {**told, "purpose": "fine-tune", "status": "processed", "created_at": 1_760_000_000, **more}
    kept.remember(connection, files.parse_file(known))


def examined(signed_in, purpose: str = "supervised") -> Job:
    assert signed_in.post(URL, {"purpose": purpose}).status_code == 302
    job = Job.objects.get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_file_at_the_resource_is_checked_where_it_is(signed_in, upstream):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}

    job = examined(signed_in)

    report = job.outcome["report"]
    assert (job.state, report["examples"], report["errors"], report["bytes"]) == ("done", 11, 1, len(DATA))
    assert [(one["line"], one["column"]) for one in report["problems"]] == [(12, 15)]


def test_the_page_shows_the_report_with_its_place_and_its_cost(signed_in, upstream):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}
    examined(signed_in)

    page = signed_in.get(URL).text

    assert 'data-errors="1"' in page
    assert "Training in 3 epochs" in page
    assert "gpt-4.1-mini" in page
    assert 'name="codes"' not in page


@pytest.mark.parametrize(("ending", "is_offered"), [(b"\n", False), (b"\r\n", True)])
def test_fetching_is_offered_where_something_can_be_mended(signed_in, upstream, ending, is_offered):
    upstream[f"GET {CONTENT}"] = 200, ending.join([*DATA.splitlines()[:2], b""]), {}
    examined(signed_in)

    assert ("Fetch to mend" in signed_in.get(URL).text) is is_offered


def test_nothing_was_checked_yet(signed_in):
    page = signed_in.get(URL).text

    assert "Not checked yet" in page
    assert '<option value="auto" selected>' in page


@pytest.mark.parametrize(
    ("purpose", "rules"), [("batch", "batch"), ("evals", "evals"), ("fine-tune", "auto")]
)
def test_the_rules_are_proposed_from_the_files_purpose(signed_in, connection, purpose, rules):
    remember(connection, purpose=purpose)

    assert f'<option value="{rules}" selected>' in signed_in.get(URL).text


def test_the_rules_can_be_asked_for(signed_in):
    assert '<option value="preference" selected>' in signed_in.get(URL + "?purpose=preference").text


def test_rules_that_nobody_knows_are_refused(signed_in):
    response = signed_in.post(URL, {"purpose": "vision"})

    assert response.status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        (GOOD, "supervised"),
        (b'{"preferred_output": []}\n', "preference"),
        (b'{"messages": [{"role": "user", "content": "Hi"}], "answer": 1}\n', "reinforcement"),
        (b'\xef\xbb\xbf{"custom_id": "1"}\n', "batch"),
        (b'{"item": {}}\n', "evals"),
        (b"[1]\n", "supervised"),
        (b"{\n", "supervised"),
    ],
)
def test_without_a_word_the_first_line_tells_the_rules(signed_in, upstream, line, rules):
    upstream[f"GET {CONTENT}"] = 200, line, {}

    assert examined(signed_in, "auto").outcome["report"]["purpose"] == rules


def test_a_check_under_way_is_not_started_twice_and_is_followed(signed_in):
    signed_in.post(URL, {"purpose": "supervised"})
    signed_in.post(URL, {"purpose": "supervised"})

    part = signed_in.get(URL, headers={"HX-Request": "true", "HX-Target": "check"}).text

    assert Job.objects.count() == 1
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part


def test_the_report_is_json_too(signed_in, upstream):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}
    headers = {"accept": "application/json"}
    told = signed_in.post(URL, {"purpose": "supervised"}, headers=headers)
    jobs.run(told.json()["id"])

    assert told.status_code == 202
    assert signed_in.get(URL, headers=headers).json()["report"]["errors"] == 1


def test_what_the_resource_refuses_is_told(signed_in, upstream):
    upstream[f"GET {CONTENT}"] = 403, {"error": {"code": "no", "message": "Not for you"}}

    assert examined(signed_in).state == "failed"
    assert 'data-error-kind="forbidden"' in signed_in.get(URL).text


def test_half_a_file_has_no_report(signed_in, upstream):
    upstream[f"GET {CONTENT}"] = Script(200, [GOOD, GOOD], {}, cut=True)

    job = examined(signed_in)

    assert (job.state, job.error_kind, job.outcome) == ("failed", "connection_lost", {})


def test_a_reader_sees_reports_and_starts_none(client, bob, signed_in):
    client.force_login(bob)

    assert client.get(URL).status_code == 200
    assert client.post(URL, {"purpose": "batch"}).status_code == 403


def test_an_outsider_sees_nothing(client, mallory, signed_in):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404


def test_what_a_database_cannot_keep_is_not_in_the_report(signed_in, upstream):
    body = {"model": "m\0\ud800", "input": "\0"}
    line = {"custom_id": "a\0", "method": "PO\0ST", "url": "/v1/responses", "body": body, "k\0": 1}
    upstream[f"GET {CONTENT}"] = 200, (json.dumps(line) + "\n").encode() * 2, {}

    report = examined(signed_in, "batch").outcome["report"]

    assert len(report["models"]) == 1
    assert not re.search(r"\\u0000|\\ud800", json.dumps(report))


def test_evals_are_priced_by_the_deployments_that_would_read_them(signed_in, connection, upstream):
    raw = {"model": "gpt-4.1-mini"}
    facts = {"remote_id": "mini", "name": "mini", "raw": raw, "seen_at": timezone.now()}
    Item.objects.create(connection=connection, kind="deployment", **facts)
    upstream[f"GET {CONTENT}"] = 200, b'{"item": {"q": "a"}}\n' * 1000, {}

    offers = examined(signed_in, "evals").outcome["report"]["estimate"]["offers"]

    assert [one["name"] for one in offers] == ["mini"]
    assert Decimal(offers[0]["amount"]) > 0


# Fetched to be mended

MEND = "/c/prod/files/file-1/mend/"


@pytest.fixture
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def fetched(signed_in) -> Upload:
    signed_in.post(MEND)
    upload = Upload.objects.get()
    jobs.run(str(upload.job_id))
    upload.refresh_from_db()
    return upload


def test_a_file_is_fetched_and_waits_to_be_mended(signed_in, upstream, room):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}
    examined(signed_in)

    upload = fetched(signed_in)

    assert (upload.name, upload.purpose, upload.check_for) == (
        "train-mended.jsonl",
        "fine-tune",
        "supervised",
    )
    assert (upload.state, upload.path.read_bytes()) == ("received", DATA)
    assert upload.report["errors"] == 1
    assert "Send to prod" in signed_in.get(f"/uploads/{upload.pk}/").text


def test_a_form_sent_twice_fetches_once(signed_in, upstream, room):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}
    examined(signed_in)

    places = {signed_in.post(MEND, {"key": "k1"}).headers["Location"] for _ in range(2)}

    assert len(places) == Upload.objects.count() == 1


def test_a_file_that_was_not_checked_is_not_fetched(signed_in, room):
    response = signed_in.post(MEND, follow=True)

    assert "Check the file first" in response.text
    assert not Upload.objects.exists()


def test_what_cannot_be_fetched_leaves_nothing(signed_in, upstream, room):
    upstream[f"GET {CONTENT}"] = [(200, DATA, {}), (403, {"error": {"code": "no", "message": "no"}})]
    examined(signed_in)

    upload = fetched(signed_in)

    assert (upload.state, upload.path.exists()) == ("failed", False)


def test_a_file_without_room_is_not_fetched(signed_in, upstream, room, settings):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}
    examined(signed_in)
    settings.UPLOAD_QUOTA = 1

    assert "UPLOAD_QUOTA" in signed_in.post(MEND, follow=True).text


def test_a_browser_does_not_go_on_with_what_a_job_writes(signed_in, upstream, room):
    upstream[f"GET {CONTENT}"] = 200, DATA, {}
    examined(signed_in)
    signed_in.post(MEND)
    digest = hashlib.sha256(DATA).hexdigest()
    facts = {"connection": "prod", "kind": "supervised", "name": "train-mended.jsonl", "size": len(DATA)}

    told = signed_in.post("/uploads/", {**facts, "first": digest}).json()

    assert Upload.objects.count() == 2
    assert Upload.objects.get(pk=told["id"]).job is None
