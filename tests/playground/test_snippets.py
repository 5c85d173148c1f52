"""The same call as code: complete, quoted, without a secret."""

import ast
import json
import shlex

import pytest

from console.models import Answer, Comparison
from console.playground.snippets import snippets

pytestmark = pytest.mark.django_db
EVIL = """it's "quoted" $HOME `id` \\ end"""


@pytest.fixture
def answer(workspace, alice, connection):
    turn = Comparison.objects.create(workspace=workspace, owner=alice, title="t").turns.create(
        number=1, input=EVIL
    )
    return Answer.objects.create(
        turn=turn,
        position=0,
        connection=connection,
        connection_name="prod",
        model="gpt-5-mini",
        api="chat",
        parameters={"temperature": 0.5, "instructions": "Be brief"},
    )


def code(answer, connection) -> dict[str, str]:
    return {one.slug: one.code for one in snippets(answer, connection)}


def test_curl_sends_what_the_console_sent(answer, connection):
    words = shlex.split(code(answer, connection)["curl"].replace("\\\n", " "))

    body = json.loads(words[words.index("-d") + 1])
    assert body["messages"] == [{"role": "system", "content": "Be brief"}, {"role": "user", "content": EVIL}]
    assert (body["model"], body["temperature"], body["stream"]) == ("gpt-5-mini", 0.5, True)
    assert f"{connection.url}/chat/completions" in words


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_python_is_python_and_says_the_same(answer, connection, api):
    answer.api = api

    tree = ast.parse(code(answer, connection)["python"])

    call = next(
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("create")
    )
    arguments = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
    assert arguments["model"] == "gpt-5-mini"
    said = arguments["messages"][-1]["content"] if api == "chat" else arguments["input"]
    assert said == EVIL


def test_no_secret_is_in_the_code(answer, connection):
    for text in code(answer, connection).values():
        assert "upstream-key-1" not in text
        assert "AZURE_OPENAI_API_KEY" in text
