"""One reader of a comparison's stream: replays what came before, then follows live, each piece exactly once.

There is no timer and no queue: what has come is written, and what comes while it is being written is merged
into the
next write.
"""

import asyncio
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from console.playground import cursor
from console.playground.live import KINDS, Live

Pieces = Mapping[str, list[str]]
as_json = json.JSONEncoder(ensure_ascii=False).encode


class Follower:
    """How far one reader is in one answer."""

    def __init__(self, answer_id: uuid.UUID, seen: cursor.Offsets | None) -> None:
        self.answer_id = answer_id
        self.name = cursor.key(answer_id)
        self.said = str(answer_id)
        self.offsets = list(seen or cursor.START)
        self.taken = [0, 0, 0, 0]
        self.is_behind = seen not in (None, cursor.START)
        self.has_ended = seen is None
        self.has_started = False
        self.entry = ""
        self.place()

    def place(self) -> None:
        """Write down, as a part of the cursor, how far the reader is by now."""
        self.entry = cursor.entry(self.name, None if self.has_ended else self.offsets)

    def new(self, pieces: Pieces) -> Iterator[tuple[str, str]]:
        """Yield what has come since the last time, by kind; notices one by one.

        `entry` tells the place behind what was yielded last.
        """
        for place, kind in enumerate(KINDS):
            rows = pieces[kind]
            if len(rows) > self.taken[place]:
                fresh = rows[self.taken[place] :]
                self.taken[place] = len(rows)
                yield from self.notices(place, fresh) if kind == "notice" else self.text(place, kind, fresh)
        self.is_behind = False

    def text(self, place: int, kind: str, fresh: list[str]) -> Iterator[tuple[str, str]]:
        text = "".join(fresh)
        if self.is_behind:
            text = text[self.offsets[place] :]
        if text:
            self.offsets[place] += len(text)
            self.place()
            yield kind, text

    def notices(self, place: int, fresh: list[str]) -> Iterator[tuple[str, str]]:
        for one in fresh[self.offsets[place] :] if self.is_behind else fresh:
            self.offsets[place] += 1
            self.place()
            yield "notice", one


class Reader:
    """All answers of one turn for one reader; `remote` are those that another process writes."""

    def __init__(self, answer_ids: list[uuid.UUID], after: str) -> None:
        seen = cursor.parse(after)
        self.followers = {one: Follower(one, seen.get(cursor.key(one), cursor.START)) for one in answer_ids}
        self.lives: list[Live] = []
        self.remote: set[uuid.UUID] = set()
        self.woken = asyncio.Event()
        self.fresh: dict[Live, None] = {}
        self.frames: list[bytes] = []

    @property
    def is_done(self) -> bool:
        return all(one.has_ended for one in self.followers.values())

    def attach(self, live: Live) -> None:
        self.lives.append(live)
        live.readers.add(self.wake)
        self.wake(live)

    def leave(self) -> None:
        for live in self.lives:
            live.readers.discard(self.wake)

    def wake(self, live: Live) -> None:
        self.fresh[live] = None
        self.woken.set()

    def take(self) -> bytes:
        """Return everything that came since the last call as one piece of the stream."""
        self.woken.clear()
        fresh, self.fresh = self.fresh, {}
        for live in fresh:
            self.start(live)
            self.tell(live.answer_id, live.pieces, live.outcome)
        frames, self.frames = self.frames, []
        return b"".join(frames)

    def read(self, answer_id: uuid.UUID, columns: Mapping[str, Any], outcome: dict[str, Any] | None) -> None:
        """Take in what the database knows of an answer; `columns` has text, reasoning, tools and notices."""
        follower = self.followers[answer_id]
        follower.taken, follower.is_behind = [0, 0, 0, 0], True
        pieces = {
            "text": [columns["text"]],
            "reasoning": [columns["reasoning"]],
            "tool": [columns["tools"]],
            "notice": columns["notices"],
        }
        self.tell(answer_id, pieces, outcome)
        self.woken.set()

    def start(self, live: Live) -> None:
        """Say once when the first token came; a hint that has no place in the cursor."""
        follower = self.followers[live.answer_id]
        if live.ttft_ms is not None and not follower.has_started and not follower.has_ended:
            follower.has_started = True
            self.event("started", {"answer": str(live.answer_id), "ttft_ms": live.ttft_ms})

    def tell(self, answer_id: uuid.UUID, pieces: Pieces, outcome: dict[str, Any] | None) -> None:
        follower = self.followers[answer_id]
        if follower.has_ended:
            return
        for kind, text in follower.new(pieces):
            self.frame("delta", f'{{"answer": "{follower.said}", "kind": "{kind}", "text": {as_json(text)}}}')
        if outcome is not None:
            follower.has_ended = True
            follower.place()
            self.remote.discard(answer_id)
            self.event("answer", outcome)

    def event(self, name: str, content: Mapping[str, Any]) -> None:
        self.frame(name, as_json(content))

    def frame(self, name: str, data: str) -> None:
        place = ",".join([one.entry for one in self.followers.values()])
        self.frames.append(f"id: {place}\nevent: {name}\ndata: {data}\n\n".encode())
