from datetime import date, timedelta

import pytest
from django.utils import timezone

from console.index import due, freshness, outdated, refresh, remember_deployment
from console.models import Connection, Item, Revision, Secret, Sync
from tests.conftest import SIMULATOR_KEY, SIMULATOR_PORT, connect

pytestmark = pytest.mark.django_db

GPT_5 = {"id": "gpt-5-2025-08-07", "object": "model", "created": 1754524800, "owned_by": "system"}
TOLD = {
    "id": "gpt-4o-2024-08-06",
    "object": "model",
    "created_at": 1722902400,
    "lifecycle_status": "generally-available",
    "capabilities": {"chat_completion": True, "fine_tune": True, "embeddings": False},
    "deprecation": {"inference": 1796860800},
}


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows)}


@pytest.fixture
def entra(workspace, simulator) -> Connection:
    """A connection to the simulator's default resource that signs in with Entra ID."""
    made = Connection.objects.create(
        workspace=workspace,
        name="entra",
        slug="entra",
        kind=Connection.Kind.SIMULATOR,
        scheme="http",
        host="127.0.0.1",
        port=SIMULATOR_PORT,
        base_path="/openai/v1",
        auth_kind="entra",
        credential="client_secret",
        tenant_id="7e4a0000-0000-4000-8000-000000000001",
        client_id="11111111-0000-4000-8000-000000000001",
        scope="https://cognitiveservices.azure.com/.default",
    )
    Secret.put(made, Secret.Purpose.CLIENT_SECRET, SIMULATOR_KEY, by="tests")
    return made


def test_models_are_read_with_what_the_resource_tells_of_them(connection, upstream):
    upstream["GET /models"] = listed(TOLD)

    sync = refresh(connection, "model")

    item = Item.objects.get()
    assert (sync.state, sync.source, sync.total) == ("done", "models", 1)
    assert (item.status, item.family, item.retires_on) == ("ga", "gpt-4o", date(2026, 12, 10))
    assert item.values("capability") == ["chat", "fine-tune"]
    assert item.raw == TOLD


def test_a_model_of_which_nothing_is_told_is_judged_by_its_name(connection, upstream):
    upstream["GET /models"] = listed(GPT_5)

    refresh(connection, "model")

    assert Item.objects.get().values("capability") == ["chat", "reasoning"]


def test_reading_the_models_checks_the_connection(connection, upstream):
    upstream["GET /models"] = listed(GPT_5)

    refresh(connection, "model")

    connection.refresh_from_db()
    assert connection.checked_at is not None
    assert connection.error_kind == ""


def test_a_refused_key_is_kept_in_words_and_raises_nothing(connection, upstream):
    upstream["GET /models"] = 401, {"error": {"code": "401", "message": "Access denied"}}

    sync = refresh(connection, "model")

    connection.refresh_from_db()
    assert (sync.state, sync.error_kind, connection.error_kind) == ("failed", "auth_failed", "auth_failed")
    assert "Check the key" in sync.error_message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((200, b"<html>", {"content-type": "text/html"}), "protocol_error"),
        ((200, {"no": "list"}), "protocol_error"),
        ((403, {"error": {"code": "PermissionDenied", "message": "no"}}), "forbidden"),
    ],
)
def test_an_answer_that_is_no_list_fails_the_sync(connection, upstream, answer, kind):
    upstream["GET /models"] = answer

    assert refresh(connection, "model").error_kind == kind


def test_a_failed_listing_marks_nothing_as_gone(connection, upstream):
    upstream["GET /models"] = [listed(GPT_5), (401, {"error": {"code": "401", "message": "no"}})]
    refresh(connection, "model")
    refresh(connection, "model")

    assert Item.objects.present().count() == 1


def test_what_a_listing_no_longer_tells_is_gone(connection, upstream):
    upstream["GET /models"] = [listed(GPT_5, TOLD), listed(TOLD)]
    refresh(connection, "model")
    sync = refresh(connection, "model")

    assert [item.remote_id for item in Item.objects.gone()] == [GPT_5["id"]]
    assert sync.total == 1


def test_reading_twice_changes_nothing(connection, upstream):
    upstream["GET /models"] = listed(GPT_5, TOLD)
    refresh(connection, "model")
    refresh(connection, "model")

    assert (Item.objects.count(), Revision.objects.count()) == (2, 2)


def test_who_comes_second_reads_nothing(connection, upstream):
    upstream["GET /models"] = listed(GPT_5)
    Sync.claim(connection.pk, "model")

    sync = refresh(connection, "model")

    assert (sync.state, upstream.hits) == ("running", 0)


def test_a_paused_connection_is_not_asked(connection, upstream):
    connection.pause()
    connection.refresh_from_db()

    sync = refresh(connection, "model")

    assert (sync.error_kind, upstream.hits) == ("blocked_by_policy", 0)
    assert due(connection, "model") is False


def test_deployments_come_from_the_old_list_where_there_is_only_a_key(connection, upstream):
    upstream["GET /models"] = listed(TOLD)
    row = {
        "id": "chat",
        "object": "deployment",
        "model": "gpt-4o",
        "status": "succeeded",
        "created_at": 1722902400,
    }
    upstream["GET /openai/deployments"] = listed(row)
    refresh(connection, "model")

    sync = refresh(connection, "deployment")

    item = Item.objects.get(kind="deployment")
    assert (sync.source, item.status, item.values("model")) == ("list", "succeeded", ["gpt-4o"])
    assert item.retires_on == date(2026, 12, 10)
    assert upstream.requests[-1].query == {"api-version": ["2023-03-15-preview"]}


def test_the_old_list_is_asked_for_beside_v1_wherever_that_is(connection, upstream):
    connection.base_path = "/resources/legacy/openai/v1"
    connection.save()

    refresh(connection, "deployment")

    assert upstream.requests[-1].path == "/resources/legacy/openai/deployments"


def test_a_deployment_of_one_of_several_versions_has_no_known_retirement(connection, upstream):
    upstream["GET /models"] = listed(TOLD, {**TOLD, "id": "gpt-4o-2024-11-20"})
    upstream["GET /openai/deployments"] = listed({"id": "chat", "model": "gpt-4o", "status": "succeeded"})
    refresh(connection, "model")
    refresh(connection, "deployment")

    assert Item.objects.get(kind="deployment").retires_on is None


def test_a_model_of_exactly_that_name_counts_before_its_other_versions(connection, upstream):
    upstream["GET /models"] = listed({**TOLD, "id": "DeepSeek-R1"}, {**TOLD, "id": "DeepSeek-R1-0528"})
    upstream["GET /openai/deployments"] = listed({"id": "r1", "model": "DeepSeek-R1", "status": "succeeded"})
    refresh(connection, "model")
    refresh(connection, "deployment")

    assert Item.objects.get(kind="deployment").retires_on == date(2026, 12, 10)


def test_without_any_list_the_page_says_why_and_what_to_do(connection, upstream):
    sync = refresh(connection, "deployment")

    assert (sync.state, sync.error_kind) == ("not_offered", "")
    assert "Microsoft Entra ID" in sync.error_message


def test_elsewhere_than_on_azure_there_are_no_deployments(connection, upstream):
    connection.kind = Connection.Kind.XAI
    connection.save()

    assert due(connection, "deployment") is False
    assert freshness([connection], "deployment") == []


def test_with_entra_the_management_plane_tells_the_deployments(entra):
    sync = refresh(entra, "deployment")

    entra.refresh_from_db()
    item = Item.objects.get(kind="deployment", remote_id="gpt-4o")
    assert (sync.state, sync.source) == ("done", "arm")
    assert entra.account_id.endswith("/accounts/contoso-eastus2")
    assert entra.region == "eastus2"
    assert (item.values("sku"), item.values("upgrade"), item.size) == (
        ["Standard"],
        ["OnceCurrentVersionExpired"],
        120,
    )
    assert item.retires_on is not None


def test_a_deployment_refers_to_its_model(entra):
    refresh(entra, "model")
    refresh(entra, "deployment")

    models = Item.objects.filter(kind="model", remote_id="gpt-5-mini-2025-08-07")
    uses = Item.objects.uses_of(models, "deployment")
    assert [[item.name for item in items] for items in uses.values()] == [["gpt-5-mini"]]


def test_an_account_that_is_gone_is_looked_for_again_next_time(entra):
    stale = "/subscriptions/5a1d0000-0000-4000-8000-000000000001/resourceGroups/none"
    entra.account_id = f"{stale}/providers/Microsoft.CognitiveServices/accounts/none"
    entra.save()

    sync = refresh(entra, "deployment")

    entra.refresh_from_db()
    assert (sync.source, entra.account_id) == ("list", "")


def test_a_typed_deployment_that_answered_is_remembered(connection):
    remember_deployment(connection, "mine", "gpt-5-mini-2025-08-07")

    item = Item.objects.get()
    assert (item.kind, item.remote_id, item.values("model")) == ("deployment", "mine", ["gpt-5-mini"])
    assert Sync.objects.get(kind="deployment").total == 1


def test_remembering_again_changes_nothing(connection):
    remember_deployment(connection, "mine", "gpt-5-mini-2025-08-07")
    remember_deployment(connection, "mine", "gpt-5-mini-2025-08-07")

    assert Revision.objects.count() == 1


def test_what_was_listed_is_not_overwritten_by_what_was_typed(connection, upstream):
    upstream["GET /openai/deployments"] = listed({"id": "chat", "model": "gpt-4o", "status": "succeeded"})
    refresh(connection, "deployment")

    remember_deployment(connection, "chat", "something-else")

    assert Item.objects.get().values("model") == ["gpt-4o"]


def test_a_listing_takes_over_what_was_typed(connection, upstream):
    remember_deployment(connection, "chat", "gpt-4o-2024-08-06")
    upstream["GET /openai/deployments"] = listed({"id": "chat", "model": "gpt-4o", "status": "succeeded"})

    refresh(connection, "deployment")

    assert "source:typed" not in Item.objects.get().label_set


def test_elsewhere_than_on_azure_nothing_is_remembered(connection):
    connection.kind = Connection.Kind.OPENAI

    remember_deployment(connection, "gpt-5", "gpt-5")

    assert not Item.objects.exists()


def test_a_kind_is_due_until_it_was_read_and_again_when_it_grew_old(connection, upstream):
    upstream["GET /models"] = listed(GPT_5)
    assert due(connection, "model") is True

    refresh(connection, "model")
    assert due(connection, "model") is False

    Sync.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert due(connection, "model") is True


def test_a_page_has_read_what_is_outdated_and_nothing_else(connection, workspace, upstream):
    upstream["GET /models"] = listed(GPT_5)
    address = f"127.0.0.1:{connection.port}"
    other = connect(workspace, "other", address, "/openai/v1", "upstream-key-2")
    refresh(connection, "model")

    assert outdated([connection, other], "model") == 1
    assert [request.headers["api-key"] for request in upstream.requests] == [
        "upstream-key-1",
        "upstream-key-2",
    ]


def test_what_fails_waits_behind_what_works(connection, workspace, upstream):
    upstream["GET /models"] = listed(GPT_5)
    other = connect(workspace, "other", f"127.0.0.1:{connection.port}", "/openai/v1", "upstream-key-2")
    Sync.objects.create(connection=connection, kind="model", failures=2)

    outdated([connection, other], "model", budget=0)

    assert [request.headers["api-key"] for request in upstream.requests] == ["upstream-key-2"]


@pytest.mark.parametrize("kind", ["response", "conversation"])
def test_a_kind_without_a_list_is_never_due_and_has_nothing_to_be_fresh(connection, kind):
    assert not due(connection, kind)
    assert freshness([connection], kind) == []
    with pytest.raises(LookupError):
        refresh(connection, kind)
    assert not Sync.objects.filter(kind=kind).exists()
