"""Containers: the list, starting one, its life, its files, and deleting."""

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from console import jobs
from console.index import refresh
from console.index.following import follow
from console.models import AuditEvent, Item, Job, Upload
from console.models.seen import Seen
from tests.upstream import Script

CONTAINER = {
    "id": "cntr-1",
    "object": "container",
    "created_at": 1760000000,
    "status": "running",
    "expires_after": {"anchor": "last_active_at", "minutes": 20},
    "last_active_at": 1760000100,
    "name": "Analysis",
    "memory_limit": "4g",
}
ENDED = {**CONTAINER, "id": "cntr-2", "name": "Old", "status": "expired", "memory_limit": "1g"}
FILE = {
    "id": "cfile-1",
    "object": "container.file",
    "created_at": 1760000050,
    "bytes": 5,
    "container_id": "cntr-1",
    "path": "/mnt/data/plot <b>.png",
    "source": "assistant",
}
REFUSED = 403, {"error": {"code": "403", "message": "Public access is disabled."}}
SILENT = Script(200, [b'{"da'], {"content-type": "application/json"}, cut=True)
URL = "/c/prod/containers/cntr-1/"
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true"}


def listed(*rows, **more) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False, **more}


@pytest.fixture
def known(connection, upstream) -> Item:
    upstream["GET /containers"] = listed(CONTAINER, ENDED)
    refresh(connection, "container")
    upstream.requests.clear()
    return Item.objects.get(remote_id="cntr-1")


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def ids(response) -> list[str]:
    return [row.item.remote_id for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("answer", "title", "why"),
    [
        ((401, {}), "Sign-in to the resource failed", "did not accept the credential"),
        ((404, {}), "Not offered there", "does not offer containers"),
    ],
)
def test_a_list_of_a_connection_that_could_not_be_read_says_so(
    reading, connection, upstream, answer, title, why
):
    upstream["GET /containers"] = answer
    refresh(connection, "container")

    table = reading.get("/containers/?connection=prod", headers={**HTMX, "HX-Target": "table"})

    content = table.content.decode().partition('id="table"')[2]
    assert title in content
    assert why in content
    assert 'href="/c/prod/"' in content
    assert "Nothing fits" not in content


def test_where_there_are_no_containers_none_is_offered_to_be_started(operating, connection, upstream):
    assert 'href="/c/prod/containers/new/"' in operating.get("/containers/").text
    assert "Not offered" not in operating.get("/c/prod/containers/new/").text

    upstream["GET /containers"] = 404, {}
    refresh(connection, "container")

    assert 'href="/c/prod/containers/new/"' not in operating.get("/containers/").text
    for query in ("", "?connection=prod"):
        below = operating.get(f"/containers/{query}").text.partition('id="table"')[2]
        assert below.count("does not offer containers") == 1
    assert "does not offer containers" in operating.get("/c/prod/containers/new/").text


def test_what_was_read_before_a_failure_is_searched_as_ever(reading, known, connection, upstream):
    upstream["GET /containers"] = 401, {}
    refresh(connection, "container")

    content = reading.get("/containers/?connection=prod&q=nowhere").content.decode()

    assert "Nothing fits" in content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["cntr-2", "cntr-1"]),
        ("?status=expired", ["cntr-2"]),
        ("?memory=4g", ["cntr-1"]),
        ("?q=analysis", ["cntr-1"]),
        ("?sort=name", ["cntr-1", "cntr-2"]),
    ],
)
def test_the_address_says_what_is_shown(reading, known, upstream, query, found):
    assert ids(reading.get(f"/containers/{query}")) == found
    assert upstream.hits == 0


def test_the_list_answers_json(reading, known):
    told = reading.get("/containers/?q=cntr-1", headers=JSON).json()["data"][0]

    assert (told["memory_limit"], told["ends_at"]) == ("4g", "2025-10-09T09:15:00Z")


def test_a_resource_without_containers_says_so_in_place(reading, connection):
    reading.post("/containers/refresh/")

    page = reading.get("/containers/").text

    assert page.count("This resource does not offer containers") == 2  # in the menu and below the list
    assert "data-error-kind" not in page


def test_a_start_where_none_are_offered_says_so_once(operating, connection):
    operating.post("/containers/refresh/")

    page = operating.post("/c/prod/containers/new/", {"key": "k1", "name": "Mine"}).text

    assert page.count("data-error-kind") == 1
    assert 'data-error-kind="not_offered"' in page


def test_a_start_whose_answer_got_lost_may_have_worked(operating, connection, upstream):
    upstream["POST /containers"] = SILENT

    response = operating.post("/c/prod/containers/new/", {"key": "k1", "name": "Mine"})

    assert Job.objects.get().state == "unknown_outcome"
    assert "Sending it again may do it a second time." in response.text
    assert 'value="Mine"' in response.text


def test_a_container_is_started_with_what_was_typed(operating, connection, upstream):
    upstream["POST /containers"] = 200, CONTAINER
    form = {"key": "k1", "name": "Analysis", "memory": "4g", "minutes": "15", "file_ids": "file-1 file-2"}

    response = operating.post("/c/prod/containers/new/", form)

    assert (response.status_code, response["Location"]) == (302, URL)
    assert upstream.requests[0].json() == {
        "name": "Analysis",
        "file_ids": ["file-1", "file-2"],
        "expires_after": {"anchor": "last_active_at", "minutes": 15},
        "memory_limit": "4g",
    }
    event = AuditEvent.objects.filter(action="container.created").latest("seq")
    assert (event.actor_label, event.target_label, event.outcome) == ("alice", "Analysis", "success")
    assert Job.objects.get().url == URL


def test_the_same_form_sent_twice_starts_one_container(operating, connection, upstream):
    upstream["POST /containers"] = 200, CONTAINER

    for _ in range(2):
        operating.post("/c/prod/containers/new/", {"key": "k1", "name": "Analysis"})

    assert upstream.hits == 1
    assert upstream.requests[0].json() == {"name": "Analysis"}


def test_a_bad_form_is_kept_and_nothing_is_sent(operating, connection, upstream):
    response = operating.post("/c/prod/containers/new/", {"key": "k1", "name": "Mine", "minutes": "60"})

    assert response.status_code == 422
    assert 'value="Mine"' in response.text
    assert upstream.hits == 0


def test_a_refused_start_is_said_above_the_form_and_can_be_tried_again(operating, connection, upstream):
    upstream["POST /containers"] = REFUSED

    response = operating.post("/c/prod/containers/new/", {"key": "k1", "name": "Mine"})

    assert response.status_code == 403
    assert "Public access is disabled." in response.text
    assert response.context["form"]["key"].value() != "k1"
    assert AuditEvent.objects.filter(action="container.created").latest("seq").outcome == "failure"


def test_a_container_is_shown_from_the_index_and_asks_nobody(reading, known, upstream):
    page = reading.get(URL).text

    assert "20 minutes after its last use" in page
    assert f"{URL}delete/" not in page
    assert upstream.hits == 0


def test_the_live_part_shows_the_files_and_asks_again(reading, known, upstream):
    upstream["GET /containers/cntr-1"] = 200, CONTAINER
    upstream["GET /containers/cntr-1/files"] = listed(FILE, has_more=True, last_id="cfile-1")

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "plot &lt;b&gt;.png" in response.text
    assert 'hx-trigger="every 15s"' in response.text
    assert f"{URL}live/?after=cfile-1" in response.text


def test_a_container_that_has_ended_says_so_and_is_not_asked_again(reading, known, upstream):
    upstream["GET /containers/cntr-1"] = 200, {**CONTAINER, "status": "expired"}
    upstream["GET /containers/cntr-1/files"] = listed(FILE)

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert "It was not used for 20 minutes" in response.text
    assert "hx-trigger" not in response.text
    assert f"{URL}files/cfile-1/content/" not in response.text
    assert Item.objects.get(remote_id="cntr-1").status == "expired"


def test_a_container_that_is_gone_is_forgotten(reading, known, upstream):
    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 286
    assert "does not have this container any more" in response.text
    assert Item.objects.get(remote_id="cntr-1").gone_at is not None


@pytest.mark.parametrize("answer", [REFUSED, SILENT])
def test_an_error_is_told_in_place_and_asked_again_later(reading, known, upstream, answer):
    upstream["GET /containers/cntr-1"] = answer

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert response.status_code == 200
    assert "data-error-kind" in response.text
    assert 'hx-trigger="every 30s"' in response.text


def test_the_files_are_shown_without_a_script_too(reading, known, upstream):
    upstream["GET /containers/cntr-1"] = 200, CONTAINER
    upstream["GET /containers/cntr-1/files"] = listed(FILE)

    page = reading.get(f"{URL}live/").text

    assert "<html" in page
    assert "The model" in page


def test_running_containers_are_read_again_by_themselves(known, upstream):
    upstream["GET /containers/cntr-1"] = 200, {**CONTAINER, "status": "expired"}
    Item.objects.update(seen_at="2026-01-01T00:00:00Z")

    assert follow() == 1

    assert [request.path for request in upstream.requests] == ["/openai/v1/containers/cntr-1"]
    assert Item.objects.get(remote_id="cntr-1").status == "expired"


def test_files_of_the_resource_are_put_in(operating, connection, known, upstream):
    upstream["POST /containers/cntr-1/files"] = 200, FILE
    Item.objects.take_in(connection.pk, "file", [Seen("file-1", "prices.csv", {})])
    assert "prices.csv" in operating.get(f"{URL}add/").text

    form = {"key": "k1", "picked": ["file-1"], "file_ids": "file-2"}
    places = [operating.post(f"{URL}add/", form)["Location"] for _ in range(2)]

    assert places == [URL, URL]
    assert upstream.hits == 2
    assert b"file-1" in upstream.requests[0].body
    assert AuditEvent.objects.filter(action="container_file.created", outcome="success").count() == 2
    told = "".join(words for _, words in AuditEvent.objects.latest("seq").sentence)
    assert told == "put file-2 into a container on prod"


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ({"status": "expired", "raw": {**CONTAINER, "status": "expired"}}, "It was not used for 20 minutes"),
        ({"gone_at": timezone.now()}, "does not have this container any more"),
    ],
    ids=["expired", "gone"],
)
def test_nothing_is_asked_to_be_put_into_a_container_that_has_ended(operating, known, ended, said):
    Item.objects.filter(remote_id="cntr-1").update(**ended)

    page = operating.get(f"{URL}add/").text

    assert said in page
    assert f'href="{URL}">Back to the container' in page
    assert 'name="file_ids"' not in page


def test_a_small_file_is_uploaded_once(operating, known, upstream):
    upstream["POST /containers/cntr-1/files"] = 200, FILE

    for _ in range(2):
        file = SimpleUploadedFile("notes.txt", b"hello")
        response = operating.post(f"{URL}add/", {"key": "k1", "file": file})

    assert response["Location"] == URL
    assert upstream.hits == 1
    assert b'filename="notes.txt"' in upstream.requests[0].body
    assert b"hello" in upstream.requests[0].body
    assert {one.state for one in Upload.objects.all()} == {"sent", "cancelled"}
    assert not any(one.path.exists() for one in Upload.objects.all())


@pytest.mark.parametrize("more", [{}, {"file_ids": "file-1", "file": "both"}, {"file": "large"}])
def test_what_cannot_be_put_in_is_said(operating, known, upstream, more):
    content = b"x" * (2 * 1024 * 1024 + 1) if more.get("file") == "large" else b"x"
    form = {**more, "key": "k1"} | ({"file": SimpleUploadedFile("a.txt", content)} if "file" in more else {})

    response = operating.post(f"{URL}add/", form)

    assert response.status_code == 422
    assert 'class="error"' in response.text or 'role="alert"' in response.text
    assert upstream.hits == 0


def test_a_refused_upload_leaves_nothing_in_the_spool(operating, known, upstream):
    upstream["POST /containers/cntr-1/files"] = REFUSED

    response = operating.post(f"{URL}add/", {"key": "k1", "file": SimpleUploadedFile("a.txt", b"a")})

    assert response.status_code == 403
    assert Upload.objects.get().state == "failed"
    assert not Upload.objects.get().path.exists()


def test_a_file_is_downloaded_as_what_it_is_called_and_never_shown(reading, known, upstream):
    upstream["GET /containers/cntr-1/files/cfile-1"] = 200, {**FILE, "path": "/mnt/data/page.html"}
    upstream["GET /containers/cntr-1/files/cfile-1/content"] = 200, b"<b>hi", {"content-type": "text/html"}

    response = reading.get(f"{URL}files/cfile-1/content/")

    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    assert async_to_sync(read)() == b"<b>hi"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith('attachment; filename="page.html"')
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_file_is_deleted_after_one_question(operating, known, upstream):
    upstream["GET /containers/cntr-1/files/cfile-1"] = 200, {**FILE, "path": "/mnt/data/plot.png"}
    upstream["DELETE /containers/cntr-1/files/cfile-1"] = 200, b"", {}

    assert "there is no other copy of it" in operating.get(f"{URL}files/cfile-1/delete/").text
    response = operating.post(f"{URL}files/cfile-1/delete/")

    assert response["Location"] == URL
    event = AuditEvent.objects.filter(action="container_file.deleted").latest("seq")
    assert (event.target_label, event.outcome) == ("plot.png", "success")


def test_a_container_is_deleted_once_its_name_is_typed(operating, known, upstream):
    upstream["DELETE /containers/cntr-1"] = 200, b"", {}

    assert operating.post(f"{URL}delete/", {"name": "analysis"}).status_code == 422
    assert upstream.hits == 0
    response = operating.post(f"{URL}delete/", {"name": "Analysis"})

    assert (response.status_code, response["Location"]) == (302, "/containers/")
    assert Item.objects.get(remote_id="cntr-1").gone_at is not None


def test_a_refused_delete_is_recorded(operating, known, upstream):
    upstream["DELETE /containers/cntr-1"] = REFUSED

    response = operating.post(f"{URL}delete/", {"name": "Analysis"})

    assert response.status_code == 403
    event = AuditEvent.objects.filter(action="container.deleted").latest("seq")
    assert (event.target_id, event.outcome, event.http_status) == ("cntr-1", "failure", 403)


def test_a_selection_is_deleted_by_a_job_after_typed_words(operating, known, upstream):
    upstream["DELETE /containers/cntr-2"] = 200, b"", {}
    key = Item.objects.get(remote_id="cntr-2").pk

    asking = operating.post("/containers/delete/", {"item": key}).headers["Location"]
    assert "Type “delete 1 container”" in operating.get(asking).text
    operating.post(asking, {"name": "delete 1 container"})
    jobs.run(str(Job.objects.get().pk))

    assert ids(operating.get("/containers/")) == ["cntr-1"]


def test_readers_may_look_and_not_touch(reading, known, upstream):
    for place in ("add/", "delete/", "files/cfile-1/delete/"):
        assert reading.get(URL + place).status_code == 403
        assert reading.post(URL + place).status_code == 403
    assert reading.get("/c/prod/containers/new/").status_code == 403
    assert upstream.hits == 0


def test_outsiders_see_nothing(client, mallory, known):
    client.force_login(mallory)

    for place in ("", "live/", "files/cfile-1/content/"):
        assert client.get(URL + place).status_code == 404
    assert "cntr-1" not in client.get("/containers/").text
