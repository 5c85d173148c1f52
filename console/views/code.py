"""The same call as code: for curl, and for the official Python SDK; keys stay in the environment."""

import json
import shlex
from dataclasses import dataclass
from urllib.parse import quote

from console.models import Connection

VARIABLES = {"openai": "OPENAI_API_KEY", "xai": "XAI_API_KEY", "deepseek": "DEEPSEEK_API_KEY"}
SETUP = """import os
from openai import OpenAI

client = OpenAI(
    base_url={url},
    api_key=os.environ["{variable}"],
)
"""
SETUP_ENTRA = """from azure.identity import DefaultAzureCredential, get_bearer_token_provider
from openai import OpenAI

token = get_bearer_token_provider(DefaultAzureCredential(), {scope})
client = OpenAI(
    base_url={url},
    api_key=token,
)
"""


@dataclass(frozen=True)
class Sample:
    title: str
    id: str
    text: str


def reading_a_model(connection: Connection, model_id: str) -> list[Sample]:
    """GET /models/{model}."""
    url = f"{connection.url}/models/{quote(model_id, safe='')}"
    return [
        Sample(
            "Python", "python", f"{setup(connection)}print(client.models.retrieve({json.dumps(model_id)}))"
        ),
        Sample("curl", "curl", f"curl {shlex.quote(url)} \\\n  -H {header(connection)}"),
    ]


def asking(connection: Connection, model: str) -> list[Sample]:
    """POST /chat/completions."""
    body = json.dumps(
        {"model": model, "messages": [{"role": "user", "content": "Hello"}]}, ensure_ascii=False
    )
    call = (
        "answer = client.chat.completions.create(\n"
        f"    model={json.dumps(model)},\n"
        '    messages=[{"role": "user", "content": "Hello"}],\n'
        ")\nprint(answer.choices[0].message.content)"
    )
    curl = (
        f"curl {shlex.quote(connection.url + '/chat/completions')} \\\n  -H {header(connection)} \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d {shlex.quote(body)}"
    )
    return [Sample("Python", "python", setup(connection) + call), Sample("curl", "curl", curl)]


def setup(connection: Connection) -> str:
    url = json.dumps(f"{connection.url}/")
    if connection.auth_kind == Connection.Auth.ENTRA:
        return SETUP_ENTRA.format(url=url, scope=json.dumps(connection.scope)) + "\n"
    return SETUP.format(url=url, variable=variable(connection)) + "\n"


def header(connection: Connection) -> str:
    if connection.auth_kind == Connection.Auth.ENTRA:
        return '"Authorization: Bearer $TOKEN"'
    name = "api-key: " if variable(connection) == "AZURE_OPENAI_API_KEY" else "Authorization: Bearer "
    return f'"{name}${variable(connection)}"'


def variable(connection: Connection) -> str:
    """The environment variable that people keep such a key in."""
    if connection.secret_env:
        return connection.secret_env
    is_azure = connection.kind in {Connection.Kind.AZURE, Connection.Kind.SIMULATOR}
    return "AZURE_OPENAI_API_KEY" if is_azure else VARIABLES.get(connection.kind, "OPENAI_API_KEY")
