"""A reader's places in live answers: everything once, in order, merged when it was busy."""

import json
import uuid

import pytest

from console.playground.live import Live
from console.playground.reader import Reader

pytestmark = pytest.mark.anyio
ID = uuid.UUID("3f2a9c1b-0000-4000-8000-000000000001")


def events(frame: bytes) -> list[tuple[str, dict[str, object]]]:
    found = []
    for block in frame.decode().split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines["event"], json.loads(lines["data"])))
    return found


def texts(frame: bytes) -> list[tuple[object, object]]:
    return [(one["kind"], one["text"]) for name, one in events(frame) if name == "delta"]


async def test_what_came_while_it_was_busy_comes_in_one_piece():
    live = Live(ID, ID)
    reader = Reader([ID], "")
    reader.attach(live)
    for text in ("a", "b", "c"):
        live.add("text", text)

    assert texts(reader.take()) == [("text", "abc")]
    assert reader.take() == b""


async def test_kinds_are_kept_apart_and_notices_come_one_by_one():
    live = Live(ID, ID)
    reader = Reader([ID], "")
    reader.attach(live)
    live.add("reasoning", "hm")
    live.add("notice", "first")
    live.add("notice", "second")

    assert texts(reader.take()) == [("reasoning", "hm"), ("notice", "first"), ("notice", "second")]


@pytest.mark.parametrize("seen", range(7))
async def test_a_cut_anywhere_is_continued_exactly(seen):
    live = Live(ID, ID)
    for piece in ("äb", "c", "d😀f"):
        live.add("text", piece)
    reader = Reader([ID], f"3f2a9c1b:{seen}.0.0.0")
    reader.attach(live)

    first = texts(reader.take())
    live.add("text", "!")

    assert "".join(text for _, text in [*first, *texts(reader.take())]) == "äbcd😀f!"[seen:]


async def test_an_answer_whose_end_was_told_is_not_told_again():
    reader = Reader([ID], "3f2a9c1b:x")
    reader.read(ID, {"text": "x", "reasoning": "", "tools": "", "notices": []}, {"answer": str(ID)})

    assert reader.take() == b""
    assert reader.is_done


async def test_who_leaves_is_forgotten():
    live = Live(ID, ID)
    reader = Reader([ID], "")
    reader.attach(live)

    reader.leave()

    assert live.readers == set()


async def test_the_first_token_is_announced_once():
    live = Live(ID, ID)
    reader = Reader([ID], "")
    reader.attach(live)
    live.ttft_ms = 42
    live.add("text", "a")
    frame = reader.take()
    live.add("text", "b")

    assert events(frame + reader.take())[0] == ("started", {"answer": str(ID), "ttft_ms": 42})
    assert b"started" not in reader.take()
