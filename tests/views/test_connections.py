"""Connections in pages and JSON: adding, testing, changing, pausing and removing them."""

import json
import re
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync

from console.index import LISTED
from console.models import AuditEvent, Connection, Sync
from console.models.secret import auth_for

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


# The list


def test_without_connections_the_list_leads_to_adding_one(manager):
    assert b"/connections/new/" in manager.get("/connections/").content


def test_a_reader_without_connections_is_told_who_can_add_one(client, bob):
    client.force_login(bob)

    content = client.get("/connections/").content

    assert b"/connections/new/" not in content
    assert b"manager or admin" in content


def test_the_list_tells_health_and_never_a_credential(manager, connection):
    Connection.objects.update(
        checked_at=datetime.now(UTC), error_kind="auth_failed", error_message="Refused."
    )

    content = manager.get("/connections/").content.decode()

    assert 'data-error-kind="auth_failed"' in content
    assert "Refused." in content
    assert "upstream-key-1" not in content


def test_the_list_is_json_too(manager, connection):
    row = manager.get("/connections/", headers=JSON).json()["data"][0]

    assert (row["slug"], row["state"], row["simulated"], row["auth"]) == ("prod", "unchecked", True, "key")
    assert "upstream-key-1" not in json.dumps(row)


@pytest.mark.parametrize(("query", "count"), [("pro", 1), ("127.0 prod", 1), ("nothing", 0)])
def test_the_list_is_searched_by_name_and_host(manager, connection, query, count):
    assert manager.get(f"/connections/?q={query}", headers=JSON).json()["total"] == count


def test_a_part_of_the_list_is_only_its_table(manager, connection):
    headers = {"hx-request": "true", "hx-target": "table"}
    content = manager.get("/connections/?q=prod", headers=headers).content.decode()

    assert 'id="table"' in content
    assert "<html" not in content


def test_back_gets_the_whole_list(manager, connection):
    headers = {"hx-request": "true", "hx-target": "table", "hx-history-restore-request": "true"}

    assert "<html" in manager.get("/connections/?q=prod", headers=headers).content.decode()


# The page of one


def test_the_page_tells_the_fingerprint_and_not_the_key(manager, connection):
    content = manager.get("/c/prod/").content.decode()

    assert connection.secret.fingerprint in content
    assert "upstream-key-1" not in content


def test_one_connection_is_json_too(manager, connection):
    found = manager.get("/c/prod/", headers=JSON).json()

    assert (found["slug"], found["models"], found["syncs"]) == ("prod", 0, [])
    assert "upstream-key-1" not in json.dumps(found)


def test_each_kind_of_the_index_is_called_by_its_name_and_leads_to_its_list(manager, connection):
    for kind in LISTED:
        Sync.claim(connection.pk, kind).fail("rate_limited", f"No {kind} for now.")
    Sync.claim(connection.pk, "batch").complete(total=7, facets={})

    part = {"hx-request": "true", "hx-target": "syncs"}
    rows = manager.get("/c/prod/", headers=part).content.decode().split("<li")[1:]

    assert len(rows) == len([kind for kind in LISTED.values() if kind.applies(connection)])
    for row in rows:
        assert "?connection=prod" in row
    assert [row for row in rows if "/batches/" in row and "Batches" in row and ">7<" in row]
    assert [row for row in rows if "/stored-completions/" in row and "No stored_completion for now." in row]


@pytest.mark.parametrize("page", ["/c/prod/", "/c/prod/api-support/"])
def test_every_kind_of_object_can_be_reached_from_the_head_of_its_pages(manager, connection, page):
    Sync.claim(connection.pk, "batch").complete(total=7, facets={})
    Sync.claim(connection.pk, "container").decline("This endpoint has no containers.")

    menu = manager.get(page).text.partition('id="objects-menu"')[2].partition("</div>")[0]

    assert set(re.findall(r'href="/([a-z-]+)/\?connection=prod"', menu)) == {
        "batches",
        "containers",
        "conversations",
        "deployments",
        "evals",
        "files",
        "fine-tuning",
        "models",
        "responses",
        "stored-completions",
        "vector-stores",
    }
    assert ">7<" in menu
    assert menu.count("not offered") == 1


def test_the_head_offers_no_kind_that_the_provider_cannot_have(manager, connection):
    Connection.objects.update(kind="xai")

    menu = manager.get("/c/prod/").text.partition('id="objects-menu"')[2].partition("</div>")[0]

    assert re.findall(r'href="/([a-z-]+)/\?connection=prod"', menu) == ["models", "responses"]


def test_what_every_list_suffers_from_is_told_in_full_once(manager, connection):
    troubled = {"error_kind": "auth_failed", "error_message": "The key is wrong."}
    Connection.objects.update(checked_at=datetime.now(UTC), **troubled)
    for kind in ("model", "file", "batch"):
        Sync.claim(connection.pk, kind).fail("auth_failed", "The key is wrong.")

    content = manager.get("/c/prod/").content.decode()

    assert content.count("The key is wrong.") == 1


@pytest.mark.parametrize("part", ["syncs", "facts"])
def test_a_part_of_the_page_is_only_that(manager, connection, part):
    content = manager.get("/c/prod/", headers={"hx-request": "true", "hx-target": part}).content.decode()

    assert f'id="{part}"' in content
    assert "<html" not in content


def test_a_reader_sees_no_button_that_changes_something(client, bob, connection):
    client.force_login(bob)

    content = client.get("/c/prod/").content.decode()

    assert "/c/prod/edit/" not in content
    assert "/c/prod/test/" not in content
    assert "Danger zone" not in content


# Testing


def test_a_test_is_shown_step_by_step(client, alice, connection, upstream):
    upstream["GET /models"] = 200, {"object": "list", "data": [{"id": "gpt-5"}]}
    client.force_login(alice)

    lines = lines_of(client.post("/c/prod/test/", headers=LINES))

    assert [line["id"] for line in lines if 'data-state="ok"' in line["html"]] == [
        "step-dns",
        "step-tls",
        "step-authentication",
        "step-models",
    ]
    assert [line["id"] for line in lines if 'data-state="running"' in line["html"]] == [
        "step-dns",
        "step-tls",
        "step-authentication",
        "step-models",
    ]
    assert lines[-1]["say"] == "The test passed."
    assert "Healthy" in lines[-1]["html"]


def test_lines_are_not_held_back_by_compression(client, alice, connection, upstream):
    client.force_login(alice)

    response = client.post("/c/prod/test/", headers={**LINES, "accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "identity"
    lines_of(response)


def test_without_scripts_the_finished_test_is_a_page(client, alice, connection, upstream):
    upstream["GET /models"] = 401, {"error": {"code": "401", "message": "Access denied"}}
    client.force_login(alice)

    content = client.post("/c/prod/test/").content.decode()

    assert 'data-error-kind="auth_failed"' in content
    assert again(connection).error_kind == "auth_failed"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((401, {"error": {"message": "no"}}), "auth_failed"),
        ((403, {"error": {"message": "firewall rules"}}), "forbidden"),
        ((404, {"error": {"message": "no"}}), "not_found"),
        ((500, {"error": {"message": "no"}}), "upstream_error"),
        ((301, b"", {"location": "http://127.0.0.1:1/"}), "upstream_redirect"),
        ((200, b"<html>Sign in</html>", {"content-type": "text/html"}), "protocol_error"),
        ((200, {"models": []}), "protocol_error"),
    ],
)
def test_every_way_to_fail_has_its_kind_and_a_sentence(client, alice, connection, upstream, answer, kind):
    upstream["GET /models"] = answer
    client.force_login(alice)

    found = client.post("/c/prod/test/", headers=JSON).json()

    failed = next(step for step in found["steps"] if step["state"] == "failed")
    assert (failed["kind"], found["state"], found["error_kind"]) == (kind, "failed", kind)
    assert failed["sentence"]


def test_a_key_that_comes_back_in_an_answer_is_not_shown(client, alice, connection, upstream):
    upstream["GET /models"] = 401, {"error": {"message": "Incorrect API key provided: upstream-key-1"}}
    client.force_login(alice)

    assert "upstream-key-1" not in client.post("/c/prod/test/").content.decode()


def test_a_credential_that_cannot_be_read_says_so(client, alice, connection, upstream, settings):
    settings.ENCRYPTION_KEYS = [b"x" * 32]
    client.force_login(alice)

    found = client.post("/c/prod/test/", headers=JSON).json()

    assert (found["error_kind"], upstream.hits) == ("credential_unreadable", 0)
    assert client.get("/c/prod/").status_code == 200
    assert b'data-error-kind="credential_unreadable"' in client.get("/connections/").content


def test_a_paused_connection_is_not_tested(client, alice, connection, upstream):
    connection.pause()
    client.force_login(alice)

    response = client.post("/c/prod/test/", headers=LINES)

    assert (response.status_code, upstream.hits) == (422, 0)
    assert response.json()["error"]["kind"] == "blocked_by_policy"
    assert "is paused" in response.json()["error"]["message"]


# The credential


def test_a_replaced_credential_is_tested_at_once(manager, connection):
    response = manager.post("/c/prod/credential/", {"secret": CANARY})

    assert response["Location"] == "/c/prod/?added=1"
    assert auth_for(again(connection)).headers() == {"api-key": CANARY}
    assert AuditEvent.objects.latest().action == "connection.credential_rotated"


def test_the_new_credential_is_not_called_optional(manager, connection):
    page = manager.get("/c/prod/credential/").text
    refused = manager.post("/c/prod/credential/", {"secret": ""}).text

    assert "optional" not in page
    assert refused.count("Type the new credential.") == 1


@pytest.mark.parametrize("secret", ["", "two words"])
def test_a_credential_that_is_none_replaces_nothing(manager, connection, secret):
    response = manager.post("/c/prod/credential/", {"secret": secret})

    assert response.status_code == 422
    assert auth_for(again(connection)).headers() == {"api-key": "upstream-key-1"}


def test_a_connection_that_keeps_no_credential_takes_none(manager, connection):
    connection.auth_kind, connection.credential = "entra", "default"
    connection.save(update_fields=["auth_kind", "credential"])

    response = manager.post("/c/prod/credential/", {"secret": CANARY}, headers=JSON)

    assert response.status_code == 422
    assert response.json()["error"]["fields"]["__all__"] == ["This connection keeps no credential here."]


@pytest.mark.parametrize("path", ["/connections/", "/c/prod/"])
def test_a_region_is_written_alike_whoever_told_it(manager, connection, path):
    Connection.objects.update(region="swedencentral")

    assert "Sweden Central" in manager.get(path).text
    assert "swedencentral" not in manager.get(path).text


# Pausing and removing


def test_pausing_is_shown_everywhere_and_ends_by_resuming(manager, connection):
    manager.post("/c/prod/pause/")

    assert b"Paused" in manager.get("/c/prod/").content
    assert b"Paused" in manager.get("/connections/").content
    assert manager.get("/c/prod/", headers=JSON).json()["state"] == "paused"
    manager.post("/c/prod/resume/")
    assert again(connection).paused_at is None


def test_a_paused_connection_is_not_read(client, bob, connection, upstream):
    connection.pause()
    client.force_login(bob)

    response = client.post("/c/prod/refresh/")

    assert (response.status_code, upstream.hits) == (422, 0)
    assert b'data-error-kind="blocked_by_policy"' in response.content


def test_removing_needs_the_name(manager, connection):
    response = manager.post("/c/prod/remove/", {"name": "production"})

    assert response.status_code == 422
    assert Connection.objects.exists()


def test_removing_tells_what_goes_and_what_stays_and_does_it(manager, connection):
    page = manager.get("/c/prod/remove/").content.decode()
    response = manager.post("/c/prod/remove/", {"name": "prod"})

    assert "Everything on the resource" in page
    assert response["Location"] == "/connections/"
    assert not Connection.objects.exists()
    assert AuditEvent.objects.latest().action == "connection.removed"


# Reading


def test_a_connection_is_read_at_once_where_no_worker_runs(client, bob, connection, upstream):
    upstream["GET /models"] = 200, {"object": "list", "data": [{"id": "gpt-5", "object": "model"}]}
    client.force_login(bob)

    content = client.post("/c/prod/refresh/", headers={"hx-request": "true"}).content.decode()

    assert re.search(r">Models</a></b> <span class=\"count\">1<", content)
    assert connection.items.get(kind="model").remote_id == "gpt-5"


# Who may

CHANGES = ["edit", "pause", "resume", "credential", "remove"]


@pytest.mark.parametrize("verb", CHANGES)
@pytest.mark.parametrize("who", ["alice", "bob"])
def test_only_managers_change_a_connection(client, request, connection, verb, who):
    client.force_login(request.getfixturevalue(who))

    assert client.post(f"/c/prod/{verb}/").status_code == 403
    assert again(connection).version == 1


def test_a_reader_does_not_test(client, bob, connection, upstream):
    client.force_login(bob)

    assert client.post("/c/prod/test/").status_code == 403
    assert upstream.hits == 0


@pytest.mark.parametrize("path", ["/connections/new/", "/connections/recognise/"])
def test_a_reader_adds_nothing(client, bob, path):
    client.force_login(bob)

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("verb", ["", *(f"{verb}/" for verb in [*CHANGES, "test", "refresh"])])
def test_for_a_stranger_it_does_not_exist(client, mallory, connection, verb):
    client.force_login(mallory)
    ask = client.post if verb else client.get

    there, nowhere = ask(f"/c/prod/{verb}"), ask(f"/c/nowhere/{verb}")

    assert (there.status_code, nowhere.status_code) == (404, 404)
