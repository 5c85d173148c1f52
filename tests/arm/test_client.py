import pytest

from console.outbound.errors import BadRequest, BlockedByPolicy, NotFound, ProtocolError
from console.v1.paging import IncompleteList

PATH = "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.CognitiveServices/accounts"


def names(arm):
    return [row["name"] for row in arm.rows(PATH)]


def test_one_object_is_asked_for_with_the_version(arm, upstream):
    upstream[f"GET {PATH}/a"] = 200, {"name": "a"}

    assert arm.get(f"{PATH}/a") == {"name": "a"}
    assert upstream.requests[0].query == {"api-version": ["2025-09-01"]}
    assert upstream.requests[0].headers["authorization"] == "Bearer token-of-the-tests"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{port}", "HTTP://127.0.0.1:{port}"])
def test_the_next_page_is_followed_as_it_is(arm, upstream, origin):
    link = origin.format(port=upstream.port) + f"{PATH}?api-version=2025-09-01&$skiptoken=a%2Fb"
    upstream[f"GET {PATH}"] = [
        (200, {"value": [{"name": "a"}], "nextLink": link}),
        (200, {"value": [{"name": "b"}]}),
    ]

    assert names(arm) == ["a", "b"]
    assert upstream.requests[1].query == {"api-version": ["2025-09-01"], "$skiptoken": ["a/b"]}


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "//evil.example/x",
        "http://127.0.0.1:1/x",
        "https://127.0.0.1:{port}/x",
        "http://a@127.0.0.1:{port}/x",
        "http://127.0.0.1:{port}.evil.example/x",
        "http://127.0.0.1:99999/x",
        "/x",
        "x",
    ],
)
def test_a_next_page_elsewhere_gets_no_token(arm, upstream, link):
    upstream[f"GET {PATH}"] = 200, {"value": [], "nextLink": link.format(port=upstream.port)}

    with pytest.raises(BlockedByPolicy):
        names(arm)

    assert upstream.hits == 1


def test_pages_that_turn_in_a_circle_end(arm, upstream):
    link = f"http://127.0.0.1:{upstream.port}{PATH}?api-version=2025-09-01&$skiptoken=2"
    upstream[f"GET {PATH}"] = 200, {"value": [{"name": "a"}], "nextLink": link}

    with pytest.raises(IncompleteList) as caught:
        names(arm)

    assert [row["name"] for row in caught.value.items] == ["a", "a"]


@pytest.mark.parametrize(
    "path", ["", "x", "/a/../b", "//evil", "/a?b", "/a%2e", "/a b", "/a\\b", "/" + "a" * 300]
)
def test_an_id_that_is_none_is_refused_before_any_request(arm, upstream, path):
    with pytest.raises(BadRequest):
        arm.get(path)

    assert upstream.hits == 0


def test_what_is_no_list_is_told(arm, upstream):
    upstream[f"GET {PATH}"] = 200, {"name": "a"}

    with pytest.raises(ProtocolError):
        names(arm)


def test_a_refusal_is_told_in_azures_words(arm, upstream):
    upstream[f"GET {PATH}/a"] = 404, {"error": {"code": "ResourceNotFound", "message": "It was not found."}}

    with arm, pytest.raises(NotFound) as caught:
        arm.get(f"{PATH}/a")

    assert (caught.value.code, caught.value.detail) == ("ResourceNotFound", "It was not found.")
