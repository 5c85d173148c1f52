"""Deleting tuned models: those that jobs made, and those that were copied here."""

import pytest

from console.index import fine_tuning as index
from console.index import models as model_index
from console.models import AuditEvent, Item
from console.v1.fine_tuning import parse_job
from console.v1.models import parse_model
from tests.upstream import Script
from tests.views.test_fine_tuning import DONE
from tests.views.test_fine_tuning_compare import MODEL, deploy

DELETE = f"/c/prod/models/{MODEL}/delete/"


@pytest.fixture
def known(connection, upstream):
    """The job that made the model, in the index."""
    index.remember(connection, parse_job(DONE))
    return upstream


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def test_a_tuned_model_is_deleted_once_its_name_was_typed(operating, known):
    known[f"DELETE /models/{MODEL}"] = 200, {"id": MODEL, "object": "model", "deleted": True}

    refused = operating.post(DELETE, {"name": "another"})
    response = operating.post(DELETE, {"name": MODEL})

    assert (refused.status_code, response.status_code) == (422, 302)
    assert [one.method for one in known.requests] == ["DELETE"]
    event = AuditEvent.objects.filter(action="model.deleted").latest("seq")
    assert (event.actor_label, event.target_id, event.outcome) == ("alice", MODEL, "success")


def test_a_deployed_model_is_warned_about(operating, known, connection):
    deploy(connection)

    assert "Deployed as mine" in operating.get(DELETE).text


def test_a_refused_deletion_is_recorded(operating, known):
    known[f"DELETE /models/{MODEL}"] = 400, {"error": {"code": "in_use", "message": "It is deployed."}}

    response = operating.post(DELETE, {"name": MODEL})

    assert "It is deployed." in response.text
    assert AuditEvent.objects.latest("seq").outcome == "failure"


def test_a_deletion_that_nobody_answers_has_an_unknown_outcome(operating, known):
    known[f"DELETE /models/{MODEL}"] = Script(200, [b'{"id":'], {}, cut=True)

    assert operating.post(DELETE, {"name": MODEL}).status_code >= 500
    assert AuditEvent.objects.latest("seq").outcome != "success"


def test_a_base_model_cannot_be_deleted(operating, known):
    response = operating.post("/c/prod/models/gpt-4.1-nano/delete/", {"name": "gpt-4.1-nano"})

    assert (response.status_code, response["Location"]) == (302, "/c/prod/models/gpt-4.1-nano/")
    assert known.hits == 0


def test_a_model_without_a_job_here_is_deleted_too(operating, known):
    name = "gpt-4.1-mini.ft-0f4dfbbc87796912f12c47b55f4df9ae"
    known[f"DELETE /models/{name}"] = 200, {"id": name, "object": "model", "deleted": True}

    response = operating.post(f"/c/prod/models/{name}/delete/", {"name": name})

    assert (response.status_code, response["Location"]) == (302, "/models/")


def test_the_page_of_a_tuned_model_leads_to_deleting_it(operating, known, connection):
    Item.objects.take_in(connection.pk, "model", [model_index.seen(parse_model({"id": MODEL}), None)])

    page = operating.get(f"/c/prod/models/{MODEL}/").text
    operating.post(DELETE, {"name": MODEL})

    assert DELETE in page


def test_bob_may_not_delete_a_model(reading, known):
    assert DELETE not in reading.get("/c/prod/fine-tuning/ftjob-2/").text
    assert reading.post(DELETE, {"name": MODEL}).status_code == 403
    assert known.hits == 0


def test_mallory_may_not_even_know_of_it(client, mallory, known):
    client.force_login(mallory)

    assert client.post(DELETE, {"name": MODEL}).status_code == 404
