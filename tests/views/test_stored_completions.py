"""Stored chat completions: the list and its metadata, one of them, marking and deleting."""

import pytest
from django.urls import reverse

from console import jobs
from console.forms.metadata import MetadataForm
from console.index import refresh
from console.models import Answer, AuditEvent, Comparison, Item, Job, Sync, Turn
from tests.upstream import Script

USAGE = {"prompt_tokens": 13, "completion_tokens": 18, "total_tokens": 31}


def completion(number: int, text: str | None, metadata: dict[str, str], **message) -> dict:
    said = {"role": "assistant", "content": text, **message}
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "model": "gpt-4.1-mini-2025-04-14",
        "created": 1760000000 + number,
        "request_id": "req_1",
        "usage": USAGE,
        "temperature": 0.5,
        "metadata": metadata,
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
    }


CALL = {"id": "c1", "type": "function", "function": {"name": "find_order", "arguments": '{"id": 7}'}}
FIRST = completion(
    1, "You have **30 days** to send it back.", {"channel": "mail", "customer": "Ada Lovelace"}
)
SECOND = completion(2, "It ships on Monday.", {"channel": "chat"})
CALLING = completion(3, None, {}, tool_calls=[CALL])
MESSAGES = {
    "object": "list",
    "data": [
        {"id": "m-0", "role": "system", "content": "You are kind.", "name": None},
        {"id": "m-1", "role": "user", "content": "May I return it?<script>", "content_parts": None},
    ],
    "has_more": False,
}
REFUSED = 403, {"error": {"code": "403", "message": "Public access is disabled."}}
URL = "/c/prod/stored-completions/chatcmpl-1/"
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true"}


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows), "has_more": False}


@pytest.fixture
def known(connection, upstream) -> Item:
    upstream["GET /chat/completions"] = listed(FIRST, SECOND, CALLING)
    refresh(connection, "stored_completion")
    upstream.requests.clear()
    return Item.objects.get(remote_id="chatcmpl-1")


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
    ("query", "found"),
    [
        ("", ["chatcmpl-3", "chatcmpl-2", "chatcmpl-1"]),
        ("?q=monday", ["chatcmpl-2"]),
        ("?model=gpt-4.1-mini-2025-04-14&sort=created", ["chatcmpl-1", "chatcmpl-2", "chatcmpl-3"]),
        ("?model=gpt-5", []),
        ("?metadata=channel%3Dchat", ["chatcmpl-2"]),
        ("?metadata=channel+%3D+mail", ["chatcmpl-1"]),
        ("?metadata=customer%3DAda+Lovelace", ["chatcmpl-1"]),
        ("?metadata=customer%3DAda", []),
        ("?metadata=channel", ["chatcmpl-2", "chatcmpl-1"]),
        ("?metadata=channel&metadata=customer", ["chatcmpl-1"]),
        ("?metadata=channel%0D%0Acustomer", ["chatcmpl-1"]),
    ],
)
def test_the_address_says_what_is_shown(reading, known, upstream, query, found):
    assert ids(reading.get(f"/stored-completions/{query}")) == found
    assert upstream.hits == 0


def test_pairs_of_metadata_are_offered_and_each_can_be_taken_away(reading, known):
    page = reading.get("/stored-completions/?metadata=channel%3Dmail&metadata=customer")

    menus = [menu for menu in page.context["menus"] if menu["facet"].name == "metadata"]
    assert [menu["value"] for menu in menus] == ["channel=mail", "customer", ""]
    assert menus[0]["without"] == "?metadata=customer"
    assert {link["option"].title for link in menus[-1]["links"]} == {
        "channel = mail",
        "channel = chat",
        "customer = Ada Lovelace",
    }
    assert 'name="metadata" maxlength="600"' in page.text


def test_metadata_with_a_long_value_can_be_asked_for_and_are_not_offered(reading, connection, upstream):
    upstream["GET /chat/completions"] = listed(completion(1, "Yes.", {"trace": "x" * 500}))
    refresh(connection, "stored_completion")

    page = reading.get(f"/stored-completions/?metadata=trace%3D{'x' * 500}")

    assert ids(page) == ["chatcmpl-1"]
    assert page.context["menus"][-1]["links"] == []


def test_metadata_that_is_no_text_does_no_harm(reading, connection, upstream):
    odd = {"half": "\ud83d", "nul": "a\x00b", "number": 7, "space in it": "a = b, 100 %"}
    upstream["GET /chat/completions"] = listed(completion(1, "Yes.", odd))
    refresh(connection, "stored_completion")

    assert ids(reading.get("/stored-completions/?metadata=space+in+it%3Da+%3D+b,+100+%25")) == ["chatcmpl-1"]
    assert reading.get(URL).status_code == 200


def test_only_some_values_of_metadata_are_counted(connection, upstream):
    rows = [completion(number, "Yes.", {"user": str(number)}) for number in range(510)]
    upstream["GET /chat/completions"] = listed(*rows)

    sync = refresh(connection, "stored_completion")

    assert (sync.total, len(sync.facets["meta"]), len(sync.facets["has"])) == (510, 500, 1)


def test_an_answer_without_text_is_called_by_the_tools_it_calls(reading, known):
    assert Item.objects.get(remote_id="chatcmpl-3").name == "Calls find_order"


def test_how_an_answer_ended_is_told_in_words(reading, connection, upstream):
    cut = {**FIRST["choices"][0], "finish_reason": "length"}
    upstream["GET /chat/completions"] = listed({**FIRST, "choices": [cut]})
    refresh(connection, "stored_completion")

    page = reading.get(URL)

    assert [ending for _, ending in page.context["row"].choices] == ["Cut by the token limit"]
    assert "Cut by the token limit" in page.text


def test_the_list_answers_json(reading, known):
    told = reading.get("/stored-completions/?q=monday", headers=JSON).json()

    assert told["data"][0]["metadata"] == {"channel": "chat"}
    assert told["data"][0]["output_tokens"] == 18


@pytest.mark.parametrize(("status", "said"), [(404, "answers 404"), (403, "may be switched off")])
def test_a_resource_without_stored_completions_says_so_in_place(reading, connection, upstream, status, said):
    upstream["GET /chat/completions"] = status, {"error": {"code": str(status), "message": "No"}}
    reading.post("/stored-completions/refresh/")

    page = reading.get("/stored-completions/").text

    assert page.count(said) == 2  # in the menu and below the list
    assert "data-error-kind" not in page


def test_one_is_shown_with_its_answer_and_what_it_cost_and_asks_nobody(reading, known, upstream):
    page = reading.get(URL).text

    assert "<strong>30 days</strong>" in page
    assert "13 in, 18 out" in page
    assert "as if real" in page
    assert "Ada Lovelace" in page
    assert f"{URL}edit/" not in page
    assert upstream.hits == 0


def test_tools_that_were_called_are_shown(reading, known):
    page = reading.get("/c/prod/stored-completions/chatcmpl-3/").text

    assert "find_order" in page
    assert "The model wrote no text." not in page


def test_one_answers_json(reading, known):
    told = reading.get(URL, headers=JSON).json()

    assert (told["id"], told["raw"]["request_id"]) == ("chatcmpl-1", "req_1")


def test_what_was_asked_is_a_part_of_the_page(reading, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1/messages"] = (
        200,
        {**MESSAGES, "has_more": True, "last_id": "m-1"},
    )

    part = reading.get(f"{URL}messages/", headers=HTMX).text

    assert "<html" not in part
    assert "May I return it?&lt;script&gt;" in part
    assert f"{URL}messages/?after=m-1" in part


def test_what_was_asked_is_shown_without_a_script_too(reading, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1/messages"] = 200, MESSAGES

    page = reading.get(f"{URL}messages/?after=m-0").text

    assert "<html" in page
    assert "You are kind." in page
    assert upstream.requests[0].query["after"] == ["m-0"]


@pytest.mark.parametrize(
    "answer", [REFUSED, Script(200, [b'{"da'], {"content-type": "application/json"}, cut=True)]
)
def test_messages_that_cannot_be_had_leave_the_page_as_it_is(reading, known, upstream, answer):
    upstream["GET /chat/completions/chatcmpl-1/messages"] = answer

    part = reading.get(f"{URL}messages/", headers=HTMX)

    assert part.status_code == 200
    assert "data-error-kind" in part.text


def test_one_that_is_gone_is_marked_as_such(reading, known, upstream):
    reading.get(f"{URL}messages/", headers=HTMX)

    assert "No longer there" in reading.get(URL).text


def stamp(metadata: dict[str, str]) -> str:
    return MetadataForm(stored=metadata).stamp()


def test_metadata_are_replaced_and_the_list_follows(operating, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1"] = 200, FIRST
    upstream["POST /chat/completions/chatcmpl-1"] = 200, {**FIRST, "metadata": {"channel": "phone"}}
    form = {"seen": stamp(FIRST["metadata"]), "metadata": "channel = phone\n"}

    response = operating.post(f"{URL}edit/", form)

    assert (response.status_code, response["Location"]) == (302, URL)
    assert upstream.requests[-1].json() == {"metadata": {"channel": "phone"}}
    assert ids(operating.get("/stored-completions/?metadata=channel%3Dphone")) == ["chatcmpl-1"]
    event = AuditEvent.objects.filter(action="stored_completion.updated").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", "chatcmpl-1", "success")


def test_who_comes_second_gets_both_versions(operating, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1"] = 200, {**FIRST, "metadata": {"channel": "letter"}}
    form = {"seen": stamp(FIRST["metadata"]), "metadata": "channel = phone"}

    response = operating.post(f"{URL}edit/", form)

    assert response.status_code == 409
    assert response.context["differences"] == [("channel", "letter", "phone")]
    assert [request.method for request in upstream.requests] == ["GET"]
    assert stamp({"channel": "letter"}) in response.text


def test_metadata_that_cannot_be_are_kept_in_the_form(operating, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1"] = 200, FIRST
    form = {"seen": stamp(FIRST["metadata"]), "metadata": "no sign here"}

    response = operating.post(f"{URL}edit/", form)

    assert response.status_code == 422
    assert "no sign here" in response.text
    assert "write it as key = value" in response.text


def test_a_refused_change_keeps_the_form_and_is_recorded(operating, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1"] = 200, FIRST
    upstream["POST /chat/completions/chatcmpl-1"] = REFUSED

    response = operating.post(f"{URL}edit/", {"seen": stamp(FIRST["metadata"]), "metadata": "a = b"})

    assert response.status_code == 403
    assert "data-error-kind" in response.text
    assert "a = b" in response.text
    event = AuditEvent.objects.filter(action="stored_completion.updated").latest("seq")
    assert (event.outcome, event.http_status) == ("failure", 403)


def test_a_change_that_finds_nobody_keeps_the_form(operating, known, upstream):
    upstream["GET /chat/completions/chatcmpl-1"] = REFUSED
    form = {"seen": stamp(FIRST["metadata"]), "metadata": "a = b"}

    assert "a = b" in operating.post(f"{URL}edit/", form).text
    assert operating.post(f"{URL}edit/", form, headers=JSON).json()["error"]


def test_deleting_asks_once(operating, known, upstream):
    upstream["DELETE /chat/completions/chatcmpl-1"] = 200, {"id": "chatcmpl-1", "deleted": True}

    assert "Delete this stored completion?" in operating.get(f"{URL}delete/").text
    response = operating.post(f"{URL}delete/")

    assert (response.status_code, response["Location"]) == (302, "/stored-completions/")
    assert "chatcmpl-1" not in ids(operating.get("/stored-completions/"))
    assert AuditEvent.objects.filter(action="stored_completion.deleted").latest("seq").outcome == "success"


def test_a_selection_is_deleted_by_a_job(operating, known, upstream):
    for number in (1, 2):
        upstream[f"DELETE /chat/completions/chatcmpl-{number}"] = 200, {"deleted": True}
    keys = list(Item.objects.filter(remote_id__in=["chatcmpl-1", "chatcmpl-2"]).values_list("pk", flat=True))

    operating.post(operating.post("/stored-completions/delete/", {"item": keys}).headers["Location"])
    jobs.run(str(Job.objects.get().pk))

    assert Job.objects.get().title == "Delete 2 stored completions"
    assert ids(operating.get("/stored-completions/")) == ["chatcmpl-3"]


def test_readers_may_look_and_not_touch(reading, known, upstream):
    assert reading.get(f"{URL}edit/").status_code == 403
    assert reading.post(f"{URL}delete/").status_code == 403
    assert reading.post("/stored-completions/delete/").status_code == 403
    assert upstream.hits == 0


def test_outsiders_see_nothing(client, mallory, known):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}messages/").status_code == 404
    assert client.get("/stored-completions/").status_code == 200
    assert "chatcmpl-1" not in client.get("/stored-completions/").text


def test_nothing_is_read_again_while_it_is_fresh(reading, known, upstream):
    reading.get("/stored-completions/refresh/", headers=HTMX)

    assert upstream.hits == 0
    assert Sync.objects.get(kind="stored_completion").total == 3


def test_an_answer_of_the_playground_leads_to_what_was_stored(reading, bob, connection, workspace):
    comparison = Comparison.objects.create(workspace=workspace, owner=bob, title="Kept")
    turn = Turn.objects.create(comparison=comparison, number=1, input="Hi", asked_by=bob)
    made = {"turn": turn, "asked_by": bob, "connection": connection, "connection_name": "prod", "model": "m"}
    answers = [
        Answer.objects.create(
            **made,
            position=position,
            api="chat",
            state=Answer.State.COMPLETE,
            parameters=parameters,
            response_id=f"chatcmpl-{position}",
        )
        for position, parameters in enumerate(({"store": True}, {}))
    ]

    kept, other = (reading.get(reverse("answer", args=[one.pk]), headers=HTMX).text for one in answers)

    assert "/c/prod/stored-completions/chatcmpl-0/" in kept
    assert "/stored-completions/chatcmpl-1/" not in other
