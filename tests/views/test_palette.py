import pytest

from console.index import KINDS
from console.models import Comparison, Item
from console.models.seen import Seen
from console.views.shown_kinds import SHOWN


@pytest.fixture
def known(connection, workspace, bob) -> None:
    Item.objects.take_in(connection.pk, "model", [Seen("gpt-5-mini", "gpt-5-mini", {"id": 1})])
    Item.objects.take_in(connection.pk, "deployment", [Seen("mini-prod", "mini-prod", {"id": 2})])
    Comparison.objects.create(workspace=workspace, title="Mini against nano", owner=bob)


def found(client, q: str) -> dict[str, list[str]]:
    answer = client.get("/palette/", {"q": q}, headers={"Accept": "application/json"})
    return {group["title"]: [item["label"] for item in group["items"]] for group in answer.json()["groups"]}


def test_one_word_finds_every_kind_of_thing(client, bob, known):
    client.force_login(bob)

    assert found(client, "mini") == {
        "Deployments": ["mini-prod"],
        "Models": ["gpt-5-mini"],
        "Ask in the playground": ["Ask mini-prod"],
        "Comparisons": ["Mini against nano"],
    }


def test_connections_are_found_by_name_and_host(client, bob, connection):
    client.force_login(bob)

    assert found(client, "PROD")["Connections"] == ["prod"]
    assert found(client, "127.0")["Connections"] == ["prod"]


def test_pages_are_found_by_what_they_are_about(client, bob):
    client.force_login(bob)

    assert found(client, "retirement")["Go to"] == ["Models"]


def test_pages_that_a_role_does_not_have_are_not_offered(client, bob, root):
    client.force_login(bob)
    assert "Go to" not in found(client, "audit")

    client.force_login(root)
    assert found(client, "audit")["Go to"] == ["Audit log"]


def test_without_a_word_the_pages_are_listed(client, bob):
    client.force_login(bob)

    assert "Overview" in found(client, "")["Go to"]


def test_the_part_is_a_list_of_options(client, bob, known):
    client.force_login(bob)

    answer = client.get("/palette/?q=mini", headers={"HX-Request": "true"}).text

    assert "<html" not in answer
    assert 'role="option"' in answer


def test_it_works_as_a_page(client, bob, known):
    client.force_login(bob)

    assert "/c/prod/models/gpt-5-mini/" in client.get("/palette/?q=mini").text


@pytest.mark.parametrize("q", ["\x00", "%", "'", "<script>", "x" * 9000, "\U0001f600"])
def test_strange_words_find_nothing(client, bob, known, q):
    client.force_login(bob)

    assert "Models" not in found(client, q)


def test_strangers_find_nothing_of_others(client, mallory, known):
    client.force_login(mallory)

    assert found(client, "mini") == {}


@pytest.mark.parametrize("kind", sorted(SHOWN))
def test_objects_of_every_kind_are_found_and_lead_to_their_pages(client, bob, connection, kind):
    Item.objects.take_in(connection.pk, kind, [Seen("id-7", "zebra crossing", {"id": "id-7"})])
    client.force_login(bob)

    answer = client.get("/palette/", {"q": "zebra"}, headers={"Accept": "application/json"}).json()

    group = next(group for group in answer["groups"] if group["title"] == SHOWN[kind].title)
    assert (group["items"][0]["label"], group["items"][0]["icon"]) == ("zebra crossing", SHOWN[kind].icon)
    assert client.get(group["items"][0]["url"]).status_code == 200


def test_every_kind_of_the_index_can_be_found():
    assert set(SHOWN) == set(KINDS)
