from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

URL = "/openai/v1/chat/completions"
MODELS = "/resources/fabrikam-models/openai/v1/chat/completions"


def ask(text: str, model: str = "gpt-4.1", **parameters: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **parameters}


def said(peer: TestClient, text: str, model: str = "gpt-4.1", url: str = URL, **parameters: Any) -> str:
    answer = peer.post(url, json=ask(text, model, **parameters)).json()
    return str(answer["choices"][0]["message"]["content"])


def test_echo_is_answered_with_exactly_the_rest(peer: TestClient) -> None:
    assert said(peer, "echo:  two  spaces\n\tand a tab ") == " two  spaces\n\tand a tab "


def test_an_answer_says_that_it_is_simulated(peer: TestClient) -> None:
    assert said(peer, "Why is the sky blue?").startswith("*Simulated answer by gpt-4.1.*\n")


def test_the_same_question_gets_the_same_answer(peer: TestClient) -> None:
    first, second = said(peer, "Explain vector indexes"), said(peer, "Explain vector indexes")

    assert first == second
    assert first != said(peer, "Explain vector indexes", "gpt-4.1-nano")
    assert "vector indexes" in first


def test_usage_adds_up(peer: TestClient) -> None:
    usage = peer.post(URL, json=ask("Explain tides", "gpt-5-mini")).json()["usage"]

    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 192


def test_a_long_prompt_is_cached_the_second_time(peer: TestClient) -> None:
    body = ask("tide " * 2000)

    first, second = peer.post(URL, json=body).json(), peer.post(URL, json=body).json()

    assert first["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
    assert second["usage"]["prompt_tokens_details"]["cached_tokens"] == 1920


def test_several_choices_differ(peer: TestClient) -> None:
    choices = peer.post(URL, json=ask("Explain tides in detail", n=3)).json()["choices"]

    assert [choice["index"] for choice in choices] == [0, 1, 2]
    assert len({choice["message"]["content"] for choice in choices}) == 3


def test_a_limit_ends_the_answer(peer: TestClient) -> None:
    answer = peer.post(URL, json=ask("echo: one two three four", max_tokens=2)).json()

    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["choices"][0]["message"]["content"] == "one two"
    assert answer["usage"]["completion_tokens"] == 2


def test_a_limit_below_the_reasoning_leaves_no_text(peer: TestClient) -> None:
    answer = peer.post(URL, json=ask("Explain tides", "gpt-5-mini", max_completion_tokens=100)).json()

    assert answer["choices"][0]["message"]["content"] == ""
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens_details"]["reasoning_tokens"] == 100


@pytest.mark.parametrize("stop", ["three", ["never", "three"]])
def test_a_stop_sequence_is_not_in_the_answer(peer: TestClient, stop: Any) -> None:
    assert said(peer, "echo: one two three four", stop=stop) == "one two "


def test_effort_changes_the_reasoning(peer: TestClient) -> None:
    def spent(effort: str) -> int:
        answer = peer.post(URL, json=ask("Explain tides", "gpt-5", reasoning_effort=effort)).json()
        return int(answer["usage"]["completion_tokens_details"]["reasoning_tokens"])

    assert (spent("minimal"), spent("low"), spent("high")) == (0, 64, 512)


def test_a_model_shows_its_reasoning_as_a_field(peer: TestClient) -> None:
    message = peer.post(MODELS, json=ask("Explain tides", "DeepSeek-V4-Pro")).json()["choices"][0]["message"]

    assert message["reasoning_content"].startswith("The user asks about tides.")
    assert "The user asks" not in message["content"]


def test_a_model_shows_its_reasoning_in_the_text(peer: TestClient) -> None:
    text = said(peer, "Explain tides", "DeepSeek-R1", MODELS)

    assert text.startswith("<think>\nThe user asks about tides.")
    assert "</think>\n\n*Simulated" in text


def test_third_parties_have_no_filter_results(peer: TestClient) -> None:
    answer = peer.post(MODELS, json=ask("Explain tides", "grok-4")).json()

    assert "prompt_filter_results" not in answer
    assert "content_filter_results" not in answer["choices"][0]


def test_earlier_turns_are_remembered(peer: TestClient) -> None:
    messages = [
        {"role": "user", "content": "Explain message queues"},
        {"role": "assistant", "content": "They wait."},
        {"role": "user", "content": "And how do tides compare?"},
    ]

    answer = peer.post(URL, json={"model": "gpt-4.1", "messages": messages}).json()

    assert "**message queues**" in answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("prompt", "part"),
    [
        ("Write a Python function that finds prime numbers", "```python\n"),
        ("Give me a SQL query for orders per day", "```sql\nSELECT"),
        ("Compare PostgreSQL and SQLite in a table", "| Aspect | Good for |"),
        ("How do I migrate a database?", "1. "),
        ("List five risks of caching", "- **"),
        ("Summarise: the pool was exhausted by a slow query. We rolled back.", "In short: it is about **"),
        ("What is 12 * 12?", "**144**"),
    ],
)
def test_the_form_follows_the_question(peer: TestClient, prompt: str, part: str) -> None:
    assert part in said(peer, prompt)


def test_a_short_question_gets_a_short_answer(peer: TestClient) -> None:
    assert len(said(peer, "What is DNS?")) < 400 < len(said(peer, "Explain DNS in detail"))


def test_a_system_message_can_ask_for_brevity(peer: TestClient) -> None:
    messages = [
        {"role": "system", "content": "Be concise."},
        {"role": "user", "content": "Explain DNS caches"},
    ]

    answer = peer.post(URL, json={"model": "gpt-4o", "messages": messages}).json()

    assert "##" not in answer["choices"][0]["message"]["content"]


TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a place",
        "parameters": {
            "type": "object",
            "properties": {"location": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
            "required": ["location"],
        },
    },
}


def test_a_function_is_called_when_the_prompt_mentions_it(peer: TestClient) -> None:
    answer = peer.post(URL, json=ask("What is the weather in Paris in celsius?", tools=[TOOL])).json()
    choice = answer["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "get_weather"
    arguments = json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"])
    assert arguments == {"location": "Paris", "unit": "celsius"}


def test_a_function_is_not_called_for_something_else(peer: TestClient) -> None:
    assert said(peer, "echo: hello", tools=[TOOL]) == "hello"
    choice = peer.post(URL, json=ask("Explain tides", tools=[TOOL])).json()["choices"][0]
    assert choice["finish_reason"] == "stop"


@pytest.mark.parametrize("demand", ["required", {"type": "function", "function": {"name": "get_weather"}}])
def test_a_demanded_function_is_called(peer: TestClient, demand: Any) -> None:
    answer = peer.post(URL, json=ask("Explain tides", tools=[TOOL], tool_choice=demand)).json()

    assert answer["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "get_weather"


def test_a_tool_result_is_answered_in_words(peer: TestClient) -> None:
    messages = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"},
    ]

    answer = peer.post(URL, json={"model": "gpt-4.1", "messages": messages, "tools": [TOOL]}).json()

    assert "`18 degrees`" in answer["choices"][0]["message"]["content"]


SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}, "required": ["age"]},
    {"type": "array", "minItems": 3, "items": {"enum": ["red", "green"]}},
    {"anyOf": [{"type": "null"}, {"type": "string"}]},
    {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 5},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                },
                "required": ["name", "children"],
                "additionalProperties": False,
            }
        },
    },
    {"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"type": ["null", "number"]}}}]},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "string", "format": "date"},
    {"type": "integer", "multipleOf": 7, "maximum": 70},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_is_obeyed(peer: TestClient, schema: dict[str, Any]) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "thing", "schema": schema}}

    jsonschema.validate(json.loads(said(peer, "Ada is 36 and likes tides", response_format=form)), schema)


def test_json_mode_answers_json_when_the_prompt_says_so(peer: TestClient) -> None:
    form = {"type": "json_object"}

    assert "topic" in json.loads(said(peer, "Tides as JSON", response_format=form))
    refusal = peer.post(URL, json=ask("Tides", response_format=form))
    assert refusal.json()["error"]["param"] == "messages"


def test_a_blocked_prompt_is_refused_with_its_categories(peer: TestClient) -> None:
    answer = peer.post(URL, json=ask("How do I build a weapon?", "gpt-4o-strict"))
    error = answer.json()["error"]

    assert answer.status_code == 400
    assert (error["code"], error["param"], error["type"]) == ("content_filter", "prompt", None)
    assert error["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert error["innererror"]["content_filter_result"]["violence"] == {
        "filtered": True,
        "severity": "medium",
    }


@pytest.mark.parametrize(
    ("model", "prompt"), [("gpt-4o-strict", "Explain tides"), ("gpt-4.1", "filter-answer: x")]
)
def test_a_filtered_answer_is_cut_in_the_middle(peer: TestClient, model: str, prompt: str) -> None:
    choice = peer.post(URL, json=ask(prompt, model)).json()["choices"][0]

    assert choice["finish_reason"] == "content_filter"
    assert choice["message"]["content"]
    assert choice["content_filter_results"]["violence"]["filtered"] is True


def test_three_calls_of_four_are_rate_limited(peer: TestClient) -> None:
    answers = [peer.post(URL, json=ask("hi", "gpt-4.1-limited")) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [429, 429, 429, 200] * 2
    assert answers[0].headers["retry-after-ms"] == "2500"
    assert answers[0].headers["x-ms-deployment-name"] == "gpt-4.1-limited"


def test_the_limits_count_down(peer: TestClient) -> None:
    first, second = (peer.post(URL, json=ask("hi")).headers for _ in range(2))

    assert first["x-ratelimit-limit-tokens"] == "450000"
    assert int(second["x-ratelimit-remaining-requests"]) == int(first["x-ratelimit-remaining-requests"]) - 1


@pytest.mark.parametrize(
    ("model", "parameters", "code", "param"),
    [
        ("gpt-5-mini", {"max_tokens": 5}, "unsupported_parameter", "max_tokens"),
        ("gpt-5", {"temperature": 0.2}, "unsupported_parameter", "temperature"),
        ("o4-mini", {"top_p": 0.5}, "unsupported_parameter", "top_p"),
        ("gpt-4.1", {"reasoning_effort": "low"}, "unrecognized_request_argument", "reasoning_effort"),
        ("gpt-4.1", {"logprobs": True}, "unsupported_parameter", "logprobs"),
        ("gpt-4.1", {"frobnicate": 1}, "unrecognized_request_argument", "frobnicate"),
        ("gpt-4.1", {"max_tokens": "5"}, "invalid_type", "max_tokens"),
        ("gpt-4.1", {"max_tokens": True}, "invalid_type", "max_tokens"),
        ("gpt-4.1", {"max_tokens": 0}, "integer_below_min_value", "max_tokens"),
        ("gpt-4.1", {"temperature": 3}, "decimal_above_max_value", "temperature"),
        ("gpt-4.1", {"n": 129}, "integer_above_max_value", "n"),
        ("gpt-4.1", {"stop": ["a", "b", "c", "d", "e"]}, "array_above_max_length", "stop"),
        ("gpt-4.1", {"stream": "yes"}, "invalid_type", "stream"),
        ("gpt-4.1", {"stream_options": {"include_usage": True}}, "invalid_value", "stream_options"),
        ("gpt-4.1", {"response_format": {"type": "xml"}}, "invalid_value", "response_format.type"),
        ("gpt-4.1", {"tools": [{"type": "function"}]}, "missing_required_parameter", "tools[0].function"),
        ("gpt-4.1", {"tool_choice": "auto"}, "invalid_value", "tool_choice"),
        ("gpt-4.1", {"metadata": {"a": 1}}, "invalid_type", "metadata.a"),
        ("gpt-4.1", {"messages": []}, "empty_array", "messages"),
        ("gpt-4.1", {"messages": [{"role": "bogus", "content": "x"}]}, "invalid_value", "messages[0].role"),
        ("gpt-4.1", {"messages": [{"role": "user"}]}, "missing_required_parameter", "messages[0].content"),
        ("gpt-4.1", {"messages": None}, "missing_required_parameter", "messages"),
        (None, {}, "missing_required_parameter", "model"),
        (7, {}, "invalid_type", "model"),
    ],
)
def test_a_wrong_parameter_is_named(
    peer: TestClient, model: Any, parameters: dict[str, Any], code: str, param: str
) -> None:
    answer = peer.post(URL, json={**ask("Explain tides"), "model": model, **parameters})

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == (code, param)


def test_mistral_refuses_the_newer_limit(peer: TestClient) -> None:
    refused = peer.post(MODELS, json=ask("hi", "Mistral-Large-3", max_completion_tokens=50))

    assert refused.json()["error"]["code"] == "unsupported_parameter"
    assert peer.post(MODELS, json=ask("hi", "Mistral-Large-3", max_tokens=50)).status_code == 200


def test_null_counts_as_absent(peer: TestClient) -> None:
    body = ask("hi", "gpt-5-mini", temperature=None, max_tokens=None, stop=None)

    assert peer.post(URL, json=body).status_code == 200


def test_a_prompt_beyond_the_context_is_refused(peer: TestClient) -> None:
    answer = peer.post(
        "/resources/contoso-legacy/openai/v1/chat/completions", json=ask("a " * 130_000, "chat")
    )

    assert answer.json()["error"]["code"] == "context_length_exceeded"


def test_an_embedding_model_does_not_chat(peer: TestClient) -> None:
    answer = peer.post(URL, json=ask("hi", "text-embedding-3-small"))

    assert answer.json()["error"]["code"] == "OperationNotSupported"
