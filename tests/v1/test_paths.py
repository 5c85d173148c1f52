import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import BadRequest
from console.v1.client import Target
from console.v1.paths import checked_path, model_segment, segment

HOSTILE = [
    "..",
    ".",
    "%2e%2e",
    "%2E%2E",
    "a/b",
    "?x=",
    "a#b",
    "a\0b",
    "a" * 257,
    "",
    " ",
    "a\\b",
    "a\nb",
    "é",
]


@pytest.mark.parametrize("identifier", HOSTILE)
def test_a_hostile_id_is_refused_before_any_request(identifier, client, upstream, recorder):
    with pytest.raises(BadRequest) as caught:
        segment(identifier)
    with pytest.raises(BadRequest):
        client.change("POST", f"/responses/{identifier}/../cancel", action="x", target=Target("response"))

    assert caught.value.sent is False
    assert (upstream.hits, recorder.events) == (0, [])


@pytest.mark.parametrize("identifier", ["file-1", "resp_68c6", "ft:gpt-4.1:x.y", "a" * 256, "ftchkpt-0:1"])
def test_ids_as_services_make_them_pass(identifier):
    assert segment(identifier) == identifier


@pytest.mark.parametrize(
    "path", ["/../x", "/a/./b", "/a//b", "a", "", "/a?x=1", "/a%2e", "/a%2F..", "//evil", "/a b"]
)
def test_a_path_that_is_not_plain_is_refused(path):
    with pytest.raises(BadRequest):
        checked_path(path)


def test_slashes_of_a_model_name_are_encoded_on_the_wire(client, upstream):
    upstream["GET /models/meta/llama 3"] = 200, {"id": "meta/llama 3"}

    client.get(f"/models/{model_segment('meta/llama 3')}")

    assert upstream.requests[0].path == "/openai/v1/models/meta/llama 3"
    assert model_segment("meta/llama 3") == "meta%2Fllama%203"


@pytest.mark.parametrize("name", ["../x", "a/../b", "a//b", "", "a\0", "é", "a?b", "a" * 257, "/"])
def test_what_is_no_model_name_is_refused(name):
    with pytest.raises(BadRequest):
        model_segment(name)


@given(st.text(max_size=40))
def test_whatever_passes_stays_below_the_base_url(text):
    try:
        path = checked_path(f"/models/{model_segment(text)}")
    except BadRequest:
        return
    assert path.count("/") == 2
    assert ".." not in path.split("/")
