"""Responses and conversations are the same for the official SDK and the console, whoever made them."""

import time

import openai
import pytest

from console.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}
ASKED = {"key": "k1", "model": "gpt-4.1-nano", "input": "Name a river"}


@pytest.fixture
def operating(client, alice, simulated):
    client.force_login(alice)
    return client


def test_the_sdk_sees_the_response_that_the_console_began(operating, sdk):
    place = operating.post("/c/sim/responses/new/", ASKED).headers["Location"]
    response_id = place.split("/")[-2]

    response = sdk.responses.retrieve(response_id)

    assert response.background
    assert [one.content[0].text for one in sdk.responses.input_items.list(response_id)] == ["Name a river"]


def test_the_sdk_can_follow_it_from_any_number_on(operating, sdk):
    place = operating.post("/c/sim/responses/new/", ASKED).headers["Location"]

    with sdk.responses.retrieve(place.split("/")[-2], stream=True, starting_after=2) as stream:
        numbers = [event.sequence_number for event in stream]

    assert numbers[0] == 3


def test_the_console_sees_the_response_that_the_sdk_made(operating, sdk):
    first = sdk.responses.create(model="gpt-4.1-nano", input="Name a mountain")
    second = sdk.responses.create(model="gpt-4.1-nano", input="And a valley", previous_response_id=first.id)

    place = operating.get("/responses/open/", {"connection": "sim", "id": second.id}).headers["Location"]

    assert second.output_text.split()[0] in operating.get(place).text
    assert "And a valley" in operating.get(f"{place}input/", headers=HTMX).text
    operating.get(f"{place}thread/", headers=HTMX)
    assert {one.remote_id for one in Item.objects.filter(kind="response")} == {first.id, second.id}


def test_what_one_deletes_is_gone_for_the_other(operating, sdk):
    made = sdk.responses.create(model="gpt-4.1-nano", input="Name a lake")
    place = operating.get("/responses/open/", {"connection": "sim", "id": made.id}).headers["Location"]

    operating.post(f"{place}delete/")

    with pytest.raises(openai.NotFoundError):
        sdk.responses.retrieve(made.id)


def test_a_conversation_is_shared(operating, sdk):
    form = {"key": "k2", "role": "user", "text": "We plan a hike", "metadata": "title = A hike"}
    place = operating.post("/c/sim/conversations/new/", form).headers["Location"]
    conversation_id = place.split("/")[-2]

    sdk.responses.create(model="gpt-4.1-nano", input="Where shall we go?", conversation=conversation_id)
    operating.post(f"{place}add/", {"key": "k3", "role": "user", "text": "Thanks"})

    texts = [
        one.content[0].text
        for one in sdk.conversations.items.list(conversation_id, order="asc")
        if one.content
    ]
    assert (texts[0], texts[1], texts[-1]) == ("We plan a hike", "Where shall we go?", "Thanks")
    assert "Where shall we go?" in operating.get(f"{place}items/", headers=HTMX).text
    assert sdk.conversations.retrieve(conversation_id).metadata == {"title": "A hike"}


def test_a_response_that_appears_late_is_waited_for(operating, sdk):
    late = sdk.responses.create(
        model="gpt-4.1-nano", input="Name a cave", extra_headers={"x-simulator-fault": "late-get;2"}
    )
    asked = {"connection": "sim", "id": late.id}

    first = operating.get("/responses/open/", asked)
    time.sleep(2.2)
    second = operating.get("/responses/open/", asked)

    assert "Not there yet" in first.text
    assert second.status_code == 302
