"""People who are signed in, and an eval that the index knows."""

import pytest

from console.index import eval_runs as runs_index
from console.index import evals as index
from console.models import Item, Sync
from console.v1.eval_runs import parse_run
from console.v1.evals import parse_eval
from tests.views.eval_world import EVAL, RUNS, WORKING


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


@pytest.fixture
def known_eval(connection) -> Item:
    """An eval with two runs, read just now."""
    Item.objects.take_in(connection.pk, "eval", [index.seen(parse_eval(EVAL))])
    Item.objects.take_in(connection.pk, "eval_run", [runs_index.seen(parse_run(one)) for one in RUNS])
    for kind in ("eval", "eval_run"):
        Sync.claim(connection.pk, kind).complete(**Item.objects.tally(connection.pk, kind))
    return Item.objects.get(kind="eval")


@pytest.fixture
def known_run(known_eval, connection) -> Item:
    """A run under way that the index knows."""
    return runs_index.remember(connection, parse_run(WORKING))
