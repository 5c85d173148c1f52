import pytest
from hypothesis import given

from console.outbound.errors import BadRequest
from console.v1.parameters import PARAMETERS, parameters_of, swap, token_limit_name, wire
from tests.v1.test_parse import JSON


def refused(code="unsupported_parameter", param="", detail=""):
    return BadRequest(status=400, code=code, param=param, detail=detail)


@pytest.mark.parametrize(
    ("api", "provider", "model", "name"),
    [
        ("responses", "azure", "gpt-5", "max_output_tokens"),
        ("chat", "azure", "gpt-5-mini", "max_completion_tokens"),
        ("chat", "azure", "o4-mini", "max_completion_tokens"),
        ("chat", "azure", "gpt-4.1", "max_completion_tokens"),
        ("chat", "azure", "mistral-large-3", "max_tokens"),
        ("chat", "azure", "DeepSeek-V3.2", "max_tokens"),
        ("chat", "azure", "Llama-3.3-70B-Instruct", "max_tokens"),
        ("chat", "azure", "our-own-name", "max_completion_tokens"),
        ("chat", "custom", "our-own-name", "max_tokens"),
        ("chat", "xai", "grok-4", "max_completion_tokens"),
        ("chat", "deepseek", "deepseek-v4-pro", "max_tokens"),
    ],
)
def test_the_token_limit_has_the_name_that_the_model_knows(api, provider, model, name):
    assert token_limit_name(api, provider, model) == name
    assert wire({"max_output_tokens": 50}, api=api, provider=provider, model=model) == {name: 50}


def test_only_parameters_that_were_set_are_sent():
    given = {"temperature": 0, "top_p": None, "stop": "", "store": False}

    assert wire(given, api="chat", provider="azure", model="gpt-4.1") == {"temperature": 0, "store": False}


def test_flat_names_find_their_place_in_a_response():
    given = {
        "reasoning_effort": "low",
        "reasoning_summary": "auto",
        "verbosity": "low",
        "text": {"format": "x"},
    }

    assert wire(given, api="responses", provider="azure", model="gpt-5") == {
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"verbosity": "low", "format": "x"},
    }


def test_flat_names_stay_flat_in_a_chat():
    assert wire({"reasoning_effort": "low"}, api="chat", provider="azure", model="gpt-5") == {
        "reasoning_effort": "low"
    }


def test_a_refused_limit_is_sent_under_its_other_name():
    error = refused(
        param="max_tokens",
        detail="'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    )

    body, sentence = swap({"model": "m", "max_tokens": 9}, error)

    assert body == {"model": "m", "max_completion_tokens": 9}
    assert (
        sentence
        == "This model does not take max_tokens; the limit was sent as max_completion_tokens instead."
    )


def test_a_refusal_that_names_the_parameter_only_in_its_text_is_understood():
    error = refused(code="invalid_request", detail="Extra inputs are not permitted: max_completion_tokens")

    body, _ = swap({"model": "m", "max_completion_tokens": 9}, error)

    assert body == {"model": "m", "max_tokens": 9}


@pytest.mark.parametrize(
    ("code", "param", "detail"),
    [
        ("unsupported_parameter", "temperature", "Unsupported parameter: 'temperature'"),
        ("unsupported_value", "temperature", "Only the default (1) value is supported."),
        ("", "", "Unrecognized request argument supplied: 'temperature'"),
    ],
)
def test_any_other_refused_parameter_is_left_out(code, param, detail):
    body, sentence = swap({"model": "m", "temperature": 0.5}, refused(code, param, detail))

    assert (body, sentence) == ({"model": "m"}, "This model does not take temperature; it was left out.")


def test_a_nested_parameter_is_left_out_where_it_is():
    sent = {"model": "m", "input": "x", "reasoning": {"effort": "low"}}

    body, _ = swap(sent, refused(param="reasoning.effort"))

    assert body == {"model": "m", "input": "x"}
    assert sent["reasoning"] == {"effort": "low"}


@pytest.mark.parametrize(
    "error",
    [
        refused(code="invalid_value", param="temperature", detail="Must be at most 2."),
        refused(param="model"),
        refused(param="seed"),
        BadRequest(status=409, code="unsupported_parameter", param="temperature"),
    ],
)
def test_what_cannot_be_helped_is_left_to_the_user(error):
    assert swap({"model": "m", "temperature": 3}, error) is None


@given(JSON)
def test_no_value_breaks_the_way_to_the_wire(value):
    for api in ("chat", "responses"):
        sent = wire({"text": value, "verbosity": "low", "tools": value}, api=api, provider="azure", model="m")
        assert "verbosity" in (sent if api == "chat" else sent["text"])


def test_every_api_has_a_form():
    assert {each.name for each in parameters_of("chat")} > {"max_output_tokens", "temperature", "seed"}
    assert "seed" not in {each.name for each in parameters_of("responses")}
    assert all(each.help and each.label for each in PARAMETERS)
