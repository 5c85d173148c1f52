"""Vector stores: the list, creating, changing and deleting them."""

import pytest

from console.forms.vector_stores import EditForm
from console.models import AuditEvent, Item, Job, Sync
from console.models.seen import Seen
from console.v1.vector_stores import parse_store
from tests.upstream import Script

COUNTS = {"in_progress": 0, "completed": 2, "failed": 0, "cancelled": 0, "total": 2}
STORE = {
    "id": "vs-1",
    "object": "vector_store",
    "name": "Runbooks",
    "status": "completed",
    "created_at": 1760000000,
    "last_active_at": 1760000100,
    "usage_bytes": 2048,
    "file_counts": COUNTS,
    "expires_after": {"anchor": "last_active_at", "days": 30},
    "metadata": {"team": "ops"},
}
EMPTY = {**STORE, "id": "vs-2", "name": "Old", "status": "expired", "file_counts": {**COUNTS, "total": 0}}
REFUSED = 403, {"error": {"code": "403", "message": "Public access is disabled."}}
URL = "/c/prod/vector-stores/vs-1/"
JSON = {"accept": "application/json"}


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False}


@pytest.fixture
def known(connection) -> Item:
    """Two stores, read just now."""
    refs = frozenset({("file", "file-1")})
    seen = [Seen("vs-1", "Runbooks", STORE, "completed", labels=frozenset({"expiry:set"}), refs=refs)]
    Item.objects.take_in(connection.pk, "vector_store", [*seen, Seen("vs-2", "Old", EMPTY, "expired")])
    Sync.claim(connection.pk, "vector_store").complete(**Item.objects.tally(connection.pk, "vector_store"))
    return Item.objects.get(remote_id="vs-1")


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def new_form(**more) -> dict[str, str]:
    return {"key": "k1", "name": "Runbooks", "chunking": "auto", **more}


def test_the_list_shows_what_the_index_knows_and_asks_nobody(reading, known, upstream):
    response = reading.get("/vector-stores/?status=completed")

    assert [row.item.remote_id for row in response.context["rows"]] == ["vs-1"]
    assert upstream.hits == 0


def test_htmx_gets_the_table_alone(reading, known):
    headers = {"HX-Request": "true", "HX-Target": "table"}

    response = reading.get("/vector-stores/?q=old", headers=headers)

    assert "<html" not in response.text
    assert "vs-2" in response.text
    assert "vs-1" not in response.text


def test_the_list_answers_json(reading, known):
    told = reading.get("/vector-stores/?sort=name", headers=JSON).json()

    assert [one["name"] for one in told["data"]] == ["Old", "Runbooks"]
    assert told["data"][1]["files"]["completed"] == 2


def test_reading_the_list_tells_which_files_a_store_uses(reading, connection, upstream):
    upstream["GET /vector_stores"] = listed(STORE, EMPTY)
    upstream["GET /vector_stores/vs-1/files"] = listed({"id": "file-1"}, {"id": "file-2"})
    file = Seen("file-1", "a.md", {})
    Item.objects.take_in(connection.pk, "file", [file])

    reading.post("/vector-stores/refresh/")

    uses = Item.objects.users_of(Item.objects.filter(kind="file"))
    assert [one.remote_id for one in uses[connection.pk, "file-1"]] == ["vs-1"]


def test_the_files_of_a_store_that_did_not_change_are_not_asked_for_again(reading, known, upstream):
    upstream["GET /vector_stores"] = listed({**STORE, "last_active_at": 1770000000})
    Sync.objects.update(finished_at=None)

    reading.post("/vector-stores/refresh/")

    assert [request.path for request in upstream.requests] == ["/openai/v1/vector_stores"]


def test_a_resource_without_vector_stores_says_so_in_place(reading, connection, upstream):
    reading.post("/vector-stores/refresh/")

    page = reading.get("/vector-stores/").text

    assert page.count("This resource does not offer vector stores") == 2  # in the menu and below the list
    assert "data-error-kind" not in page


def test_a_store_is_shown_with_its_life_and_its_json(reading, known, upstream):
    page = reading.get(URL).text

    assert "30 days after its last use" in page
    assert "last_active_at" in page
    assert f"{URL}edit/" not in page
    assert upstream.hits == 0


def test_the_mark_of_the_console_is_not_among_the_facts(reading, known):
    Item.objects.filter(pk=known.pk).update(raw={**STORE, "metadata": {"team": "ops", "console_key": "k1"}})

    page = reading.get(URL).text

    assert '<dt class="mono anywhere">team</dt>' in page
    assert '<dt class="mono anywhere">console_key</dt>' not in page


def test_a_store_answers_json(reading, known):
    told = reading.get(URL, headers=JSON).json()

    assert (told["id"], told["expires_after_days"], told["raw"]["name"]) == ("vs-1", 30, "Runbooks")


def test_a_store_is_created_with_what_was_typed_and_our_mark(operating, connection, upstream):
    upstream["POST /vector_stores"] = 200, STORE
    form = new_form(days="30", metadata="team = ops", picked=["file-1"], file_ids="file-2")
    form |= {"chunking": "static", "size": "400", "overlap": "100"}

    response = operating.post("/c/prod/vector-stores/new/", form)

    assert (response.status_code, response["Location"]) == (302, URL)
    assert upstream.requests[0].json() == {
        "name": "Runbooks",
        "file_ids": ["file-1", "file-2"],
        "expires_after": {"anchor": "last_active_at", "days": 30},
        "chunking_strategy": {
            "type": "static",
            "static": {"max_chunk_size_tokens": 400, "chunk_overlap_tokens": 100},
        },
        "metadata": {"team": "ops", "console_key": "k1"},
    }
    event = AuditEvent.objects.filter(action="vector_store.created").latest("seq")
    assert (event.actor_label, event.target_label, event.outcome) == ("alice", "Runbooks", "success")
    assert Item.objects.get(kind="vector_store").name == "Runbooks"
    history = operating.get(URL).context["history"]
    assert [(line.event.action, line.outcome) for line in history] == [("vector_store.created", "success")]


def test_the_same_form_sent_twice_makes_one_store(operating, connection, upstream):
    upstream["POST /vector_stores"] = 200, STORE

    places = [operating.post("/c/prod/vector-stores/new/", new_form())["Location"] for _ in range(2)]

    assert places == [URL, URL]
    assert upstream.hits == 1


def test_a_form_whose_job_was_cancelled_says_so_and_sends_nothing(operating, connection, upstream):
    upstream["POST /vector_stores"] = 200, STORE
    operating.post("/c/prod/vector-stores/new/", new_form())
    Job.objects.update(state=Job.State.CANCELLED, outcome={})

    response = operating.post("/c/prod/vector-stores/new/", new_form())

    assert "Somebody cancelled this" in response.text
    assert upstream.hits == 1


def test_a_cut_attempt_finds_the_store_that_it_made(connection, workspace, alice, upstream):
    from console import jobs
    from console.retrieval import work

    marked = {**STORE, "metadata": {"console_key": "k1"}}
    upstream["GET /vector_stores"] = listed(marked)
    job = jobs.start(
        work.CREATE,
        title="Create",
        effect="create_with_marker",
        workspace=workspace,
        user=alice,
        connection=connection,
        arguments={"key": "k1", "name": "Runbooks"},
        attempt=1,
    )

    jobs.run(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.outcome) == ("done", {"store": "vs-1"})
    assert [request.method for request in upstream.requests] == ["GET"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"days": "366"}, "less than or equal to 365"),
        ({"metadata": "team"}, "Line 1: write it as key = value."),
        ({"chunking": "static", "size": "400", "overlap": "300"}, "At most half of a chunk: 200."),
        ({"file_ids": " ".join(f"file-{n}" for n in range(501))}, "At most 500 files at once."),
    ],
)
def test_a_form_that_cannot_be_is_given_back(operating, connection, upstream, more, said):
    response = operating.post("/c/prod/vector-stores/new/", new_form(**more))

    assert response.status_code == 422
    assert said in response.text
    assert upstream.hits == 0


def test_a_refused_creation_keeps_what_was_typed_and_is_recorded(operating, connection, upstream):
    upstream["POST /vector_stores"] = REFUSED

    response = operating.post("/c/prod/vector-stores/new/", new_form(description="For the night shift"))

    assert response.status_code == 403
    assert "For the night shift" in response.text
    assert 'data-error-kind="forbidden"' in response.text
    assert 'value="k1"' not in response.text
    assert AuditEvent.objects.latest("seq").outcome == "failure"
    assert Job.objects.get().state == "failed"


def test_a_silent_resource_is_told_in_place(operating, connection, upstream):
    upstream["POST /vector_stores"] = Script(200, [b""], {}, cut=True)

    response = operating.post("/c/prod/vector-stores/new/", new_form())

    assert response.status_code >= 500
    assert "data-error-kind" in response.text


def edit_form(**more) -> dict[str, str]:
    seen = EditForm(store=parse_store(STORE)).stamp()
    return {"seen": seen, "name": "Runbooks", "days": "30", "metadata": "team = ops", **more}


def test_a_store_is_renamed(operating, known, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, STORE
    upstream["POST /vector_stores/vs-1"] = 200, {**STORE, "name": "Handbooks"}

    response = operating.post(f"{URL}edit/", edit_form(name="Handbooks", days="7"))

    assert response["Location"] == URL
    assert upstream.requests[-1].json() == {
        "name": "Handbooks",
        "expires_after": {"anchor": "last_active_at", "days": 7},
        "metadata": {"team": "ops"},
    }
    assert AuditEvent.objects.latest("seq").action == "vector_store.updated"
    known.refresh_from_db()
    assert known.name == "Handbooks"


def test_who_comes_second_is_told_with_both_versions(operating, known, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, {**STORE, "name": "Theirs"}

    response = operating.post(f"{URL}edit/", edit_form(name="Mine"))

    assert response.status_code == 409
    assert response.context["differences"] == [("Name", "Theirs", "Mine")]
    assert [request.method for request in upstream.requests] == ["GET"]


def test_who_comes_second_may_keep_theirs_replaced(operating, known, upstream):
    upstream["GET /vector_stores/vs-1"] = 200, {**STORE, "name": "Theirs"}
    upstream["POST /vector_stores/vs-1"] = 200, {**STORE, "name": "Mine"}
    first = operating.post(f"{URL}edit/", edit_form(name="Mine"))

    seen = first.context["form"]["seen"].value()
    response = operating.post(f"{URL}edit/", edit_form(name="Mine", seen=seen))

    assert response.status_code == 302


def test_a_store_is_deleted_once_its_name_is_typed(operating, known, upstream):
    upstream["DELETE /vector_stores/vs-1"] = 200, {"id": "vs-1", "deleted": True}

    refused = operating.post(f"{URL}delete/", {"name": "runbooks"})
    response = operating.post(f"{URL}delete/", {"name": "Runbooks"})

    assert (refused.status_code, response["Location"]) == (422, "/vector-stores/")
    assert [request.method for request in upstream.requests] == ["DELETE"]
    known.refresh_from_db()
    assert known.gone_at is not None


def test_a_refused_delete_is_recorded(operating, known, upstream):
    upstream["DELETE /vector_stores/vs-1"] = REFUSED

    response = operating.post(f"{URL}delete/", {"name": "Runbooks"})

    assert response.status_code == 403
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.target_id, event.http_status) == ("vector_store.deleted", "vs-1", 403)
    known.refresh_from_db()
    assert known.gone_at is None


def test_a_reader_changes_nothing(reading, known, upstream):
    for path in ("new/", "vs-1/edit/", "vs-1/delete/"):
        assert reading.post(f"/c/prod/vector-stores/{path}", {}).status_code == 403

    assert upstream.hits == 0


def test_who_has_no_access_finds_nothing(client, mallory, known):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get("/c/prod/vector-stores/new/").status_code == 404


@pytest.mark.parametrize("path", ["new/", "vs-1/", "vs-1/edit/", "vs-1/delete/"])
def test_each_action_shows_itself_as_code_without_the_key(operating, known, path):
    page = operating.get(f"/c/prod/vector-stores/{path}").text

    assert "client.vector_stores." in page
    assert "upstream-key-1" not in page
