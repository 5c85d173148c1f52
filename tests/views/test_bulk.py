"""Deleting many objects at once: what is shown first, the words that are asked for, and the job that follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console import tasks
from console.index import keeping
from console.index import vector_stores as stores
from console.models import Item, Job, Selection, selection
from console.v1.vector_stores import parse_store

pytestmark = pytest.mark.django_db
URL = "/vector-stores/delete/"
WORDS = "delete 2 vector stores"


@pytest.fixture
def known(connection) -> list[int]:
    """Three stores in the index; their keys."""
    for number in (1, 2, 3):
        store = parse_store({"id": f"vs-{number}", "name": f"store {number}", "status": "completed"})
        keeping.remember(connection, stores.KIND, stores.seen(store, frozenset()))
    return list(Item.objects.order_by("name").values_list("pk", flat=True))


def asking(client, keys: list[int]) -> str:
    """The address of the page that asks about those selected."""
    return str(client.post(URL, {"item": keys}).headers["Location"])


def test_grave_objects_ask_for_typed_words(client, alice, known):
    client.force_login(alice)
    url = asking(client, known[:2])

    shown, refused = client.get(url), client.post(url, {"name": "delete 3 vector stores"})

    assert "delete 2 vector stores" in shown.text
    assert (shown.status_code, refused.status_code) == (200, 422)
    assert "vs-2" in refused.text
    assert not Job.objects.exists()


def test_each_deletion_stands_there_as_code(client, alice, known, upstream, monkeypatch):
    client.force_login(alice)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "of whoever runs it")
    upstream["DELETE /vector_stores/vs-1"] = upstream["DELETE /vector_stores/vs-2"] = 200, {"deleted": True}

    python, curl = client.get(asking(client, known[:2])).context["samples"]
    exec(python.text + "client.close()", {})

    asked = [f"/openai/v1/vector_stores/vs-{number}" for number in (1, 2)]
    assert [(one.method, one.path) for one in upstream.requests] == [("DELETE", path) for path in asked]
    assert [path in curl.text for path in asked] == [True, True]
    assert curl.text.count("curl -X DELETE") == 2


def test_wrong_words_are_told_as_json_by_their_field(client, alice, known):
    client.force_login(alice)

    response = client.post(
        asking(client, known[:2]), {"name": "delete"}, headers={"accept": "application/json"}
    )

    assert (response.status_code, list(response.json()["error"]["fields"])) == (422, ["name"])
    assert not Job.objects.exists()


def test_the_typed_words_start_a_job_with_the_frozen_list(client, alice, known):
    client.force_login(alice)

    response = client.post(asking(client, known[:2]), {"name": WORDS, "item": known})

    job = Job.objects.get()
    assert response.headers["Location"] == f"/activity/{job.pk}/"
    assert job.title == "Delete 2 vector stores"
    assert [one["id"] for one in job.arguments["items"]] == ["vs-1", "vs-2"]


def test_a_confirmed_list_leads_to_its_job_however_often_it_is_asked_for(client, alice, known):
    client.force_login(alice)
    url = asking(client, known[:2])

    places = [client.post(url, {"name": WORDS}).headers["Location"] for _ in range(2)]

    assert {*places, client.get(url).headers["Location"]} == {f"/activity/{Job.objects.get().pk}/"}


def test_what_is_gone_meanwhile_is_not_asked_about(client, alice, known):
    client.force_login(alice)
    url = asking(client, known[:2])
    Item.objects.filter(pk=known[0]).delete()
    assert "delete 1 vector store" in client.get(url).text

    Item.objects.filter(pk=known[1]).delete()

    assert client.get(url).headers["Location"] == "/vector-stores/"


def test_a_selection_is_there_for_the_one_who_made_it_alone(client, alice, bob, carol, mallory, known):
    client.force_login(alice)
    url = asking(client, known)

    for person, status in ((carol, 404), (bob, 403), (mallory, 403)):
        client.force_login(person)
        assert (client.get(url).status_code, client.post(url, {"name": WORDS}).status_code) == (
            status,
            status,
        )
    assert not Job.objects.exists()


def test_keeping_them_leads_back_to_the_list_as_it_was(client, alice, known):
    client.force_login(alice)
    asked = {"q": "store & more", "sort": "-name", "page": "2"}

    url = client.post(URL, {"item": known, **asked}).headers["Location"]

    back = "/vector-stores/?q=store+%26+more&amp;sort=-name&amp;page=2"
    assert client.get(url).text.count(f'href="{back}"') == 2
    assert f'href="{back}"' in client.post(url, {"name": "no"}).text


@pytest.mark.parametrize("address", [f"{URL}?selection=x", f"{URL}?selection={'0' * 32}"])
def test_no_selection_is_no_page(client, alice, address):
    client.force_login(alice)

    assert client.get(address).status_code == 404


def test_a_selection_is_for_the_page_that_it_was_made_for(client, alice, known):
    client.force_login(alice)

    assert client.get(asking(client, known).replace("vector-stores", "files")).status_code == 404


def test_selections_are_dropped_after_a_day(client, alice, known):
    client.force_login(alice)
    old, new = asking(client, known), asking(client, known)
    day_ago = timezone.now() - selection.KEPT - timedelta(seconds=1)
    Selection.objects.filter(pk=old.partition("=")[2]).update(created_at=day_ago)

    tasks.sweep_uploads()

    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_a_reader_is_refused_and_who_finds_nothing_is_led_back(client, bob, carol, known):
    client.force_login(bob)
    assert client.post(URL, {"item": known}).status_code == 403

    client.force_login(carol)
    assert client.post(URL, {"item": [999_999]}).headers["Location"] == "/vector-stores/"


def test_too_many_are_refused(client, alice, known):
    client.force_login(alice)

    assert client.post(URL, {"item": list(range(1, 502))}).status_code == 400


def test_rows_can_be_chosen_by_those_who_may_delete(client, alice, bob, known):
    client.force_login(alice)
    assert client.get("/vector-stores/").text.count('type="checkbox"') == 3

    client.force_login(bob)
    assert 'type="checkbox"' not in client.get("/vector-stores/").text
