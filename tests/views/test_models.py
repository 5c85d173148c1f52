import pytest

from console.index import KINDS
from console.models import Item, Sync
from console.models.seen import Seen

GPT_5 = {"id": "gpt-5-2025-08-07", "object": "model", "created": 1754524800, "lifecycle_status": "preview"}


def listed(*rows) -> tuple[int, dict]:
    return 200, {"object": "list", "data": list(rows)}


@pytest.fixture
def signed_in(client, bob):
    """A reader's browser: all of these pages are for reading."""
    client.force_login(bob)
    return client


@pytest.fixture
def known(connection) -> None:
    """Two models, one of them deployed, read just now."""
    Item.objects.take_in(
        connection.pk,
        "model",
        [
            Seen(
                "gpt-5-2025-08-07",
                "gpt-5-2025-08-07",
                GPT_5,
                "preview",
                "gpt-5",
                frozenset({"capability:chat"}),
            ),
            Seen("o3-2025-04-16", "o3-2025-04-16", {"id": "o3-2025-04-16"}, "ga", "o-series"),
        ],
    )
    used = frozenset({("model", "gpt-5-2025-08-07")})
    Item.objects.take_in(connection.pk, "deployment", [Seen("chat", "chat", {"name": "chat"}, refs=used)])
    for kind in ("model", "deployment"):
        Sync.claim(connection.pk, kind).complete(**Item.objects.tally(connection.pk, kind))


def names(response) -> list[str]:
    return [row.item.remote_id for row in response.context["rows"]]


def test_the_page_shows_what_the_index_knows_and_asks_nobody(signed_in, known, upstream):
    response = signed_in.get("/models/")

    assert response.status_code == 200
    assert names(response) == ["gpt-5-2025-08-07", "o3-2025-04-16"]
    assert upstream.hits == 0


def test_a_fresh_list_does_not_have_itself_read_again(signed_in, known):
    assert 'hx-trigger="load"' not in signed_in.get("/models/").text


def test_a_list_never_read_has_itself_read_and_shows_a_skeleton(signed_in, connection):
    page = signed_in.get("/models/").text

    assert 'hx-get="/models/refresh/" hx-trigger="load"' in page
    assert "skeleton" in page


def test_the_part_reads_what_is_outdated_and_has_the_table_renewed(signed_in, connection, upstream):
    upstream["GET /models"] = listed(GPT_5)

    response = signed_in.get("/models/refresh/", headers={"HX-Request": "true", "HX-Target": "freshness"})

    assert response.status_code == 286
    assert response.headers["HX-Trigger"] == "index-refreshed"
    assert Item.objects.get(kind="model").remote_id == "gpt-5-2025-08-07"


def test_the_part_reads_what_is_fresh_not_again(signed_in, known, upstream):
    signed_in.get("/models/refresh/", headers={"HX-Request": "true"})

    assert upstream.hits == 0


def test_the_part_looks_again_while_somebody_else_reads(signed_in, connection, upstream):
    Sync.claim(connection.pk, "model")

    response = signed_in.get("/models/refresh/", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert 'hx-trigger="every 1s"' in response.text


def test_the_button_works_without_a_script(signed_in, connection, upstream):
    upstream["GET /models"] = listed(GPT_5)

    response = signed_in.post("/models/refresh/?family=gpt-5")

    assert (response.status_code, response.headers["Location"]) == (302, "/models/?family=gpt-5")
    assert Item.objects.filter(kind="model").count() == 1


def test_a_refused_key_is_told_beside_what_was_known_before(signed_in, known, upstream):
    upstream["GET /models"] = 401, {"error": {"code": "401", "message": "Access denied"}}
    Sync.objects.update(finished_at=None)
    signed_in.get("/models/refresh/")

    response = signed_in.get("/models/")

    assert 'data-error-kind="auth_failed"' in response.text
    assert len(names(response)) == 2


@pytest.mark.parametrize("query", ["", "?connection=prod"])
def test_of_a_paused_connection_a_list_tells_that_and_not_its_old_failure(
    signed_in, connection, upstream, query
):
    upstream["GET /models"] = 401, {"error": {"code": "401", "message": "Access denied"}}
    signed_in.get("/models/refresh/")
    connection.pause()

    page = signed_in.get(f"/models/{query}").text
    about = signed_in.get("/c/prod/").text

    assert "prod: Paused" in page
    assert "not read while it is paused" in about
    assert "auth_failed" not in f"{page}{about}"
    assert "Access denied" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=GPT", ["gpt-5-2025-08-07"]),
        ("q=2025", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("q=%00", []),
        ("capability=chat", ["gpt-5-2025-08-07"]),
        ("lifecycle=ga", ["o3-2025-04-16"]),
        ("family=gpt-5", ["gpt-5-2025-08-07"]),
        ("connection=prod", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("connection=nowhere", []),
        ("deployed=yes", ["gpt-5-2025-08-07"]),
        ("deployed=no", ["o3-2025-04-16"]),
        ("retires=unknown", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("gone=1", []),
        ("sort=-name", ["o3-2025-04-16", "gpt-5-2025-08-07"]),
        ("sort=retires", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("sort=-retires", ["o3-2025-04-16", "gpt-5-2025-08-07"]),
        ("sort=connection", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("sort=created", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("sort=lifecycle", ["o3-2025-04-16", "gpt-5-2025-08-07"]),
        ("page=2", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("page=-1", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("page=1e9", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
        ("connection__secret__startswith=a", ["gpt-5-2025-08-07", "o3-2025-04-16"]),
    ],
)
def test_the_address_says_what_is_shown(signed_in, known, query, found):
    assert names(signed_in.get(f"/models/?{query}")) == found


@pytest.mark.parametrize(
    "query",
    ["sort=password", "sort=-", "sort=--name", "sort=connection__secret", "sort=?", "deployed=perhaps"],
)
def test_what_is_in_no_map_is_refused_with_a_sentence(signed_in, known, query):
    response = signed_in.get(f"/models/?{query}")

    assert response.status_code == 400
    assert "can be" in response.text


def test_the_refusal_is_json_for_those_who_ask_for_it(signed_in, known):
    response = signed_in.get("/models/?sort=password", headers={"Accept": "application/json"})

    assert response.status_code == 400
    assert "not by “password”" in response.json()["error"]["message"]


def test_the_list_answers_json(signed_in, known):
    told = signed_in.get("/models/?sort=name", headers={"Accept": "application/json"}).json()

    assert told["total"] == 2
    assert told["data"][0]["id"] == "gpt-5-2025-08-07"
    assert told["data"][0]["deployments"] == ["chat"]
    assert told["syncs"][0]["state"] == "done"


def test_htmx_gets_the_table_and_the_facets(signed_in, known):
    response = signed_in.get("/models/?q=o3", headers={"HX-Request": "true", "HX-Target": "table"})

    assert "<html" not in response.text
    assert 'id="table"' in response.text
    assert 'id="facets" hx-swap-oob="true"' in response.text


def test_back_gets_the_whole_page(signed_in, known):
    headers = {"HX-Request": "true", "HX-Target": "table", "HX-History-Restore-Request": "true"}

    assert "<html" in signed_in.get("/models/", headers=headers).text


def test_the_facets_count_what_the_listing_found(signed_in, known):
    menus = {menu["facet"].name: menu for menu in signed_in.get("/models/").context["menus"]}

    counts = {link["option"].value: link["option"].count for link in menus["family"]["links"]}
    assert counts == {"gpt-5": 1, "o-series": 1}


def test_a_model_is_shown_with_its_deployments_and_its_json(signed_in, known):
    page = signed_in.get("/c/prod/models/gpt-5-2025-08-07/").text

    assert "/c/prod/deployments/chat/" in page
    assert "/playground/?connection=prod&amp;model=chat" in page
    assert "lifecycle_status" in page


def test_a_model_that_is_not_deployed_does_not_lead_to_the_playground(signed_in, known):
    page = signed_in.get("/c/prod/models/o3-2025-04-16/").text

    assert "/playground/?connection" not in page


def test_elsewhere_than_on_azure_the_model_itself_is_asked(signed_in, known, connection):
    connection.kind = "openai"
    connection.save()

    page = signed_in.get("/c/prod/models/o3-2025-04-16/").text

    assert "/playground/?connection=prod&amp;model=o3-2025-04-16" in page


def test_the_drawer_is_a_part(signed_in, known):
    headers = {"HX-Request": "true", "HX-Target": "drawer"}
    response = signed_in.get("/c/prod/models/gpt-5-2025-08-07/", headers=headers)

    assert response.text.lstrip().startswith('<dialog class="drawer"')


def test_a_model_answers_json(signed_in, known):
    url = "/c/prod/models/gpt-5-2025-08-07/"
    told = signed_in.get(url, headers={"Accept": "application/json"}).json()

    assert (told["lifecycle"], told["raw"]) == ("preview", GPT_5)


def test_a_change_is_shown_line_by_line(signed_in, known, connection):
    changed = {**GPT_5, "lifecycle_status": "deprecated"}
    Item.objects.take_in(connection.pk, "model", [Seen("gpt-5-2025-08-07", "gpt-5-2025-08-07", changed)])

    page = signed_in.get("/c/prod/models/gpt-5-2025-08-07/").text

    assert "<del>" in page
    assert "&quot;deprecated&quot;" in page.partition("<ins>")[2]


def test_a_model_id_with_slashes_and_quotes_has_a_page(signed_in, connection):
    Item.objects.take_in(connection.pk, "model", [Seen("a/b'c\"<d>", "a/b'c\"<d>", {"id": "x"})])
    row = signed_in.get("/models/").context["rows"][0]

    assert signed_in.get(row.url).status_code == 200


def test_an_unknown_model_is_404(signed_in, known):
    assert signed_in.get("/c/prod/models/none/").status_code == 404


def test_strangers_see_nothing(client, mallory, known):
    client.force_login(mallory)

    assert names(client.get("/models/")) == []
    assert client.get("/c/prod/models/gpt-5-2025-08-07/").status_code == 404


def test_strangers_have_nothing_read(client, mallory, connection, upstream):
    client.force_login(mallory)
    client.post("/models/refresh/")

    assert upstream.hits == 0


def test_an_operator_stops_a_listing(client, alice, connection):
    client.force_login(alice)
    sync = Sync.claim(connection.pk, "model")

    response = client.post("/c/prod/index/model/cancel/")

    assert response.status_code == 302
    sync.refresh_from_db()
    assert sync.state == "cancelled"


def test_a_reader_does_not_stop_a_listing(signed_in, connection):
    Sync.claim(connection.pk, "model")

    assert signed_in.post("/c/prod/index/model/cancel/").status_code == 403


def test_what_is_no_kind_cannot_be_stopped(client, alice, connection):
    client.force_login(alice)

    assert client.post("/c/prod/index/secrets/cancel/").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_reading_any_kind_can_be_stopped_and_leads_to_its_list(signed_in, connection, alice, kind):
    signed_in.force_login(alice)

    response = signed_in.post(f"/c/prod/index/{kind}/cancel/")

    assert response.status_code == 302
    assert response.headers["Location"] != "/c/prod/"
