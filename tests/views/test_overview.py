from datetime import timedelta

import pytest
from django.utils import timezone

from console.models import Comparison, Connection, Item, Sync
from console.models.seen import Seen


@pytest.fixture
def fleet(connection) -> None:
    """One connection with three models and two deployments, one of which retires in a month."""
    models = [Seen(f"m-{n}", f"m-{n}", {"id": n}) for n in range(3)]
    soon = timezone.now().date() + timedelta(days=30)
    dying = Seen("dying", "dying", {"id": 1}, labels=frozenset({"upgrade:NoAutoUpgrade"}), retires_on=soon)
    Item.objects.take_in(connection.pk, "model", models)
    Item.objects.take_in(connection.pk, "deployment", [dying, Seen("fine", "fine", {"id": 2})])
    for kind in ("model", "deployment"):
        Sync.claim(connection.pk, kind).complete(**Item.objects.tally(connection.pk, kind))


def test_without_a_connection_the_page_says_how_to_start(client, carol):
    client.force_login(carol)

    page = client.get("/").text

    assert "Welcome, carol" in page
    assert 'action="/connections/new/"' in page


def test_who_may_not_add_connections_is_told_whom_to_ask(client, bob):
    client.force_login(bob)

    page = client.get("/").text

    assert 'action="/connections/new/"' not in page
    assert "Ask somebody who manages this console" in page


def test_connections_show_their_counts(client, bob, fleet):
    client.force_login(bob)

    (card,) = client.get("/").context["cards"]

    assert (card.models, card.deployments) == (3, 2)


def test_what_was_never_read_has_no_count(client, bob, connection):
    client.force_login(bob)

    (card,) = client.get("/").context["cards"]

    assert (card.models, card.deployments) == (None, None)


def test_what_retires_soon_needs_attention(client, bob, fleet):
    client.force_login(bob)

    page = client.get("/").text

    assert "retires in 30 days" in page
    assert "does not upgrade by itself" in page


def test_a_failing_connection_comes_first_and_says_why(client, bob, fleet, workspace):
    bad = Connection.objects.create(
        workspace=workspace,
        name="zzz",
        slug="zzz",
        kind="azure",
        scheme="https",
        host="zzz.openai.azure.com",
        port=443,
        auth_kind="key",
        checked_at=timezone.now(),
        error_kind="auth_failed",
    )
    client.force_login(bob)

    response = client.get("/")

    assert response.context["cards"][0].connection == bad
    assert 'data-error-kind="auth_failed"' in response.text


def test_recent_comparisons_are_listed(client, bob, fleet, workspace):
    Comparison.objects.create(workspace=workspace, title="Which one rhymes?", owner=bob)
    client.force_login(bob)

    assert "Which one rhymes?" in client.get("/").text


def test_who_does_not_audit_sees_only_what_they_did(client, bob, carol, connection):
    client.force_login(carol)
    client.post("/c/prod/pause/")
    client.force_login(bob)

    assert "paused the connection" not in client.get("/").text


def test_auditors_see_what_everybody_did(client, audrey, carol, connection):
    client.force_login(carol)
    client.post("/c/prod/pause/")
    client.force_login(audrey)

    assert "paused the connection" in client.get("/").text


def test_the_overview_answers_json(client, bob, fleet):
    client.force_login(bob)

    told = client.get("/", headers={"Accept": "application/json"}).json()

    assert told["connections"][0]["models"] == 3
    assert (told["retiring"][0]["name"], told["retiring"][0]["days"]) == ("dying", 30)


def test_strangers_see_no_connection(client, mallory, fleet):
    client.force_login(mallory)

    assert "Welcome, mallory" in client.get("/").text
