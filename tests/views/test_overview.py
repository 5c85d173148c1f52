from datetime import timedelta

import pytest
from django.utils import timezone

from console.models import Comparison, Connection, Item, Job, Sync
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


def taken_in(connection, kind: str, status: str, raw: dict, *, hours: int = 1) -> None:
    ago = timezone.now() - timedelta(hours=hours)
    one = Seen(f"{kind}-1", f"a {kind}", {"id": f"{kind}-1", **raw}, status, created_at=ago, updated_at=ago)
    Item.objects.take_in(connection.pk, kind, [one])


def test_work_under_way_is_shown_with_its_progress(client, bob, fleet, connection, workspace):
    taken_in(
        connection, "batch", "in_progress", {"request_counts": {"total": 9, "completed": 3, "failed": 1}}
    )
    finish = (timezone.now() + timedelta(minutes=90)).timestamp()
    taken_in(connection, "fine_tuning_job", "running", {"estimated_finish": finish}, hours=2)
    taken_in(connection, "eval_run", "in_progress", {"result_counts": {"total": 3, "passed": 3}}, hours=3)
    Job.objects.create(workspace=workspace, kind="x", title="Copy a file", effect="read", total=10, done=4)
    client.force_login(bob)

    page = client.get("/")

    shown = {one.title: (one.done, one.total) for one in page.context["running"]}
    assert shown == {
        "Copy a file": (4, 10),
        "a batch": (4, 9),
        "a fine_tuning_job": (None, None),
        "a eval_run": (None, None),
    }
    assert "/c/prod/batches/batch-1/" in page.text
    assert 5300 < page.context["running"][2].seconds_left <= 5400


def test_what_failed_within_a_day_is_shown_with_its_reason(client, bob, fleet, connection, workspace):
    taken_in(connection, "fine_tuning_job", "failed", {"error": {"message": "The file is <bad>."}})
    taken_in(connection, "batch", "failed", {}, hours=30)
    Job.objects.create(
        workspace=workspace,
        kind="x",
        title="Upload x.jsonl",
        effect="read",
        state="failed",
        finished_at=timezone.now(),
        error_message="No room.",
    )
    client.force_login(bob)

    page = client.get("/")

    assert [one.title for one in page.context["failed"]] == ["Upload x.jsonl", "a fine_tuning_job"]
    assert "The file is &lt;bad&gt;." in page.text


def test_work_of_others_is_not_shown(client, mallory, fleet, connection):
    taken_in(connection, "batch", "in_progress", {})
    client.force_login(mallory)

    told = client.get("/", headers={"accept": "application/json"}).json()

    assert (told["running"], told["failed"]) == ([], [])
