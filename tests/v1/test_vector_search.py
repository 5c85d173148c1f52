import pytest
from hypothesis import given

from console.v1 import vector_search
from console.v1.vector_search import Comparison, Compound, Hit
from tests.v1.test_parse import JSON

PAGE = {
    "object": "vector_store.search_results.page",
    "search_query": ["return a printer"],
    "data": [
        {
            "file_id": "file-1",
            "filename": "returns.md",
            "score": 0.87,
            "attributes": {"year": 2024},
            "content": [{"type": "text", "text": "Send it back."}, {"type": "image"}],
        }
    ],
    "has_more": False,
    "next_page": None,
}


def test_a_search_holds_what_was_set_and_nothing_else():
    assert vector_search.body("printer") == {"query": "printer"}
    assert vector_search.body(["printer", "return"], rewrite=False) == {
        "query": ["printer", "return"],
        "rewrite_query": False,
    }


def test_a_search_with_everything_is_what_the_specification_asks_for(client, upstream, recorder):
    upstream["POST /vector_stores/vs_1/search"] = 200, PAGE
    filters = Compound(
        "and",
        (
            Comparison("year", "gte", 2020),
            Compound("or", (Comparison("draft", "eq", False), Comparison("author", "ne", "Ada"))),
        ),
    )

    found = vector_search.search(
        client,
        "vs_1",
        vector_search.body(
            "printer", filters=filters, most=50, rewrite=True, ranker="auto", score_threshold=0.5
        ),
        label="Manuals",
    )

    assert upstream.requests[0].json() == {
        "query": "printer",
        "filters": {
            "type": "and",
            "filters": [
                {"type": "gte", "key": "year", "value": 2020},
                {
                    "type": "or",
                    "filters": [
                        {"type": "eq", "key": "draft", "value": False},
                        {"type": "ne", "key": "author", "value": "Ada"},
                    ],
                },
            ],
        },
        "max_num_results": 50,
        "rewrite_query": True,
        "ranking_options": {"ranker": "auto", "score_threshold": 0.5},
    }
    assert found.queries == ("return a printer",)
    (hit,) = found.hits
    assert hit == Hit("file-1", "returns.md", 0.87, ("Send it back.",), {"year": 2024}, PAGE["data"][0])
    assert recorder.events[0][1]["action"] == "vector_store.searched"


def test_a_comparison_may_have_several_values():
    assert Comparison("year", "eq", (2020, 2021)).json()["value"] == [2020, 2021]


@pytest.mark.parametrize(("told", "read"), [("one", ("one",)), (["a", 1], ("a",)), (None, ())])
def test_the_query_that_was_searched_for_may_be_a_text(told, read):
    assert vector_search.parse_found({"search_query": told, "data": []}).queries == read


@given(JSON)
def test_no_json_breaks_the_reader(value):
    vector_search.parse_found(value)
    vector_search.parse_found({"data": [{"content": value, "score": value, "attributes": value}]})
