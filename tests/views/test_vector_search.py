"""The search bench: queries, filters, ranking, and two stores side by side."""

from dataclasses import replace

import pytest

from console.models import AuditEvent, Item
from console.models.seen import Seen
from console.v1 import vector_search
from tests.conftest import connect
from tests.upstream import Script
from tests.views.test_vector_stores import JSON, REFUSED, STORE, URL

BENCH = f"{URL}search/"
HIT = {
    "file_id": "file-1",
    "filename": "checkout.md",
    "score": 0.91,
    "attributes": {"team": "ops"},
    "content": [{"type": "text", "text": "Look at the connection pools <first>."}],
}
FOUND = {"object": "vector_store.search_results.page", "search_query": ["pool exhausted"], "data": [HIT]}
FOUND |= {"has_more": False, "next_page": None}


@pytest.fixture
def operating(client, alice, connection):
    seen = [Seen("vs-1", "Runbooks", STORE, "completed"), Seen("vs-2", "Handbooks", STORE, "completed")]
    Item.objects.take_in(connection.pk, "vector_store", seen)
    client.force_login(alice)
    return client


def form(**more) -> dict[str, str]:
    return {"query": "connection pool exhausted", "most": "8", "ranker": "auto", "join": "and", **more}


def test_the_bench_asks_nothing_by_itself(operating, upstream):
    assert operating.get(BENCH).status_code == 200
    assert upstream.hits == 0


def test_results_have_score_file_and_marked_words(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND

    page = operating.post(BENCH, form()).text

    assert "0.91" in page
    assert "checkout.md" in page
    assert "<mark>connection</mark> <mark>pools</mark> &lt;first&gt;." in page
    assert "Searched for “pool exhausted”" in page


def test_a_search_sends_what_was_set_and_nothing_else(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND

    conditions = {"key_1": "team", "operator_1": "eq", "value_1": "ops"}
    conditions |= {"key_2": "year", "operator_2": "gte", "value_2": "2026"}
    operating.post(BENCH, form(threshold="0.4", rewrite="on", join="or", **conditions))

    assert upstream.requests[0].json() == {
        "query": "connection pool exhausted",
        "max_num_results": 8,
        "rewrite_query": True,
        "ranking_options": {"ranker": "auto", "score_threshold": 0.4},
        "filters": {
            "type": "or",
            "filters": [
                {"type": "eq", "key": "team", "value": "ops"},
                {"type": "gte", "key": "year", "value": 2026},
            ],
        },
    }


def test_filters_suggest_the_attributes_that_the_files_have(operating, upstream):
    rows = [
        {"id": "file-1", "attributes": {"team": "ops", "year": 2026}},
        {"id": "file-2", "attributes": None},
    ]
    rows += [{"id": "file-3", "attributes": {"<b>": "x", "team": "web"}}]
    upstream["GET /vector_stores/vs-1/files"] = 200, {"object": "list", "data": rows, "has_more": False}

    bench = operating.get(BENCH).text
    told = operating.get(f"{BENCH}attributes/", headers={"HX-Request": "true"}).text
    names = operating.get(f"{BENCH}attributes/", headers=JSON).json()

    assert f'<datalist id="attributes" hx-get="{BENCH}attributes/"' in bench
    assert 'list="attributes"' in bench
    assert told.split("</option>")[1:3] == ['<option value="team">', '<option value="year">']
    assert "<b>" not in told
    assert names == {"data": ["<b>", "team", "year"]}


def test_a_store_that_does_not_tell_its_files_suggests_nothing(operating, upstream):
    upstream["GET /vector_stores/vs-1/files"] = REFUSED

    response = operating.get(f"{BENCH}attributes/", headers=JSON)

    assert (response.status_code, response.json()) == (200, {"data": []})


def test_nested_filters_are_written_as_json(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    inner = '{"type": "or", "filters": [{"type": "ne", "key": "b", "value": 1}]}'

    operating.post(BENCH, form(filter_json=f'{{"type": "and", "filters": [{inner}]}}'))

    sent = upstream.requests[0].json()["filters"]
    assert sent["filters"][0]["filters"] == [{"type": "ne", "key": "b", "value": 1}]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"query": ""}, "This field is required"),
        ({"most": "51"}, "less than or equal to 50"),
        ({"threshold": "1.5"}, "less than or equal to 1"),
        ({"key_1": "team"}, "What should “team” be?"),
        ({"filter_json": "{"}, "Line 1, column 2"),
        ({"filter_json": '{"type": "like", "key": "a", "value": 1}'}, "The type of the filter can be"),
        ({"filter_json": '{"type": "and", "filters": [[]]}'}, "Part 1 of the filter must be an object"),
        ({"against": "prod/vs-9"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_is_said_before_it_costs(operating, upstream, more, said):
    response = operating.post(BENCH, form(**more))

    assert response.status_code == 422
    assert said in response.text
    assert upstream.hits == 0


def test_two_stores_stand_side_by_side_even_when_one_refuses(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    upstream["POST /vector_stores/vs-2/search"] = REFUSED

    response = operating.post(BENCH, form(against="prod/vs-2"))

    assert response.status_code == 200
    assert "checkout.md" in response.text
    assert 'data-error-kind="forbidden"' in response.text


def test_a_file_that_both_found_names_its_other_rank(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    upstream["POST /vector_stores/vs-2/search"] = 200, {**FOUND, "data": [{**HIT, "file_id": "x"}, HIT]}

    page = operating.post(BENCH, form(against="prod/vs-2")).text

    assert (page.count("number 2 on the other"), page.count("number 1 on the other")) == (1, 2)


def test_a_store_of_another_team_cannot_be_chosen(operating, upstream):
    from console.models import Workspace

    other = Workspace.objects.create(name="Other")
    foreign = connect(other, "theirs", f"127.0.0.1:{upstream.port}", "/openai/v1", "key")
    Item.objects.take_in(foreign.pk, "vector_store", [Seen("vs-3", "Secret", STORE)])

    response = operating.post(BENCH, form(against="theirs/vs-3"))

    assert response.status_code == 422
    assert "Secret" not in response.text
    assert upstream.hits == 0


def test_htmx_gets_the_bench_alone_with_the_error_in_place(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = REFUSED

    response = operating.post(BENCH, form(), headers={"HX-Request": "true", "HX-Target": "bench"})

    assert response.status_code == 200
    assert "<html" not in response.text
    assert 'data-error-kind="forbidden"' in response.text


PART = {"HX-Request": "true", "HX-Target": "bench", "HX-Current-URL": f"http://testserver{BENCH}"}
TYPED = {
    "threshold": "0.4",
    "rewrite": "on",
    "join": "or",
    "most": "3",
    "ranker": "none",
    "against": "prod/vs-2",
}
TYPED |= {"key_1": "team", "operator_1": "ne", "value_1": "ops & <dev>", "key_4": "year", "value_4": "2026"}


def test_the_address_of_a_search_fills_the_form_again_and_asks_nothing(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    upstream["POST /vector_stores/vs-2/search"] = 200, FOUND
    address = operating.post(BENCH, form(**TYPED), headers=PART).headers["HX-Push-Url"]
    asked = [request.json() for request in upstream.requests]

    page = operating.get(address)

    assert upstream.hits == 2
    assert "press Search to ask" in page.text
    filled = page.context["form"]
    again = {name: filled[name].value() for name in filled.fields if filled[name].value()}
    operating.post(BENCH, again)
    assert [request.json() for request in upstream.requests[2:]] == asked


def test_json_filters_are_in_the_address_too(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    condition = '{"type": "eq", "key": "a", "value": "é & <b>"}'

    address = operating.post(BENCH, form(filter_json=condition), headers=PART).headers["HX-Push-Url"]

    assert operating.get(address).context["form"]["filter_json"].value() == condition


def test_what_was_not_changed_is_not_in_the_address(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND

    address = operating.post(BENCH, form(operator_1="eq"), headers=PART).headers["HX-Push-Url"]

    assert address == f"{BENCH}?query=connection+pool+exhausted"


def test_the_same_search_again_is_no_second_step_back(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    address = operating.post(BENCH, form(), headers=PART).headers["HX-Push-Url"]

    again = operating.post(BENCH, form(), headers={**PART, "HX-Current-URL": f"http://testserver{address}"})

    assert again.headers["HX-Push-Url"] == "false"


def test_a_search_that_is_too_long_for_an_address_is_said_to_be(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND
    condition = '{"type": "eq", "key": "a", "value": "%s"}' % ("é" * 2000)

    response = operating.post(BENCH, form(filter_json=condition), headers=PART)

    assert response.headers["HX-Push-Url"] == "false"
    assert "too long for an address" in response.text


@pytest.mark.parametrize(
    "query", ["most=many&threshold=x&ranker=best", "against=prod/vs-9&query=%00&nothing=1"]
)
def test_a_strange_address_is_a_form_all_the_same(operating, query):
    assert operating.get(f"{BENCH}?{query}").status_code == 200


def test_a_store_that_says_nothing_is_not_waited_for_long(operating, upstream, monkeypatch):
    monkeypatch.setattr(vector_search, "SEARCH", replace(vector_search.SEARCH, first_byte=0.2))
    upstream["POST /vector_stores/vs-1/search"] = Script(200, [b""], {}, delay=1)

    page = operating.post(BENCH, form(key_1="team", value_1="ops"), headers=PART)

    assert 'data-error-kind="timeout_first_byte"' in page.text
    assert page.context["form"]["value_1"].value() == "ops"


def test_a_silent_store_is_told(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = Script(200, [b""], {}, cut=True)

    response = operating.post(BENCH, form())

    assert response.status_code >= 500
    assert "data-error-kind" in response.text


def test_the_bench_answers_json(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND

    told = operating.post(BENCH, form(), headers=JSON).json()

    assert told["request"]["query"] == "connection pool exhausted"
    assert told["stores"][0]["results"][0]["score"] == 0.91


def test_a_search_is_recorded_without_the_query(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND

    operating.post(BENCH, form())

    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.actor_label, event.target_id) == ("vector_store.searched", "alice", "vs-1")
    assert not AuditEvent.objects.filter(canonical__contains="exhausted").exists()


def test_the_same_search_is_shown_as_code(operating, upstream):
    upstream["POST /vector_stores/vs-1/search"] = 200, FOUND

    page = operating.post(BENCH, form()).text

    assert "client.vector_stores.search(" in page
    assert "upstream-key-1" not in page


def test_a_reader_does_not_search(client, bob, operating, upstream):
    client.force_login(bob)

    assert client.post(BENCH, form()).status_code == 403
    assert upstream.hits == 0


def test_who_has_no_access_finds_no_bench(client, mallory, operating):
    client.force_login(mallory)

    assert client.get(BENCH).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_simulator_really_searches(client, alice, simulated):
    client.force_login(alice)
    with simulated.client(alice) as sending:
        import io

        from console.index import vector_stores as index
        from console.v1 import files, vector_stores

        text = b"Refunds are paid within 14 days after the goods have come back."
        sent = files.upload(
            sending, io.BytesIO(text), name="refunds.md", size=len(text), purpose="assistants"
        )
        store = vector_stores.create(sending, vector_stores.body(name="Shop", file_ids=[sent.file.id]))
    index.remember(simulated, store, [sent.file.id])

    url = f"/c/sim/vector-stores/{store.id}/search/"
    told = client.post(url, form(query="when are refunds paid"), headers=JSON).json()

    assert told["stores"][0]["results"][0]["filename"] == "refunds.md"
