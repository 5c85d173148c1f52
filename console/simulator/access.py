"""Who may call: keys and tokens on the data plane, tokens alone in ARM and on the project route.

Error texts as Azure words them (API notes of 2026-11-23, part b).
"""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers

from console.simulator.accounts import Account
from console.simulator.errors import Refusal, refused
from console.simulator.tickets import Ticket, read_ticket
from console.simulator.world import World

COGNITIVE = "https://cognitiveservices.azure.com"
FOUNDRY = "https://ai.azure.com"
ARM_AUDIENCES = ("https://management.core.windows.net", "https://management.azure.com")
NO_ROLES = "noroles"


def check_access(world: World, account: Account, plane: str, project: str, headers: Headers) -> None:
    """Returns for a caller who may pass; refuses (401, 403) anyone else."""
    if plane == "arm":
        _check_arm(world, headers)
    elif plane in ("v1", "dated"):
        _check_data(world, account, project, headers)


def _check_data(world: World, account: Account, project: str, headers: Headers) -> None:
    bearer = _bearer(headers)
    key = headers.get("api-key") or bearer
    if project:
        _check_token(world, bearer, (FOUNDRY,))
    elif _is_key(world, account, key):
        _check_key_auth(account)
    elif bearer.count(".") == 2:
        _check_token(world, bearer, (COGNITIVE, FOUNDRY))
    else:
        raise _bad_key()


def _check_key_auth(account: Account) -> None:
    if not account.key_auth:
        message = "Key based authentication is disabled for this resource."
        raise refused(403, "AuthenticationTypeDisabled", message)


def _check_token(world: World, token: str, audiences: tuple[str, ...]) -> None:
    ticket = read_ticket(world, token)
    if ticket is None or ticket.expired or ticket.audience not in audiences:
        raise refused(
            401,
            "Unauthorized",
            f"Access token is missing, invalid, audience is incorrect ({audiences[0]}), or have expired.",
            headers={"www-authenticate": f'Bearer resource="{audiences[0]}"'},
        )
    if ticket.client_id.startswith(NO_ROLES):
        action = "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action"
        raise refused(
            401,
            "PermissionDenied",
            f"The principal `{ticket.object_id}` lacks the required data action `{action}` to perform "
            "`POST /openai/v1/chat/completions` operation.",
        )


def _check_arm(world: World, headers: Headers) -> None:
    token = _bearer(headers)
    if not token:
        raise _arm_refused(
            "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
        )
    ticket = read_ticket(world, token)
    if ticket is None:
        raise _arm_refused("InvalidAuthenticationToken", "The access token is invalid.")
    if ticket.audience not in ARM_AUDIENCES:
        raise _arm_refused("InvalidAuthenticationTokenAudience", _wrong_audience(ticket))
    if ticket.expired:
        raise _arm_refused("ExpiredAuthenticationToken", "The access token expiry UTC time has passed.")


def _wrong_audience(ticket: Ticket) -> str:
    allowed = ",".join(f"'{audience}/'" for audience in ARM_AUDIENCES)
    return (
        f"The access token has been obtained for wrong audience or resource '{ticket.audience}'. "
        f"It should exactly match with one of the allowed audiences {allowed}."
    )


def _arm_refused(code: str, message: str) -> Refusal:
    return refused(401, code, message, headers={"www-authenticate": f'Bearer error="{code}"'})


def _is_key(world: World, account: Account, key: str) -> bool:
    given = key.encode("utf-8", "replace")
    return any(hmac.compare_digest(given, known.encode("utf-8")) for known in (world.key, *account.keys))


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _bad_key() -> Refusal:
    return refused(
        401,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid "
        "key for an active subscription and use a correct regional API endpoint for your resource.",
    )
