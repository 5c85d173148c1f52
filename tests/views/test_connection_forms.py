"""The forms of connections: recognising, adding and changing; what is refused, and that nothing leaks."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console import tasks
from console.forms.connections import ConnectionForm
from console.index import LISTED
from console.models import AuditEvent, Connection, Secret, Workspace
from console.models.secret import auth_for
from tests.conftest import UPSTREAM_PORT
from tests.outbound.spellings import GOOD, REFUSED

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
LINES = {"accept": "application/x-ndjson, application/json;q=0.5"}
CANARY = "canary-4f1b9c2d7e8a6053"
AZURE = "https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01"
KEY = {"address": AZURE, "auth": "key", "secret": CANARY}
ENTRA = {"address": AZURE, "auth": "entra", "credential": "default"}


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def again(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def edited(connection: Connection, **fields: object) -> dict[str, object]:
    return {
        "address": connection.url,
        "auth": "key",
        "name": connection.name,
        "version": connection.version,
        **fields,
    }


def lines_of(response) -> list[dict[str, str]]:
    async def read() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    return [json.loads(line) for line in async_to_sync(read)().splitlines()]


# Recognising


def test_an_address_is_recognised_while_it_is_typed(manager):
    content = manager.get("/connections/recognise/", {"address": AZURE}).content.decode()

    assert "https://contoso.openai.azure.com/openai/v1" in content
    assert "not needed for v1" in content


@pytest.mark.parametrize("suffix", ["openai.azure.com", "services.ai.azure.com"])
def test_a_resource_that_is_connected_already_is_told_by_whichever_of_its_hosts(manager, suffix):
    manager.post("/connections/new/", {**KEY, "name": "first"})

    told = manager.get("/connections/recognise/", {"address": f"https://contoso.{suffix}"}).text
    form = manager.get("/connections/new/", {"address": f"https://contoso.{suffix}"}).text
    added = manager.post("/connections/new/", {**KEY, "name": "second"}, follow=True).text

    for page in (told, form, added):
        assert '<a class="link" href="/c/first/">first</a>' in page
        assert "listed once for each connection" in page


@pytest.mark.parametrize(
    "address", ["fabrikam", "https://contoso.services.ai.azure.com/api/projects/demo", "https://api.x.ai/v1"]
)
def test_another_resource_is_not_connected_already(manager, address):
    manager.post("/connections/new/", {**KEY, "name": "first"})

    page = manager.get("/connections/recognise/", {"address": address}).text

    assert "Recognised" in page
    assert "Connected already" not in page


def test_a_connection_is_not_told_as_one_beside_itself(manager):
    manager.post("/connections/new/", {**KEY, "name": "first"})

    told = manager.get("/connections/recognise/", {"address": AZURE, "connection": "first"}).text
    form = manager.get("/c/first/edit/").text

    assert "Recognised" in told
    assert "Connected already" not in told
    assert "Connected already" not in form
    assert "?connection=first" in form


def test_what_others_have_connected_is_not_told(manager, mallory):
    theirs = Workspace.objects.create(name="Theirs")
    form = ConnectionForm({**KEY, "name": "secret-project"}, workspace=theirs)
    assert form.is_valid()
    form.add(mallory)

    assert "secret-project" not in manager.get("/connections/recognise/", {"address": AZURE}).text


@pytest.mark.parametrize("address", ["", "ftp://x.example", "https://10.0.0.1/v1", "https://evil.example/v1"])
def test_what_cannot_be_used_is_said_without_an_error_status(manager, address):
    response = manager.get("/connections/recognise/", {"address": address})

    assert response.status_code == 200
    assert b"Recognised" not in response.content


@pytest.mark.parametrize("text", REFUSED)
def test_no_spelling_leads_to_another_host(workspace, text, monkeypatch):
    def refuse(*args: object) -> None:
        raise AssertionError(f"looked up {args[0]!r}")

    form = ConnectionForm({"address": text, "auth": "key", "secret": CANARY}, workspace=workspace)
    with monkeypatch.context() as patched:  # the cache may have to find its server after the test
        patched.setattr(socket, "getaddrinfo", refuse)
        form.full_clean()

    if form.endpoint is not None:
        assert (form.endpoint.scheme, form.endpoint.host, form.endpoint.port) == ("https", GOOD, 443)
    else:
        assert form.errors["address"][0].endswith((".", "…"))


# Adding


def test_a_connection_with_a_key_is_added_and_its_page_tests_it(manager):
    response = manager.post("/connections/new/", KEY)

    connection = Connection.objects.get()
    assert response["Location"] == "/c/contoso/?added=1"
    assert (connection.name, connection.url) == ("contoso", "https://contoso.openai.azure.com/openai/v1")
    assert auth_for(connection).headers() == {"api-key": CANARY}
    assert connection.created_by.username == "carol"
    assert b"data-live-now" in manager.get(response["Location"]).content


def test_adding_wakes_a_worker_for_each_kind(manager, django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr("console.tasks.sync.delay", lambda pk, kind: woken.append(kind))

    with django_capture_on_commit_callbacks(execute=True):
        manager.post("/connections/new/", KEY)

    assert woken == list(LISTED)


def test_a_broker_that_is_away_does_no_harm(manager, django_capture_on_commit_callbacks, monkeypatch):
    def away(*_: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr("console.tasks.sync.delay", away)

    with django_capture_on_commit_callbacks(execute=True):
        response = manager.post("/connections/new/", KEY)

    assert response.status_code == 302
    assert Connection.objects.exists()


@pytest.mark.parametrize("credential", ["default", "managed_identity", "azure_cli"])
def test_an_identity_without_a_secret_stores_none(manager, credential):
    manager.post("/connections/new/", {**ENTRA, "credential": credential, "secret": CANARY})

    assert (Connection.objects.get().credential, Secret.objects.count()) == (credential, 0)


def test_the_scope_follows_the_address_unless_it_is_chosen(manager):
    manager.post("/connections/new/", ENTRA)
    manager.post("/connections/new/", {**ENTRA, "name": "other", "scope": "https://ai.azure.com/.default"})

    scopes = dict(Connection.objects.values_list("name", "scope"))
    assert scopes == {
        "contoso": "https://cognitiveservices.azure.com/.default",
        "other": "https://ai.azure.com/.default",
    }


def test_a_client_secret_is_stored_with_its_identity(manager):
    manager.post(
        "/connections/new/",
        {**ENTRA, "credential": "client_secret", "tenant_id": "t-1", "client_id": "c-1", "secret": CANARY},
    )

    connection = Connection.objects.get()
    assert (connection.tenant_id, connection.client_id) == ("t-1", "c-1")
    assert auth_for(connection).settings.secret == CANARY


def pem(*, ends_in_days: int = 30, other_key: bool = False) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "console")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=ends_in_days))
        .sign(key, hashes.SHA256())
    )
    kept = ec.generate_private_key(ec.SECP256R1()) if other_key else key
    private = kept.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (certificate.public_bytes(serialization.Encoding.PEM) + private).decode()


CERTIFICATE = {**ENTRA, "credential": "client_certificate", "tenant_id": "t-1", "client_id": "c-1"}


def test_a_certificate_is_stored_with_its_key(manager):
    text = pem()

    manager.post("/connections/new/", {**CERTIFICATE, "certificate": text})

    assert auth_for(Connection.objects.get()).settings.certificate == text.strip().encode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", "No certificate"),
        (pem().split("-----BEGIN PRIVATE")[0], "No private key"),
        (pem(other_key=True), "does not belong"),
        (pem(ends_in_days=-1), "ended on"),
    ],
)
def test_a_certificate_that_cannot_work_is_refused_at_its_field(manager, text, sentence):
    response = manager.post("/connections/new/", {**CERTIFICATE, "certificate": text})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Connection.objects.exists()


def test_host_and_key_come_from_the_same_place_of_the_environment(manager, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://fabrikam.openai.azure.com/")

    manager.post("/connections/new/", {"address": "", "auth": "env:AZURE_OPENAI_API_KEY"})

    connection = Connection.objects.get()
    assert (connection.host, connection.auth_kind) == ("fabrikam.openai.azure.com", "env")
    assert auth_for(connection).headers() == {"api-key": CANARY}
    assert not Secret.objects.exists()


def test_a_key_of_the_environment_cannot_be_led_to_another_host(manager, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://fabrikam.openai.azure.com/")

    response = manager.post("/connections/new/", {"address": AZURE, "auth": "env:AZURE_OPENAI_API_KEY"})

    assert response.status_code == 422
    assert not Connection.objects.exists()


@pytest.mark.parametrize("variable", ["SECRET_KEY", "ENCRYPTION_KEYS", "PATH", "OPENAI_API_KEY"])
def test_no_page_can_name_a_variable(manager, variable, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    response = manager.post("/connections/new/", {"address": AZURE, "auth": f"env:{variable}"})

    assert response.status_code == 422
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({**KEY, "address": ""}, "Paste the address"),
        ({**KEY, "address": "http://contoso.openai.azure.com"}, "https on port 443"),
        ({**KEY, "address": "https://evil.example/v1"}, "OUTBOUND_ALLOW_HOSTS"),
        ({**KEY, "address": "https://169.254.169.254/"}, "neither an Azure OpenAI host"),
        ({**KEY, "secret": ""}, "Type the credential"),
        ({**KEY, "secret": "two words"}, "no key has"),
        ({**KEY, "secret": "ключ"}, "no key has"),
        ({**KEY, "secret": "k" * 5000}, "longer than any key"),
        ({**KEY, "name": "n" * 101}, "at most 100 characters"),
        ({**KEY, "auth": "nothing"}, "Select a valid choice"),
        ({**KEY, "address": "https://c.services.ai.azure.com/api/projects/p"}, "Entra ID only"),
        ({**ENTRA, "address": "https://api.x.ai/v1"}, "does not take Microsoft Entra ID"),
        ({**ENTRA, "credential": "client_secret", "secret": "s3cret-s3cret"}, "This credential needs it"),
        ({**ENTRA, "tenant_id": "a b"}, "A tenant is"),
        ({**ENTRA, "scope": "https://evil.example/.default"}, "Select a valid choice"),
        ({**ENTRA, "cloud": "mars"}, "Select a valid choice"),
    ],
)
def test_a_wrong_field_gets_a_sentence_and_changes_nothing(manager, upstream, fields, sentence):
    response = manager.post("/connections/new/", fields)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (Connection.objects.count(), upstream.hits) == (0, 0)


def test_a_refused_form_keeps_everything_but_the_secret(manager):
    response = manager.post("/connections/new/", {**KEY, "auth": "key", "name": "n" * 101})

    content = response.content.decode()
    assert "contoso.openai.azure.com/openai/deployments/gpt-4o" in content
    assert CANARY not in content
    assert "type it again" in content


def test_a_name_is_given_once(manager, connection):
    response = manager.post("/connections/new/", {**KEY, "name": "PROD"})

    assert response.status_code == 422
    assert "already" in response.content.decode()


def test_further_fields_are_ignored(manager, workspace):
    manager.post(
        "/connections/new/", {**KEY, "workspace": "99", "slug": "taken", "account_id": "/x", "version": "7"}
    )

    connection = Connection.objects.get()
    assert (connection.workspace, connection.slug, connection.account_id, connection.version) == (
        workspace,
        "contoso",
        "",
        1,
    )


# Changing


def test_a_new_name_needs_no_secret(manager, connection):
    response = manager.post("/c/prod/edit/", edited(connection, name="Production"))

    assert response["Location"] == "/c/prod/"
    assert again(connection).name == "Production"
    assert auth_for(again(connection)).headers() == {"api-key": "upstream-key-1"}


@pytest.mark.parametrize(
    "fields",
    [
        {"address": AZURE},
        {"address": f"http://127.0.0.1:{UPSTREAM_PORT}/other/v1"},
        {"auth": "entra", "credential": "client_secret", "tenant_id": "t", "client_id": "c"},
    ],
)
def test_what_changes_where_a_secret_goes_asks_for_it_again(manager, connection, upstream, fields):
    before, events = again(connection).wiring, AuditEvent.objects.count()

    response = manager.post("/c/prod/edit/", edited(connection, **fields))

    assert response.status_code == 422
    assert again(connection).wiring == before
    assert auth_for(again(connection)).headers() == {"api-key": "upstream-key-1"}
    assert (AuditEvent.objects.count(), upstream.hits) == (events, 0)


@pytest.mark.parametrize("field", ["tenant_id", "client_id", "cloud", "credential"])
def test_another_identity_asks_for_the_secret_again(manager, field):
    identity = {**ENTRA, "credential": "client_secret", "tenant_id": "t-1", "client_id": "c-1"}
    manager.post("/connections/new/", {**identity, "secret": CANARY})
    connection = Connection.objects.get()
    values = {"tenant_id": "t-2", "client_id": "c-2", "cloud": "china", "credential": "client_certificate"}

    response = manager.post("/c/contoso/edit/", edited(connection, **identity | {field: values[field]}))

    assert response.status_code == 422
    assert auth_for(again(connection)).settings.secret == CANARY


def test_a_new_host_with_a_new_secret_is_taken_over_and_recorded(manager, connection):
    manager.post("/c/prod/edit/", edited(connection, address=AZURE, secret=CANARY))

    assert again(connection).host == "contoso.openai.azure.com"
    assert auth_for(again(connection)).headers() == {"api-key": CANARY}
    event = AuditEvent.objects.get(action="connection.host_changed")
    assert (event.actor_label, event.changes["url"][1]) == (
        "carol",
        "https://contoso.openai.azure.com/openai/v1",
    )
    assert CANARY not in "".join(AuditEvent.objects.values_list("canonical", flat=True))


def test_who_comes_second_gets_both_versions(manager, connection):
    connection.change(
        connection.wiring.__class__(**{**connection.wiring.__dict__, "name": "theirs"}), version=1
    )

    response = manager.post("/c/prod/edit/", edited(connection, name="mine", version=1, secret=CANARY))

    content = response.content.decode()
    assert response.status_code == 409
    assert 'data-error-kind="conflict"' in content
    assert "theirs" in content
    assert "mine" in content
    assert CANARY not in content
    assert 'name="version" value="2"' in content
    assert again(connection).name == "theirs"


def test_keeping_mine_replaces_theirs(manager, connection):
    connection.change(
        connection.wiring.__class__(**{**connection.wiring.__dict__, "name": "theirs"}), version=1
    )

    response = manager.post("/c/prod/edit/", edited(connection, name="mine", version=2))

    assert response.status_code == 302
    assert again(connection).name == "mine"


def test_a_form_without_its_version_changes_nothing(manager, connection):
    response = manager.post("/c/prod/edit/", {"address": connection.url, "auth": "key", "name": "blind"})

    assert response.status_code == 409
    assert again(connection).name == "prod"


def test_the_edit_page_holds_no_character_of_the_secret(manager, connection):
    content = manager.get("/c/prod/edit/").content.decode()

    assert connection.secret.fingerprint in content
    assert "upstream-key-1" not in content


def test_what_is_to_be_done_goes_to_our_own_broker():
    assert tasks.sync.app.main == "console"
