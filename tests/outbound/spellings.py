"""Spellings of addresses that must be refused by their spelling alone: seeds from published holes, times mutators."""

LOOPBACK = [
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
    "0177.0.0.01", "017700000001", "0x7f.0x0.0x0.0x1", "127.0.0.1.", "127.000.000.001", "0", "0.0.0.0", "00000000",
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
    "[::ffff:0:127.0.0.1]", "[0000::0001]", "[::1%25lo]", "[::1%lo]", "[fe80::1]", "[fec0::1]", "[ff02::1]",
    "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "loca\u017fhost", "ⓛocalhost",
]  # fmt: skip
METADATA = [
    "169.254.169.254", "169.254.169.254.nip.io", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518",
    "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "168.63.129.16", "100.100.100.200",
    "metadata.google.internal", "metadata", "instance-data", "192.0.0.192",
]  # fmt: skip
PRIVATE = [
    "10.0.0.1", "10.1", "172.16.0.1", "192.168.1.1", "192.168.257", "100.64.0.1", "[fc00::1]", "[fd12:3456::1]",
    "192.0.0.8", "192.88.99.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "203.0.113.1",
    "[3fff::1]", "[5f00::1]", "[2001:db8::1]", "[2001::1]", "redis", "postgres", "db.internal", "kubernetes.default.svc",
]  # fmt: skip
LOOKALIKES = [
    "openai.azure.com", "x.openai.azure.com.evil.test", "xopenai.azure.com", "x-openai.azure.com", "evil.test",
    "x.openai.azure.com.", ".openai.azure.com", "x..openai.azure.com", "x.openai.azure.co", "x.openai.azure.comm",
    "x.0penai.azure.com", "x.openai。azure。com", "xn--x-1ga.openai.azure.com", "ex%61mple.openai.azure.com",
    "é.openai.azure.com", "-x.openai.azure.com", "x-.openai.azure.com", "a" * 64 + ".openai.azure.com",
    "api.x.ai.evil.test", "api.x.ai.", "xapi.x.ai", "x.ai", "api.openai.com.evil.test", "management.azure.com",
    "login.microsoftonline.com", "x.openai.azure.com:8443", "x.openai.azure.com:80", "x.openai.azure.com:0",
    "x.openai.azure.com:65536", "x.openai.azure.com:443443", "x.openai.azure.com:-1", "x.openai.azure.com:٤٤٣",
]  # fmt: skip
GOOD = "x.openai.azure.com"


def mutated(host: str) -> list[str]:
    """One host in the shapes of URL that have fooled checkers."""
    return [
        f"https://{host}",
        f"http://{host}/openai/v1",
        f"https://{host}:443/openai/v1/",
        f"HTTPS://{host.upper()}/",
        f"https://{GOOD}@{host}/",
        f"https://{host}/#@{GOOD}",
    ]


WHOLE = [
    "", "https://", "https:///x", "//x.openai.azure.com", "x.openai.azure.com", "https:x.openai.azure.com",
    "https:/x.openai.azure.com", "https:///x.openai.azure.com", "https:\\\\x.openai.azure.com", " https://" + GOOD,
    f"https://{GOOD} ", f"https://{GOOD}\n", f"https://{GOOD}\t/", f"https://{GOOD}\r\nHost: evil.test", f"https://{GOOD}\x00",
    f"https://{GOOD}/?x=1", f"https://{GOOD}/#x", f"https://{GOOD}?", f"https://{GOOD}#", f"https://user@{GOOD}/",
    f"https://user:pass@{GOOD}/", f"https://:@{GOOD}/", f"https://{GOOD}\\@evil.test/", f"https://evil.test\\.{GOOD}/",
    f"https://{GOOD}/..", f"https://{GOOD}/a/../b", f"https://{GOOD}/./b", f"https://{GOOD}/%2e%2e/", f"https://{GOOD}//evil",
    f"https://{GOOD}/a//b", f"https://{GOOD}/a b", f"https://{GOOD}/a;b", f"https://{GOOD}/\u202e", f"https://{GOOD}/é",
    f"http://{GOOD}/", f"ftp://{GOOD}/", f"ws://{GOOD}/", f"wss://{GOOD}/", f"gopher://{GOOD}/", f"file://{GOOD}/etc/passwd",
    "file:///etc/passwd", "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "data:text/plain,x",
    "javascript:alert(1)", f"jar:https://{GOOD}!/", f"https://{GOOD}:", f"https://[{GOOD}]/", "https://[/", "https://]/",
    "https://[::1/", "https://::1/", "https://[]/", f"https://{GOOD},evil.test/", f"https://{GOOD}&evil.test", f"https://{GOOD}'",
    "https://" + "a." * 200 + "openai.azure.com", f"https://{GOOD}/" + "a" * 3000, "https://*.openai.azure.com", "https://%/",
]  # fmt: skip

REFUSED = sorted(
    {url for host in LOOPBACK + METADATA + PRIVATE + LOOKALIKES for url in mutated(host)} | set(WHOLE),
    key=repr,
)
