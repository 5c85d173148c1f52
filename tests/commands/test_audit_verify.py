"""`manage.py audit_verify`: its sentences, its JSON and its exit codes."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from console.management.commands import audit_verify
from console.models import AuditEvent, audit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def events(db):
    for number in range(6):
        audit.record("comparison.created", target=audit.Target("comparison", str(number)))


def told(capsys, *arguments: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    try:
        call_command("audit_verify", *arguments)
    except SystemExit as end:
        return int(end.code or 0), capsys.readouterr().out
    except CommandError as error:
        return error.returncode, str(error)
    return 0, capsys.readouterr().out


def test_an_intact_chain_exits_with_0_and_says_what_it_cannot_see(capsys):
    code, text = told(capsys)

    assert code == 0
    assert text.startswith("Intact: 6 events, 1 to 6.")
    assert "could cut off the newest events or write the whole chain anew" in text


def test_a_broken_chain_exits_with_1_and_names_the_event(capsys):
    AuditEvent.objects.filter(seq=4).update(actor_label="nobody")

    code, text = told(capsys)

    assert code == 1
    assert "Broken at event 4: its columns differ from its text: actor_label." in text


def test_json_has_what_was_expected_and_what_was_found(capsys):
    AuditEvent.objects.filter(seq=4).update(hash="f" * 64)

    code, text = told(capsys, "--json")

    found = json.loads(text)
    assert (code, found["intact"], found["seq"], found["verified"], found["found"]) == (
        1,
        False,
        4,
        3,
        "f" * 64,
    )
    assert len(found["expected"]) == 64


def test_a_part_can_be_verified(capsys):
    AuditEvent.objects.filter(seq=1).update(actor_label="nobody")

    assert told(capsys, "--from", "3", "--to", "5")[1].startswith("Intact: 3 events, 3 to 5.")


@pytest.mark.parametrize(
    "arguments", [("--from", "0"), ("--from", "7"), ("--from", "4", "--to", "3"), ("--to", "0")]
)
def test_a_range_that_is_none_exits_with_2(capsys, arguments):
    code, text = told(capsys, *arguments)

    assert code == 2
    assert "1 to 6" in text


def test_a_database_that_cannot_be_read_exits_with_4(capsys, monkeypatch):
    def away(**_: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(audit_verify, "verify", away)

    assert told(capsys)[0] == 4
