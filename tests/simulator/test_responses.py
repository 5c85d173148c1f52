from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.simulator.app import create_app
from tests.simulator.conftest import KEY, Hands
from tests.simulator.streams import data_of, names_of

URL = "/openai/v1/responses"


def make(
    peer: TestClient, given: Any = "Explain tides", model: str = "gpt-5-mini", **more: Any
) -> dict[str, Any]:
    answer = peer.post(URL, json={"model": model, "input": given, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def text_of(response: dict[str, Any]) -> str:
    return str(response["output"][-1]["content"][0]["text"])


def test_a_response_is_complete_with_usage(peer: TestClient) -> None:
    found = make(peer)

    assert found["status"] == "completed"
    assert found["id"].startswith("resp_")
    assert [item["type"] for item in found["output"]] == ["reasoning", "message"]
    assert found["usage"]["output_tokens_details"] == {"reasoning_tokens": 192}
    assert found["content_filters"][0]["blocked"] is False


def test_echo_is_answered_with_exactly_the_rest(peer: TestClient) -> None:
    assert text_of(make(peer, "echo: hello there")) == "hello there"


def test_a_response_can_be_read_again_until_it_is_deleted(peer: TestClient) -> None:
    found = make(peer)

    assert peer.get(f"{URL}/{found['id']}").json() == found
    assert peer.delete(f"{URL}/{found['id']}").json()["deleted"] is True
    assert peer.get(f"{URL}/{found['id']}").status_code == 404


def test_a_response_that_is_not_stored_cannot_be_read(peer: TestClient) -> None:
    assert peer.get(f"{URL}/{make(peer, store=False)['id']}").status_code == 404


def test_a_response_belongs_to_its_resource(peer: TestClient) -> None:
    found = make(peer)

    assert peer.get(f"/resources/fabrikam-models/openai/v1/responses/{found['id']}").status_code == 404


def test_a_chain_remembers_what_came_before(peer: TestClient) -> None:
    first = make(peer, "Explain message queues")
    second = make(peer, "And tides?", previous_response_id=first["id"])

    assert second["previous_response_id"] == first["id"]
    assert "**message queues**" in text_of(second)
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]


def test_an_unknown_previous_response_is_refused(peer: TestClient) -> None:
    answer = peer.post(URL, json={"model": "gpt-5-mini", "input": "x", "previous_response_id": "resp_none"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "previous_response_not_found"


def test_a_small_limit_leaves_only_reasoning(peer: TestClient) -> None:
    found = make(peer, max_output_tokens=100)

    assert found["status"] == "incomplete"
    assert found["incomplete_details"] == {"reason": "max_output_tokens"}
    assert [item["type"] for item in found["output"]] == ["reasoning"]


def test_a_summary_of_the_reasoning_is_given_when_asked_for(peer: TestClient) -> None:
    found = make(
        peer, reasoning={"effort": "low", "summary": "auto"}, include=["reasoning.encrypted_content"]
    )

    assert found["output"][0]["summary"][0]["text"].startswith("The user asks about tides.")
    assert found["output"][0]["encrypted_content"]
    assert make(peer)["output"][0]["summary"] == []


def test_a_function_is_called(peer: TestClient) -> None:
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tool = {"type": "function", "name": "get_weather", "parameters": parameters}
    call = make(peer, "What is the weather in Paris?", tools=[tool])["output"][-1]

    assert (call["type"], call["name"]) == ("function_call", "get_weather")
    assert json.loads(call["arguments"]) == {"city": "Paris"}


def test_a_format_is_obeyed(peer: TestClient) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    found = make(peer, text={"format": {"type": "json_schema", "name": "x", "schema": schema}})

    assert set(json.loads(text_of(found))) == {"ok"}


def test_a_filtered_answer_is_incomplete(peer: TestClient) -> None:
    found = make(peer, "filter-answer: tides", "gpt-4.1")

    assert found["incomplete_details"] == {"reason": "content_filter"}
    assert [row["blocked"] for row in found["content_filters"]] == [False, True]


def test_the_input_is_listed_in_pages(peer: TestClient) -> None:
    given = [{"role": "user", "content": f"echo: {number}"} for number in range(5)]
    items = f"{URL}/{make(peer, given)['id']}/input_items"

    first = peer.get(f"{items}?limit=2&order=asc").json()
    second = peer.get(f"{items}?limit=2&order=asc&after={first['last_id']}").json()
    back = peer.get(f"{items}?limit=2&order=asc&before={second['first_id']}").json()

    assert [row["content"][0]["text"] for row in second["data"]] == ["echo: 2", "echo: 3"]
    assert (first["has_more"], second["has_more"]) == (True, True)
    assert back["data"] == first["data"]
    assert peer.get(items).json()["data"][0]["content"][0]["text"] == "echo: 4"


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up", "after=none"])
def test_a_wrong_page_is_refused(peer: TestClient, query: str) -> None:
    assert peer.get(f"{URL}/{make(peer)['id']}/input_items?{query}").status_code == 400


def test_the_events_come_in_order(peer: TestClient) -> None:
    body = {"model": "gpt-4.1", "input": "echo: hello", "stream": True}
    answer = peer.post(URL, json=body)
    events = data_of(answer.text)

    assert (
        names_of(answer.text)
        == [event["type"] for event in events]
        == [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ]
    )
    assert [event["sequence_number"] for event in events] == list(range(9))
    assert text_of(events[-1]["response"]) == "hello"


def test_summary_and_call_events_come_in_order(peer: TestClient) -> None:
    tool = {"type": "function", "name": "get_weather"}
    body = {
        "model": "gpt-5",
        "input": "weather?",
        "tools": [tool],
        "reasoning": {"summary": "auto"},
        "stream": True,
    }
    names = list(dict.fromkeys(names_of(peer.post(URL, json=body).text)))

    assert names == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.completed",
    ]


@pytest.fixture
def slow(hands: Hands) -> TestClient:
    """A client of a simulator in which time passes, by the hands."""
    return TestClient(create_app(key=KEY, speed=1, now=hands), headers={"api-key": KEY})


def test_a_background_response_goes_its_way(slow: TestClient, hands: Hands) -> None:
    url = f"{URL}/{make(slow, background=True)['id']}"
    states = []
    for seconds in (0, 1.5, 60):
        hands.time += seconds
        states.append(slow.get(url).json()["status"])

    assert states == ["queued", "in_progress", "completed"]


def test_a_cancelled_response_stays_so(slow: TestClient, hands: Hands) -> None:
    url = f"{URL}/{make(slow, background=True)['id']}"

    assert slow.post(f"{url}/cancel").json()["status"] == "cancelled"
    hands.time += 60
    assert slow.post(f"{url}/cancel").json()["status"] == "cancelled"


def test_a_finished_response_is_not_cancelled(peer: TestClient) -> None:
    background = make(peer, background=True)

    assert peer.post(f"{URL}/{background['id']}/cancel").json()["status"] == "completed"
    assert peer.post(f"{URL}/{make(peer)['id']}/cancel").status_code == 400


def test_a_background_stream_can_be_resumed(peer: TestClient) -> None:
    body = {"model": "gpt-4.1", "input": "echo: hello", "background": True, "stream": True}
    events = data_of(peer.post(URL, json=body).text)
    url = f"{URL}/{events[0]['response']['id']}"

    assert events[1]["type"] == "response.queued"
    assert data_of(peer.get(f"{url}?stream=true&starting_after=3").text) == events[4:]
    assert peer.get(f"{url}?stream=true&starting_after=x").status_code == 400
    assert peer.get(f"{URL}/{make(peer)['id']}?stream=true").status_code == 400


def test_a_response_can_be_late_when_a_fault_asks_for_it(peer: TestClient, hands: Hands) -> None:
    headers = {"x-simulator-fault": "late-get;30"}
    found = peer.post(URL, json={"model": "gpt-4.1", "input": "x"}, headers=headers).json()

    assert peer.get(f"{URL}/{found['id']}").status_code == 404
    hands.time += 31
    assert peer.get(f"{URL}/{found['id']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"frobnicate": 1}, "unknown_parameter", "frobnicate"),
        ({"input": 7}, "invalid_type", "input"),
        ({"input": []}, "empty_array", "input"),
        ({"input": None}, "missing_required_parameter", "input"),
        ({"max_output_tokens": 15}, "integer_below_min_value", "max_output_tokens"),
        ({"temperature": 0.5}, "unsupported_parameter", "temperature"),
        ({"reasoning": {"effort": "extreme"}}, "invalid_value", "reasoning.effort"),
        ({"reasoning": {"speed": "low"}}, "unknown_parameter", "reasoning.speed"),
        ({"include": ["everything"]}, "invalid_value", "include[0]"),
        ({"background": True, "store": False}, "invalid_parameter_combination", "store"),
        ({"tools": [{"type": "function"}]}, "missing_required_parameter", "tools[0].name"),
        ({"metadata": {str(n): "x" for n in range(17)}}, "array_above_max_length", "metadata"),
        ({"messages": []}, "unknown_parameter", "messages"),
    ],
)
def test_a_wrong_parameter_is_named(peer: TestClient, body: dict[str, Any], code: str, param: str) -> None:
    answer = peer.post(URL, json={"model": "gpt-5-mini", "input": "x", **body})

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == (code, param)


def test_some_models_have_no_responses(peer: TestClient) -> None:
    url = "/resources/fabrikam-models/openai/v1/responses"

    refused = peer.post(url, json={"model": "Mistral-Large-3", "input": "x"})
    effort = peer.post(url, json={"model": "DeepSeek-V4-Pro", "input": "x", "reasoning": {"effort": "low"}})

    assert refused.json()["error"]["code"] == "OperationNotSupported"
    assert effort.json()["error"]["param"] == "reasoning.effort"
