"""The page of an object that the index does not know: the resource is asked for it, once, and the index keeps it."""

import pytest
from django.urls import reverse

from console.index import KINDS
from console.models import Item

pytestmark = pytest.mark.django_db
PATHS = {
    "file": "/files/x-1",
    "vector_store": "/vector_stores/x-1",
    "fine_tuning_job": "/fine_tuning/jobs/x-1",
    "batch": "/batches/x-1",
    "eval": "/evals/x-1",
    "stored_completion": "/chat/completions/x-1",
    "container": "/containers/x-1",
}


def address(kind: str) -> str:
    return reverse(kind.replace("_", "-"), args=["prod", "x-1"]) + "?from=a+link"


def test_every_kind_with_a_list_but_models_deployments_and_runs_can_be_met():
    listed = {kind.name for kind in KINDS.values() if kind.is_listed}

    assert {kind.name for kind in KINDS.values() if kind.meet} == set(PATHS)
    assert listed - set(PATHS) == {"model", "deployment", "eval_run"}


@pytest.mark.parametrize("kind", PATHS)
def test_what_was_made_elsewhere_is_asked_for_and_kept(client, bob, connection, upstream, kind):
    upstream[f"GET {PATHS[kind]}"] = 200, {"id": "x-1", "name": "made elsewhere"}
    client.force_login(bob)

    response = client.get(address(kind))

    assert (response.status_code, response.url) == (302, address(kind))
    assert Item.objects.get(kind=kind, remote_id="x-1").connection == connection
    assert [one.path for one in upstream.requests] == [f"/openai/v1{PATHS[kind]}"]
    assert client.get(response.url).status_code == 200


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {}), "and neither does the resource"),
        ((200, {"id": "another"}), "and neither does the resource"),
        ((401, {}), "and the resource could not be asked"),
    ],
)
def test_what_the_resource_does_not_tell_stays_unknown(client, bob, connection, upstream, answer, said):
    upstream["GET /files/x-1"] = answer
    client.force_login(bob)

    response = client.get(address("file"))

    assert response.status_code == 404
    assert f"does not know this id, {said}" in response.text


def test_nobody_asks_through_a_connection_that_is_not_theirs(client, mallory, connection, upstream):
    client.force_login(mallory)

    assert client.get(address("file")).status_code == 404
    assert upstream.hits == 0


def test_a_change_of_an_unknown_object_asks_for_nothing(client, alice, connection, upstream):
    client.force_login(alice)

    assert client.post("/c/prod/files/x-1/delete/").status_code == 404
    assert upstream.hits == 0


def test_a_connection_that_is_paused_is_not_asked(client, alice, connection, upstream):
    connection.pause()
    client.force_login(alice)

    assert client.get(address("file")).status_code == 404
    assert upstream.hits == 0
