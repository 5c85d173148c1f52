"""Stored credentials: bound to their row, purpose and host, readable only with the keys."""

import base64

import pytest

from console.models import Connection, Secret
from console.models.secret import arm_auth_for, auth_for, seal, token_expires_at, unseal
from console.outbound.auth import KeyAuth
from console.outbound.errors import CredentialUnreadable
from tests.conftest import connect

pytestmark = pytest.mark.django_db
OLD, NEW = b"o" * 32, b"n" * 32


def headers(connection: Connection) -> dict[str, str]:
    return auth_for(Connection.objects.get(pk=connection.pk)).headers()


def test_what_is_stored_is_not_the_key(connection):
    stored = Secret.objects.get()

    assert "upstream-key-1" not in stored.ciphertext
    assert b"upstream-key-1" not in base64.b64decode(stored.ciphertext)
    assert stored.fingerprint not in "upstream-key-1"


def test_the_same_key_is_never_stored_in_the_same_way_twice():
    assert seal("one", "context") != seal("one", "context")


def test_a_ciphertext_opens_in_its_own_context_only():
    sealed = seal("one", "1|api_key|https://a.example")

    assert unseal(sealed, "1|api_key|https://a.example") == "one"
    with pytest.raises(CredentialUnreadable):
        unseal(sealed, "1|api_key|https://b.example")


def test_a_key_copied_to_another_row_does_not_open_there(connection, workspace):
    other = connect(workspace, "other", "127.0.0.1:9", "/openai/v1", "other-key-12")
    Secret.objects.filter(connection=other).update(ciphertext=connection.secret.ciphertext)

    with pytest.raises(CredentialUnreadable):
        headers(other)


@pytest.mark.parametrize("change", [{"host": "127.0.0.2"}, {"port": 1}, {"scheme": "https"}])
def test_a_row_that_was_led_elsewhere_has_no_readable_key(connection, change):
    Connection.objects.filter(pk=connection.pk).update(**change)

    with pytest.raises(CredentialUnreadable):
        headers(connection)


@pytest.mark.parametrize("text", ["", "x", "!!!", "AAAA", base64.b64encode(b"n" * 40).decode()])
def test_a_damaged_ciphertext_is_unreadable_and_not_a_crash(connection, text):
    Secret.objects.update(ciphertext=text)

    with pytest.raises(CredentialUnreadable):
        headers(connection)


def test_an_altered_byte_is_noticed(connection):
    raw = bytearray(base64.b64decode(connection.secret.ciphertext))
    raw[-1] ^= 1
    Secret.objects.update(ciphertext=base64.b64encode(bytes(raw)).decode())

    with pytest.raises(CredentialUnreadable):
        headers(connection)


def test_after_a_rotation_the_old_key_can_be_dropped(workspace, settings):
    settings.ENCRYPTION_KEYS = [OLD]
    connection = connect(workspace, "prod", "127.0.0.1:9", "/openai/v1", "the-key-123")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    secret = Secret.objects.get()

    assert not secret.is_current
    assert secret.seal_again()
    settings.ENCRYPTION_KEYS = [NEW]
    assert Secret.objects.get().is_current
    assert headers(connection) == {"api-key": "the-key-123"}


def test_a_rotation_does_not_undo_a_replacement(workspace, settings):
    settings.ENCRYPTION_KEYS = [OLD]
    connection = connect(workspace, "prod", "127.0.0.1:9", "/openai/v1", "the-key-123")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    read_before = Secret.objects.get()
    Secret.put(connection, Secret.Purpose.API_KEY, "the-key-456", by="carol")

    assert not read_before.seal_again()
    assert headers(connection) == {"api-key": "the-key-456"}


def test_the_wrong_key_of_the_installation_is_said_as_such(connection, settings):
    settings.ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CredentialUnreadable) as refused:
        headers(connection)
    assert (refused.value.kind, refused.value.sent) == ("credential_unreadable", False)


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("azure", "api-key"),
        ("simulator", "api-key"),
        ("openai", "authorization"),
        ("custom", "authorization"),
    ],
)
def test_azure_takes_its_key_in_a_header_of_its_own(connection, kind, header):
    Connection.objects.filter(pk=connection.pk).update(kind=kind)

    assert list(headers(connection)) == [header]


def test_a_connection_without_its_credential_is_unreadable(connection):
    Secret.objects.all().delete()

    with pytest.raises(CredentialUnreadable, match="no credential stored"):
        headers(connection)


def from_environment(connection: Connection, variable: str) -> Connection:
    Connection.objects.filter(pk=connection.pk).update(auth_kind="env", secret_env=variable)
    return Connection.objects.get(pk=connection.pk)


def test_a_key_of_the_environment_is_read_at_each_use(connection, monkeypatch):
    connection = from_environment(connection, "SOME_KEY")
    monkeypatch.setenv("SOME_KEY", "first-key-1")
    assert headers(connection) == {"api-key": "first-key-1"}

    monkeypatch.setenv("SOME_KEY", "second-key-2")
    assert headers(connection) == {"api-key": "second-key-2"}


def test_a_missing_variable_is_named(connection, monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)

    with pytest.raises(CredentialUnreadable, match="SOME_KEY"):
        headers(from_environment(connection, "SOME_KEY"))


def test_a_key_of_the_environment_stays_with_the_host_beside_it(connection, monkeypatch):
    connection = from_environment(connection, "AZURE_OPENAI_API_KEY")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "the-key-123")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://elsewhere.openai.azure.com")

    with pytest.raises(CredentialUnreadable, match="another host"):
        headers(connection)


def entra(connection: Connection, **more: str) -> Connection:
    fields = {"auth_kind": "entra", "credential": "default", "scope": "https://ai.azure.com/.default", **more}
    Connection.objects.filter(pk=connection.pk).update(**fields)
    return Connection.objects.get(pk=connection.pk)


def test_one_identity_object_serves_a_connection_until_it_changes(connection):
    connection = entra(connection)

    first = auth_for(connection)

    assert auth_for(connection) is first
    connection.version += 1
    assert auth_for(connection) is not first


def test_management_has_a_token_of_its_own_and_keys_have_none(connection):
    assert arm_auth_for(connection) is None
    assert arm_auth_for(entra(connection)).settings.scope == "https://management.azure.com/.default"


def test_an_identity_that_needs_a_secret_is_unreadable_without_it(connection):
    Secret.objects.all().delete()

    with pytest.raises(CredentialUnreadable):
        auth_for(entra(connection, credential="client_secret"))


def test_the_end_of_a_token_is_unknown_before_the_first(connection):
    assert token_expires_at(connection) is None
    assert token_expires_at(entra(connection)) is None


def test_a_key_is_not_in_the_representation_of_anything(connection):
    shown = repr(connection) + repr(connection.secret) + str(connection.secret) + repr(auth_for(connection))

    assert "upstream-key-1" not in shown
    assert isinstance(auth_for(connection), KeyAuth)
