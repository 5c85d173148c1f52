"""The simulator's answers against the published v1 specification; the peer refuses any that differ."""

from typing import Any

import pytest

from tests.contract.conftest import CHAT, EMBEDDINGS, MODELS, RESPONSES
from tests.contract.schemas import Schemas
from tests.contract.spec import V1

ASKED = [{"role": "user", "content": "Why does it rain?"}]
FABRIKAM = "fabrikam-models"
CITY: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": CITY, "strict": True}}
FLAT_TOOL = {"type": "function", "name": "weather", "parameters": CITY, "strict": True}
FORMAT = {"type": "json_schema", "json_schema": {"name": "place", "schema": CITY, "strict": True}}
FLAT_FORMAT = {"type": "json_schema", "name": "place", "schema": CITY, "strict": True}

CHATS: list[dict[str, Any]] = [
    {},
    {"n": 2},
    {"max_completion_tokens": 5},
    {"tools": [TOOL], "tool_choice": "required"},
    {"response_format": FORMAT},
    {"temperature": 0.2, "seed": 7, "stop": ["."], "metadata": {"a": "b"}, "store": True, "user": "u"},
]
ANSWERED: list[dict[str, Any]] = [
    {},
    {"instructions": "Be short.", "temperature": 0.2, "top_p": 0.9, "metadata": {"a": "b"}},
    {"tools": [FLAT_TOOL], "tool_choice": "required"},
    {"text": {"format": FLAT_FORMAT}},
    {"max_output_tokens": 16},
    {"background": True},
    {"store": False},
]
REASONED = {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}


def test_the_list_of_models(peer):
    rows = peer.call("GET", MODELS)["data"]

    assert {"gpt-5-2025-08-07", "grok-4", "DeepSeek-V3.2"} <= {row["id"] for row in rows}


def test_one_model_and_one_that_is_not_there(peer):
    assert peer.call("GET", f"{MODELS}/gpt-4.1-2025-04-14")["object"] == "model"
    assert peer.call("GET", f"{MODELS}/nothing", status=404)["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("options", CHATS)
def test_a_chat_completion(peer, options):
    told = peer.call("POST", CHAT, {"model": "gpt-4.1-nano", "messages": ASKED, **options})

    assert told["object"] == "chat.completion"
    assert len(told["choices"]) == options.get("n", 1)


@pytest.mark.parametrize("model", ["gpt-5-mini", "gpt-4o-strict", "o4-mini"])
def test_a_chat_completion_of_a_model_with_character(peer, model):
    peer.call("POST", CHAT, {"model": model, "messages": ASKED})


@pytest.mark.parametrize("model", ["grok-4", "DeepSeek-V4-Pro", "DeepSeek-R1", "Mistral-Large-3"])
def test_a_chat_completion_of_another_maker(peer, model):
    peer.at(FABRIKAM).call("POST", CHAT, {"model": model, "messages": ASKED})


def test_what_the_filter_says_of_a_prompt(peer):
    """The specification nests it once more than the wire does: held to the inner schema."""
    told = peer.call("POST", CHAT, {"model": "gpt-4.1-nano", "messages": ASKED})
    inner = V1.named["AzureContentFilterResultForPrompt"]["properties"]["content_filter_results"]

    for result in told["prompt_filter_results"]:
        assert list(V1.flaws(inner, result["content_filter_results"])) == []
        assert list(V1.strangers(inner, result["content_filter_results"])) == []


@pytest.mark.parametrize("options", ANSWERED)
def test_a_response(peer, options):
    told = peer.call("POST", RESPONSES, {"model": "gpt-4.1-nano", "input": "Why does it rain?", **options})

    assert told["object"] == "response"


@pytest.mark.parametrize("model", ["gpt-5-mini", "o4-mini"])
def test_a_response_that_took_thought(peer, model):
    told = peer.call("POST", RESPONSES, {"model": model, "input": ASKED, **REASONED})

    assert [item["type"] for item in told["output"]] == ["reasoning", "message"]


def test_a_stored_response_until_it_is_deleted(peer):
    made = peer.call("POST", RESPONSES, {"model": "gpt-4.1-nano", "input": ASKED})
    path = f"{RESPONSES}/{made['id']}"

    assert peer.call("GET", path)["output"] == made["output"]
    assert peer.call("GET", f"{path}/input_items", limit=1, order="asc")["data"][0]["role"] == "user"
    peer.call("POST", f"{path}/cancel", status=400)
    assert peer.call("DELETE", path)["deleted"] is True
    peer.call("GET", path, status=404)


def test_a_response_that_goes_on_from_another(peer):
    made = peer.call("POST", RESPONSES, {"model": "gpt-4.1-nano", "input": ASKED})
    next_one = {"model": "gpt-4.1-nano", "input": "And snow?", "previous_response_id": made["id"]}

    assert peer.call("POST", RESPONSES, next_one)["previous_response_id"] == made["id"]


def test_a_response_in_the_background_can_be_cancelled(peer):
    made = peer.call("POST", RESPONSES, {"model": "gpt-4.1-nano", "input": ASKED, "background": True})

    assert made["status"] == "queued"
    peer.call("POST", f"{RESPONSES}/{made['id']}/cancel")


@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_embeddings(peer, encoding):
    body = {"model": "text-embedding-3-small", "input": ["a", "b"], "encoding_format": encoding}

    assert [row["index"] for row in peer.call("POST", EMBEDDINGS, body)["data"]] == [0, 1]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (CHAT, {"model": "not-deployed", "messages": ASKED}, 404),
        (CHAT, {"model": "gpt-5", "messages": ASKED, "max_tokens": 5}, 400),
        (CHAT, {"model": "fault-429", "messages": ASKED}, 429),
        (CHAT, {"model": "fault-500", "messages": ASKED}, 500),
        (CHAT, {}, 400),
        (RESPONSES, {"model": "gpt-4.1", "input": "x", "max_output_tokens": 2}, 400),
        (RESPONSES, {"model": "gpt-4.1", "input": "x", "previous_response_id": "resp_nothing"}, 400),
        (EMBEDDINGS, {"model": "text-embedding-3-small", "input": ""}, 400),
        (EMBEDDINGS, {"model": "gpt-4.1", "input": "x"}, 400),
    ],
)
def test_a_refusal_has_the_envelope(peer, path, body, status):
    assert peer.call("POST", path, body, status=status)["error"]["message"]


def test_the_data_say_where_they_come_from():
    for file in ("azure-v1.json", "response-events.json", "arm-2025-09-01.json"):
        assert Schemas(file).published["source"]["licence"].startswith("MIT, ")
