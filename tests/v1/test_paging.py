import pytest

from console.outbound.errors import ProtocolError
from console.v1 import paging
from console.v1.client import IncompleteList


def page(*ids, has_more=True, **more):
    return 200, {"object": "list", "data": [{"id": each} for each in ids], "has_more": has_more, **more}


def listed(client, **options):
    return [row["id"] for row in client.page("/files", **options)]


def test_a_list_is_followed_by_its_last_id(client, upstream):
    upstream["GET /files"] = [page("a", "b", last_id="b"), page("c", has_more=False, last_id="c")]

    assert listed(client, params={"limit": 2}) == ["a", "b", "c"]
    assert upstream.requests[1].query == {"limit": ["2"], "after": ["b"]}


def test_a_list_without_a_last_id_is_followed_by_its_last_row(client, upstream):
    upstream["GET /files"] = [page("a", "b"), page("c", has_more=False)]

    assert listed(client) == ["a", "b", "c"]
    assert upstream.requests[1].query == {"after": ["b"]}


def test_a_list_without_more_is_one_page(client, upstream):
    upstream["GET /files"] = 200, {"data": [{"id": "a"}]}

    assert listed(client) == ["a"]
    assert upstream.hits == 1


def test_a_listing_can_be_resumed(client, upstream):
    upstream["GET /files"] = page("c", has_more=False)

    assert listed(client, after="b") == ["c"]
    assert upstream.requests[0].query == {"after": ["b"]}


def test_an_empty_page_ends_a_list_that_always_has_more(client, upstream):
    upstream["GET /files"] = [page("a"), page()]

    assert listed(client) == ["a"]


@pytest.mark.parametrize("cycle", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_a_list_that_turns_in_a_circle_ends_with_what_it_had(client, upstream, cycle):
    upstream["GET /files"] = [page(each, last_id=each) for _ in range(3) for each in cycle]
    rows = []

    with pytest.raises(IncompleteList) as caught:
        rows.extend(client.page("/files"))

    assert [row["id"] for row in rows] == cycle
    assert caught.value.items == rows
    assert caught.value.kind == "protocol_error"


def test_rows_that_come_twice_are_listed_once(client, upstream):
    upstream["GET /files"] = [page("a", "b", last_id="b"), page("b", "c", has_more=False)]

    assert listed(client) == ["a", "b", "c"]


def test_a_list_of_endless_pages_ends():
    fetched = []

    def fetch(query):
        fetched.append(query)
        return {"data": [{"id": str(len(fetched))}], "has_more": True}

    with pytest.raises(IncompleteList) as caught:
        list(paging.rows(fetch, {}))

    assert (len(fetched), len(caught.value.items)) == (2000, 2000)
    assert caught.value.after == "2000"


@pytest.mark.parametrize("value", [{}, {"data": None}, [], "files", {"data": {"id": "a"}}])
def test_what_is_no_list_is_told(client, upstream, value):
    upstream["GET /files"] = 200, value

    with pytest.raises(ProtocolError):
        listed(client)


def test_rows_that_are_no_objects_are_passed_over(client, upstream):
    upstream["GET /files"] = 200, {"data": [None, "x", {"id": "a"}, {"name": "no id"}], "has_more": False}

    assert [row.get("id") for row in client.page("/files")] == ["a", None]


def pages(client, **options):
    return client.pages("/files", lambda row: row["id"], **options)


def test_pages_tell_their_cursor_and_the_total(client, upstream):
    upstream["GET /files"] = [page("a", "b", total=3), page("c", has_more=False, total=3)]

    assert list(pages(client)) == [paging.Page(("a", "b"), "b", 3), paging.Page(("c",), "", 3)]


def test_pages_that_turn_in_a_circle_end_at_the_last_good_cursor(client, upstream):
    upstream["GET /files"] = [page("a"), page("b"), page("a")]
    seen = []

    with pytest.raises(IncompleteList) as caught:
        seen.extend(pages(client))

    assert (caught.value.after, caught.value.items) == ("b", [])


def test_a_row_seen_twice_is_in_one_page_only(client, upstream):
    upstream["GET /files"] = [page("a", "b"), page("b", "c", has_more=False)]

    assert [each.rows for each in pages(client)] == [("a", "b"), ("c",)]
