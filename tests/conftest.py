"""The world of the tests: alice operates, bob reads, carol manages, root administers, audrey audits.

mallory has an account and no access.
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.contract.observation import all_flaws
from tests.contract.sent import Journal, Sent
from tests.upstream import Upstream


def reserve_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


UPSTREAM_PORT, SIMULATOR_PORT = reserve_port(), reserve_port()
SIMULATOR_KEY = secrets.token_hex(16)
os.environ["OUTBOUND_ALLOW_HOSTS"] = f"127.0.0.1:{UPSTREAM_PORT},127.0.0.1:{SIMULATOR_PORT}"
os.environ["SIMULATOR_URL"] = f"http://127.0.0.1:{SIMULATOR_PORT}"
os.environ["SIMULATOR_KEY"] = SIMULATOR_KEY
JOURNAL = Journal(Path(tempfile.mkdtemp(prefix="console-tests-")) / "simulator.jsonl")

# How long an example takes says more of what else the machine does than of the code.
hypothesis_settings.register_profile("console", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("console")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "off_spec(reason): sends what the published specification does not know"
    )


def hold_to_the_spec(sent: list[Sent], node: pytest.Item | None = None) -> None:
    """Fail when the console sent anything that the published specifications do not know."""
    flaws = all_flaws(sent)
    if flaws and (node is None or node.get_closest_marker("off_spec") is None):
        pytest.fail(
            "The console sent what the specification does not know:\n" + "\n".join(flaws), pytrace=False
        )


@pytest.fixture(autouse=True)
def held_to_the_spec(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the console sent to the simulator in this test, against the specification."""
    yield
    hold_to_the_spec(JOURNAL.unread(), request.node)


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The audit table refuses deletes; the flush between transactional tests needs them."""
    from django.db import connection

    from console.models.audit_triggers import drop_triggers

    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        drop_triggers(editor)


@pytest.fixture(autouse=True)
def fresh_caches():
    """No client, token or rate limit outlives its test."""
    from django.core.cache import cache

    from console.models.secret import entra

    yield
    entra.cache_clear()
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def closed_door() -> Iterator[None]:
    """The connections that the console keeps for later end with the tests."""
    from console.outbound.transport import close_door

    yield
    close_door()


@pytest.fixture
def workspace(db):
    from console.models import Workspace

    return Workspace.default()


def person(name: str, role: str, workspace) -> object:
    from console.models import Membership, User

    user = User.objects.create_user(name, password=f"{name}-password-1")
    if role:
        Membership.objects.create(user=user, workspace=workspace, role=role)
    return user


@pytest.fixture
def alice(workspace):
    return person("alice", "operator", workspace)


@pytest.fixture
def bob(workspace):
    return person("bob", "reader", workspace)


@pytest.fixture
def carol(workspace):
    return person("carol", "manager", workspace)


@pytest.fixture
def root(workspace):
    return person("root", "admin", workspace)


@pytest.fixture
def audrey(workspace):
    return person("audrey", "auditor", workspace)


@pytest.fixture
def mallory(workspace):
    return person("mallory", "", workspace)


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Upstream]:
    server = Upstream(UPSTREAM_PORT)
    yield server
    server.close()


@pytest.fixture
def upstream(upstream_server, request) -> Iterator[Upstream]:
    """A scriptable resource on loopback: `upstream["GET /models"] = 200, {...}`; it keeps every request.

    What the console sent to it must be in the published specification, unless the test is marked `off_spec`.
    """
    upstream_server.reset()
    yield upstream_server
    hold_to_the_spec(upstream_server.take_sent(), request.node)


@pytest.fixture
def connection(workspace, upstream):
    """A connection with an API key to the scriptable resource."""
    return connect(workspace, "prod", f"127.0.0.1:{UPSTREAM_PORT}", "/openai/v1", "upstream-key-1")


def connect(workspace, name: str, address: str, base_path: str, key: str):
    """Store a connection with an API key to a server on loopback."""
    from console.models import Connection, Secret

    host, port = address.split(":")
    made = Connection.objects.create(
        workspace=workspace,
        name=name,
        slug=name,
        kind=Connection.Kind.SIMULATOR,
        scheme="http",
        host=host,
        port=int(port),
        base_path=base_path,
        auth_kind="key",
    )
    Secret.put(made, Secret.Purpose.API_KEY, key, by="tests")
    return made


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """The base URL of a real simulator process that does not wait; its key is `SIMULATOR_KEY`."""
    command = [sys.executable, "-m", "tests.contract.journalled", f"--journal={JOURNAL.path}"]
    options = [f"--port={SIMULATOR_PORT}", f"--key={SIMULATOR_KEY}", "--speed=0"]
    folder = Path(__file__).parent.parent
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, cwd=folder)
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", SIMULATOR_PORT), timeout=1).close()
            break
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.05)
    yield f"http://127.0.0.1:{SIMULATOR_PORT}"
    process.terminate()
    process.wait(10)
    hold_to_the_spec(JOURNAL.unread())


@pytest.fixture
def simulated(workspace, simulator):
    """A connection to the simulator's default resource."""
    return connect(workspace, "sim", f"127.0.0.1:{SIMULATOR_PORT}", "/openai/v1", SIMULATOR_KEY)
