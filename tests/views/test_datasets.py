"""Making datasets of stored completions: what is asked, what the job writes, and where it waits."""

import json

import pytest

from console import datasets, jobs
from console.index import refresh
from console.models import Item, Job, Upload
from console.views import datasets as views
from console.views import selecting
from tests.conftest import connect
from tests.upstream import Script
from tests.views.test_stored_completions import MESSAGES, completion, listed

URL = "/stored-completions/dataset/"
ROWS = [
    completion(number, f"Answer {number}", {"channel": "mail" if number % 2 else "chat"})
    for number in range(12)
]


@pytest.fixture(autouse=True)
def spool(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def known(connection, upstream) -> list[int]:
    """Twelve stored completions, each with the same two messages; their keys in the index, oldest first."""
    upstream["GET /chat/completions"] = listed(*ROWS)
    for row in ROWS:
        upstream[f"GET /chat/completions/{row['id']}/messages"] = 200, MESSAGES
    refresh(connection, "stored_completion")
    upstream.requests.clear()
    rows = Item.objects.filter(kind="stored_completion").order_by("remote_created_at")
    return list(rows.values_list("pk", flat=True))


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


def form(**more) -> dict:
    told = {"key": "k1", "purpose": "supervised", "name": "mine", "connection": "prod", "confirmed": "1"}
    return {**told, "keeps_system": "on", "leaves_out_cut": "on", **more}


def made(client, keys: list[int], **more) -> tuple[Upload, list[dict]]:
    """Send the form and do the job; the upload with the objects of its lines."""
    response = client.post(URL, form(item=keys, **more))
    upload = Upload.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/uploads/{upload.pk}/")
    jobs.run(str(upload.job.pk))
    upload.refresh_from_db()
    text = upload.path.read_text(encoding="utf-8-sig") if upload.path.exists() else ""
    return upload, [json.loads(line) for line in text.splitlines()]


def test_a_selection_is_asked_about_first(operating, known, upstream):
    asking = operating.post(URL, {"item": known[:2]}).headers["Location"]

    assert "Of 2 stored completions: a JSONL file" in operating.get(asking).text
    assert f'action="{asking}"' in operating.get(asking).text
    assert not Job.objects.exists()
    assert upstream.hits == 0


def test_it_goes_back_to_where_its_completions_are(operating, known, connection):
    connect(connection.workspace, "first-by-name", "127.0.0.1:9", "/v1", "key")

    page = operating.post(URL, {"item": known[:2]}, follow=True).text

    assert '<option value="prod" selected>' in page
    assert '<option value="first-by-name">' in page


def test_its_progress_is_told_in_lines(operating, known, monkeypatch):
    told = []
    advance = Job.advance

    def heard(job, done, total=None, note=""):
        told.append((done, total, note))
        return advance(job, done, total, note)

    monkeypatch.setattr(Job, "advance", heard)
    made(operating, known)

    assert [note for _, _, note in told if note == "Checking"]
    assert {total for _, total, _ in told} == {12}
    assert max(done for done, _, _ in told) == 12


def test_a_selection_becomes_a_checked_file_that_waits(operating, known):
    upload, lines = made(operating, known)

    assert (upload.name, upload.purpose, upload.state) == ("mine.jsonl", "fine-tune", "received")
    assert len(lines) == 12
    assert [one["role"] for one in lines[0]["messages"]] == ["system", "user", "assistant"]
    assert (upload.report["examples"], upload.report["errors"], upload.report["warnings"]) == (12, 0, 0)
    assert upload.size == upload.path.stat().st_size
    job = Job.objects.get()
    assert (job.state, job.done, job.title) == ("done", 12, "Make mine.jsonl of 12 stored completions")
    assert f"/uploads/{upload.pk}/send/" in operating.get(f"/uploads/{upload.pk}/").text


def test_it_is_sent_on_like_any_upload(operating, known, upstream):
    upload, _ = made(operating, known)
    file = {"id": "file-1", "filename": "mine.jsonl", "bytes": upload.size, "purpose": "fine-tune"}
    upstream["POST /files"] = 200, {**file, "created_at": 1760000000, "status": "processed"}

    operating.post(f"/uploads/{upload.pk}/send/")
    jobs.run(str(Job.objects.get(kind="file.send").pk))

    assert Upload.objects.get().file_id == "file-1"
    assert b"Answer 3" in upstream.requests[-1].body


def test_a_selection_is_frozen_and_there_for_the_one_who_made_it(client, alice, carol, known):
    client.force_login(alice)
    asking = client.post(URL, {"item": known[:2]}).headers["Location"]

    client.post(asking, form(item=known))
    client.force_login(carol)

    assert Job.objects.get().arguments["items"] == known[:2]
    assert client.get(asking).status_code == 404


def test_without_a_tick_the_list_leads_to_all_that_it_finds(operating, known):
    assert operating.post(f"{URL}?channel=mail").headers["Location"] == f"{URL}?channel=mail"


def test_all_that_a_filter_finds_become_a_dataset_in_the_order_of_the_list(operating, known):
    page = operating.get(f"{URL}?metadata=channel%3Dmail")
    assert "Of 6 stored completions, all that the list finds" in page.text
    assert 'name="item"' not in page.text

    action = page.context["action"]
    operating.post(action, form(purpose="evals", fields_text="channel = source"))

    job = Job.objects.get()
    jobs.run(str(job.pk))
    lines = [json.loads(line) for line in Upload.objects.get().path.read_text().splitlines()]
    assert [one["item"]["answer"] for one in lines] == [f"Answer {number}" for number in (11, 9, 7, 5, 3, 1)]
    assert {one["item"]["source"] for one in lines} == {"mail"}


def test_a_dataset_has_bounds_and_the_page_says_so(operating, known, monkeypatch):
    monkeypatch.setattr(views, "MOST", 5)
    monkeypatch.setattr(selecting, "MOST", 5)

    page = operating.get(URL)

    assert "Only the first 5 of 12" in page.text
    assert page.context["chosen"].keys == known[:-6:-1]
    assert operating.post(URL, {"item": known}).status_code == 400


def test_a_batch_asks_the_same_questions_and_is_priced(operating, known):
    upload, lines = made(operating, known, purpose="batch", model="gpt-4.1-nano")

    assert (upload.purpose, lines[0]["body"]["model"], lines[0]["body"]["temperature"]) == (
        "batch",
        "gpt-4.1-nano",
        0.5,
    )
    assert upload.report["estimate"]["tokens"] > 0
    assert not upload.path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"purpose": "batch"}, "needs the name of a deployment"),
        ({"fields_text": "channel"}, "no room for fields"),
        ({"purpose": "evals", "fields_text": "answer"}, "cannot be the name of a field"),
        ({"purpose": "evals", "fields_text": "a = x\nb = x"}, "there is a field “x” already"),
        ({"connection": "elsewhere"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_asked(operating, known, upstream, more, said):
    response = operating.post(URL, form(item=known, **more))

    assert response.status_code == 422
    assert said in response.text
    assert "Of 12 stored completions" in response.text
    assert response.context["action"].startswith(f"{URL}?selection=")
    assert not Job.objects.exists()
    assert upstream.hits == 0


def test_the_same_form_sent_twice_makes_one_dataset(operating, known):
    places = [operating.post(URL, form(item=known))["Location"] for _ in range(2)]

    assert places[0] == places[1]
    assert Job.objects.count() == 1
    assert Upload.objects.unfinished().count() == 1


def test_what_no_line_can_be_made_of_is_counted_with_its_reason(operating, known, upstream):
    upstream["GET /chat/completions/chatcmpl-2/messages"] = 404, {"error": {"code": "404", "message": "gone"}}
    cut = Item.objects.get(remote_id="chatcmpl-3")
    cut.raw["choices"][0]["finish_reason"] = "length"
    cut.save(update_fields=["raw"])

    upload, lines = made(operating, known)

    assert len(lines) == 10
    assert Job.objects.get().outcome["left_out"] == {"is gone": 1, "was cut before its end": 1}
    page = operating.get(f"/uploads/{upload.pk}/").text
    assert "10 of 12 stored completions became lines" in page
    assert "1 that is gone" in page


def test_nothing_to_write_is_a_failure_and_leaves_nothing(operating, known, upstream):
    upstream[f"GET /chat/completions/{ROWS[0]['id']}/messages"] = 200, {"object": "list", "data": []}

    upload, _ = made(operating, known[:1])

    job = Job.objects.get()
    assert (job.state, upload.state) == ("failed", "failed")
    assert "1 that has no messages" in job.error_message
    assert not upload.path.exists()


@pytest.mark.parametrize(
    "answer",
    [
        (403, {"error": {"code": "403", "message": "Public access is disabled."}}),
        Script(200, [b'{"da'], {"content-type": "application/json"}, cut=True),
    ],
)
def test_a_resource_that_fails_ends_the_job(operating, known, upstream, answer):
    upstream[f"GET /chat/completions/{ROWS[5]['id']}/messages"] = answer

    upload, _ = made(operating, known)

    assert (Job.objects.get().state, upload.state) == ("failed", "failed")
    assert not upload.path.exists()


def test_a_cancelled_job_leaves_nothing_in_the_spool(operating, known, monkeypatch):
    monkeypatch.setattr(Job, "advance", lambda *_: False)

    upload, _ = made(operating, known)

    assert (Job.objects.get().state, upload.state) == ("cancelled", "cancelled")


def test_an_upload_that_is_cancelled_ends_the_job(operating, known, monkeypatch):
    write = datasets.write

    def cancelled(job, spool):
        operating.post(f"/uploads/{Upload.objects.get().pk}/cancel/")
        return write(job, spool)

    monkeypatch.setattr(datasets, "write", cancelled)

    upload, _ = made(operating, known)

    assert (Job.objects.get().state, upload.state) == ("cancelled", "cancelled")
    assert not upload.path.exists()


def test_a_cut_attempt_begins_anew(operating, known):
    operating.post(URL, form(item=known[:2]))
    job = Job.objects.get()
    upload = Upload.objects.get()
    upload.path.write_bytes(b"half a li")

    jobs.run(str(job.pk))

    assert len(upload.path.read_bytes().splitlines()) == 2


def test_a_dataset_that_outgrows_its_purpose_is_stopped(operating, known, monkeypatch):
    small = {**datasets.jsonl.LIMITS}
    small[datasets.jsonl.Purpose.SUPERVISED] = datasets.jsonl.Limits(bytes=300)
    monkeypatch.setattr(datasets.jsonl, "LIMITS", small)

    upload, _ = made(operating, known)

    assert (Job.objects.get().error_kind, upload.state) == ("too_large", "failed")


def test_a_full_spool_is_said_in_the_form(operating, known, settings):
    settings.UPLOAD_QUOTA = 10

    response = operating.post(URL, form(item=known))

    assert response.status_code == 422
    assert "The room for uploads is taken up" in response.text


def test_an_empty_choice_leads_back_to_the_list(operating, connection):
    assert operating.get(URL)["Location"] == "/stored-completions/"


def test_readers_are_refused_and_outsiders_too(client, bob, mallory, known):
    for person in (bob, mallory):
        client.force_login(person)
        assert client.get(URL).status_code == 403
        assert client.post(URL, form(item=known)).status_code == 403
    assert not Job.objects.exists()


def test_it_answers_json(operating, known):
    told = operating.post(URL, form(item=known[:1]), headers={"accept": "application/json"})

    assert (told.status_code, told.json()["url"]) == (202, f"/uploads/{Upload.objects.get().pk}/")
