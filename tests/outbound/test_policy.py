"""Which URLs and addresses are allowed; nothing here looks a name up."""

import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.errors import BlockedByPolicy
from console.outbound.policy import Endpoint, Policy
from console.outbound.transport import Door

from .conftest import CONTEXT
from .spellings import REFUSED

STRICT = Policy(allow_hosts=["127.0.0.1:8001", "localhost:8002", "[::1]:8003", "model.lan:443"])


def test_the_corpus_is_large():
    assert len(REFUSED) >= 500


@pytest.fixture
def no_lookups(monkeypatch):
    def refuse(*args: object) -> None:
        raise AssertionError(f"looked up {args[0]!r}")

    with monkeypatch.context() as patched:  # undone before the cache has to find its server
        patched.setattr(socket, "getaddrinfo", refuse)
        yield


@pytest.mark.parametrize("url", REFUSED)
def test_a_spelling_is_refused_with_a_sentence(url, no_lookups):
    with pytest.raises(BlockedByPolicy) as caught:
        STRICT.check_url(url)

    assert caught.value.message.endswith(".")
    assert caught.value.sent is False


def test_a_spelling_that_reached_the_door_is_refused_there_too(no_lookups):
    looked_up = []
    door = Door(STRICT, lookup=lambda host, port: looked_up.append(host) or ["127.0.0.1"], context=CONTEXT)
    hosts = {httpx.URL(url).host for url in REFUSED if url.isascii() and url.isprintable() and parses(url)}

    assert len(hosts) > 100
    for url in filter(parses, REFUSED):
        try:
            door.policy.check_target(httpx.URL(url))
        except BlockedByPolicy:
            continue
        assert httpx.URL(url).host in (
            "x.openai.azure.com",
            "management.azure.com",
            "login.microsoftonline.com",
        )
        assert httpx.URL(url).scheme == "https"
    assert looked_up == []
    door.close()


def parses(url: str) -> bool:
    try:
        httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return False
    return True


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://x.openai.azure.com/openai/v1/", Endpoint("https", "x.openai.azure.com", 443, "/openai/v1")),
        ("HTTPS://X.OpenAI.Azure.com:443", Endpoint("https", "x.openai.azure.com", 443, "")),
        (
            "https://r.services.ai.azure.com/api/projects/p-1/openai/v1",
            Endpoint("https", "r.services.ai.azure.com", 443, "/api/projects/p-1/openai/v1"),
        ),
        ("https://r.openai.azure.us/openai/v1", Endpoint("https", "r.openai.azure.us", 443, "/openai/v1")),
        ("https://r.openai.azure.cn", Endpoint("https", "r.openai.azure.cn", 443, "")),
        (
            "https://r.cognitiveservices.azure.com",
            Endpoint("https", "r.cognitiveservices.azure.com", 443, ""),
        ),
        ("https://api.x.ai/v1", Endpoint("https", "api.x.ai", 443, "/v1")),
        ("https://api.deepseek.com", Endpoint("https", "api.deepseek.com", 443, "")),
        ("https://api.openai.com/v1", Endpoint("https", "api.openai.com", 443, "/v1")),
        ("http://127.0.0.1:8001/v1", Endpoint("http", "127.0.0.1", 8001, "/v1")),
        ("http://localhost:8002", Endpoint("http", "localhost", 8002, "")),
        ("http://[::1]:8003/v1", Endpoint("http", "::1", 8003, "/v1")),
        ("https://model.lan/v1", Endpoint("https", "model.lan", 443, "/v1")),
    ],
)
def test_what_is_allowed_is_taken_apart_and_put_together_again(url, endpoint):
    assert STRICT.check_url(url) == endpoint
    assert STRICT.check_url(endpoint.url) == endpoint


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://127.0.0.1", "http://localhost:8001", "http://model.lan"]
)
def test_another_port_of_a_listed_host_is_not_listed(url):
    with pytest.raises(BlockedByPolicy) as caught:
        STRICT.check_url(url)

    assert "OUTBOUND_ALLOW_HOSTS" in caught.value.remedy


@given(
    st.text(alphabet="abcXYZ019.-_:@/\\%[]#? \t\u3002é", max_size=30).map(
        lambda text: f"https://{text}.openai.azure.com/v1"
    )
)
def test_our_reading_of_an_accepted_url_is_the_clients_reading(url):
    try:
        endpoint = STRICT.check_url(url)
    except BlockedByPolicy:
        return
    assert httpx.URL(endpoint.url).host == endpoint.host
    assert url.lower().startswith(f"https://{endpoint.host}")


OPEN = Policy(
    allow_hosts=["localhost:1", "model.lan:1"],
    allow_cidrs=["10.1.0.0/16", "127.0.0.2/32", "fd00::/8", "169.254.0.0/16", "0.0.0.0/0"],
)
CAREFUL = Policy(allow_hosts=["localhost:1", "model.lan:1"], allow_cidrs=["10.1.0.0/16", "127.0.0.2/32"])


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("x.test", "20.1.2.3"),
        ("x.test", "2603:1030::1"),
        ("x.test", "::ffff:20.1.2.3"),
        ("x.test", "64:ff9b::1401:203"),
        ("x.test", "10.1.255.255"),
        ("x.test", "::ffff:10.1.0.1"),
        ("x.test", "127.0.0.2"),
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
        ("model.lan", "192.168.1.5"),
    ],
)
def test_an_address_is_allowed(host, address):
    CAREFUL.check_address(host, 1, address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("x.test", "10.2.0.1"),
        ("x.test", "127.0.0.1"),
        ("x.test", "127.0.0.3"),
        ("x.test", "::1"),
        ("x.test", "::ffff:127.0.0.1"),
        ("x.test", "64:ff9b::7f00:1"),
        ("x.test", "fc00::1"),
        ("model.lan", "127.0.0.1"),
        ("x.test", "fe80::1%eth0"),
        ("x.test", "not an address"),
        ("x.test", ""),
    ],
)
def test_an_address_that_nobody_named_is_refused(host, address):
    with pytest.raises(BlockedByPolicy) as caught:
        CAREFUL.check_address(host, 1, address)

    assert address == "" or address not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.1.1",
        "168.63.129.16",
        "100.100.100.200",
        "fd00:ec2::254",
        "fd20:ce::254",
        "192.0.0.192",
        "192.0.0.8",
        "192.88.99.1",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "240.0.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "::127.0.0.1",
        "::7f00:1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "3fff::1",
        "5f00::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2001::1",
        "64:ff9b:1::1",
        "64:ff9b::a9fe:a9fe",
        "::ffff:a9fe:a9fe",
        "::ffff:168.63.129.16",
        "100::1",
        "4000::1",
        "2603::5efe:7f00:1",
        "203.0.113.9",
        "198.51.100.1",
        "192.0.2.1",
    ],
)
def test_no_setting_allows_an_address_that_is_never_allowed(address):
    with pytest.raises(BlockedByPolicy):
        OPEN.check_address("localhost", 1, address)


def test_a_private_refusal_names_the_setting():
    with pytest.raises(BlockedByPolicy) as caught:
        CAREFUL.check_address("x.openai.azure.com", 443, "10.9.9.9")

    assert "OUTBOUND_ALLOW_CIDRS" in caught.value.remedy


@pytest.mark.parametrize("port", [5432, 6380, 8000])
def test_our_own_services_are_out_of_reach(port):
    policy = Policy.from_environment(
        {
            "OUTBOUND_ALLOW_HOSTS": f"127.0.0.1:{port}, localhost:{port}",
            "OUTBOUND_ALLOW_CIDRS": "127.0.0.0/8",
            "DATABASE_URL": "postgres://u:p@127.0.0.1/db",
            "REDIS_URL": "redis://127.0.0.1:6380/1",
            "PORT": "8000",
        }
    )

    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(BlockedByPolicy):
            policy.check_url(f"http://{host}:{port}")
    with pytest.raises(BlockedByPolicy):
        policy.check_address("localhost", port, "127.0.0.1")


def test_the_environment_is_read_once_with_its_blanks():
    policy = Policy.from_environment(
        {"OUTBOUND_ALLOW_HOSTS": " a.test:443 ,, [::1]:80", "OUTBOUND_ALLOW_CIDRS": "10.0.0.0/8, fd00::/8 "}
    )

    assert policy.allow_hosts == {("a.test", 443), ("::1", 80)}
    assert [str(net) for net in policy.allow_cidrs] == ["10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    "entry",
    [
        "a.test",
        "a.test:",
        ":443",
        "a.test:0",
        "a.test:99999",
        "127.1:80",
        "http://a.test:80",
        "*.test:80",
        "a b:80",
    ],
)
def test_a_wrong_entry_stops_the_start_with_the_name_of_its_setting(entry):
    with pytest.raises(ValueError, match="OUTBOUND_ALLOW_HOSTS"):
        Policy(allow_hosts=[entry])


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "10.0.0.0/33", "x", "10.0.0.0-10.0.0.9"])
def test_a_wrong_range_stops_the_start_with_the_name_of_its_setting(entry):
    with pytest.raises(ValueError, match="OUTBOUND_ALLOW_CIDRS"):
        Policy(allow_cidrs=[entry])
