"""What the simulator says about itself: `/`, `/healthz`, and counters for whoever tests against it."""

from __future__ import annotations

from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from console.simulator.accounts import SUBSCRIPTION, TENANT, Account
from console.simulator.answers import ECHO
from console.simulator.faults import FAULTS
from console.simulator.filters import BLOCK_ANSWER, BLOCK_PROMPT
from console.simulator.world import Call, call_of

_HEADERS = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


async def home(request: Request) -> Response:
    """GET /: who this is, which resources it has, how to call them."""
    about = _about(call_of(request))
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page(about), headers=_HEADERS)
    return JSONResponse(about)


async def healthz(_request: Request) -> Response:
    """GET /healthz."""
    return PlainTextResponse("ok")


async def statistics(request: Request) -> Response:
    """GET /statistics: how many calls came, by route and by deployment, and what became of the streams."""
    world = call_of(request).world
    return JSONResponse(
        {
            "calls": dict(sorted(world.calls.items())),
            "open_streams": world.open_streams,
            "dropped_streams": world.dropped_streams,
        }
    )


def _about(call: Call) -> dict[str, Any]:
    resources = [_resource(call, account) for account in call.world.accounts.values()]
    return {
        "simulator": True,
        "says": "A simulated Azure OpenAI. No model is behind it; answers are made up from your words.",
        "base_url": f"{call.origin}/openai/v1/",
        "authentication": "api-key: KEY, or Authorization: Bearer KEY, or a token of the token endpoint; "
        "KEY is what the simulator was started with",
        "token_endpoint": f"{call.origin}/{TENANT}/oauth2/v2.0/token",
        "managed_identity_endpoint": f"{call.origin}/msi/token",
        "management": f"{call.origin}/subscriptions/{SUBSCRIPTION}",
        "resources": resources,
        "prompts": {
            f"{ECHO} TEXT": "answers exactly TEXT",
            f"{BLOCK_PROMPT} …": "the prompt is blocked by the content filter",
            f"{BLOCK_ANSWER} …": "the answer is cut by the content filter",
        },
        "unlisted_deployments": {"bench-N": "N tokens a second", "fault-NAME": "the fault of that name"},
        "faults": {"header": "x-simulator-fault: NAME[;argument]", "names": list(FAULTS)},
        "tokens": "counted by a simple estimate, not by a tokenizer",
    }


def _resource(call: Call, account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "kind": account.kind,
        "region": account.region,
        "base_url": f"{call.origin}/resources/{account.name}/openai/v1/",
        "project_url": f"{call.origin}/resources/{account.name}/api/projects/{account.project}/openai/v1/",
        "keys": "accepted" if account.key_auth else "disabled, Entra ID only",
        "deployments": [
            {
                "name": deployment.name,
                "model": deployment.model.name,
                "version": deployment.model.version,
                "character": deployment.character.label,
            }
            for deployment in account.deployments.values()
        ],
    }


def _page(about: dict[str, Any]) -> str:
    tables = "".join(_table(resource) for resource in about["resources"])
    faults = ", ".join(escape(name) for name in about["faults"]["names"])
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Simulator</title>"
        "<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}"
        "td,th{text-align:left;padding:.2rem 1rem .2rem 0}</style></head><body>"
        f"<h1>Simulator</h1><p>{escape(about['says'])}</p>"
        f"<p>Base URL <code>{escape(about['base_url'])}</code>; {escape(about['authentication'])}.</p>"
        f"{tables}<h2>Faults</h2><p><code>{escape(about['faults']['header'])}</code>, or a deployment "
        f"<code>fault-NAME</code>: {faults}.</p></body></html>"
    )


def _table(resource: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(row['name'])}</code></td>"
        f"<td>{escape(row['model'])} {escape(row['version'])}</td><td>{escape(row['character'])}</td></tr>"
        for row in resource["deployments"]
    )
    return (
        f"<h2>{escape(resource['name'])}</h2><p>{escape(resource['kind'])}, {escape(resource['region'])}; "
        f"keys {escape(resource['keys'])}. <code>{escape(resource['base_url'])}</code></p>"
        f"<table><tr><th>Deployment</th><th>Model</th><th>Character</th></tr>{rows}</table>"
    )


ROUTES = [
    Route("/", home, methods=["GET"]),
    Route("/healthz", healthz, methods=["GET"]),
    Route("/statistics", statistics, methods=["GET"]),
]
