"""The embedded broker, with a reader that comes while a message is being written."""

from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from celery import Celery

from console import celery


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    app = Celery("test", set_as_current=False)
    app.config_from_object(celery.files(tmp_path / "broker"))
    with app.connection_for_write() as connection:
        yield connection.channel()


class Reader:
    """What a message holds: asked for its JSON, it lets a worker look into the queue first."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.found: list[Any] = []

    def __json__(self) -> str:
        try:
            self.found.append(self.channel._get("celery"))
        except Empty:
            self.found.append(None)
        return "whole"


def test_a_message_is_not_seen_before_it_is_whole(channel: Any) -> None:
    reader = Reader(channel)
    channel._put("celery", {"text": reader})
    assert reader.found == [None]
    assert channel._get("celery") == {"text": "whole"}
    with pytest.raises(Empty):
        channel._get("celery")


def test_an_unfinished_message_of_a_killed_process_is_left_alone(channel: Any, tmp_path: Path) -> None:
    (tmp_path / "broker" / "queue" / "1_x.celery.msg.part").write_text('{"te')
    channel._put("celery", "next")
    assert channel._get("celery") == "next"
