from datetime import timedelta

import pytest
from django.utils import timezone

from console.index import remember_deployment
from console.models import Item, Sync
from console.models.seen import Seen

SOON = timezone.now().date() + timedelta(days=20)
MANAGED = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/deployments/chat",
    "name": "chat",
    "sku": {"name": "Standard", "capacity": 120},
    "properties": {
        "model": {"format": "OpenAI", "name": "gpt-4o", "version": "2024-08-06"},
        "raiPolicyName": "strict",
        "versionUpgradeOption": "NoAutoUpgrade",
        "provisioningState": "Succeeded",
        "rateLimits": [{"key": "token", "renewalPeriod": 60, "count": 120000}],
    },
}


@pytest.fixture
def signed_in(client, bob):
    """A reader's browser: all of these pages are for reading."""
    client.force_login(bob)
    return client


@pytest.fixture
def known(connection) -> None:
    """Two deployments, one of them retiring soon, read just now."""
    labels = frozenset({"model:gpt-4o", "sku:Standard", "upgrade:NoAutoUpgrade", "policy:strict"})
    chat = Seen("chat", "chat", MANAGED, "succeeded", "gpt-4o", labels, size=120, retires_on=SOON)
    ready = Seen(
        "ready", "ready", {"id": "ready", "model": "gpt-5"}, "failed", "gpt-5", frozenset({"model:gpt-5"})
    )
    Item.objects.take_in(connection.pk, "deployment", [chat, ready])
    for kind in ("model", "deployment"):
        Sync.claim(connection.pk, kind).complete(**Item.objects.tally(connection.pk, kind))


def names(response) -> list[str]:
    return [row.item.remote_id for row in response.context["rows"]]


def test_the_page_shows_what_the_index_knows_and_asks_nobody(signed_in, known, upstream):
    response = signed_in.get("/deployments/")

    assert names(response) == ["chat", "ready"]
    assert "retires in 20 days" in response.text
    assert "/playground/?connection=prod&amp;model=chat" in response.text
    assert upstream.hits == 0


def test_what_retires_soon_is_said_above_the_list(signed_in, known):
    assert "1 deployment retires within 60 days" in signed_in.get("/deployments/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=CHA", ["chat"]),
        ("model=gpt-4o", ["chat"]),
        ("sku=Standard", ["chat"]),
        ("upgrade=NoAutoUpgrade", ["chat"]),
        ("policy=strict", ["chat"]),
        ("state=failed", ["ready"]),
        ("family=gpt-5", ["ready"]),
        ("retires=60", ["chat"]),
        ("retires=past", []),
        ("retires=unknown", ["ready"]),
        ("sort=-capacity", ["chat", "ready"]),
        ("sort=state", ["ready", "chat"]),
        ("sort=-retires", ["chat", "ready"]),
        ("sort=connection", ["chat", "ready"]),
        ("sort=-created", ["ready", "chat"]),
        ("connection=prod", ["chat", "ready"]),
    ],
)
def test_the_address_says_what_is_shown(signed_in, known, query, found):
    assert names(signed_in.get(f"/deployments/?{query}")) == found


@pytest.mark.parametrize("query", ["sort=raw", "sort=connection__secret__ciphertext", "retires=soon"])
def test_what_is_in_no_map_is_refused(signed_in, known, query):
    assert signed_in.get(f"/deployments/?{query}").status_code == 400


def test_the_list_answers_json(signed_in, known):
    told = signed_in.get("/deployments/", headers={"Accept": "application/json"}).json()["data"][0]

    assert (told["name"], told["model"], told["version"], told["sku"]) == (
        "chat",
        "gpt-4o",
        "2024-08-06",
        "Standard",
    )
    assert (told["upgrade"], told["policy"], told["capacity"]) == ("NoAutoUpgrade", "strict", 120)
    assert (told["tokens_per_minute"], told["retires"]["days"]) == (120000, 20)


def test_a_deployment_is_shown_with_its_json_and_as_code(signed_in, known):
    page = signed_in.get("/c/prod/deployments/chat/").text

    assert "It does not upgrade by itself." in page
    assert "resourceGroups" in page
    assert "client.chat.completions.create" in page
    assert "upstream-key-1" not in page


def test_the_drawer_is_a_part(signed_in, known):
    headers = {"HX-Request": "true", "HX-Target": "drawer"}
    response = signed_in.get("/c/prod/deployments/chat/", headers=headers)

    assert response.text.lstrip().startswith('<dialog class="drawer"')


def test_a_deployment_answers_json(signed_in, known):
    told = signed_in.get("/c/prod/deployments/chat/", headers={"Accept": "application/json"}).json()

    assert told["raw"] == MANAGED


def test_a_deployment_leads_to_its_model(signed_in, known, connection):
    Item.objects.take_in(
        connection.pk, "model", [Seen("gpt-4o-2024-08-06", "gpt-4o-2024-08-06", {"id": "x"})]
    )
    used = frozenset({("model", "gpt-4o-2024-08-06")})
    Item.objects.take_in(connection.pk, "deployment", [Seen("new", "new", {"id": "new"}, refs=used)])

    assert "/c/prod/models/gpt-4o-2024-08-06/" in signed_in.get("/c/prod/deployments/new/").text


def test_a_typed_deployment_is_told_from_a_listed_one(signed_in, known, connection):
    remember_deployment(connection, "mine", "gpt-5")

    assert "typed, not listed" in signed_in.get("/deployments/?q=mine").text
    assert "no list tells of it" in signed_in.get("/c/prod/deployments/mine/").text


def test_a_resource_without_the_list_says_what_to_do(signed_in, connection, upstream):
    signed_in.get("/deployments/refresh/")

    page = signed_in.get("/deployments/").text

    assert "prod does not list its deployments" in page
    assert "Microsoft Entra ID" in page


def test_elsewhere_than_on_azure_the_page_leads_to_the_models(signed_in, connection):
    connection.kind = "xai"
    connection.save()

    assert "no deployments needed" in signed_in.get("/deployments/").text


def test_the_part_reads_models_too(signed_in, connection, upstream):
    upstream["GET /openai/deployments"] = 200, {"data": [{"id": "chat", "model": "gpt-5"}]}
    upstream["GET /models"] = 200, {"data": [{"id": "gpt-5"}]}

    response = signed_in.get("/deployments/refresh/", headers={"Accept": "application/json"})

    assert response.json()["read"] == 2
    assert set(Item.objects.values_list("kind", "remote_id")) == {("deployment", "chat"), ("model", "gpt-5")}


def test_a_deployment_that_is_gone_says_so(signed_in, known):
    Item.objects.filter(remote_id="chat").update(gone_at=timezone.now())

    assert names(signed_in.get("/deployments/?gone=1")) == ["chat"]
    assert "No longer listed" in signed_in.get("/c/prod/deployments/chat/").text


def test_strangers_see_nothing(client, mallory, known):
    client.force_login(mallory)

    assert "No connections yet" in client.get("/deployments/").text
    assert client.get("/c/prod/deployments/chat/").status_code == 404
