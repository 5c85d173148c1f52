from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from console.index import refresh
from console.models import AuditEvent, Item, Job, Sync
from console.models.seen import Seen
from console.views.uses import NOUNS
from tests.conftest import connect
from tests.upstream import Script

FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 20,
    "created_at": 1754524800,
    "filename": "train.jsonl",
    "purpose": "fine-tune",
    "status": "processed",
}


def listed(*rows, **more) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False, **more}


@pytest.fixture
def known(connection, upstream) -> Item:
    """One file that a batch uses, and another, read just now."""
    upstream["GET /files"] = listed(
        FILE, {**FILE, "id": "file-2", "filename": "old.csv", "purpose": "batch", "expires_at": 1754611200}
    )
    refresh(connection, "file")
    use = frozenset({("file", "file-1")})
    Item.objects.take_in(connection.pk, "batch", [Seen("batch-9", "nightly", {"id": "batch-9"}, refs=use)])
    upstream.requests.clear()
    return Item.objects.get(remote_id="file-1")


def enter(client, person):
    client.force_login(person)
    return client


def names(response) -> list[str]:
    return [row.item.remote_id for row in response.context["rows"]]


def test_the_list_is_shown_from_the_index_and_asks_nobody(client, bob, known, upstream):
    response = enter(client, bob).get("/files/")

    assert (response.status_code, names(response), upstream.hits) == (200, ["file-2", "file-1"], 0)
    assert "1 batch" in response.text


def test_the_newest_stand_first_unless_asked_otherwise(client, bob, known):
    Item.objects.filter(remote_id="file-1").update(remote_created_at=timezone.now())
    enter(client, bob)

    assert names(client.get("/files/")) == ["file-1", "file-2"]
    assert names(client.get("/files/?sort=created")) == ["file-2", "file-1"]
    assert 'name="sort"' not in client.get("/files/?q=file").text


def test_the_part_is_the_table_alone(client, bob, known):
    response = enter(client, bob).get("/files/", headers={"HX-Request": "true", "HX-Target": "table"})

    assert "<html" not in response.text
    assert "train.jsonl" in response.text


def test_the_list_is_read_again_by_its_part(client, bob, connection, upstream):
    upstream["GET /files"] = listed(FILE)

    response = enter(client, bob).get("/files/refresh/", headers={"HX-Request": "true"})

    assert response.status_code == 286
    assert Item.objects.get().name == "train.jsonl"


def test_a_listing_goes_on_behind_its_pages(connection, upstream):
    upstream["GET /files"] = [
        listed(FILE, has_more=True, last_id="file-1"),
        listed({**FILE, "id": "file-2"}),
    ]

    sync = refresh(connection, "file")

    assert (sync.state, sync.total) == ("done", 2)
    assert upstream.requests[1].query["after"] == ["file-1"]


def test_an_endpoint_without_files_is_said_in_place(connection, upstream):
    sync = refresh(connection, "file")

    assert (sync.state, sync.error_message) == ("not_offered", "This endpoint has no files.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=TRAIN", ["file-1"]),
        ("q=file-2", ["file-2"]),
        ("purpose=batch", ["file-2"]),
        ("status=processed", ["file-2", "file-1"]),
        ("connection=nowhere", []),
        ("expires=never", ["file-1"]),
        ("expires=week", ["file-2"]),
        ("expires=later", []),
        ("sort=-name", ["file-1", "file-2"]),
        ("sort=expires", ["file-2", "file-1"]),
        ("gone=1", []),
    ],
)
def test_the_address_says_what_is_shown(client, bob, known, query, found):
    assert names(enter(client, bob).get(f"/files/?{query}")) == found


def test_the_list_is_json_for_those_who_ask(client, bob, known):
    told = enter(client, bob).get("/files/", headers={"accept": "application/json"}).json()

    assert [row["id"] for row in told["data"]] == ["file-2", "file-1"]
    assert told["data"][1]["used_by"] == [{"kind": "batch", "id": "batch-9"}]


def test_a_file_has_a_page_with_what_uses_it_and_code_without_a_secret(client, bob, known, upstream):
    response = enter(client, bob).get("/c/prod/files/file-1/")

    assert response.status_code == 200
    assert "nightly" in response.text
    assert "client.files.retrieve" in response.text
    assert "upstream-key-1" not in response.text
    assert upstream.hits == 0


def test_a_file_under_way_is_asked_for_anew(client, bob, connection, upstream):
    upstream["GET /files"] = listed({**FILE, "status": "pending"})
    refresh(connection, "file")
    upstream["GET /files/file-1"] = 200, FILE
    enter(client, bob)
    page = client.get("/c/prod/files/file-1/").text

    part = client.get("/c/prod/files/file-1/", headers={"HX-Request": "true", "HX-Target": "facts"}).text

    assert 'hx-trigger="load delay:3s"' in page
    assert "hx-trigger" not in part
    assert Item.objects.get().status == "processed"


def test_a_file_under_way_that_vanished_is_gone(client, bob, connection, upstream):
    upstream["GET /files"] = listed({**FILE, "status": "pending"})
    refresh(connection, "file")

    part = enter(client, bob).get(
        "/c/prod/files/file-1/", headers={"HX-Request": "true", "HX-Target": "facts"}
    )

    assert "does not have this file any more" in part.text
    assert Sync.objects.get().total == 0


def test_deleting_first_says_what_uses_the_file(client, alice, known, upstream):
    response = enter(client, alice).get("/c/prod/files/file-1/delete/")

    assert "1 object uses this file" in response.text
    assert "out of every vector store" in response.text
    assert upstream.hits == 0


def test_deleting_first_has_outdated_lists_of_what_may_use_the_file_read_again(
    client, alice, known, upstream
):
    upstream["GET /vector_stores"] = listed(
        {"id": "vs-1", "object": "vector_store", "name": "made elsewhere", "file_counts": {"total": 1}}
    )
    upstream["GET /vector_stores/vs-1/files"] = listed({"id": "file-1", "object": "vector_store.file"})
    part = {"HX-Request": "true", "HX-Target": "uses"}
    enter(client, alice)

    first = client.get("/c/prod/files/file-1/delete/")
    shown = [client.get("/c/prod/files/file-1/delete/", headers=part) for _ in NOUNS][-1]

    assert 'hx-select="#uses"' in first.text
    assert "1 object uses this file" in first.text
    assert 'hx-select="#uses"' not in shown.text
    assert "2 objects use this file" in shown.text
    assert "made elsewhere" in shown.text


def test_what_could_not_be_asked_about_uses_is_told_before_a_delete(client, alice, known, upstream):
    upstream["GET /vector_stores"] = 403, {"error": {"code": "403", "message": "Not for you."}}
    refresh(known.connection, "vector_store")

    response = enter(client, alice).get("/c/prod/files/file-1/delete/")

    assert "Whether any store uses it could not be asked." in response.text


def test_a_file_is_deleted_and_that_is_recorded(client, alice, known, upstream):
    upstream["DELETE /files/file-1"] = 200, {"id": "file-1", "object": "file", "deleted": True}

    response = enter(client, alice).post("/c/prod/files/file-1/delete/")

    event = AuditEvent.objects.filter(phase="outcome").latest("seq")
    assert response.status_code == 302
    assert (event.actor_label, event.action, event.target_id, event.outcome) == (
        "alice",
        "file.deleted",
        "file-1",
        "success",
    )
    assert Item.objects.get(remote_id="file-1").gone_at is not None
    assert Sync.objects.get(kind="file").total == 1


def test_a_refused_delete_is_told_and_recorded_and_the_file_stays(client, alice, known, upstream):
    upstream["DELETE /files/file-1"] = 403, {"error": {"code": "PermissionDenied", "message": "no"}}

    response = enter(client, alice).post("/c/prod/files/file-1/delete/")

    event = AuditEvent.objects.filter(phase="outcome").latest("seq")
    assert response.status_code == 403
    assert (event.outcome, event.http_status) == ("failure", 403)
    assert Item.objects.get(remote_id="file-1").gone_at is None


def test_a_delete_without_an_answer_is_an_unknown_outcome(client, alice, known, upstream):
    upstream["DELETE /files/file-1"] = Script(200, [b"{"], {"content-type": "application/json"}, cut=True)

    response = enter(client, alice).post("/c/prod/files/file-1/delete/")

    assert response.status_code >= 500
    assert Item.objects.get(remote_id="file-1").gone_at is None


def test_a_file_that_was_gone_already_is_no_error(client, alice, known, upstream):
    response = enter(client, alice).post("/c/prod/files/file-1/delete/", follow=True)

    assert "was gone already" in response.text


def test_a_reader_may_not_delete(client, bob, known, upstream):
    response = enter(client, bob).post("/c/prod/files/file-1/delete/")

    assert (response.status_code, upstream.hits) == (403, 0)


def test_an_outsider_sees_no_file(client, mallory, known):
    assert enter(client, mallory).get("/c/prod/files/file-1/").status_code == 404


# Content


def content(upstream, data: bytes, *, start: int = 0, total: int | None = None) -> None:
    total = len(data) if total is None else total
    headers = {"content-range": f"bytes {start}-{start + len(data) - 1}/{total}"}
    upstream["GET /files/file-1/content"] = 206, data, headers


def test_jsonl_is_shown_as_a_table_of_its_first_lines(client, bob, known, upstream):
    content(upstream, b'{"prompt": "one", "n": 1}\n{"prompt": "<b>"}\n')

    response = enter(client, bob).get("/c/prod/files/file-1/preview/", headers={"HX-Request": "true"})

    assert "<html" not in response.text
    assert "&lt;b&gt;" in response.text
    assert upstream.requests[0].headers["range"] == "bytes=0-131073"


def test_a_preview_goes_on_where_it_ended(client, bob, known, upstream):
    lines = b"".join(b'{"n": %d}\n' % number for number in range(70))
    content(upstream, lines)
    enter(client, bob)
    first = client.get("/c/prod/files/file-1/preview/", headers={"accept": "application/json"}).json()
    cut = lines.index(b'{"n": 50}')
    content(upstream, lines[cut - 1 :], start=cut - 1, total=len(lines))

    second = client.get(
        f"/c/prod/files/file-1/preview/{first['next']}", headers={"accept": "application/json"}
    ).json()

    assert first["next"] == f"?as=table&at={cut}&line=51"
    assert second["rows"][0] == {"line": 51, "cells": {"n": "50"}}
    assert (len(second["rows"]), second["next"]) == (20, "")


def test_csv_is_shown_under_its_head(client, bob, known, upstream):
    content(upstream, b'name,age\n"A, B",3\n')

    told = enter(client, bob).get(
        "/c/prod/files/file-1/preview/?as=csv", headers={"accept": "application/json"}
    )

    assert told.json()["rows"] == [{"line": 2, "cells": {"name": "A, B", "age": "3"}}]


def test_text_is_shown_in_parts(client, bob, known, upstream):
    content(upstream, b"x" * 131_000 + b"\n" + b"y" * 73, total=500_000)

    told = enter(client, bob).get(
        "/c/prod/files/file-1/preview/?as=text", headers={"accept": "application/json"}
    )

    assert told.json()["next"] == "?as=text&at=131001&line=2"


def test_what_is_no_text_is_not_shown_as_one(client, bob, known, upstream):
    content(upstream, b"\x89PNG\r\n\x1a\n\x00\x00\x00")

    assert "This is not text" in enter(client, bob).get("/c/prod/files/file-1/preview/").text


def test_an_empty_file_is_called_empty(client, bob, known, upstream):
    upstream["GET /files/file-1/content"] = 416, b"", {}

    assert "The file is empty" in enter(client, bob).get("/c/prod/files/file-1/preview/").text


@pytest.mark.parametrize("query", ["as=pdf", "at=-1", "at=x", "line=99999999999999999"])
def test_a_preview_that_cannot_be_is_refused(client, bob, known, query):
    assert enter(client, bob).get(f"/c/prod/files/file-1/preview/?{query}").status_code == 400


def test_a_refused_preview_is_told_in_its_place(client, bob, known, upstream):
    upstream["GET /files/file-1/content"] = 403, {"error": {"code": "no", "message": "Not allowed"}}

    response = enter(client, bob).get("/c/prod/files/file-1/preview/", headers={"HX-Request": "true"})

    assert response.status_code == 403
    assert 'data-error-kind="forbidden"' in response.text


def body(response) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response])

    return async_to_sync(read)()


def test_a_download_is_saved_and_never_shown(client, bob, known, upstream):
    hostile = {"content-type": "text/html", "content-disposition": "inline", "set-cookie": "a=b"}
    upstream["GET /files/file-1/content"] = 200, b"<script>1</script>\n", hostile

    response = enter(client, bob).get("/c/prod/files/file-1/download/")

    assert response.headers["Content-Disposition"].startswith('attachment; filename="train.jsonl"')
    assert response.headers["Content-Type"] == "application/jsonl"
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Length"] == "19"
    assert "Set-Cookie" not in response.headers
    assert body(response) == b"<script>1</script>\n"


@pytest.mark.parametrize(
    ("name", "simple"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\windows\\x.exe", "x.exe"),
        ('a"b\r\nSet-Cookie: x.txt', "a_bSet-Cookie: x.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 400 + ".csv", "x" * 146 + ".csv"),
        ("...", "file"),
        ("naïve.csv", "na_ve.csv"),
    ],
)
def test_the_name_of_a_download_is_a_name(client, bob, known, upstream, name, simple):
    Item.objects.filter(remote_id="file-1").update(name=name[:512])
    upstream["GET /files/file-1/content"] = 200, b"x" * 20, {}

    response = enter(client, bob).get("/c/prod/files/file-1/download/")

    assert f'filename="{simple}"' in response.headers["Content-Disposition"]
    assert body(response) == b"x" * 20


def test_a_download_that_is_refused_is_an_error_page(client, bob, known, upstream):
    upstream["GET /files/file-1/content"] = 401, {"error": {"code": "401", "message": "no"}}

    response = enter(client, bob).get("/c/prod/files/file-1/download/")

    assert 'data-error-kind="auth_failed"' in response.text


def test_a_download_that_ends_too_early_is_no_whole_file(client, bob, known, upstream):
    upstream["GET /files/file-1/content"] = Script(200, [b"x" * 10, b""], {}, cut=True)
    response = enter(client, bob).get("/c/prod/files/file-1/download/")

    with pytest.raises(Exception, match="connection"):
        body(response)


def test_files_of_the_index_are_found_in_the_palette(client, bob, known):
    assert "train.jsonl" in enter(client, bob).get("/palette/?q=train").text


def test_a_list_that_was_just_read_is_fresh(known):
    assert Sync.objects.get(kind="file").listed_at > timezone.now() - timedelta(minutes=1)


# Many at once, and to another connection


def key(remote_id: str) -> int:
    return Item.objects.get(kind="file", remote_id=remote_id).pk


def test_what_would_be_deleted_is_shown_first_with_what_uses_it(client, alice, known, upstream):
    chosen = {"item": [key("file-1"), key("file-2"), "x", 999_999]}

    response = enter(client, alice).post("/files/delete/", chosen, follow=True)

    assert "1 of them is in use" in response.text
    assert "nightly" in response.text
    assert not Job.objects.exists()


def test_outdated_lists_of_what_may_use_them_are_read_again_before_many_are_deleted(
    client, alice, known, upstream
):
    upstream["GET /batches"] = listed({"id": "batch-1", "object": "batch", "input_file_id": "file-2"})
    part = {"HX-Request": "true", "HX-Target": "uses"}
    asking = enter(client, alice).post("/files/delete/", {"item": [key("file-2")]}).headers["Location"]

    first = client.get(asking)
    shown = [client.get(asking, headers=part) for _ in NOUNS][-1]

    assert "The index knows of nothing that uses them" in first.text
    assert "Looking again" in first.text
    assert "1 of them is in use" in shown.text
    assert "as of" in shown.text
    assert not Job.objects.exists()


def test_the_confirmed_list_is_frozen_in_a_job(client, alice, known):
    asking = enter(client, alice).post("/files/delete/", {"item": [key("file-1")]}).headers["Location"]
    response = client.post(asking, {"item": [key("file-2")]})

    job = Job.objects.get()
    assert response.headers["Location"] == f"/activity/{job.pk}/"
    assert [one["id"] for one in job.arguments["items"]] == ["file-1"]


def test_a_selection_of_nothing_leads_back(client, alice, known):
    assert enter(client, alice).post("/files/delete/", {}).headers["Location"] == "/files/"


def test_a_reader_may_not_delete_many(client, bob, known):
    response = enter(client, bob).post("/files/delete/", {"item": [key("file-1")], "confirmed": "1"})

    assert response.status_code == 403
    assert not Job.objects.exists()


@pytest.fixture
def other(workspace, connection):
    return connect(workspace, "other", f"127.0.0.1:{connection.port}", "/openai/v1", "key-2")


def test_a_file_that_the_index_does_not_know_leads_to_the_list_that_reads_it(client, alice, known):
    response = enter(client, alice).get("/c/prod/files/file-new/")

    assert response.status_code == 404
    assert 'href="/files/?connection=prod"' in response.text
    assert "does not know this id" in response.text


def test_a_file_of_a_connection_that_nobody_may_see_leads_nowhere(client, mallory, known):
    page = enter(client, mallory).get("/c/prod/files/file-new/").text

    assert "There is no such page" in page
    assert "connection=prod" not in page


def test_a_copy_is_a_job_on_the_other_connection(client, alice, known, other):
    enter(client, alice)
    assert "other" in client.get("/c/prod/files/file-1/copy/").text

    form = {"key": "k1", "target": "other", "purpose": "fine-tune"}
    client.post("/c/prod/files/file-1/copy/", form)
    client.post("/c/prod/files/file-1/copy/", form)

    job = Job.objects.get()
    assert (job.kind, job.connection, job.arguments["file"]) == ("file.copy", other, "file-1")
    assert job.url == "/c/prod/files/file-1/"


def test_the_purposes_of_a_copy_are_in_the_words_of_the_list(client, alice, known, other):
    page = enter(client, alice).get("/c/prod/files/file-1/copy/?purpose=evals").text

    assert '<option value="fine-tune">Fine-tuning</option>' in page
    assert '<option value="evals" selected>Evals</option>' in page


def test_a_copy_is_shown_as_code_from_here_to_there(client, alice, known, other):
    page = enter(client, alice).get("/c/prod/files/file-1/copy/?target=other&purpose=evals").text

    assert "client.files.content(&quot;file-1&quot;)" in page
    assert "# then on other, with its own sign-in" in page
    assert "purpose=&quot;evals&quot;" in page
    assert "client.files.delete" not in page


def test_a_copy_needs_another_connection(client, alice, known):
    assert "There is no other connection" in enter(client, alice).get("/c/prod/files/file-1/copy/").text
    assert client.post("/c/prod/files/file-1/copy/", {"target": "prod"}).status_code == 422


def test_a_copy_without_room_is_refused_in_the_form(client, alice, known, other, settings):
    settings.UPLOAD_QUOTA = 1

    response = enter(client, alice).post(
        "/c/prod/files/file-1/copy/", {"key": "k1", "target": "other", "purpose": "fine-tune"}
    )

    assert response.status_code == 422
    assert "UPLOAD_QUOTA" in response.text
