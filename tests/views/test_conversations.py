"""Conversations: the list, a transcript paged both ways, beginning, adding, marking, taking out and deleting."""

import pytest
from django.utils import timezone

from console.index import conversations as index
from console.index.origins import Origin
from console.models import AuditEvent, Item, Job, RouteProbe
from console.v1.conversations import parse_conversation
from tests.upstream import Script

JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Target": "items"}
URL = "/c/prod/conversations/conv_1/"
NEW = "/c/prod/conversations/new/"
TALK = {"id": "conv_1", "object": "conversation", "created_at": 1760000000, "metadata": {"team": "sales"}}


def said(number: int, role: str = "user") -> dict:
    kind = "output_text" if role == "assistant" else "input_text"
    part = {"type": kind, "text": f"Line {number}", "annotations": []}
    return {"id": f"msg_{number}", "type": "message", "role": role, "status": "completed", "content": [part]}


def listed(*rows, more: bool = False) -> tuple[int, dict]:
    last = rows[-1]["id"] if rows else None
    return 200, {"object": "list", "data": list(rows), "has_more": more, "last_id": last}


@pytest.fixture
def known(connection) -> Item:
    return index.remember(connection, parse_conversation(TALK), Origin("A torn zip", "form", "alice"))


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def test_the_list_shows_what_was_met_and_asks_nobody(reading, known, upstream):
    page = reading.get("/conversations/?metadata=team%3Dsales").text

    assert "A torn zip" in page
    assert "The API has no list of these" in page
    assert upstream.hits == 0


def test_one_alone_is_counted_in_the_singular(reading, known):
    page = " ".join(reading.get("/conversations/").text.split())

    assert "1–1 of 1 conversation</span>" in page


def test_the_list_answers_json(reading, known):
    told = reading.get("/conversations/", headers=JSON).json()

    assert [(one["id"], one["title"]) for one in told["data"]] == [("conv_1", "A torn zip")]


def test_a_page_is_shown_from_the_index(reading, known, upstream):
    page = reading.get(URL).text

    assert "A torn zip" in page
    assert f'hx-get="{URL}items/"' in page
    assert upstream.hits == 0


def test_the_transcript_begins_with_its_end(reading, known, upstream):
    upstream["GET /conversations/conv_1"] = 200, TALK
    upstream["GET /conversations/conv_1/items"] = listed(said(3, "assistant"), said(2), more=True)

    response = reading.get(f"{URL}items/", headers=HTMX)

    assert [one.item.id for one in response.context["said"]] == ["msg_2", "msg_3"]
    assert upstream.requests[0].query == {"order": ["desc"], "limit": ["20"]}
    assert "?before=msg_2" in response.text
    assert "?after=" not in response.text


def test_it_is_paged_to_the_beginning_and_back(reading, known, upstream):
    upstream["GET /conversations/conv_1/items"] = listed(said(1))

    earlier = reading.get(f"{URL}items/?before=msg_2", headers=HTMX)
    later = reading.get(f"{URL}items/?after=msg_0", headers=HTMX)

    assert [one.query["order"] for one in upstream.requests] == [["desc"], ["asc"]]
    assert [one.query["after"] for one in upstream.requests] == [["msg_2"], ["msg_0"]]
    assert "?after=msg_1" in earlier.text
    assert "?before=msg_1" in later.text


def test_a_transcript_answers_json(reading, known, upstream):
    upstream["GET /conversations/conv_1"] = 200, TALK
    upstream["GET /conversations/conv_1/items"] = listed(said(2), said(1))

    told = reading.get(f"{URL}items/", headers=JSON).json()

    assert [one["id"] for one in told["data"]] == ["msg_1", "msg_2"]


def test_one_that_is_gone_says_so_in_place(reading, known, upstream):
    part = reading.get(f"{URL}items/", headers=HTMX).text

    assert "does not have this conversation any more" in part
    assert Item.objects.get(kind="conversation").gone_at is not None


def test_a_silent_resource_is_an_error_in_place(reading, known, upstream):
    upstream["GET /conversations/conv_1/items"] = Script(
        200, [b"{"], {"content-type": "application/json"}, cut=True
    )

    assert "data-error-kind" in reading.get(f"{URL}items/", headers=HTMX).text
    assert Item.objects.get(kind="conversation").gone_at is None


def test_one_is_begun_with_items_and_metadata_once(operating, connection, upstream):
    upstream["POST /conversations"] = 200, {**TALK, "metadata": {"title": "A hike"}}
    items = '[{"type": "message", "role": "assistant", "content": "Hello"}]'
    form = {
        "key": "k1",
        "role": "developer",
        "text": "Be brief",
        "items": items,
        "metadata": "title = A hike",
    }

    first, second = operating.post(NEW, form), operating.post(NEW, form)

    assert first.headers["Location"] == second.headers["Location"] == URL
    assert upstream.hits == 1
    assert upstream.requests[0].json() == {
        "items": [
            {"type": "message", "role": "developer", "content": "Be brief"},
            {"type": "message", "role": "assistant", "content": "Hello"},
        ],
        "metadata": {"title": "A hike"},
    }
    assert Item.objects.get(kind="conversation").name == "A hike"
    assert AuditEvent.objects.latest().action == "conversation.created"


def test_a_resource_without_conversations_says_so_in_place(operating, connection, upstream):
    response = operating.post(NEW, {"key": "k1", "role": "user", "text": "Hi"})

    assert response.status_code == 404
    assert "This resource does not offer conversations" in response.text
    assert 'class="card" data-error-kind' not in response.text


@pytest.mark.parametrize(
    "items",
    [
        "{",
        '{"a": 1}',
        "[1]",
        "[" * 30_000,
        '[{"a": NaN}]',
        '[{"a": 1e999}]',
        "[" + ",".join(["{}"] * 21) + "]",
    ],
)
def test_items_that_are_none_are_refused_with_everything_kept(operating, connection, upstream, items):
    response = operating.post(NEW, {"key": "k1", "role": "user", "text": "Hello there", "items": items})

    assert response.status_code == 422
    assert "Hello there" in response.text
    assert upstream.hits == 0


def test_items_are_added_once(operating, known, upstream):
    upstream["POST /conversations/conv_1/items"] = listed(said(4))
    form = {"key": "k2", "role": "user", "text": "One more"}

    first, second = (operating.post(f"{URL}add/", form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"] == URL
    assert upstream.hits == 1
    event = AuditEvent.objects.latest()
    assert (event.action, event.target_id) == ("conversation_item.created", "conv_1")


def test_nothing_to_add_is_refused(operating, known, upstream):
    assert operating.post(f"{URL}add/", {"key": "k2", "role": "user"}).status_code == 422


def test_a_refused_addition_keeps_the_form(operating, known, upstream):
    upstream["POST /conversations/conv_1/items"] = 400, {"error": {"message": "Unknown role."}}

    response = operating.post(f"{URL}add/", {"key": "k2", "role": "user", "text": "One more"})

    assert response.status_code == 422
    assert "Unknown role." in response.text
    assert "One more" in response.text


@pytest.mark.parametrize(
    ("path", "to"), [(NEW, "/conversations"), (f"{URL}add/", "/conversations/conv_1/items")]
)
def test_what_is_sent_and_not_answered_may_have_worked(operating, known, upstream, path, to):
    upstream[f"POST {to}"] = Script(200, [b"{"], {"content-type": "application/json"}, cut=True)

    responses = [operating.post(path, {"key": "k3", "role": "user", "text": "One more"}) for _ in range(2)]

    assert upstream.hits == 1
    assert Job.objects.get().state == "unknown_outcome"
    for response in responses:
        assert "Sending it again may do it a second time." in response.text
        assert "One more" in response.text


def test_an_item_is_taken_out_after_asking(operating, known, upstream):
    upstream["DELETE /conversations/conv_1/items/msg_1"] = 200, TALK

    asked = operating.get(f"{URL}items/msg_1/delete/").text
    done = operating.post(f"{URL}items/msg_1/delete/")

    assert "Take this item out?" in asked
    assert done.headers["Location"] == URL
    assert AuditEvent.objects.latest().action == "conversation_item.deleted"


def test_the_second_to_edit_gets_both_versions(operating, known, upstream):
    upstream["GET /conversations/conv_1"] = 200, {**TALK, "metadata": {"team": "support"}}
    seen = operating.get(f"{URL}edit/").context["form"].initial["seen"]

    response = operating.post(f"{URL}edit/", {"seen": seen, "metadata": "team = marketing"})

    assert response.status_code == 409
    assert "support" in response.text
    assert "marketing" in response.text
    assert [one.method for one in upstream.requests] == ["GET"]


def test_metadata_are_replaced(operating, known, upstream):
    upstream["GET /conversations/conv_1"] = 200, TALK
    upstream["POST /conversations/conv_1"] = 200, {**TALK, "metadata": {"title": "Zip"}}
    seen = operating.get(f"{URL}edit/").context["form"].initial["seen"]

    operating.post(f"{URL}edit/", {"seen": seen, "metadata": "title = Zip"})

    assert upstream.requests[-1].json() == {"metadata": {"title": "Zip"}}
    assert Item.objects.get(kind="conversation").name == "Zip"


def test_a_refused_delete_is_recorded(operating, known, upstream):
    upstream["DELETE /conversations/conv_1"] = 403, {"error": {"code": "PermissionDenied", "message": "No."}}

    assert operating.post(f"{URL}delete/").status_code == 403
    event = AuditEvent.objects.latest()
    assert (event.action, event.http_status) == ("conversation.deleted", 403)


def test_deleting_forgets_it(operating, known, upstream):
    upstream["DELETE /conversations/conv_1"] = 200, {"id": "conv_1", "deleted": True}

    assert operating.post(f"{URL}delete/").headers["Location"] == "/conversations/"
    assert Item.objects.get(kind="conversation").gone_at is not None


def test_a_reader_may_look_and_not_change(reading, known):
    assert f"{URL}delete/" not in reading.get(URL).text
    for path in (NEW, f"{URL}add/", f"{URL}edit/", f"{URL}delete/", f"{URL}items/msg_1/delete/"):
        assert reading.post(path).status_code == 403


def test_a_stranger_finds_nothing(client, mallory, known):
    client.force_login(mallory)

    for path in (URL, f"{URL}items/", NEW):
        assert client.get(path).status_code == 404
    assert client.get("/conversations/", headers=JSON).json()["data"] == []


def test_what_the_probe_did_not_find_is_said_once(operating, known, connection):
    RouteProbe.objects.create(
        connection=connection,
        route="conversations.get",
        result="not_offered",
        checked_at=timezone.now(),
    )

    page = operating.get("/conversations/").text

    assert "not offer conversations" in page
    assert NEW not in page
