"""`manage.py connection` and `manage.py rotate_encryption`: for people with a shell."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from console.models import AuditEvent, Connection, Secret
from console.models.secret import auth_for
from tests.conftest import UPSTREAM_PORT, connect

pytestmark = pytest.mark.django_db
URL = "https://contoso.openai.azure.com/"


@pytest.fixture(autouse=True)
def _variable(monkeypatch):
    monkeypatch.setenv("SOME_KEY", "canary-key-1")


def add(*arguments: str) -> Connection:
    call_command("connection", "add", "prod", "--url", URL, *arguments)
    return Connection.objects.get()


def test_a_key_is_read_from_its_variable_once_and_stored(monkeypatch, capsys):
    connection = add("--auth", "key", "--secret-env", "SOME_KEY")
    monkeypatch.delenv("SOME_KEY")

    assert auth_for(connection).headers() == {"api-key": "canary-key-1"}
    out = capsys.readouterr().out
    assert "Added prod (prod): https://contoso.openai.azure.com/openai/v1" in out
    assert "canary" not in out


def test_a_key_may_stay_in_any_variable(monkeypatch):
    connection = add("--auth", "env", "--secret-env", "SOME_KEY")
    monkeypatch.setenv("SOME_KEY", "canary-key-2")

    assert auth_for(connection).headers() == {"api-key": "canary-key-2"}
    assert not Secret.objects.exists()


def test_an_identity_needs_no_variable():
    connection = add("--auth", "entra", "--credential", "managed_identity", "--client-id", "c-1")

    assert (connection.credential, connection.client_id) == ("managed_identity", "c-1")


def test_a_client_secret_is_stored():
    connection = add(
        *("--auth", "entra", "--credential", "client_secret", "--tenant-id", "t-1", "--client-id", "c-1"),
        *("--secret-env", "SOME_KEY"),
    )

    assert auth_for(connection).settings.secret == "canary-key-1"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--url", "ftp://x", "--auth", "key", "--secret-env", "SOME_KEY"], "begin with ftp:"),
        (
            ["--url", "https://evil.example", "--auth", "key", "--secret-env", "SOME_KEY"],
            "OUTBOUND_ALLOW_HOSTS",
        ),
        (["--url", URL, "--auth", "key"], "Type the credential"),
        (["--url", URL, "--auth", "key", "--secret-env", "NOT_SET"], "NOT_SET is not set"),
        (["--url", URL, "--auth", "env"], "needs --secret-env"),
        (["--url", URL, "--auth", "entra", "--credential", "client_secret"], "needs it"),
    ],
)
def test_what_cannot_work_is_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("connection", "add", "prod", *arguments)
    assert not Connection.objects.exists()


def test_the_list_is_lines_or_json(connection, capsys):
    call_command("connection", "list")
    assert capsys.readouterr().out.split()[:2] == ["prod", "unchecked"]

    call_command("connection", "list", "--json")
    out = capsys.readouterr().out
    assert (json.loads(out)[0]["slug"], json.loads(out)[0]["auth"]) == ("prod", "key")
    assert "upstream-key-1" not in out


def test_a_test_prints_its_steps(connection, upstream, capsys):
    upstream["GET /models"] = 200, {"object": "list", "data": []}

    call_command("connection", "test", "prod")

    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["dns", "ok"],
        ["tls", "ok"],
        ["authentication", "ok"],
        ["models", "ok"],
    ]


def test_a_test_that_fails_ends_with_1(connection, upstream):
    upstream["GET /models"] = 401, {"error": {"message": "no"}}

    with pytest.raises(SystemExit) as ended:
        call_command("connection", "test", "prod")
    assert ended.value.code == 1


def test_a_paused_connection_is_not_tested(connection, upstream):
    connection.pause()

    with pytest.raises(CommandError, match="is paused"):
        call_command("connection", "test", "prod")
    assert upstream.hits == 0


def test_one_is_removed_by_its_name(connection):
    call_command("connection", "remove", "prod")

    assert not Connection.objects.exists()
    assert AuditEvent.objects.latest().action == "connection.removed"


@pytest.mark.parametrize("verb", ["test", "remove"])
def test_an_unknown_name_is_said(verb, workspace):
    with pytest.raises(CommandError, match="no connection named nothing"):
        call_command("connection", verb, "nothing")


OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def many(workspace, settings):
    settings.ENCRYPTION_KEYS = [OLD]
    made = [
        connect(workspace, f"c-{n}", f"127.0.0.1:{UPSTREAM_PORT}", "/v1", f"the-key-{n}") for n in range(5)
    ]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    return made


def readable() -> list[str]:
    return [auth_for(one).headers()["api-key"] for one in Connection.objects.order_by("name")]


def test_after_a_rotation_the_older_key_can_be_dropped(many, settings, capsys):
    call_command("rotate_encryption")
    settings.ENCRYPTION_KEYS = [NEW]

    assert readable() == [f"the-key-{n}" for n in range(5)]
    assert "Encrypted 5 of 5" in capsys.readouterr().out
    assert AuditEvent.objects.latest().action == "encryption.rotated"


def test_a_rotation_that_was_broken_off_goes_on(many, capsys):
    Secret.objects.order_by("pk").first().seal_again()

    call_command("rotate_encryption")

    assert "Encrypted 4 of 5" in capsys.readouterr().out
    assert len(readable()) == 5


def test_a_credential_that_no_key_opens_is_named_and_stops_nothing(many, capsys):
    Secret.objects.filter(connection=many[2]).update(ciphertext="AAAA")

    with pytest.raises(SystemExit):
        call_command("rotate_encryption")

    told = capsys.readouterr()
    assert "Encrypted 4 of 5" in told.out
    assert "c-2" in told.err
