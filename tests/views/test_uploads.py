import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console import jobs
from console.models import Connection, Job, Upload
from tests.upstream import Script

DATA = b'{"custom_id": "1"}\n'
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def signed_in(client, alice, connection):
    client.force_login(alice)
    return client


def facts(**more) -> dict:
    known = {"connection": "prod", "kind": "assistants", "name": "a.txt", "size": len(DATA), "first": DIGEST}
    return {**known, **more}


def begin(signed_in, **more) -> dict:
    return signed_in.post("/uploads/", facts(**more), headers={"accept": "application/json"}).json()


def send_part(signed_in, upload: dict, data: bytes = DATA, digest: str = DIGEST, number: int = 0):
    return signed_in.post(
        f"{upload['url']}parts/{number}/",
        data,
        content_type="application/octet-stream",
        headers={"x-part-sha256": digest},
    )


def test_an_upload_begins_and_tells_which_part_comes_next(signed_in):
    told = begin(signed_in)

    assert (told["state"], told["next_part"], told["part_size"]) == ("receiving", 0, 8 * 1024 * 1024)


def test_a_document_is_sent_as_soon_as_it_is_there(signed_in):
    told = send_part(signed_in, begin(signed_in)).json()

    job = Job.objects.get()
    assert (told["state"], job.kind, job.effect) == ("sending", "file.send", "create_with_marker")


def test_what_the_doctor_reads_waits_for_a_person(signed_in):
    told = send_part(signed_in, begin(signed_in, kind="batch")).json()

    assert told["state"] == "received"
    assert [job.kind for job in Job.objects.all()] == ["file.check"]


def test_sending_twice_sends_once(signed_in):
    told = send_part(signed_in, begin(signed_in, kind="batch")).json()
    jobs.run(str(Job.objects.get().pk))

    signed_in.post(f"{told['url']}send/")
    response = signed_in.post(f"{told['url']}send/")

    assert response.status_code == 302
    assert Job.objects.filter(kind="file.send").count() == 1


@pytest.mark.parametrize(("number", "digest"), [(1, DIGEST), (0, "0" * 64), (0, "")])
def test_a_wrong_part_is_a_conflict_with_a_sentence(signed_in, number, digest):
    response = send_part(signed_in, begin(signed_in), digest=digest, number=number)

    assert response.status_code == 409
    assert response.json()["error"]["message"]


def test_a_part_of_somebody_elses_upload_is_a_conflict(signed_in, client, carol):
    told = begin(signed_in)
    client.force_login(carol)

    assert send_part(client, told).status_code == 409
    assert Upload.objects.get().parts == []


@pytest.mark.parametrize(
    "wrong", [{"connection": "nowhere"}, {"kind": "vision"}, {"size": 0}, {"first": "x"}, {"expires": "9"}]
)
def test_an_upload_that_cannot_be_is_refused(signed_in, wrong):
    response = signed_in.post("/uploads/", facts(**wrong))

    assert response.status_code == 422
    assert not Upload.objects.exists()


def test_an_empty_file_is_called_so(signed_in):
    assert begin(signed_in, size=0)["error"]["message"] == "The file is empty."


@pytest.mark.parametrize(
    ("kind", "purpose"), [("preference", "fine-tune"), ("batch", "batch"), ("vision", "fine-tune")]
)
def test_the_code_sends_to_what_was_chosen(signed_in, connection, kind, purpose):
    page = signed_in.get(f"/files/upload/?connection={connection.slug}&kind={kind}").text

    assert f"purpose=&quot;{purpose}&quot;" in page
    assert connection.url in page


def test_rows_that_stay_here_have_no_code(signed_in):
    page = signed_in.get("/files/upload/?kind=rows").text

    assert "Nothing is sent to a resource." in page
    assert "sample-python" not in page


@pytest.mark.parametrize(
    ("kind", "days", "said"),
    [
        ("azure", "13", "can expire after 14 to 30 days"),
        ("azure", "31", "can expire after 14 to 30 days"),
        ("openai", "0", "can expire after 1 to 30 days"),
        ("azure", "two weeks", "how many whole days"),
        ("azure", "14.5", "how many whole days"),
    ],
)
def test_a_life_that_a_resource_does_not_give_is_refused_with_the_one_it_does(
    signed_in, connection, kind, days, said
):
    Connection.objects.filter(pk=connection.pk).update(kind=kind)

    response = signed_in.post("/uploads/", facts(expires=days))

    assert response.status_code == 422
    assert said in response.json()["error"]["message"]


@pytest.mark.parametrize(("kind", "days"), [("azure", 14), ("azure", 21), ("azure", 30), ("openai", 1)])
def test_a_file_expires_after_any_number_of_days_that_is_allowed(signed_in, connection, kind, days):
    Connection.objects.filter(pk=connection.pk).update(kind=kind)

    begin(signed_in, expires=str(days))

    assert Upload.objects.get().expires_after == days * 86_400


def test_no_room_is_told(signed_in, settings):
    settings.UPLOAD_QUOTA = 1

    assert "UPLOAD_QUOTA" in begin(signed_in)["error"]["message"]


def test_a_form_that_finds_no_room_keeps_what_was_filled_in(signed_in, settings):
    settings.UPLOAD_QUOTA_PER_WORKSPACE = 1
    file = SimpleUploadedFile("note.jsonl", DATA)

    response = signed_in.post(
        "/files/upload/", {"key": "k1", "connection": "prod", "kind": "batch", "expires": "14", "file": file}
    )

    assert response.status_code == 422
    assert "UPLOAD_QUOTA_PER_WORKSPACE" in response.text
    assert '<option value="batch" selected>' in response.text
    assert 'name="expires" value="14"' in response.text
    assert not Upload.objects.exists()
    assert not (settings.DATA_DIR / "spool").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\y.txt", "y.txt"), ("a\u202eb.txt", "a_b"), ("..", "file")],
)
def test_a_name_leads_nowhere(signed_in, name, kept):
    begin(signed_in, name=name)

    assert Upload.objects.get().name.startswith(kept)


def test_a_paused_connection_takes_no_files(signed_in, connection):
    connection.pause()

    assert signed_in.post("/uploads/", facts()).status_code == 422


def small(**more) -> dict:
    file = SimpleUploadedFile("note.txt", DATA)
    return {"key": "k1", "connection": "prod", "kind": "assistants", "file": file, **more}


def test_a_small_file_comes_without_a_script(signed_in):
    response = signed_in.post("/files/upload/", small())

    upload = Upload.objects.get()
    assert response.headers["Location"] == f"/uploads/{upload.pk}/"
    assert (upload.name, upload.state) == ("note.txt", "sending")


@pytest.mark.parametrize("kind", ["assistants", "batch"])
def test_a_small_file_comes_once_however_often_its_form_is_sent(signed_in, kind):
    places = {signed_in.post("/files/upload/", small(kind=kind)).headers["Location"] for _ in range(2)}
    jobs.run(str(Job.objects.get().pk))
    places |= {signed_in.post("/files/upload/", small(kind=kind)).headers["Location"]}

    assert places == {f"/uploads/{Upload.objects.get().pk}/"}
    assert signed_in.post("/files/upload/", small(key="k2")).headers["Location"] not in places


def test_what_may_have_arrived_is_not_to_be_sent_again_blindly(signed_in, upstream):
    upstream["POST /files"] = Script(200, [b"{", b""], {"content-type": "application/json"}, cut=True)
    upstream["GET /files"] = 200, {"object": "list", "data": [], "has_more": False}
    place = signed_in.post("/files/upload/", small()).headers["Location"]

    jobs.run(str(Job.objects.get().pk))
    page = signed_in.get(place).text

    assert (
        '<a class="link" href="/files/?connection=prod">files of prod</a> before you upload it again' in page
    )
    assert ">Upload again<" not in page


def test_a_form_without_a_file_says_so(signed_in):
    response = signed_in.post("/files/upload/", {"key": "k1", "connection": "prod", "kind": "batch"})

    assert response.status_code == 422
    assert "This field is required" in response.text


def test_the_page_lists_what_was_broken_off(signed_in):
    begin(signed_in)

    page = signed_in.get("/files/upload/").text

    assert "choose the same file again" in page


def test_the_page_says_that_a_broken_upload_can_be_resumed(signed_in):
    assert "an upload that broke off can be resumed" in signed_in.get("/files/upload/").text


def test_an_upload_is_cancelled_and_its_bytes_are_gone(signed_in):
    told = begin(signed_in)

    signed_in.post(f"{told['url']}cancel/")

    upload = Upload.objects.get()
    assert (upload.state, upload.path.exists()) == ("cancelled", False)


def test_an_upload_that_waits_for_a_worker_is_cancelled_at_once(signed_in):
    told = send_part(signed_in, begin(signed_in)).json()

    signed_in.post(f"{told['url']}cancel/")

    assert (Upload.objects.get().state, Job.objects.get().state) == ("cancelled", "cancelled")


def test_the_page_of_an_upload_follows_its_job(signed_in):
    told = send_part(signed_in, begin(signed_in)).json()

    page = signed_in.get(told["url"]).text
    part = signed_in.get(told["url"], headers={"HX-Request": "true"}).text

    assert 'hx-trigger="every 1s"' in page
    assert "<html" not in part
    assert "client.files.create" in page


def listed(signed_in, told: dict, listed: str):
    return signed_in.get(f"{told['url']}?listed={listed}", headers={"HX-Request": "true"})


def test_the_page_of_an_upload_says_in_words_what_it_is_for(signed_in):
    told = begin(signed_in, kind="preference")

    assert 'for <span title="fine-tune">fine-tuning</span> to prod' in signed_in.get(told["url"]).text


def test_the_list_follows_an_upload_until_its_job_has_ended(signed_in, upstream):
    upstream["POST /files"] = 200, {"id": "file-1", "object": "file", "filename": "a.txt", "bytes": 10}
    told = send_part(signed_in, begin(signed_in)).json()
    page = signed_in.get("/files/upload/").text
    under_way = listed(signed_in, told, "sending")

    jobs.run(str(Job.objects.get().pk))
    ended = listed(signed_in, told, "sending")

    asks = f'hx-get="{told["url"]}?listed=sending" hx-trigger="every 2s"'
    assert asks in page
    assert asks in under_way.text
    assert "HX-Trigger" not in under_way.headers
    assert 'data-upload-state="sent"' in ended.text
    assert "hx-get" not in ended.text
    assert ended.headers["HX-Trigger"] == '{"announce": "a.txt: Sent"}'


def test_the_list_says_why_a_file_was_not_taken(signed_in, upstream):
    upstream["POST /files"] = 403, {"error": {"message": "No quota of files is left."}}
    told = send_part(signed_in, begin(signed_in)).json()

    jobs.run(str(Job.objects.get().pk))

    assert "The resource refused access" in listed(signed_in, told, "sending").text


def test_a_reader_may_not_upload(client, bob, connection):
    client.force_login(bob)

    assert client.get("/files/upload/").status_code == 403
    assert client.post("/uploads/", facts()).status_code == 403


def test_an_outsider_sees_no_upload(client, signed_in, mallory):
    told = begin(signed_in)
    client.force_login(mallory)

    assert client.get(told["url"]).status_code == 404


# The doctor

REQUEST = (
    b'{"custom_id": "1", "method": "POST", "url": "/v1/responses", "body": {"model": "m", "input": "a"}}'
)
BROKEN = b"\xef\xbb\xbf" + REQUEST + b"\r\n"


def examined(signed_in, data: bytes = BROKEN, **more) -> Upload:
    """An upload that is all there and was looked at."""
    digest = hashlib.sha256(data).hexdigest()
    told = begin(
        signed_in, **{"kind": "batch", "name": "b.jsonl", "size": len(data), "first": digest, **more}
    )
    send_part(signed_in, told, data, digest)
    run_last()
    return Upload.objects.get()


def run_last() -> None:
    job = Job.objects.latest("created_at")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error_message


def test_the_doctor_tells_where_and_what_and_how_to_mend_it(signed_in):
    upload = examined(signed_in)

    page = signed_in.get(f"/uploads/{upload.pk}/").text

    assert {kind["code"] for kind in upload.report["kinds"]} >= {"bom_present", "line_ending_crlf"}
    assert "byte order mark" in page
    assert 'name="codes" value="bom_present"' in page


def test_what_is_chosen_is_mended_and_looked_at_again(signed_in, upstream):
    upload = examined(signed_in)

    signed_in.post(f"/uploads/{upload.pk}/check/", {"codes": ["bom_present", "line_ending_crlf"]})
    run_last()

    upload.refresh_from_db()
    codes = {kind["code"] for kind in upload.report["kinds"]}
    assert upload.path.read_bytes() == BROKEN[3:].replace(b"\r\n", b"\n")
    assert upload.size == len(BROKEN) - 4
    assert not codes & {"bom_present", "line_ending_crlf"}


def test_the_mended_file_is_what_is_sent(signed_in, upstream):
    upstream["POST /files"] = 200, {"id": "file-1", "object": "file", "filename": "b.jsonl", "bytes": 10}
    upload = examined(signed_in)
    signed_in.post(f"/uploads/{upload.pk}/check/", {"codes": ["bom_present"]})
    run_last()

    signed_in.post(f"/uploads/{upload.pk}/send/")
    run_last()

    assert BROKEN[3:] in upstream.requests[0].body
    assert BROKEN not in upstream.requests[0].body
    assert Upload.objects.get().state == "sent"


def test_a_code_that_cannot_be_mended_is_not(signed_in):
    upload = examined(signed_in)

    signed_in.post(f"/uploads/{upload.pk}/check/", {"codes": ["json_invalid", "../x"]})

    assert Job.objects.latest("created_at").arguments["codes"] == []


def test_mending_is_offered_only_where_something_can_be_mended(signed_in):
    upload = examined(signed_in, b'{"custom_id": "1" "method": "POST"}\n')

    page = signed_in.get(f"/uploads/{upload.pk}/").text

    assert "to be mended by hand" in page
    assert "Mend what is ticked" not in page


def test_nothing_is_sent_while_the_doctor_looks(signed_in):
    told = send_part(signed_in, begin(signed_in, kind="batch")).json()

    signed_in.post(f"{told['url']}send/")

    assert Upload.objects.get().state == "received"


def test_the_report_counts_tokens(signed_in):
    upload = examined(signed_in)

    assert upload.report["estimate"]["tokens"] > 0
    assert upload.report["examples"] == 1


def test_a_file_that_has_no_tokens_has_no_table_of_costs(signed_in):
    upload = examined(signed_in, b"hello\n", kind="supervised")

    page = signed_in.get(f"/uploads/{upload.pk}/").text

    assert upload.report["estimate"]["offers"]
    assert "Examples in the file: 0. Fine-tuning needs at least 10." in page
    assert "US dollars" not in page


def test_what_was_sent_is_not_checked_again(signed_in):
    told = send_part(signed_in, begin(signed_in)).json()

    response = signed_in.post(f"{told['url']}check/", follow=True)

    assert "Only a file that waits" in response.text
