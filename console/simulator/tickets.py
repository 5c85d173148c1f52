"""The access tokens that the simulator issues: JWTs signed with a key made from its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from console.simulator.words import digest
from console.simulator.world import World


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a valid token says."""

    audience: str
    client_id: str
    object_id: str
    expired: bool


def issue(world: World, *, audience: str, tenant: str, client_id: str, issuer: str, lifetime: int) -> str:
    """A signed token for an audience, valid for `lifetime` seconds."""
    now = world.clock.seconds()
    claims = {
        "aud": audience,
        "iss": issuer,
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "appid": client_id,
        "oid": _guid(digest("oid", client_id)),
        "tid": tenant,
        "ver": "1.0",
    }
    signed = f"{_encode({'typ': 'JWT', 'alg': 'HS256'})}.{_encode(claims)}"
    return f"{signed}.{_signature(world, signed)}"


def read_ticket(world: World, token: str) -> Ticket | None:
    """What the token says, or None when it is not one of ours."""
    signed, _, signature = token.rpartition(".")
    if not token.isascii() or not hmac.compare_digest(signature, _signature(world, signed)):
        return None
    body = signed.partition(".")[2]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return Ticket(claims["aud"], claims["appid"], claims["oid"], claims["exp"] <= world.clock.now())


def _signature(world: World, signed: str) -> str:
    secret = f"{world.seed}:{world.key}".encode()
    return _base64(hmac.new(secret, signed.encode("ascii"), hashlib.sha256).digest())


def _encode(part: dict[str, object]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode("ascii"))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _guid(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"
