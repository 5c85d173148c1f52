from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from tests.simulator.streams import data_of
from tests.simulator.test_chat import MODELS, TOOL, URL, ask, said


def chunks(peer: TestClient, body: dict[str, Any], url: str = URL) -> list[Any]:
    answer = peer.post(url, json={**body, "stream": True})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    return data_of(answer.text)


def test_a_stream_begins_with_the_filter_results_of_the_prompt(peer: TestClient) -> None:
    first = chunks(peer, ask("echo: hello"))[0]

    assert first["choices"] == []
    assert first["prompt_filter_results"][0]["content_filter_results"]["hate"]["severity"] == "safe"


def test_a_stream_says_what_the_whole_answer_says(peer: TestClient) -> None:
    body = ask("Explain tides")
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(peer, body)[1:-1]]

    assert "".join(delta.get("content", "") for delta in deltas) == said(peer, "Explain tides")
    assert deltas[0]["role"] == "assistant"


def test_a_stream_ends_with_reason_usage_and_done(peer: TestClient) -> None:
    body = ask("echo: hello", stream_options={"include_usage": True})
    *_, before, finish, usage, done = chunks(peer, body)

    assert before["usage"] is None
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] == 1
    assert done == "[DONE]"


def test_reasoning_comes_before_the_text(peer: TestClient) -> None:
    deltas = [
        chunk["choices"][0]["delta"]
        for chunk in chunks(peer, ask("Explain tides", "DeepSeek-V4-Pro"), MODELS)[:-1]
    ]
    kinds = ["reasoning" if "reasoning_content" in delta else "text" for delta in deltas[1:-1]]

    assert kinds == sorted(kinds)
    assert set(kinds) == {"reasoning", "text"}


def test_tool_calls_are_streamed_in_parts(peer: TestClient) -> None:
    found = chunks(peer, ask("What is the weather in Paris?", tools=[TOOL]))
    calls = [call for chunk in found[1:-1] for call in chunk["choices"][0]["delta"].get("tool_calls", [])]

    assert calls[0]["function"]["name"] == "get_weather"
    assert json.loads("".join(call["function"]["arguments"] for call in calls))["location"] == "Paris"
    assert found[-2]["choices"][0]["finish_reason"] == "tool_calls"


def test_every_choice_is_streamed(peer: TestClient) -> None:
    found = chunks(peer, ask("echo: hello", n=2))

    assert {chunk["choices"][0]["index"] for chunk in found[1:-1]} == {0, 1}


def test_the_benchmark_model_sends_as_many_tokens_as_asked(peer: TestClient) -> None:
    found = chunks(peer, ask("go", "bench-50", max_completion_tokens=25))
    tokens = [chunk["choices"][0]["delta"].get("content") for chunk in found[1:-2]]

    assert len(tokens) == 25
    assert [int(token) for token in tokens] == sorted(int(token) for token in tokens)
