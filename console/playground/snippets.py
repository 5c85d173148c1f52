"""The same call as code, without a secret: curl, and Python with the official SDK."""

import json
import textwrap
from dataclasses import dataclass
from pprint import pformat
from typing import Any

from console.models import Answer, Connection
from console.playground.conversation import Pane, exchanges, request

SCOPE = "https://cognitiveservices.azure.com/.default"


@dataclass(frozen=True)
class Snippet:
    """A language's name, an id for its tab, and the code."""

    name: str
    slug: str
    code: str


def snippets(answer: Answer, connection: Connection) -> list[Snippet]:
    """Return the call that led to an answer, in the words of each language."""
    turn = answer.turn
    earlier = turn.comparison.turns.filter(number__lt=turn.number).prefetch_related("answers")
    pane = Pane(answer.position, connection, answer.model, answer.api, answer.parameters)
    body = request(pane, turn.input, exchanges(earlier, answer.position)).body
    return [
        Snippet("Python", "python", python(body, answer, connection)),
        Snippet("curl", "curl", curl(body, answer, connection)),
    ]


def curl(body: dict[str, Any], answer: Answer, connection: Connection) -> str:
    path = "/responses" if answer.api == "responses" else "/chat/completions"
    text = json.dumps(body, ensure_ascii=False, indent=2).replace("'", "'\\''")
    return (
        f"curl --no-buffer {connection.url}{path} \\\n"
        f'  -H "Content-Type: application/json" \\\n'
        f'  -H "{credential_header(connection)}" \\\n'
        f"  -d '{text}'\n"
    )


def credential_header(connection: Connection) -> str:
    if connection.auth_kind == "entra":
        return "Authorization: Bearer $TOKEN"
    return (
        "api-key: $AZURE_OPENAI_API_KEY"
        if connection.kind in {"azure", "simulator"}
        else "Authorization: Bearer $API_KEY"
    )


def python(body: dict[str, Any], answer: Answer, connection: Connection) -> str:
    arguments = "".join(f"    {name}={literal(value)},\n" for name, value in body.items())
    if answer.api == "responses":
        call = f"stream = client.responses.create(\n{arguments})\n"
        reading = (
            "for event in stream:\n"
            '    if event.type == "response.output_text.delta":\n'
            '        print(event.delta, end="")\n'
        )
    else:
        call = f"stream = client.chat.completions.create(\n{arguments})\n"
        reading = (
            "for chunk in stream:\n"
            "    if chunk.choices and chunk.choices[0].delta.content:\n"
            '        print(chunk.choices[0].delta.content, end="")\n'
        )
    return f"{python_client(connection)}\n{call}{reading}"


def literal(value: Any) -> str:
    """Return a value as Python writes it, long ones on several lines."""
    return textwrap.indent(pformat(value, width=84, sort_dicts=False), "    ").lstrip()


def python_client(connection: Connection) -> str:
    url = f"{connection.url}/"
    if connection.auth_kind == "entra":
        return (
            "from azure.identity import DefaultAzureCredential, get_bearer_token_provider\n"
            "from openai import OpenAI\n\n"
            "token_provider = get_bearer_token_provider(\n"
            f"    DefaultAzureCredential(), {connection.scope or SCOPE!r}\n"
            ")\n"
            f"client = OpenAI(\n    base_url={url!r},\n    api_key=token_provider,\n)\n"
        )
    name = "AZURE_OPENAI_API_KEY" if connection.kind in {"azure", "simulator"} else "API_KEY"
    return (
        "import os\n\n"
        "from openai import OpenAI\n\n"
        f"client = OpenAI(\n    base_url={url!r},\n    api_key=os.environ[{name!r}],\n)\n"
    )
