"""Connections: made, changed by one person at a time, paused and removed; each with its event."""

from dataclasses import replace

import pytest

from console.models import AuditEvent, Connection, Item, Secret
from console.models.connection import Stale, Wiring
from console.models.secret import auth_for
from console.outbound.errors import BlockedByPolicy
from console.outbound.policy import Endpoint

pytestmark = pytest.mark.django_db
ENDPOINT = Endpoint("https", "contoso.openai.azure.com", 443, "/openai/v1")
WIRING = Wiring("prod sweden", "azure", ENDPOINT, "key")
ENTRA = replace(
    WIRING, auth_kind="entra", credential="client_secret", tenant_id="t", client_id="c", scope="s"
)


@pytest.fixture
def made(workspace, carol):
    return Connection.add(workspace, WIRING, secret="first-key-1", user=carol)


def again(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))


def test_a_new_connection_and_its_credential_are_recorded_without_the_key(made):
    assert events() == ["connection.created", "connection.credential_set"]
    assert "first-key-1" not in "".join(AuditEvent.objects.values_list("canonical", flat=True))
    assert AuditEvent.objects.get(action="connection.created").changes["url"] == [None, ENDPOINT.url]
    assert (made.slug, made.url, made.secret.set_by) == ("prod-sweden", ENDPOINT.url, "carol")


def test_two_names_that_look_alike_get_slugs_of_their_own(made, workspace):
    other = Connection.add(workspace, replace(WIRING, name="Prod Sweden!"), secret="second-key")

    assert other.slug == "prod-sweden-2"


def test_a_name_without_letters_gets_a_slug_too(workspace):
    assert Connection.add(workspace, replace(WIRING, name="生产")).slug == "connection"


def test_a_change_keeps_the_key_when_it_stays_where_it_is(made, carol):
    made.change(replace(WIRING, name="renamed"), version=1, user=carol)

    assert auth_for(again(made)).headers() == {"api-key": "first-key-1"}
    assert (again(made).name, again(made).version) == ("renamed", 2)
    assert AuditEvent.objects.latest().changes == {"name": ["prod sweden", "renamed"]}


@pytest.mark.parametrize(
    "wiring",
    [
        replace(WIRING, endpoint=replace(ENDPOINT, host="fabrikam.openai.azure.com")),
        replace(WIRING, endpoint=replace(ENDPOINT, base_path="/api/projects/p/openai/v1")),
        ENTRA,
    ],
)
def test_a_key_never_follows_to_another_place(made, wiring):
    made.change(wiring, version=1)

    assert not Secret.objects.exists()


@pytest.mark.parametrize("field", ["tenant_id", "client_id", "cloud", "credential"])
def test_a_client_secret_never_follows_to_another_identity(workspace, field):
    made = Connection.add(workspace, ENTRA, secret="client-secret")

    made.change(replace(ENTRA, **{field: "other"}), version=1)

    assert not Secret.objects.exists()


def test_another_host_is_an_event_of_its_own(made):
    elsewhere = replace(WIRING, endpoint=replace(ENDPOINT, host="fabrikam.openai.azure.com"))

    made.change(elsewhere, version=1, secret="second-key")

    assert events()[2:] == ["connection.host_changed", "connection.credential_set"] or events()[2:] == [
        "connection.host_changed",
        "connection.credential_rotated",
    ]
    assert auth_for(again(made)).headers() == {"api-key": "second-key"}


def test_what_was_found_out_about_the_old_host_is_forgotten(made):
    Connection.objects.update(region="Sweden", error_kind="auth_failed", error_message="no", account_id="/x")
    made = again(made)

    made.change(
        replace(WIRING, endpoint=replace(ENDPOINT, host="b.openai.azure.com")), version=1, secret="k-2"
    )

    found = again(made)
    assert (found.region, found.error_kind, found.account_id, found.state) == ("", "", "", "unchecked")


def test_who_comes_second_changes_nothing(made):
    first, second = again(made), again(made)
    first.change(replace(WIRING, name="first"), version=1)

    with pytest.raises(Stale):
        second.change(replace(WIRING, name="second"), version=1, secret="other-key")

    assert again(made).name == "first"
    assert auth_for(again(made)).headers() == {"api-key": "first-key-1"}


def test_a_change_of_nothing_records_nothing(made):
    made.change(WIRING, version=1)

    assert events() == ["connection.created", "connection.credential_set"]


def test_a_replaced_credential_is_used_from_the_next_call_on(made, carol):
    fingerprint = made.secret.fingerprint

    made.replace_credential("second-key-2", user=carol)

    assert auth_for(again(made)).headers() == {"api-key": "second-key-2"}
    assert again(made).version == 2
    event = AuditEvent.objects.latest()
    assert event.action == "connection.credential_rotated"
    assert event.changes == {"fingerprint": [fingerprint, again(made).secret.fingerprint]}


def test_a_paused_connection_gives_no_client(connection, carol):
    connection.pause()

    with pytest.raises(BlockedByPolicy, match="is paused"):
        again(connection).client(carol)
    with pytest.raises(BlockedByPolicy, match="is paused"):
        again(connection).arm()
    assert again(connection).state == "paused"


def test_a_resumed_connection_gives_one(connection, carol):
    connection.pause()
    connection.resume()

    assert again(connection).client(carol)
    assert events() == ["connection.paused", "connection.resumed"]


def test_pausing_twice_is_one_event(connection):
    connection.pause()
    connection.pause()

    assert events() == ["connection.paused"]


def test_removing_takes_the_credential_and_the_index_along_and_leaves_the_trail(connection):
    Item.objects.create(
        connection=connection,
        kind="model",
        remote_id="m",
        name="m",
        seen_at=connection.created_at,
        digest="x",
    )

    connection.remove()

    assert not Connection.objects.exists()
    assert not Secret.objects.exists()
    assert not Item.objects.exists()
    event = AuditEvent.objects.latest()
    assert (event.action, event.changes["name"]) == ("connection.removed", ["prod", None])


def test_a_list_counts_what_is_there_and_is_ordered_by_name(connection, workspace):
    Connection.add(workspace, replace(WIRING, name="Alpha"))
    for number in range(3):
        Item.objects.create(
            connection=connection,
            kind="model" if number else "deployment",
            remote_id=str(number),
            name="m",
            seen_at=connection.created_at,
            digest="x",
        )

    found = Connection.objects.counted()

    assert [(one.name, one.models_count, one.deployments_count) for one in found] == [
        ("Alpha", 0, 0),
        ("prod", 2, 1),
    ]
