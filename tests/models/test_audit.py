"""The audit trail: one chain, written whole, that the database refuses to change."""

import asyncio
import json
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from console.models import AuditEvent, AuditHead, Connection, audit, audit_recorder, audit_spool
from console.models.audit_chain import canonical_text, tidy
from console.models.audit_check import verify
from console.models.audit_recorder import Recorder
from console.models.audit_timeline import folded
from console.models.audit_triggers import install_triggers
from console.outbound.errors import AuditUnavailable
from console.v1.client import Target

pytestmark = pytest.mark.django_db
FILE = Target("file", "file-1", "train.jsonl")


def write(number: int) -> None:
    for one in range(number):
        audit.record("comparison.created", target=audit.Target("comparison", str(one), f"number {one}"))


@pytest.fixture
def triggers(db):
    """The triggers as the migration makes them; the end of the test's transaction takes them away again."""
    install_triggers(connection.SchemaEditorClass(connection, atomic=False))


@pytest.fixture
def no_audit(db):
    """A database in which no event can be written."""
    refusal = "SELECT RAISE(ABORT, 'no')" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        if refusal:
            cursor.execute(
                f"CREATE TRIGGER no_audit BEFORE INSERT ON console_auditevent BEGIN {refusal}; END",
                params=None,
            )
        else:
            cursor.execute(
                "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no'; END $$; "
                "CREATE TRIGGER no_audit BEFORE INSERT ON console_auditevent EXECUTE FUNCTION no_audit()"
            )


def allow_audit() -> None:
    table = "" if connection.vendor == "sqlite" else " ON console_auditevent"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER no_audit{table}")


@pytest.fixture
def spool():
    path = audit_spool.spool()
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


# One event


def test_an_event_tells_who_did_what_to_what(alice, connection):
    with audit.acting(audit.Actor.of(alice)):
        event = audit.record("connection.paused", target=connection.target, connection=connection)

    assert (event.actor_label, event.roles, event.action, event.category) == (
        "alice",
        "operator",
        "connection.paused",
        "config",
    )
    assert (event.target_label, event.connection_label, event.upstream_host) == ("prod", "prod", "127.0.0.1")


def test_an_action_that_the_catalogue_lacks_is_a_mistake():
    with pytest.raises(KeyError):
        audit.record("thing.happened")


def test_the_sentence_keeps_names_apart_from_words(connection):
    event = audit.record(
        "run.answer", target=audit.Target("deployment", "gpt-5", "{connection}"), connection=connection
    )

    assert event.sentence == [
        ("text", "asked "),
        ("target", "{connection}"),
        ("text", " on "),
        ("connection", "prod"),
    ]


def test_texts_longer_than_their_column_are_cut_and_stay_verifiable():
    with audit.staged(audit.Scene(user_agent="x" * 5000, ip="1" * 200)):
        event = audit.record("auth.login_failed", target=audit.Target("user", "i" * 900, "n" * 9000))

    assert (len(event.user_agent), len(event.target_id), len(event.target_label)) == (300, 260, 512)
    assert verify().is_intact


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.characters(categories=["Cs"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=10,
    )
)
@hypothesis_settings(max_examples=200)
def test_any_value_has_one_canonical_spelling(value):
    text = canonical_text({"value": tidy(value)})

    assert text.encode().decode() == text
    assert "\x00" not in text
    assert canonical_text(json.loads(text)) == text


def test_a_change_whose_event_cannot_be_written_is_undone(connection, no_audit):
    with pytest.raises(AuditUnavailable):
        connection.pause()

    assert Connection.objects.get(pk=connection.pk).paused_at is None


# The chain


def test_an_untouched_chain_verifies():
    write(12)

    verdict = verify()

    assert (verdict.is_intact, verdict.verified, verdict.first, verdict.last) == (True, 12, 1, 12)


def test_an_empty_chain_verifies():
    assert verify().verified == 0


def test_a_part_of_the_chain_verifies_by_itself():
    write(12)
    AuditEvent.objects.filter(seq=3).update(actor_label="nobody")

    assert verify(first=4, last=9).verified == 6
    assert not verify(first=2, last=5).is_intact


@pytest.mark.parametrize("column", AuditEvent.INDEXED)
def test_a_changed_column_is_found(column):
    write(5)
    value = (
        99 if AuditEvent._meta.get_field(column).get_internal_type().endswith("IntegerField") else "changed"
    )

    AuditEvent.objects.filter(seq=3).update(**{column: value})

    verdict = verify()
    assert (verdict.seq, verdict.verified) == (3, 2)
    assert column in verdict.problem


TAMPERING = {
    "text": (lambda: AuditEvent.objects.filter(seq=3).update(canonical='{"schema":1}'), 3),
    "hash": (lambda: AuditEvent.objects.filter(seq=3).update(hash="f" * 64), 3),
    "predecessor": (lambda: AuditEvent.objects.filter(seq=3).update(prev_hash="e" * 64), 3),
    "time": (
        lambda: AuditEvent.objects.filter(seq=3).update(occurred_at=timezone.now() - timedelta(days=1)),
        3,
    ),
    "first gone": (lambda: AuditEvent.objects.filter(seq=1).delete(), 1),
    "one gone": (lambda: AuditEvent.objects.filter(seq=3).delete(), 3),
    "last gone": (lambda: AuditEvent.objects.filter(seq=6).delete(), 6),
    "renumbered": (lambda: AuditEvent.objects.filter(seq=3).update(seq=77), 3),
    "head moved back": (lambda: AuditHead.objects.update(seq=5), 6),
    "head hash": (lambda: AuditHead.objects.update(hash="d" * 64), 7),
    "head gone": (lambda: AuditHead.objects.all().delete(), 1),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_where_it_is(name):
    write(6)
    change, seq = TAMPERING[name]

    change()

    verdict = verify()
    assert not verdict.is_intact
    assert verdict.seq == seq


def test_two_events_that_changed_places_are_found():
    write(6)
    AuditEvent.objects.filter(seq=2).update(seq=100)
    AuditEvent.objects.filter(seq=3).update(seq=2)
    AuditEvent.objects.filter(seq=100).update(seq=3)

    assert verify().seq == 2


def test_a_rolled_back_change_leaves_no_gap():
    write(1)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    write(1)

    assert [event.seq for event in AuditEvent.objects.order_by("seq")] == [1, 2]
    assert verify().is_intact


# The triggers


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE console_auditevent SET actor_label = 'nobody'",
        "DELETE FROM console_auditevent",
        "DELETE FROM console_audithead",
        "UPDATE console_audithead SET seq = 1",
    ],
)
def test_the_database_refuses_to_change_what_happened(triggers, change):
    write(3)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert verify().verified == 3


def test_the_triggers_let_new_events_in(triggers):
    write(2)

    assert AuditEvent.objects.count() == 2


# Intents and outcomes


def test_an_intent_is_folded_into_one_line_with_its_outcome(alice, connection):
    recorder = Recorder(connection, audit.Actor.of(alice))
    token = recorder.intent("model.deleted", FILE, "DELETE", "/models/m1")
    recorder.outcome(token, outcome="failure", http_status=403, error_kind="forbidden", request_id="up-1")

    (line,) = folded(AuditEvent.objects.timeline())

    assert (line.event.phase, line.outcome, line.remark) == ("intent", "failure", "failed: 403")
    assert line.last.upstream_request_id == "up-1"
    assert line.event.content["request"] == "DELETE /models/m1"


def test_an_outcome_keeps_our_own_request_id_beside_the_one_of_the_resource(alice, connection):
    with audit.staged(audit.Scene(request_id="ours")):
        recorder = Recorder(connection, audit.Actor.of(alice))
    token = recorder.intent("model.deleted", FILE, "DELETE", "/models/m1")
    recorder.outcome(token, outcome="success", request_id="theirs", tokens_in=3)

    end = AuditEvent.objects.get(phase="outcome")

    assert (end.request_id, end.upstream_request_id, end.content["tokens_in"]) == ("ours", "theirs", 3)


def test_without_an_intent_nothing_is_sent(alice, connection, upstream, no_audit):
    with connection.client(alice) as client, pytest.raises(AuditUnavailable):
        client.change("DELETE", "/models/m1", action="model.deleted", target=Target("model", "m1"))

    assert upstream.requests == []


def test_an_intent_cannot_be_undone_with_a_transaction_around_it(transactional_db, alice, connection):
    recorder = Recorder(connection, audit.Actor.of(alice))

    with transaction.atomic(), pytest.raises(RuntimeError):
        recorder.intent("model.deleted", FILE, "DELETE", "/models/m1")


def test_an_outcome_that_cannot_be_written_waits_and_is_taken_in_once(alice, connection, spool, request):
    recorder = Recorder(connection, audit.Actor.of(alice))
    token = recorder.intent("model.deleted", FILE, "DELETE", "/models/m1")
    request.getfixturevalue("no_audit")

    recorder.outcome(token, outcome="success", http_status=200)

    (kept,) = audit_spool.waiting()
    assert (kept["parent"], kept["outcome"], spool.stat().st_mode & 0o777) == (token, "success", 0o600)
    allow_audit()
    again = spool.read_bytes()
    assert audit_recorder.take_in_kept() == 1
    spool.write_bytes(again)
    assert audit_recorder.take_in_kept() == 0
    assert AuditEvent.objects.get(parent=token).outcome == "success"
    assert verify().is_intact
    assert not spool.exists()


def test_the_next_outcome_takes_in_what_waits(alice, connection, spool):
    recorder = Recorder(connection, audit.Actor.of(alice))
    first, second = (recorder.intent("model.deleted", FILE, "DELETE", "/models/m1") for _ in range(2))
    kept = audit.described(
        "model.deleted", target=None, connection=connection, phase="outcome", outcome="partial", parent=first
    )
    audit_spool.keep(kept)

    recorder.outcome(second, outcome="success")

    assert AuditEvent.objects.get(parent=first).outcome == "partial"


def test_a_line_that_a_crash_cut_does_not_keep_the_others_out(spool):
    kept = audit.described("audit.verified", target=None, connection=None, phase="event", outcome="success")
    audit_spool.keep(kept)
    with spool.open("a") as file:
        file.write('{"event_id": "cu')

    assert audit_recorder.take_in_kept() == 1


def test_an_intent_whose_process_died_is_closed_as_unknown(alice, connection):
    recorder = Recorder(connection, audit.Actor.of(alice))
    old, new = (recorder.intent("run.answer", FILE, "POST", "/responses") for _ in range(2))
    AuditEvent.objects.filter(event_id=old).update(occurred_at=timezone.now() - timedelta(hours=1))

    assert audit_recorder.close_abandoned() == 1
    assert audit_recorder.close_abandoned() == 0

    assert AuditEvent.objects.get(parent=old).outcome == "unknown"
    assert not AuditEvent.objects.filter(parent=new).exists()


# Many writers


@pytest.mark.django_db(transaction=True)
def test_a_worker_thread_gives_its_database_connection_back(alice, connection):
    """What an async call does: intent and outcome in threads that no request ends."""
    from django.db import connections

    seen = []

    def intent_and_outcome() -> None:
        recorder = Recorder(connection, actor)
        recorder.outcome(recorder.intent("run.answer", FILE, "POST", "/responses"), outcome="success")
        seen.append(connections["default"].connection)

    actor = audit.Actor.of(alice)

    async def four() -> None:
        await asyncio.gather(*(asyncio.to_thread(intent_and_outcome) for _ in range(4)))

    asyncio.run(four())

    assert seen == [None] * 4
    assert AuditEvent.objects.filter(phase="outcome", outcome="success").count() == 4


@pytest.mark.django_db(transaction=True)
def test_threads_that_write_at_once_make_one_chain():
    problems = []

    def many() -> None:
        try:
            write(15)
        except (AuditUnavailable, DatabaseError) as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=many) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert verify().verified == 90


WRITER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
import django
django.setup()
from django.db import connection, transaction
from console.models import audit
for number in range(25):
    try:
        with transaction.atomic():
            audit.record("comparison.created", target=audit.Target("comparison", str(number)))
            if number % 7 == 6:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
"""


@pytest.mark.django_db(transaction=True)
def test_eight_processes_that_write_at_once_make_one_chain():
    """Every seventh transaction of each is rolled back, which must leave no gap."""
    environment = environment_of_this_database()
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER], env=environment, stderr=subprocess.PIPE)
        for _ in range(8)
    ]
    complaints = [writer.communicate(timeout=120)[1].decode() for writer in writers]

    assert complaints == [""] * 8
    assert verify().verified == 8 * 22


def environment_of_this_database() -> dict[str, str]:
    import os

    base = dict(os.environ, DATA_DIR=str(settings.DATA_DIR), PYTHONPATH=str(Path.cwd()), LOG_LEVEL="CRITICAL")
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return base | {"DATABASE_URL": f"sqlite:///{facts['NAME']}"}
    login = f"{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT'] or 5432}"
    return base | {"DATABASE_URL": f"postgres://{login}/{facts['NAME']}", "DATABASE_POOL": "1"}
