"""The connections that the demo makes: once, labelled, and led to where the simulator is."""

import pytest

from console.demo import QUESTIONS, add_local_model, add_simulated, begin_talks
from console.models import AuditEvent, Connection, Item, audit, checkup
from console.models.secret import auth_for
from tests.conftest import SIMULATOR_KEY, SIMULATOR_PORT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.SIMULATOR_URL, settings.SIMULATOR_KEY = f"http://127.0.0.1:{SIMULATOR_PORT}", SIMULATOR_KEY


def test_every_simulated_resource_answers_in_its_own_way(workspace, simulator):
    add_simulated(workspace)

    connections = list(Connection.objects.order_by("name"))
    assert [(one.name, one.auth_kind, one.is_simulated) for one in connections] == [
        ("contoso-eastus2", "key", True),
        ("contoso-legacy", "key", True),
        ("contoso-sweden", "entra", True),
        ("fabrikam-models", "key", True),
    ]
    for connection in connections:
        assert {step.state for step in checkup.test(connection, audit.Actor())} == {"ok"}


def test_a_second_start_changes_nothing(workspace):
    add_simulated(workspace)
    before = AuditEvent.objects.count()

    add_simulated(workspace)

    assert (Connection.objects.count(), AuditEvent.objects.count()) == (4, before)


def test_what_was_removed_does_not_come_back(workspace):
    add_simulated(workspace)
    Connection.objects.get(name="contoso-legacy").remove()

    add_simulated(workspace)

    assert not Connection.objects.filter(name="contoso-legacy").exists()


def test_another_port_and_another_key_are_followed(workspace, settings):
    add_simulated(workspace)
    settings.SIMULATOR_URL, settings.SIMULATOR_KEY = "http://127.0.0.1:4711", "another-key-1"

    add_simulated(workspace)

    connection = Connection.objects.get(name="contoso-legacy")
    assert connection.url == "http://127.0.0.1:4711/resources/contoso-legacy/openai/v1"
    assert auth_for(connection).headers() == {"api-key": "another-key-1"}


def test_a_key_alone_that_changed_is_followed(workspace, settings):
    add_simulated(workspace)
    settings.SIMULATOR_KEY = "another-key-1"

    add_simulated(workspace)

    assert auth_for(Connection.objects.get(name="contoso-legacy")).headers() == {"api-key": "another-key-1"}


def test_somebody_elses_connection_of_that_name_is_left_alone(workspace, connection, carol):
    Connection.objects.update(name="contoso-legacy", created_by=carol)

    add_simulated(workspace)

    assert Connection.objects.get(name="contoso-legacy").url == connection.url


def test_the_system_is_named_as_who_made_them(workspace):
    add_simulated(workspace)

    assert set(AuditEvent.objects.values_list("actor_label", flat=True)) == {"system"}
    assert SIMULATOR_KEY not in "".join(AuditEvent.objects.values_list("canonical", flat=True))


def test_the_model_of_this_machine_is_an_ordinary_server(workspace, settings):
    settings.LOCAL_MODEL_URL, settings.LOCAL_MODEL_KEY = "http://127.0.0.1:4712", "local-key-1"

    add_local_model(workspace)

    connection = Connection.objects.get()
    assert (connection.kind, connection.url) == ("custom", "http://127.0.0.1:4712/v1")
    assert auth_for(connection).headers() == {"authorization": "Bearer local-key-1"}


def test_the_first_talks_are_asked_once_and_make_a_thread(workspace, simulator):
    add_simulated(workspace)

    begin_talks()
    begin_talks()

    responses = Item.objects.filter(kind="response").order_by("pk")
    assert [one.name for one in responses][:3] == list(QUESTIONS)
    assert [one.raw["previous_response_id"] for one in responses] == [
        None,
        responses[0].remote_id,
        responses[1].remote_id,
        None,
    ]
    assert Item.objects.get(kind="conversation").name == "A torn zip"
    assert {
        tuple(one.values("by")) for one in Item.objects.filter(kind__in=["response", "conversation"])
    } == {("system",)}
    assert AuditEvent.objects.filter(action="response.created", actor_label="system").count() == 8


def test_without_the_simulator_there_is_nothing_to_talk_to(workspace):
    begin_talks()

    assert not Item.objects.exists()
