"""The SDK's other ways to sign in, and its asynchronous client: environment, tokens, a provider of tokens."""

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.conftest import SIMULATOR_KEY
from tests.contract.conftest import token_for
from tests.contract.test_answers import ASKED

NANO, EMBEDDER = "gpt-4.1-nano", "text-embedding-3-small"
RESOURCES = ["cognitiveservices.azure.com", "ai.azure.com"]


class Tokens:
    """A provider of tokens that counts how often it was asked."""

    def __init__(self, simulator: str, resource: str) -> None:
        self.simulator = simulator
        self.resource = resource
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return token_for(self.simulator, self.resource)

    async def later(self) -> str:
        return self()


@pytest.fixture
def environment(simulator, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", f"{simulator}/openai/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", SIMULATOR_KEY)


def whole_round(client: OpenAI) -> None:
    """One call of each resource."""
    assert client.models.list().data
    assert client.chat.completions.create(model=NANO, messages=ASKED).choices[0].message.content
    assert client.responses.create(model=NANO, input="x").output_text
    assert client.embeddings.create(model=EMBEDDER, input="x").data[0].embedding


async def whole_round_later(client: AsyncOpenAI) -> None:
    """The same, asynchronous, with both streams."""
    assert (await client.models.list()).data
    assert (await client.chat.completions.create(model=NANO, messages=ASKED)).choices[0].message.content
    async with await client.chat.completions.create(model=NANO, messages=ASKED, stream=True) as stream:
        chunks = [chunk async for chunk in stream]
    assert chunks[-1].choices[0].finish_reason == "stop"
    made = await client.responses.create(model=NANO, input="x")
    assert (await client.responses.retrieve(made.id)).output_text == made.output_text
    assert [item.role async for item in client.responses.input_items.list(made.id)] == ["user"]
    async with await client.responses.create(model=NANO, input="x", stream=True) as stream:
        events = [event async for event in stream]
    assert events[-1].type == "response.completed"
    await client.responses.delete(made.id)
    assert (await client.embeddings.create(model=EMBEDDER, input="x")).data[0].embedding


def test_the_environment_is_enough(environment):
    with OpenAI() as client:
        whole_round(client)


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_provider_of_tokens_is_asked_before_every_call(simulator, resource):
    tokens = Tokens(simulator, resource)
    with OpenAI(base_url=f"{simulator}/openai/v1/", api_key=tokens, max_retries=0) as client:
        whole_round(client)

    assert tokens.asked == 4


def test_a_token_for_something_else_is_refused(simulator):
    tokens = Tokens(simulator, "management.azure.com")
    with (
        OpenAI(base_url=f"{simulator}/openai/v1/", api_key=tokens, max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.models.list()


def test_a_resource_without_keys_takes_tokens_only(simulator):
    base = f"{simulator}/resources/contoso-sweden/openai/v1/"
    tokens = Tokens(simulator, "ai.azure.com")
    with OpenAI(base_url=base, api_key=tokens, max_retries=0) as client:
        assert client.models.list().data
    with (
        OpenAI(base_url=base, api_key=SIMULATOR_KEY, max_retries=0) as client,
        pytest.raises((openai.AuthenticationError, openai.PermissionDeniedError)),
    ):
        client.models.list()


@pytest.mark.anyio
async def test_the_asynchronous_client_with_a_key(simulator):
    base = f"{simulator}/openai/v1/"
    async with AsyncOpenAI(base_url=base, api_key=SIMULATOR_KEY, max_retries=0) as client:
        await whole_round_later(client)


@pytest.mark.anyio
async def test_the_asynchronous_client_from_the_environment(environment):
    async with AsyncOpenAI() as client:
        await whole_round_later(client)


@pytest.mark.anyio
async def test_the_asynchronous_client_with_a_provider_of_tokens(simulator):
    tokens = Tokens(simulator, "cognitiveservices.azure.com")
    base = f"{simulator}/openai/v1/"
    async with AsyncOpenAI(base_url=base, api_key=tokens.later, max_retries=0) as client:
        await whole_round_later(client)

    assert tokens.asked == 9


@pytest.mark.anyio
async def test_the_asynchronous_client_raises_the_same_errors(simulator):
    base = f"{simulator}/openai/v1/"
    async with AsyncOpenAI(base_url=base, api_key=SIMULATOR_KEY, max_retries=0) as client:
        with pytest.raises(openai.NotFoundError) as caught:
            await client.responses.create(model="not-deployed", input="x")

    assert caught.value.code == "DeploymentNotFound"
