"""The watch over what the console sends: it sees the console's own client, and it can fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.outbound.auth import KeyAuth
from console.outbound.call import USER_AGENT
from console.outbound.errors import NotFound
from console.outbound.policy import Policy
from console.outbound.transport import Door
from console.v1.client import Client, NullRecorder, Target
from tests.conftest import JOURNAL, SIMULATOR_KEY, hold_to_the_spec
from tests.contract.observation import OTHERS, all_flaws, flaws
from tests.contract.sent import Journal, Sent

ARM = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts"
V1, VERSIONED = "/openai/v1", {"api-version": ["2025-09-01"]}
BAD_CHAT = {"model": "m", "messages": [], "colour": "red"}


def sent(method, path, query=None, body=None, agent=USER_AGENT, **headers) -> Sent:
    raw = b"" if body is None else json.dumps(body).encode()
    return Sent(method, path, query or {}, {"user-agent": agent, **headers}, raw)


def client_of(door: Door, base: str) -> Client:
    return Client(
        door.policy.check_url(f"{base}/openai/v1"), KeyAuth(SIMULATOR_KEY), NullRecorder(), door=door
    )


@pytest.fixture
def door():
    door = Door(Policy.from_environment())
    yield door
    door.close()


@pytest.mark.parametrize(
    "request_",
    [
        sent("GET", f"{V1}/models"),
        sent("GET", f"/resources/contoso{V1}/models"),
        sent("GET", f"/resources/contoso/api/projects/demo{V1}/models"),
        sent("GET", f"/api/projects/demo{V1}/models"),
        sent("GET", "/v1/models"),
        sent("GET", "/openai/deployments", {"api-version": ["2023-03-15-preview"]}),
        sent("GET", "/resources/contoso/openai/deployments", {"api-version": ["2023-03-15-preview"]}),
        sent("GET", "/subscriptions", {"api-version": ["2022-12-01"]}),
        sent("GET", ARM, {**VERSIONED, "$skiptoken": ["3"]}),
        sent("POST", "/tenant/oauth2/v2.0/token"),
        sent("GET", "/msi/token", {"resource": ["https://ai.azure.com"], "api-version": ["2019-08-01"]}),
    ],
)
def test_what_the_console_may_send_passes(request_):
    assert flaws(request_) == []


@pytest.mark.parametrize(
    "request_",
    [
        sent("GET", f"{V1}/model"),
        sent("GET", f"/resources/contoso{V1}/model"),
        sent("POST", f"{V1}/chat/completions", body=BAD_CHAT),
        sent("POST", f"/resources/contoso{V1}/chat/completions", body=BAD_CHAT),
        sent("GET", f"{V1}/models", {"limit": ["1"]}),
        sent("GET", f"{V1}/models", {"limit": [""]}),
        sent("GET", "/openai/deployments", {"api-version": ["2024-10-21"]}),
        sent("GET", "/openai/deployments"),
        sent("POST", "/openai/deployments", {"api-version": ["2023-03-15-preview"]}),
        sent("GET", "/openai/deployments/gpt/chat", {"api-version": ["2023-03-15-preview"]}),
        sent("GET", "/subscriptions", VERSIONED),
        sent("GET", ARM),
        sent("GET", f"{ARM}/a/secrets", VERSIONED),
        sent("DELETE", f"{ARM}/a", VERSIONED),
        sent("POST", "/tenant/oauth2/token"),
        sent("GET", "/msi/token", {"secret": ["x"]}),
        sent("GET", "/favicon.ico"),
    ],
)
def test_what_the_console_may_not_send_is_found(request_):
    assert flaws(request_) != []


def test_a_body_that_is_no_json_is_found():
    broken = Sent("POST", f"{V1}/responses", {}, {"user-agent": USER_AGENT}, b"{")

    assert flaws(broken) == ["POST /openai/v1/responses: the body is not JSON"]


def test_a_multipart_body_is_not_looked_into():
    headers = {"user-agent": USER_AGENT, "content-type": "multipart/form-data; boundary=x"}

    assert flaws(Sent("POST", f"{V1}/files", {}, headers, b"--x")) == []


def test_what_others_send_is_not_judged():
    assert flaws(sent("GET", "/anything", agent="OpenAI/Python 3.54.0")) == []


def test_every_other_plane_gives_its_reason():
    assert [plane for plane in OTHERS if not plane.reason] == []


def test_a_test_fails_by_what_the_console_sent():
    with pytest.raises(
        pytest.fail.Exception, match="GET /openai/v1/nonsense: it is not in the specification"
    ):
        hold_to_the_spec([sent("GET", f"{V1}/nonsense")])


def test_a_marked_test_may_send_it(request):
    request.applymarker(pytest.mark.off_spec("this is what the mark is for"))

    hold_to_the_spec([sent("GET", f"{V1}/nonsense")], request.node)


@pytest.mark.slow
def test_a_run_in_which_the_console_sent_nonsense_fails():
    """A whole run of pytest: the two tests that misbehave end in an error that names the request."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/wrongdoing.py"]
    told = ("PYTEST_", "CI")  # with CI set, pytest repeats every message in its summary
    environment = {name: value for name, value in os.environ.items() if not name.startswith(told)}
    folder = Path(__file__).parents[2]

    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 1, run.stdout
    assert "3 passed, 2 errors" in run.stdout
    assert run.stdout.count("GET /openai/v1/nonsense: it is not in the specification") == 2


def test_the_scriptable_resource_sees_what_the_consoles_client_sends(upstream, door):
    upstream["GET /models"] = 200, {"object": "list", "data": []}
    client = client_of(door, f"http://127.0.0.1:{upstream.port}")
    client.get("/models")
    assert all_flaws(upstream.take_sent()) == []

    with pytest.raises(NotFound):
        client.get("/model", params={"colour": "red"})
    upstream.requests.clear()

    assert all_flaws(upstream.take_sent()) == ["GET /openai/v1/model: it is not in the specification"]


def test_the_journal_of_the_simulator_sees_what_the_consoles_client_sends(simulator, door):
    JOURNAL.unread()
    client = client_of(door, simulator)
    messages = [{"role": "user", "content": "Hi", "colour": "red"}]
    body = {"model": "gpt-4.1-nano", "messages": messages}
    client.get("/models")
    client.change("POST", "/chat/completions", json=body, action="x", target=Target("deployment", "x"))

    seen = JOURNAL.unread()

    assert [(one.method, one.path) for one in seen] == [
        ("GET", "/openai/v1/models"),
        ("POST", "/openai/v1/chat/completions"),
    ]
    assert all_flaws(seen) == ["POST /openai/v1/chat/completions: unknown member $.messages[0].colour"]


def test_the_journal_keeps_no_secret():
    line = sent(
        "GET", "/x", **{"api-key": "k-1", "authorization": "Bearer t-1", "aoai-evals": "preview"}
    ).line()

    assert ("k-1" in line, "t-1" in line) == (False, False)
    assert Sent.read(line).headers == {"user-agent": USER_AGENT, "aoai-evals": "preview"}


def test_a_line_that_is_still_being_written_is_read_later(tmp_path: Path):
    journal = Journal(tmp_path / "journal")
    first, second = sent("GET", "/a").line(), sent("GET", "/b").line()
    assert journal.unread() == []

    journal.path.write_text(first + second[:20])
    assert [one.path for one in journal.unread()] == ["/a"]
    journal.path.write_text(first + second)
    assert [one.path for one in journal.unread()] == ["/b"]
