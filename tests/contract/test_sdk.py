"""The official OpenAI SDK against the simulator: every resource, with an API key."""

import base64
import json
import math
import struct

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from tests.conftest import SIMULATOR_KEY
from tests.contract.test_answers import ASKED, FABRIKAM, FLAT_FORMAT, FLAT_TOOL, FORMAT, TOOL

NANO, EMBEDDER = "gpt-4.1-nano", "text-embedding-3-small"


class Place(BaseModel):
    city: str


def test_models_are_listed_and_one_is_retrieved(sdk):
    ids = [model.id for model in sdk.models.list()]

    assert sdk.models.retrieve(ids[0]).id == ids[0]


def test_another_resource_of_the_fleet_has_its_own_base(simulator):
    base = f"{simulator}/resources/{FABRIKAM}/openai/v1/"
    with OpenAI(base_url=base, api_key=SIMULATOR_KEY, max_retries=0) as client:
        told = client.chat.completions.create(model="DeepSeek-V4-Pro", messages=ASKED)

    assert told.choices[0].message.model_extra["reasoning_content"]


def test_a_chat_completion_says_that_it_is_simulated(sdk):
    told = sdk.chat.completions.create(model=NANO, messages=ASKED)

    assert isinstance(told, ChatCompletion)
    assert "simulat" in told.choices[0].message.content.lower()
    assert told.choices[0].finish_reason == "stop"
    assert told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens


def test_the_raw_answer_carries_azures_headers(sdk):
    raw = sdk.chat.completions.with_raw_response.create(model=NANO, messages=ASKED)

    assert raw.headers["apim-request-id"]
    assert raw.headers["x-ms-region"] == "East US 2"
    assert raw.headers["x-simulator"] == "1"


def test_a_chat_completion_streams_to_its_usage(sdk):
    with sdk.chat.completions.create(
        model=NANO, messages=ASKED, stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)

    choices = [choice for chunk in chunks for choice in chunk.choices]
    assert "".join(choice.delta.content or "" for choice in choices)
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    assert chunks[-1].usage.completion_tokens > 0


def test_the_streaming_helper_puts_a_completion_together(sdk):
    with sdk.chat.completions.stream(model=NANO, messages=ASKED) as stream:
        told = stream.get_final_completion()

    assert told.choices[0].message.content


def test_several_choices_differ(sdk):
    told = sdk.chat.completions.create(model=NANO, messages=ASKED, n=3)

    assert [choice.index for choice in told.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in told.choices}) > 1


def test_a_tool_is_called_and_its_result_is_taken(sdk):
    made = sdk.chat.completions.create(model=NANO, messages=ASKED, tools=[TOOL], tool_choice="required")
    (call,) = made.choices[0].message.tool_calls
    result = {"role": "tool", "tool_call_id": call.id, "content": "Rain."}
    turns = [*ASKED, made.choices[0].message.model_dump(exclude_none=True), result]

    told = sdk.chat.completions.create(model=NANO, messages=turns, tools=[TOOL])

    assert made.choices[0].finish_reason == "tool_calls"
    assert set(json.loads(call.function.arguments)) == {"city"}
    assert told.choices[0].message.content


def test_a_tool_call_streams(sdk):
    with sdk.chat.completions.create(
        model=NANO, messages=ASKED, tools=[TOOL], tool_choice="required", stream=True
    ) as stream:
        parts = [
            call for chunk in stream for choice in chunk.choices for call in choice.delta.tool_calls or ()
        ]

    assert parts[0].function.name == "weather"
    assert set(json.loads("".join(part.function.arguments for part in parts))) == {"city"}


def test_structured_output_fits_its_schema(sdk):
    told = sdk.chat.completions.create(model=NANO, messages=ASKED, response_format=FORMAT)
    parsed = sdk.chat.completions.parse(model=NANO, messages=ASKED, response_format=Place)

    assert set(json.loads(told.choices[0].message.content)) == {"city"}
    assert isinstance(parsed.choices[0].message.parsed, Place)


def test_a_response_and_what_follows_from_it(sdk):
    made = sdk.responses.create(model=NANO, input="Why does it rain?", metadata={"a": "b"})
    followed = sdk.responses.create(model=NANO, input="And snow?", previous_response_id=made.id)

    assert made.status == "completed"
    assert made.output_text
    assert (followed.previous_response_id, followed.status) == (made.id, "completed")
    assert followed.usage.input_tokens > made.usage.input_tokens


def test_a_stored_response_is_retrieved_listed_and_deleted(sdk):
    made = sdk.responses.create(model=NANO, input=ASKED)

    assert sdk.responses.retrieve(made.id).output_text == made.output_text
    assert [item.role for item in sdk.responses.input_items.list(made.id)] == ["user"]
    sdk.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        sdk.responses.retrieve(made.id)


def test_input_items_come_in_pages(sdk):
    turns = [{"role": "user", "content": f"Number {number}"} for number in range(5)]
    made = sdk.responses.create(model=NANO, input=turns)

    listed = [item.content[0].text for item in sdk.responses.input_items.list(made.id, limit=2, order="asc")]

    assert listed == [f"Number {number}" for number in range(5)]


def test_a_response_that_is_not_stored_cannot_be_retrieved(sdk):
    made = sdk.responses.create(model=NANO, input="x", store=False)

    with pytest.raises(openai.NotFoundError):
        sdk.responses.retrieve(made.id)


def test_a_response_streams(sdk):
    with sdk.responses.create(model=NANO, input="Why does it rain?", stream=True) as stream:
        events = list(stream)

    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    assert text == events[-1].response.output_text


def test_the_streaming_helper_puts_a_response_together(sdk):
    with sdk.responses.stream(model=NANO, input="Why does it rain?") as stream:
        told = stream.get_final_response()

    assert told.output_text


def test_a_response_calls_a_tool_and_fits_a_schema(sdk):
    called = sdk.responses.create(model=NANO, input="x", tools=[FLAT_TOOL], tool_choice="required")
    fitted = sdk.responses.create(model=NANO, input="x", text={"format": FLAT_FORMAT})
    parsed = sdk.responses.parse(model=NANO, input="x", text_format=Place)

    assert called.output[-1].name == "weather"
    assert set(json.loads(fitted.output_text)) == {"city"}
    assert isinstance(parsed.output_parsed, Place)


def test_a_reasoning_model_counts_and_sums_up_its_thoughts(sdk):
    told = sdk.responses.create(
        model="gpt-5-mini", input="Why?", reasoning={"effort": "high", "summary": "auto"}
    )

    assert told.output[0].summary[0].text
    assert told.usage.output_tokens_details.reasoning_tokens > 0


def test_a_response_cut_by_its_limit_says_so(sdk):
    told = sdk.responses.create(model=NANO, input="Explain rain at length.", max_output_tokens=16)

    assert (told.status, told.incomplete_details.reason) == ("incomplete", "max_output_tokens")


def test_a_background_response_comes_to_its_end(sdk):
    made = sdk.responses.create(model=NANO, input="x", background=True)

    assert (made.status, made.background) == ("queued", True)
    assert sdk.responses.retrieve(made.id).status == "completed"


def test_a_cancelled_background_response_stays_cancelled(slow_simulator):
    """At a fiftieth of the speed a cancel comes long before the end."""
    with OpenAI(base_url=f"{slow_simulator}/openai/v1/", api_key=SIMULATOR_KEY, max_retries=0) as client:
        made = client.responses.create(model=NANO, input="x", background=True)

        assert client.responses.cancel(made.id).status == "cancelled"
        assert client.responses.retrieve(made.id).status == "cancelled"


def test_a_broken_stream_is_resumed_where_it_ended(sdk):
    with sdk.responses.create(model=NANO, input="x", background=True, stream=True) as stream:
        seen = [next(stream) for _ in range(4)]
    response_id, last = seen[0].response.id, seen[-1].sequence_number

    with sdk.responses.retrieve(response_id, stream=True, starting_after=last) as stream:
        rest = list(stream)

    assert [event.sequence_number for event in seen + rest] == list(range(len(seen + rest)))
    assert rest[-1].type == "response.completed"


def test_embeddings_are_the_same_in_both_encodings(sdk):
    plain = sdk.embeddings.create(model=EMBEDDER, input=["a cat", "a dog"], encoding_format="float")
    packed = sdk.embeddings.create(model=EMBEDDER, input=["a cat", "a dog"], encoding_format="base64")
    default = sdk.embeddings.create(model=EMBEDDER, input=["a cat", "a dog"])

    floats = plain.data[0].embedding
    unpacked = struct.unpack(f"<{len(floats)}f", base64.b64decode(packed.data[0].embedding))
    assert (len(floats), len(plain.data)) == (1536, 2)
    assert unpacked == pytest.approx(floats, abs=1e-6)
    assert default.data[0].embedding == pytest.approx(floats, abs=1e-6)
    assert math.hypot(*floats) == pytest.approx(1)


def test_embeddings_are_shortened_on_demand(sdk):
    told = sdk.embeddings.create(model=EMBEDDER, input="a cat", dimensions=64)

    assert len(told.data[0].embedding) == 64


def test_a_model_that_is_not_deployed_is_not_found(sdk):
    with pytest.raises(openai.NotFoundError) as caught:
        sdk.chat.completions.create(model="gpt-4.1-2025-04-14", messages=ASKED)

    assert caught.value.code == "DeploymentNotFound"


def test_a_rate_limit_says_how_long_to_wait(sdk):
    with pytest.raises(openai.RateLimitError) as caught:
        sdk.chat.completions.create(
            model=NANO, messages=ASKED, extra_headers={"x-simulator-fault": "429;1500"}
        )

    assert caught.value.response.headers["retry-after-ms"] == "1500"
    assert caught.value.code == "RateLimitReached"


def test_a_limited_model_answers_one_call_of_four(sdk):
    refused = 0
    for _ in range(4):
        try:
            sdk.chat.completions.create(model="gpt-4.1-limited", messages=ASKED)
        except openai.RateLimitError:
            refused += 1

    assert refused == 3


@pytest.mark.parametrize(
    ("options", "code", "param"),
    [
        ({"temperature": 9}, "decimal_above_max_value", "temperature"),
        ({"extra_body": {"sparkle": 1}}, "unrecognized_request_argument", "sparkle"),
        ({"model": "gpt-5", "max_tokens": 5}, "unsupported_parameter", "max_tokens"),
    ],
)
def test_a_bad_request_names_its_parameter(sdk, options, code, param):
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.chat.completions.create(**{"model": NANO, "messages": ASKED, **options})

    assert (caught.value.code, caught.value.param) == (code, param)


def test_a_filtered_prompt_is_refused_with_its_reasons(sdk):
    blocked = [{"role": "user", "content": "filter-prompt: anything"}]

    with pytest.raises(openai.BadRequestError) as caught:
        sdk.chat.completions.create(model=NANO, messages=blocked)

    assert caught.value.code == "content_filter"
    assert caught.value.body["innererror"]["content_filter_result"]["violence"]["filtered"] is True


def test_a_filtered_answer_ends_so(sdk):
    told = sdk.chat.completions.create(model="gpt-4o-strict", messages=ASKED)

    assert told.choices[0].finish_reason == "content_filter"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", openai.AuthenticationError),
        ("403", openai.PermissionDeniedError),
        ("409", openai.ConflictError),
        ("422", openai.UnprocessableEntityError),
        ("500", openai.InternalServerError),
        ("503", openai.InternalServerError),
        ("502-html", openai.InternalServerError),
    ],
)
def test_a_status_is_the_sdks_error(sdk, fault, error):
    with pytest.raises(error):
        sdk.models.list(extra_headers={"x-simulator-fault": fault})


def test_a_wrong_key_is_refused(simulator):
    with (
        OpenAI(base_url=f"{simulator}/openai/v1/", api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()

    assert caught.value.code == "401"
