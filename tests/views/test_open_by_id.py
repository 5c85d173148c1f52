"""Opening a response or a conversation by its id: found, not there yet, not there."""

import time

import pytest
from django.utils import timezone

from console.models import Item
from tests.views.test_responses import FIRST, JSON

HTMX = {"HX-Request": "true", "HX-Target": "answer"}
ASKED = {
    "id": "msg_0",
    "type": "message",
    "role": "user",
    "content": [{"type": "input_text", "text": "Rain?"}],
}
MISSING = 404, {"error": {"message": "Response with id 'resp_1' not found."}}


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def test_an_opened_response_is_known_by_what_was_asked(reading, connection, upstream):
    upstream["GET /responses/resp_1"] = 200, FIRST
    upstream["GET /responses/resp_1/input_items"] = 200, {"object": "list", "data": [ASKED]}

    response = reading.get("/responses/open/", {"connection": "prod", "id": ' "resp_1", '})

    assert response.headers["Location"] == "/c/prod/responses/resp_1/"
    item = Item.objects.get(kind="response")
    assert (item.name, item.values("way")) == ("Rain?", ["opened"])


def test_a_response_whose_input_is_not_told_is_known_by_its_id(reading, connection, upstream):
    upstream["GET /responses/resp_1"] = 200, FIRST

    response = reading.get("/responses/open/", {"connection": "prod", "id": "resp_1"})

    assert response.headers["Location"] == "/c/prod/responses/resp_1/"
    assert Item.objects.get(kind="response").name == "resp_1"


def test_an_opened_conversation_is_known_by_what_was_said_first(reading, connection, upstream):
    upstream["GET /conversations/conv_1"] = 200, {"id": "conv_1", "created_at": 1760000000, "metadata": {}}
    upstream["GET /conversations/conv_1/items"] = 200, {"object": "list", "data": [ASKED]}

    response = reading.get("/conversations/open/", {"connection": "prod", "id": "conv_1"})

    assert response.headers["Location"] == "/c/prod/conversations/conv_1/"
    assert Item.objects.get(kind="conversation").name == "Rain?"


def test_a_response_that_is_missing_is_waited_for_in_place(reading, connection, upstream):
    upstream["GET /responses/resp_1"] = MISSING

    response = reading.get("/responses/open/", {"connection": "prod", "id": "resp_1"})

    assert response.status_code == 404
    assert "Not there yet" in response.text
    assert 'hx-trigger="every 3s"' in response.text
    assert not Item.objects.exists()


def test_a_resource_that_refuses_is_told_above_the_form_which_keeps_the_id(reading, connection, upstream):
    upstream["GET /responses/resp_1"] = 401, {"error": {"code": "401", "message": "Access denied."}}
    asked = {"connection": "prod", "id": "resp_1"}

    page = reading.get("/responses/open/", asked)
    part = reading.get("/responses/open/", asked, headers=HTMX)

    assert page.status_code == 502
    assert 'data-error-kind="auth_failed"' in page.text
    assert 'value="resp_1"' in page.text
    assert (part.status_code, 'data-error-kind="auth_failed"' in part.text) == (200, True)
    assert "hx-trigger" not in part.text
    told = reading.get("/responses/open/", asked, headers=JSON)
    assert (told.status_code, told.json()["error"]["kind"]) == (502, "auth_failed")


def test_after_forty_seconds_it_is_not_there(reading, connection, upstream):
    upstream["GET /responses/resp_1"] = MISSING
    asked = {"connection": "prod", "id": "resp_1", "since": str(int(time.time()) - 41)}

    part = reading.get("/responses/open/", asked, headers=HTMX)

    assert part.status_code == 200
    assert "does not find" in part.text
    assert "hx-trigger" not in part.text


def test_a_response_that_appears_is_shown(reading, connection, upstream):
    upstream["GET /responses/resp_1"] = [MISSING, (200, FIRST)]
    upstream["GET /responses/resp_1/input_items"] = 200, {"object": "list", "data": []}
    asked = {"connection": "prod", "id": "resp_1", "since": str(int(time.time()))}

    first, second = (reading.get("/responses/open/", asked, headers=HTMX) for _ in range(2))

    assert "Not there yet" in first.text
    assert second.headers["HX-Redirect"] == "/c/prod/responses/resp_1/"


def test_a_missing_conversation_says_that_there_may_be_none_at_all(reading, connection, upstream):
    response = reading.get("/conversations/open/", {"connection": "prod", "id": "conv_1"})

    assert "this resource does not offer conversations" in response.text
    assert "Not there yet" not in response.text


def test_a_connection_that_is_paused_is_said_so_at_the_field_and_the_id_stays(reading, connection, upstream):
    connection.paused_at = timezone.now()
    connection.save(update_fields=["paused_at"])
    asked = {"connection": "prod", "id": "resp_1"}

    page = reading.get("/responses/open/", asked)
    told = reading.get("/responses/open/", asked, headers=JSON)
    blank = reading.get("/responses/open/")

    sentence = f"{connection.name} is paused: nothing is asked of it until somebody resumes it."
    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="resp_1"' in page.text
    assert '<option value="prod" selected>' in page.text
    assert told.json()["error"]["fields"] == {"connection": [sentence]}
    assert 'value="prod"' not in blank.text
    assert upstream.hits == 0


def test_a_connection_that_has_none_of_these_is_said_so_in_plain_words(reading, connection):
    response = reading.get("/responses/open/", {"connection": "gone", "id": "resp_1"}, headers=JSON)

    assert response.json()["error"]["fields"] == {"connection": ["This connection cannot be asked for it."]}


def test_an_address_is_no_id(reading, connection):
    response = reading.get("/responses/open/", {"connection": "prod", "id": "https://x/y"}, headers=JSON)

    assert response.status_code == 422
    assert "id" in response.json()["error"]["fields"]


def test_a_stranger_is_refused_and_opens_no_foreign_connection(client, mallory, connection, upstream):
    client.force_login(mallory)

    assert client.get("/responses/open/", {"connection": "prod", "id": "resp_1"}).status_code == 403
    assert upstream.hits == 0


def test_a_provider_that_keeps_responses_alone_can_be_asked_for_those(reading, connection, upstream):
    connection.kind = "xai"
    connection.save(update_fields=["kind"])

    opened = reading.get("/responses/open/").text, reading.get("/conversations/open/").text

    assert ['value="prod"' in page for page in opened] == [True, False]


@pytest.mark.parametrize("pasted", ["resp_1/cancel", "resp_1 resp_2", " , "])
def test_what_cannot_be_an_id_is_said_at_the_field(reading, connection, upstream, pasted):
    response = reading.get("/responses/open/", {"connection": "prod", "id": pasted})

    assert response.status_code == 422
    assert "An id has no slash and no space in it." in response.text
    assert upstream.hits == 0


def test_the_address_of_one_that_the_index_does_not_know_leads_to_opening_it(reading, connection):
    response = reading.get("/c/prod/responses/resp_1/")

    assert response.status_code == 404
    assert 'href="/responses/open/?connection=prod&amp;id=resp_1"' in response.text
