"""The audit page: a timeline that can be narrowed, each event whole, and the verification."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from console import access
from console.models import AuditEvent, audit
from console.models.audit_recorder import Recorder
from console.models.audit_timeline import ABANDONED_AFTER

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def auditor(client, audrey):
    client.force_login(audrey)
    return client


@pytest.fixture
def happened(alice, connection):
    """Alice paused a connection and was refused to delete a model; the system made a comparison."""
    with audit.acting(audit.Actor.of(alice)):
        audit.record("connection.paused", target=connection.target, connection=connection)
    recorder = Recorder(connection, audit.Actor.of(alice))
    token = recorder.intent("model.deleted", audit.Target("model", "m-1", "m-1"), "DELETE", "/models/m-1")
    recorder.outcome(token, outcome="failure", http_status=403, error_kind="forbidden", request_id="up-77")
    audit.record("comparison.created", target=audit.Target("comparison", "c-1", "Which one is faster"))


def actions(response) -> list[str]:
    return [row["action"] for row in response.json()["data"]]


def test_a_sentence_tells_an_event_and_how_it_ended(auditor, happened):
    text = strip_tags(auditor.get("/audit/").content.decode())

    assert "alice deleted the model m-1 on prod — failed: 403" in " ".join(text.split())


def test_an_intent_and_its_outcome_are_one_line(auditor, happened):
    rows = auditor.get("/audit/", headers=JSON).json()["data"]

    (deleted,) = [row for row in rows if row["action"] == "model.deleted"]
    assert (deleted["phase"], deleted["ended"]["outcome"]) == ("intent", "failure")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("actor=alice", ["model.deleted", "connection.paused"]),
        ("action=connection.paused", ["connection.paused"]),
        ("category=data", ["comparison.created", "model.deleted"]),
        ("connection=prod", ["model.deleted", "connection.paused"]),
        ("target_type=model&target=m-1", ["model.deleted"]),
        ("outcome=failure", ["model.deleted"]),
        ("outcome=under_way", []),
        ("request=up-77", ["model.deleted"]),
        ("q=FASTER", ["comparison.created"]),
        ("q=100%25", []),
        ("period=1h&category=config", ["connection.paused"]),
    ],
)
def test_each_filter_narrows_the_list(auditor, happened, query, expected):
    assert [
        name for name in actions(auditor.get(f"/audit/?{query}", headers=JSON)) if name != "auth.login"
    ] == expected


@pytest.mark.parametrize(
    "query", ["outcome=nonsense", "period=-1", "q=%00", "q=" + "x" * 300, "action=__class__"]
)
def test_a_filter_that_is_none_is_told_at_once(auditor, query):
    response = auditor.get(f"/audit/?{query}")

    assert response.status_code == 422
    assert b"This filter does not work" in response.content


def test_a_filter_that_is_none_is_told_as_json_by_its_field(auditor):
    response = auditor.get("/audit/?outcome=nonsense", headers=JSON)

    assert (response.status_code, list(response.json()["error"]["fields"])) == (422, ["outcome"])


@pytest.mark.parametrize("before", ["", "-1", "x", "9" * 30, "1e3", "\u0663"])
def test_a_place_in_the_list_that_is_none_is_its_beginning(auditor, happened, before):
    assert auditor.get("/audit/", {"before": before}).status_code == 200


def test_older_events_follow_without_gap_or_overlap(auditor):
    for number in range(70):
        audit.record("comparison.created", target=audit.Target("comparison", str(number)))

    first = auditor.get("/audit/?category=data", headers=JSON).json()
    second = auditor.get(f"/audit/{first['next']}", headers=JSON).json()

    numbers = [row["seq"] for row in first["data"] + second["data"]]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), len(set(numbers)), second["next"]) == (70, 70, "")


def test_htmx_gets_the_table_alone(auditor, happened):
    response = auditor.get("/audit/", headers={"hx-request": "true", "hx-target": "table"})

    assert b'id="table"' in response.content
    assert b"<nav" not in response.content


def test_back_gets_the_whole_page(auditor, happened):
    headers = {"hx-request": "true", "hx-target": "table", "hx-history-restore-request": "true"}

    assert b"<nav" in auditor.get("/audit/", headers=headers).content


def test_a_list_costs_the_same_number_of_queries_however_long_it_is(
    auditor, happened, django_assert_max_num_queries
):
    for number in range(60):
        audit.record("comparison.created", target=audit.Target("comparison", str(number)))

    with django_assert_max_num_queries(8):
        auditor.get("/audit/")


def test_an_event_shows_everything_that_is_known_of_it(auditor, root):
    root.change_role("admin")
    person = type(root).add("dora", "reader")
    event = AuditEvent.objects.get(action="user.created")

    text = auditor.get(f"/audit/{event.seq}/").content.decode()

    assert f"<ins>{person.role}</ins>" in text
    assert event.hash in text
    assert event.prev_hash in text
    assert event.event_id in text


def test_an_event_as_json_is_its_canonical_content(auditor, happened):
    event = AuditEvent.objects.get(action="connection.paused")

    told = auditor.get(f"/audit/{event.seq}/", headers=JSON).json()

    assert told == {**event.content, "seq": event.seq, "hash": event.hash, "prev_hash": event.prev_hash}


def test_what_a_link_fixed_can_be_taken_away_by_itself(auditor, happened):
    text = auditor.get("/audit/?actor=alice&category=config&before=99").content.decode()

    assert 'href="?category=config"' in text


@pytest.mark.parametrize("seq", [0, 999, 10**30])
def test_an_event_that_never_was_is_not_found(auditor, seq):
    assert auditor.get(f"/audit/{seq}/").status_code == 404


def test_hostile_names_are_shown_as_text(auditor):
    audit.record("connection.paused", target=audit.Target("connection", "1", "<script>alert(1)</script>"))
    event = AuditEvent.objects.get(action="connection.paused")

    for url in ("/audit/", f"/audit/{event.seq}/"):
        text = auditor.get(url).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_a_verification_is_recorded_and_shown(auditor, happened):
    response = auditor.post("/audit/verify/", follow=True)

    event = AuditEvent.objects.get(action="audit.verified")
    assert (event.actor_label, event.outcome, event.content["problem"]) == ("audrey", "success", "")
    assert f"Verified to {event.content['last']}" in response.content.decode()


def test_a_broken_chain_is_said_to_be_broken(auditor, happened):
    AuditEvent.objects.filter(seq=2).update(actor_label="nobody")

    told = auditor.post("/audit/verify/", headers=JSON).json()

    assert (told["intact"], told["seq"]) == (False, 2)
    assert AuditEvent.objects.get(action="audit.verified").outcome == "failure"
    assert "Broken at 2" in auditor.get("/audit/").content.decode()


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "mallory"])
def test_only_auditors_and_admins_see_the_trail(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/1/").status_code == 403
    assert client.post("/audit/verify/").status_code == 403


def test_who_is_refused_is_recorded_once_for_many_tries(client, bob):
    client.force_login(bob)
    for _ in range(5):
        client.get("/audit/", REMOTE_ADDR="203.0.113.9")

    (event,) = AuditEvent.objects.filter(action="access.denied")
    assert (event.actor_label, event.target_label, event.outcome, event.ip) == (
        "bob",
        "GET /audit/",
        "denied",
        "203.0.113.9",
    )


def test_a_forwarded_address_is_not_believed_without_a_proxy_of_ours(client, bob, settings):
    client.force_login(bob)
    client.get("/audit/", REMOTE_ADDR="203.0.113.9", headers={"x-forwarded-for": "1.2.3.4"})
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.get("/people/", REMOTE_ADDR="203.0.113.9", headers={"x-forwarded-for": "6.6.6.6, 198.51.100.7"})

    addresses = AuditEvent.objects.filter(action="access.denied").order_by("seq").values_list("ip", flat=True)
    assert list(addresses) == ["203.0.113.9", "198.51.100.7"]


def test_a_history_hides_refusals_from_those_who_do_not_audit(bob, audrey):
    target = audit.Target("connection", "1", "prod")
    audit.record("connection.paused", target=target)
    audit.record("connection.removed", target=target, outcome="denied")

    assert [line.event.action for line in access.history_for(bob, target)] == ["connection.paused"]
    assert len(access.history_for(audrey, target)) == 2


def test_an_old_intent_without_an_end_is_found_as_under_way(auditor, connection, alice):
    token = Recorder(connection, audit.Actor.of(alice)).intent(
        "run.answer", audit.Target("deployment", "gpt-5"), "POST", "/responses"
    )
    AuditEvent.objects.filter(event_id=token).update(
        occurred_at=timezone.now() - ABANDONED_AFTER - timedelta(minutes=1)
    )

    assert actions(auditor.get("/audit/?outcome=under_way", headers=JSON)) == ["run.answer"]
