"""Tokens from a real token server on loopback, through azure-identity."""

import asyncio
import base64
import datetime
import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from console.outbound.auth import EntraAuth, EntraSettings, KeyAuth
from console.outbound.errors import AuthFailed, BlockedByPolicy, UpstreamError, UpstreamRedirect
from console.outbound.policy import Endpoint, Policy
from console.outbound.transport import Door

from .conftest import CONTEXT, ONCE
from .faults import Exchange, FaultServer

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "99999999-8888-7777-6666-555555555555"
SECRET = "the-client-secret-of-this-test"


class TokenServer:
    """Discovery, client credentials and managed identity; every token is new."""

    def __init__(self) -> None:
        self.server = FaultServer()
        self.server.script = self.answer
        self.lifetime = 3600
        self.refuse = False
        self.hold = threading.Event()
        self.hold.set()
        self.issued: list[dict[str, str]] = []

    def answer(self, exchange: Exchange) -> None:
        path = urlsplit(exchange.seen.target).path
        if path.endswith("/.well-known/openid-configuration"):
            base = f"{self.server.url}/{TENANT}"
            exchange.reply(
                200,
                {
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                },
            )
        elif self.refuse:
            message = f"AADSTS7000215: Invalid client secret {SECRET} provided.\r\nTrace ID: x"
            exchange.reply(401, {"error": "invalid_client", "error_description": message})
        else:
            self.issue(exchange)

    def issue(self, exchange: Exchange) -> None:
        self.hold.wait(10)
        asked = exchange.seen.body.decode() or urlsplit(exchange.seen.target).query
        self.issued.append({name: values[0] for name, values in parse_qs(asked).items()})
        number = len(self.issued)
        expires = {"expires_in": self.lifetime, "expires_on": str(int(time.time()) + self.lifetime)}
        token = {
            "access_token": f"token-{number:04}-from-the-server",
            "token_type": "Bearer",
            "resource": "r",
        }
        exchange.reply(200, {**token, **expires})


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.hold.set()
    server.server.close()


@pytest.fixture
def both(tokens: TokenServer, upstream: FaultServer) -> Iterator[Door]:
    """A door that may reach the token server and the upstream."""
    ports = (tokens.server.port, upstream.port)
    door = Door(Policy(allow_hosts=[f"127.0.0.1:{port}" for port in ports]), context=CONTEXT)
    yield door
    door.close()


@pytest.fixture
def auth(tokens: TokenServer, both: Door) -> EntraAuth:
    return EntraAuth(by_secret(tokens), door=both)


def by_secret(tokens: TokenServer, **changes: object) -> EntraSettings:
    values = {"tenant_id": TENANT, "client_id": CLIENT, "secret": SECRET, "authority": tokens.server.url}
    return EntraSettings("client_secret", **{**values, **changes})


def test_a_client_secret_gets_a_token_for_its_scope(auth, tokens):
    assert auth.headers() == {"authorization": "Bearer token-0001-from-the-server"}

    asked = tokens.issued[0]
    assert (asked["grant_type"], asked["client_id"], asked["client_secret"]) == (
        "client_credentials",
        CLIENT,
        SECRET,
    )
    assert asked["scope"] == "https://cognitiveservices.azure.com/.default"


def test_the_other_scope_can_be_chosen(tokens, both):
    EntraAuth(by_secret(tokens, scope="https://ai.azure.com/.default"), door=both).headers()

    assert tokens.issued[0]["scope"] == "https://ai.azure.com/.default"


def test_the_end_of_a_token_is_known(auth):
    assert auth.expires_at is None
    auth.headers()

    left = auth.expires_at - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)


def test_a_hundred_threads_wait_for_one_token(auth, tokens):
    tokens.hold.clear()
    results: list[dict[str, str]] = []
    threads = [threading.Thread(target=lambda: results.append(auth.headers())) for _ in range(100)]
    for thread in threads:
        thread.start()
    tokens.hold.set()
    for thread in threads:
        thread.join()

    assert results == [{"authorization": "Bearer token-0001-from-the-server"}] * 100
    assert len(tokens.issued) == 1


@pytest.mark.anyio
async def test_a_hundred_coroutines_wait_for_one_token(auth, tokens):
    tokens.hold.clear()
    callers = [asyncio.create_task(auth.aheaders()) for _ in range(100)]
    await asyncio.sleep(0)
    callers[0].cancel()
    tokens.hold.set()
    results = await asyncio.gather(*callers, return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [{"authorization": "Bearer token-0001-from-the-server"}] * 99
    assert len(tokens.issued) == 1


def test_a_token_near_its_end_is_used_while_the_next_is_fetched(auth, tokens, time_machine_now):
    auth.headers()
    time_machine_now(3600 - 299)
    tokens.hold.clear()

    during = auth.headers()
    tokens.hold.set()
    auth._landed(auth._take_off(None))

    assert during == {"authorization": "Bearer token-0001-from-the-server"}
    assert auth.headers()["authorization"] >= "Bearer token-0002-from-the-server"


def test_a_token_is_not_replaced_without_need(auth, tokens, time_machine_now):
    auth.headers()
    time_machine_now(3600 - 370)
    auth.headers()

    assert len(tokens.issued) == 1


def test_an_ended_token_is_never_used(auth, time_machine_now):
    auth.headers()
    time_machine_now(3600)

    assert auth.headers() == {"authorization": "Bearer token-0002-from-the-server"}


@pytest.fixture
def time_machine_now(monkeypatch):
    """Moves the wall clock that tokens are judged by."""
    real = time.time

    def move(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return move


def test_a_refusal_is_told_by_its_first_line_without_the_secret(auth, tokens):
    tokens.refuse = True

    with pytest.raises(AuthFailed) as caught:
        auth.headers()

    error = caught.value
    assert "AADSTS7000215" in error.detail
    assert "Trace ID" not in error.detail
    assert SECRET not in repr(vars(error))
    assert (error.sent, error.__context__, error.__cause__) == (False, None, None)


def test_a_redirect_of_the_token_server_is_not_followed(auth, tokens, upstream):
    location = [("location", upstream.url), ("content-length", "0")]
    tokens.server.script = lambda exchange: exchange.reply(307, None, location[:1])

    with pytest.raises(UpstreamRedirect):
        auth.headers()

    assert upstream.connections == 0


@pytest.mark.parametrize(
    "authority", ["https://evil.test", "http://127.0.0.1:1", "http://169.254.169.254", "x y"]
)
def test_only_known_sign_in_hosts_are_asked(tokens, both, authority):
    with pytest.raises(BlockedByPolicy):
        EntraAuth(by_secret(tokens, authority=authority), door=both).headers()


def test_a_data_host_is_not_a_sign_in_host(tokens, both):
    with pytest.raises(BlockedByPolicy):
        EntraAuth(by_secret(tokens, authority="https://x.openai.azure.com"), door=both).headers()


def test_a_token_server_that_names_another_token_endpoint_gets_no_secret(auth, tokens, upstream):
    def elsewhere(exchange: Exchange) -> None:
        base = f"{upstream.url}/{TENANT}"
        exchange.reply(
            200,
            {"issuer": base, "authorization_endpoint": base, "token_endpoint": f"{base}/oauth2/v2.0/token"},
        )

    tokens.server.script = elsewhere

    with pytest.raises(UpstreamError):
        auth.headers()

    assert upstream.connections == 0


def test_managed_identity_asks_its_own_endpoint(tokens, both, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{tokens.server.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "the-header")
    closed = Door(Policy(), context=CONTEXT)
    identity = EntraAuth(EntraSettings("managed_identity", client_id=CLIENT), door=closed)

    assert identity.headers() == {"authorization": "Bearer token-0001-from-the-server"}
    assert tokens.server.seen[0].headers["x-identity-header"] == "the-header"
    assert tokens.issued[0]["resource"] == "https://cognitiveservices.azure.com"
    assert tokens.issued[0]["client_id"] == CLIENT
    closed.close()


def test_workload_identity_sends_its_federated_token(tokens, both, monkeypatch, tmp_path):
    federated = tmp_path / "token"
    federated.write_text("the-federated-assertion")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(federated))
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)

    EntraAuth(EntraSettings("workload_identity", authority=tokens.server.url), door=both).headers()

    assert tokens.issued[0]["client_assertion"] == "the-federated-assertion"


def test_a_client_certificate_signs_its_request(tokens, both):
    leaf = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert("client.test", key_type=trustme.KeyType.RSA)
    pem = leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes()
    settings = EntraSettings(
        "client_certificate", TENANT, CLIENT, certificate=pem, authority=tokens.server.url
    )

    EntraAuth(settings, door=both).headers()

    assert tokens.issued[0]["client_assertion"].count(".") == 2


def test_the_default_chain_takes_the_environment(tokens, both, monkeypatch):
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)

    auth = EntraAuth(EntraSettings(authority=tokens.server.url), door=both)

    assert auth.headers() == {"authorization": "Bearer token-0001-from-the-server"}


@pytest.mark.parametrize(
    "settings",
    [
        EntraSettings("azure_cli"),
        EntraSettings("client_secret"),
        EntraSettings("client_certificate", TENANT, CLIENT, certificate=b"not a certificate"),
        EntraSettings("workload_identity"),
    ],
)
def test_a_credential_that_is_not_there_is_told(both, settings, monkeypatch):
    for name in ("PATH", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(AuthFailed) as caught:
        EntraAuth(settings, door=both).headers()

    assert caught.value.detail
    assert caught.value.remedy


@pytest.mark.parametrize("way", ["request", "arequest"])
def test_a_401_is_answered_with_one_new_token(ask_whole, auth, both, tokens, upstream, way):
    upstream.answer_in_turn(
        lambda exchange: exchange.reply(401, {"error": {"code": "401", "message": "old"}}),
        lambda exchange: exchange.reply(200, {"with": exchange.seen.headers["authorization"]}),
    )

    answer = ask_whole(both, "POST", upstream.url, auth=auth, json={})

    assert answer.json() == {"with": "Bearer token-0002-from-the-server"}
    assert (len(upstream.seen), len(tokens.issued)) == (2, 2)


def test_a_second_401_is_the_end(ask_whole, auth, both, tokens, upstream):
    upstream.script = lambda exchange: exchange.reply(401, {"error": {"message": "no"}})

    with pytest.raises(AuthFailed):
        ask_whole(both, "GET", upstream.url, auth=auth)

    assert (len(upstream.seen), len(tokens.issued)) == (2, 2)


def test_a_key_has_no_second_try(ask_whole, both, upstream):
    upstream.script = lambda exchange: exchange.reply(401, {"error": {"message": "no"}})

    with pytest.raises(AuthFailed):
        ask_whole(both, "GET", upstream.url, auth=KeyAuth("a-key-of-some-length"))

    assert len(upstream.seen) == 1


def test_a_claims_challenge_reaches_the_token_request(ask_whole, auth, both, tokens, upstream):
    claims = {"access_token": {"nbf": {"essential": True, "value": "1604106651"}}}
    coded = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    challenge = f'Bearer realm="", error="insufficient_claims", claims="{coded}"'
    upstream.answer_in_turn(
        lambda exchange: exchange.reply(401, {}, [("www-authenticate", challenge)]),
        lambda exchange: exchange.reply(200, {}),
    )

    ask_whole(both, "GET", upstream.url, auth=auth)

    sent = json.loads(tokens.issued[1]["claims"])
    assert sent["access_token"]["nbf"] == claims["access_token"]["nbf"]


def test_many_401s_at_once_cost_one_new_token(auth, both, tokens, upstream):
    barrier = threading.Barrier(10)

    def stale(exchange: Exchange) -> None:
        if "0001" in exchange.seen.headers["authorization"]:
            barrier.wait(10)
            exchange.reply(401, {})
        else:
            exchange.reply(200, {})

    upstream.script = stale
    auth.headers()
    threads = [
        threading.Thread(target=lambda: both.request("GET", upstream.url, auth=auth, limits=ONCE_LONG))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(tokens.issued) == 2
    assert len(upstream.seen) == 20


ONCE_LONG = ONCE.__class__("long", 1_000_000)


@pytest.mark.parametrize(
    ("scope", "host", "fits"),
    [
        ("https://cognitiveservices.azure.com/.default", "x.openai.azure.com", True),
        ("https://ai.azure.com/.default", "x.services.ai.azure.com", True),
        ("https://management.azure.com/.default", "management.azure.com", True),
        ("https://cognitiveservices.azure.us/.default", "x.openai.azure.us", True),
        ("https://cognitiveservices.azure.com/.default", "management.azure.com", False),
        ("https://management.azure.com/.default", "x.openai.azure.com", False),
        ("https://cognitiveservices.azure.com/.default", "x.openai.azure.us", False),
        ("https://cognitiveservices.azure.com/.default", "api.openai.com", False),
        ("https://management.azure.com/.default", "api.x.ai", False),
    ],
)
def test_a_token_goes_only_where_its_scope_belongs(scope, host, fits):
    auth = EntraAuth(EntraSettings(scope=scope))

    if fits:
        auth.check(Endpoint("https", host, 443), listed=False)
    else:
        with pytest.raises(BlockedByPolicy):
            auth.check(Endpoint("https", host, 443), listed=False)


def test_a_misdirected_token_is_not_even_fetched(ask, tokens, both):
    arm = EntraAuth(by_secret(tokens, scope="https://management.azure.com/.default"), door=both)

    with pytest.raises(BlockedByPolicy):
        ask(both, "GET", "https://x.openai.azure.com/openai/v1/models", auth=arm)

    assert tokens.issued == []


def test_nothing_secret_is_in_a_representation(auth):
    auth.headers()

    shown = repr(auth) + repr(auth.settings) + repr(auth._token) + repr(KeyAuth("a-key-of-some-length"))
    assert all(secret not in shown for secret in (*auth.secrets(), "a-key-of-some-length"))


@pytest.mark.parametrize("key", ["", "a b", "key\r\nX-Evil: 1", "schlüssel", "key\x00"])
def test_a_key_that_is_no_header_value_is_refused(key):
    with pytest.raises(AuthFailed):
        KeyAuth(key)
