"""Deleting many objects at once: what is shown first, the words that are asked for, and the job that follows."""

import pytest

from console.index import keeping
from console.index import vector_stores as stores
from console.models import Item, Job
from console.v1.vector_stores import parse_store

pytestmark = pytest.mark.django_db
URL = "/vector-stores/delete/"


@pytest.fixture
def known(connection) -> list[int]:
    """Three stores in the index; their keys."""
    for number in (1, 2, 3):
        store = parse_store({"id": f"vs-{number}", "name": f"store {number}", "status": "completed"})
        keeping.remember(connection, stores.KIND, stores.seen(store, frozenset()))
    return list(Item.objects.order_by("name").values_list("pk", flat=True))


def test_grave_objects_ask_for_typed_words(client, alice, known):
    client.force_login(alice)

    shown = client.post(URL, {"item": known[:2]})
    refused = client.post(URL, {"item": known[:2], "confirmed": "1", "name": "delete 3 vector stores"})

    assert "delete 2 vector stores" in shown.text
    assert 'client.vector_stores.delete("vs-1")' in shown.context["samples"][0].text
    assert (shown.status_code, refused.status_code) == (200, 422)
    assert f'name="item" value="{known[1]}"' in refused.text
    assert not Job.objects.exists()


def test_the_typed_words_start_a_job_with_the_frozen_list(client, alice, known):
    client.force_login(alice)

    response = client.post(URL, {"item": known[:2], "confirmed": "1", "name": "delete 2 vector stores"})

    job = Job.objects.get()
    assert response.headers["Location"] == f"/activity/{job.pk}/"
    assert job.title == "Delete 2 vector stores"
    assert [one["id"] for one in job.arguments["items"]] == ["vs-1", "vs-2"]


def test_a_reader_is_refused_and_a_stranger_finds_nothing(client, bob, carol, known, connection):
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
