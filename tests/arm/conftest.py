"""The management plane, played by the scriptable server on loopback."""

from collections.abc import Iterator

import pytest

from console.arm.client import ArmClient
from console.outbound.auth import KeyAuth
from console.outbound.policy import Policy
from console.outbound.transport import Door
from tests.upstream import Upstream


@pytest.fixture
def arm(upstream: Upstream) -> Iterator[ArmClient]:
    address = f"127.0.0.1:{upstream.port}"
    door = Door(Policy(allow_hosts=[address]))
    yield ArmClient(f"http://{address}", KeyAuth("token-of-the-tests", header="bearer"), door)
    door.close()
