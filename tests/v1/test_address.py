import pytest

from console.v1.address import NotAnAddress, recognise

V1 = "https://contoso.openai.azure.com/openai/v1"


@pytest.mark.parametrize(
    "text",
    [
        "https://contoso.openai.azure.com",
        "https://contoso.openai.azure.com/",
        "HTTPS://Contoso.OpenAI.Azure.com/",
        "contoso.openai.azure.com",
        "//contoso.openai.azure.com/openai/v1",
        "https://contoso.openai.azure.com:443/openai/v1/",
        "https://contoso.openai.azure.com/openai/v1/chat/completions",
        "https://contoso.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
        "https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01",
        "https://contoso.openai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
        '  "https://contoso.openai.azure.com/openai/v1/", ',
        "<https://contoso.openai.azure.com>",
        "AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com/",
        'export AZURE_OPENAI_ENDPOINT="https://contoso.openai.azure.com/"',
        'client = OpenAI(base_url="https://contoso.openai.azure.com/openai/v1/")',
        "curl https://contoso.openai.azure.com/openai/v1/models -H 'api-key: x'",
        "https://contoso.openai.azure.com/#fragment",
        "\ufeffhttps://contoso.openai.azure.com\u200b",
        "contoso",
        "CONTOSO",
    ],
)
def test_every_spelling_of_a_resource_leads_to_its_v1_base(text: str) -> None:
    found = recognise(text)

    assert (found.kind, found.url, found.name, found.cloud) == ("azure", V1, "contoso", "public")


def test_a_target_uri_tells_what_v1_does_not_need() -> None:
    found = recognise(
        "https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01"
    )

    assert (found.deployment, found.api_version) == ("gpt-4o", "2024-06-01")
    assert found.sentences == (
        "The deployment gpt-4o and the api-version 2024-06-01 in it are not needed for v1.",
    )
    assert found.removed == ("/deployments/gpt-4o/chat/completions", "?api-version=2024-06-01")


@pytest.mark.parametrize(
    "tail", ["", "/", "/openai/v1", "/openai/v1/chat/completions", "?api-version=2025-05-01"]
)
def test_a_project_route_keeps_its_project_and_asks_for_entra(tail: str) -> None:
    found = recognise(f"https://contoso.services.ai.azure.com/api/projects/demo{tail}")

    assert found.url == "https://contoso.services.ai.azure.com/api/projects/demo/openai/v1"
    assert (found.project, found.auth, found.scope) == ("demo", "entra", "https://ai.azure.com/.default")
    assert found.name == "contoso-demo"


@pytest.mark.parametrize(
    ("host", "cloud", "scope"),
    [
        ("contoso.services.ai.azure.com", "public", "https://cognitiveservices.azure.com/.default"),
        ("contoso.cognitiveservices.azure.com", "public", "https://cognitiveservices.azure.com/.default"),
        ("contoso.openai.azure.us", "usgov", "https://cognitiveservices.azure.us/.default"),
        ("contoso.openai.azure.cn", "china", "https://cognitiveservices.azure.cn/.default"),
    ],
)
def test_each_cloud_has_its_hosts_and_scope(host: str, cloud: str, scope: str) -> None:
    found = recognise(f"https://{host}")

    assert (found.url, found.cloud, found.scope) == (f"https://{host}/openai/v1", cloud, scope)


ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/contoso"


@pytest.mark.parametrize(
    ("text", "url", "tenant"),
    [
        (
            f"https://portal.azure.com/#@contoso.onmicrosoft.com/resource{ID}/overview",
            V1,
            "contoso.onmicrosoft.com",
        ),
        (f"https://portal.azure.us/#resource{ID}", "https://contoso.openai.azure.us/openai/v1", ""),
        (f"https://oai.azure.com/resource/overview?wsid={ID}&tid=11-22", V1, "11-22"),
        (f"https://management.azure.com{ID}?api-version=2025-09-01", V1, ""),
        (ID, V1, ""),
        (
            f"https://ai.azure.com/foundryProject/overview?wsid={ID}/projects/demo&tid=11-22".replace(
                "/", "%2F"
            ).replace(
                "https:%2F%2Fai.azure.com%2FfoundryProject%2Foverview",
                "https://ai.azure.com/foundryProject/overview",
            ),
            "https://contoso.services.ai.azure.com/api/projects/demo/openai/v1",
            "11-22",
        ),
        (
            "https://ai.azure.com/nextgen/r/AbC,rg,,contoso,demo/home",
            "https://contoso.services.ai.azure.com/api/projects/demo/openai/v1",
            "",
        ),
    ],
)
def test_a_portal_page_proposes_the_endpoint_of_its_resource(text: str, url: str, tenant: str) -> None:
    found = recognise(text)

    assert (found.kind, found.url, found.tenant) == ("azure", url, tenant)
    assert "proposed" in found.sentences[0]


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("https://api.openai.com/v1/", "openai", "https://api.openai.com/v1"),
        ("api.openai.com", "openai", "https://api.openai.com/v1"),
        ("https://api.x.ai/v1/chat/completions", "xai", "https://api.x.ai/v1"),
        ("https://api.deepseek.com/v1", "deepseek", "https://api.deepseek.com"),
        ("https://console.x.ai/team/1", "xai", "https://api.x.ai/v1"),
    ],
)
def test_other_providers_are_known_by_their_host(text: str, kind: str, url: str) -> None:
    found = recognise(text)

    assert (found.kind, found.url, found.auth) == (kind, url, "key")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("127.0.0.1:8080/v1/chat/completions", "http://127.0.0.1:8080/v1"),
        ("https://models.example.org/llm/v1/", "https://models.example.org/llm/v1"),
        ("https://contoso.openai.azure.com.evil.example", "https://contoso.openai.azure.com.evil.example"),
        ("https://openai.azure.com", "https://openai.azure.com"),
    ],
)
def test_any_other_server_is_taken_as_it_is_written(text: str, url: str) -> None:
    found = recognise(text)

    assert (found.kind, found.url) == ("custom", url)


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001/openai/v1", "simulator"),
        ("http://127.0.0.1:8001/openai/v1/", "http://127.0.0.1:8001/openai/v1", "simulator"),
        (
            "http://127.0.0.1:8001/resources/contoso-legacy/openai/v1/chat/completions",
            "http://127.0.0.1:8001/resources/contoso-legacy/openai/v1",
            "contoso-legacy",
        ),
    ],
)
def test_the_simulator_and_its_resources_are_recognised(text: str, url: str, name: str) -> None:
    found = recognise(text, simulator="http://127.0.0.1:8001")

    assert (found.kind, found.url, found.name) == ("simulator", url, name)


def test_the_simulator_is_only_what_the_settings_name() -> None:
    assert recognise("http://127.0.0.1:8001/openai/v1").kind == "custom"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste the address"),
        ("   ", "Paste the address"),
        ("a" * 40, "looks like a key"),
        ("sk-abcdefgh12345678", "looks like a key"),
        ("x" * 3000, "longer than any address"),
        ("https://a.example https://b.example", "more than one address"),
        ("https://user:secret@contoso.openai.azure.com", "before the @"),
        ("https://contoso.openai.azure.com@evil.example/", "before the @"),
        ("ftp://contoso.openai.azure.com", "begin with ftp:"),
        ("file:///etc/passwd", "begin with file:"),
        ("gopher://contoso.openai.azure.com", "begin with gopher:"),
        ("http://contoso.openai.azure.com", "https on port 443 only"),
        ("https://contoso.openai.azure.com:8443", "https on port 443 only"),
        ("http://api.openai.com/v1", "https on port 443 only"),
        ("https://a.b.openai.azure.com", "not the address of one resource"),
        ("https://contoso_x.openai.azure.com", "not the address of one resource"),
        ("https://contoso.openai.azure.com\\@evil.example", "spaces or characters"),
        ("https://evil.example/v1?x=contoso.openai.azure.com", "first ?, # or %"),
        ("https://evil.example/#contoso.openai.azure.com", "first ?, # or %"),
        ("https://evil.example/%2e%2e/v1", "first ?, # or %"),
        ("https://[::1", "cannot be read"),
        ("https://host:99999/v1", "cannot be read"),
        ("https://", "cannot be read"),
        ("https://münchen.example/v1", "cannot be read"),
        ("https://intranet/v1", "not a complete host name"),
        ("https://eastus.api.cognitive.microsoft.com/", "does not offer the v1 API"),
        ("https://portal.azure.com/#home", "names no resource"),
        ("https://contoso.services.ai.azure.com/api/projects/%2e%2e/openai/v1", "name of the project"),
    ],
)
def test_what_names_no_endpoint_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(NotAnAddress, match=sentence.replace("?", r"\?")):
        recognise(text)


def test_a_key_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(NotAnAddress) as refusal:
        recognise("sk-canary1234567890")

    assert "canary" not in str(refusal.value)
