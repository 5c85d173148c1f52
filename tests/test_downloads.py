"""Downloads through a real console: what the resource cuts is cut for the browser too, and the audit tells."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console.index import containers as known_containers
from console.index import files as known_files
from console.models import AuditEvent
from console.v1.containers import parse_container
from console.v1.files import parse_file
from tests.playground.conftest import Console, eventually
from tests.upstream import Script

FIRST = b"x" * 5000
WHOLE = 20_000
FILE = {"id": "file-1", "filename": "a.bin", "purpose": "assistants", "status": "processed", "bytes": WHOLE}
INSIDE = {"id": "cfile-1", "container_id": "cntr-1", "path": "/mnt/data/a.bin", "bytes": WHOLE}
SAVED = {
    "file": ("/c/prod/files/file-1/download/", "/files/file-1/content"),
    "container_file": (
        "/c/prod/containers/cntr-1/files/cfile-1/content/",
        "/containers/cntr-1/files/cfile-1/content",
    ),
}


class Held:
    """The first bytes of a content; what comes behind them waits for the test."""

    def __init__(self, *rest: bytes) -> None:
        self.rest = rest
        self.go_on = threading.Event()

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[bytes]:
        yield FIRST
        assert self.go_on.wait(30)
        yield from self.rest


@pytest.fixture
def console(transactional_db, connection, alice, upstream) -> Iterator[Console]:
    known_files.remember(connection, parse_file(FILE))
    known_containers.remember(connection, parse_container({"id": "cntr-1", "name": "c", "status": "running"}))
    upstream["GET /containers/cntr-1/files/cfile-1"] = 200, INSIDE
    running = Console()
    yield running
    running.stop()


@contextmanager
def opened(console: Console, user, path: str) -> Iterator[http.client.HTTPResponse]:
    """A download as a browser begins it; leaving the block hangs up."""
    browser = http.client.HTTPConnection("127.0.0.1", console.port, timeout=30)
    browser.request("GET", path, headers={"cookie": console.cookie(user)})
    response = browser.getresponse()
    try:
        yield response
    finally:
        response.close()
        browser.close()


def outcome_of(kind: str) -> AuditEvent:
    told = AuditEvent.objects.filter(action=f"{kind}.downloaded", phase="outcome")
    return eventually(told.first)


ANNOUNCED = {"content-length": str(WHOLE)}
CUTS = {
    "announced": {"headers": ANNOUNCED, "cut": True},
    "announced, reset": {"headers": ANNOUNCED, "cut": True, "reset": True},
    "in chunks": {"headers": {}, "cut": True},
    "in chunks, reset": {"headers": {}, "cut": True, "reset": True},
    "ended in order, short of the known size": {"headers": {}},
}


@pytest.mark.parametrize("kind", SAVED)
@pytest.mark.parametrize("how", CUTS)
def test_what_the_resource_cuts_is_no_whole_file_and_partial_in_the_audit(
    console, alice, upstream, kind, how
):
    path, content = SAVED[kind]
    held = Held()
    upstream[f"GET {content}"] = Script(200, held, **CUTS[how])
    with opened(console, alice, path) as response:
        assert response.read(len(FIRST)) == FIRST
        held.go_on.set()

        with pytest.raises(http.client.IncompleteRead):
            response.read()

    event = outcome_of(kind)
    assert (event.outcome, event.error_kind, event.content["bytes_out"]) == (
        "partial",
        "connection_lost",
        len(FIRST),
    )


@pytest.mark.parametrize("kind", SAVED)
def test_a_whole_download_is_a_success_with_its_bytes(console, alice, upstream, kind):
    path, content = SAVED[kind]
    upstream[f"GET {content}"] = 200, b"x" * WHOLE, {}

    with opened(console, alice, path) as response:
        assert len(response.read()) == WHOLE

    event = outcome_of(kind)
    assert (event.outcome, event.actor_label, event.content["bytes_out"]) == ("success", "alice", WHOLE)
    intent = AuditEvent.objects.get(event_id=event.parent)
    assert (intent.phase, intent.target_label) == ("intent", "a.bin")


def test_a_browser_that_leaves_is_told_as_cancelled_and_ends_the_call(console, alice, upstream):
    held = Held(*[b"y" * 5000] * 3)
    upstream["GET /files/file-1/content"] = Script(200, held, ANNOUNCED)

    with opened(console, alice, SAVED["file"][0]) as response:
        response.read(len(FIRST))
    held.go_on.set()

    event = outcome_of("file")
    assert event.outcome == "cancelled"


def test_a_refused_download_is_a_failure_and_an_error_page(console, alice, upstream):
    upstream["GET /files/file-1/content"] = 404, {"error": {"code": "404", "message": "gone"}}

    with opened(console, alice, SAVED["file"][0]) as response:
        assert response.status == 404

    assert outcome_of("file").outcome == "failure"
