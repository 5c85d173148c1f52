"""Tests that send what the specification does not know; test_observation runs them and sees them fail.

The name of this file keeps it out of the ordinary run.
"""

import pytest

from console.outbound.errors import NotFound
from tests.contract.test_observation import client_of, door  # noqa: F401 - a fixture


def send_nonsense(base, door):  # noqa: F811
    with pytest.raises(NotFound):
        client_of(door, base).get("/nonsense")


def test_to_the_scriptable_resource(upstream, door):  # noqa: F811
    send_nonsense(f"http://127.0.0.1:{upstream.port}", door)


def test_to_the_simulator(simulator, door):  # noqa: F811
    send_nonsense(simulator, door)


@pytest.mark.off_spec("the mark must excuse it")
def test_with_the_mark(upstream, simulator, door):  # noqa: F811
    send_nonsense(f"http://127.0.0.1:{upstream.port}", door)
    send_nonsense(simulator, door)
