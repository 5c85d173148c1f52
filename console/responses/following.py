"""A response under way for one reader: its events read from the resource, told line by line.

Nothing of it is owned by this process: the resource works by itself and tells its events to as many readers as
ask, from any number on. A reload, a second reader and a restart of the console cost no second call.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from console.models import Item
from console.outbound.errors import UpstreamError
from console.responses import drafts
from console.responses.drafts import Draft
from console.v1.client import Client
from console.v1.following import Step, follow

KEEP_SECONDS = 1.0
END = {"end": True}
POLL = {"poll": True}
REFUSED = (400, 404, 405, 422)
"""How a resource says that this response cannot be streamed."""


async def lines(client: Client, item: Item, *, after: int) -> AsyncIterator[dict[str, Any]]:
    """What comes behind event number `after`: `{"after", "parts": [[kind, text]]}`, and how it went on.

    `{"end"}`: the response has ended, or the stream has; the page has to ask how it is. `{"poll"}`: it cannot
    be followed like that. Nothing of both: this turn is over, and the next begins behind the last number.
    """
    writer = await asyncio.to_thread(Writer.behind, item, after)
    try:
        async with aclosing(follow(client, item.remote_id, after=after)) as steps:
            async for line in told(steps, writer):
                yield line
    except UpstreamError as error:
        if error.status in REFUSED and not writer.has_written:
            yield POLL
    else:
        yield END
    finally:
        await asyncio.shield(asyncio.to_thread(writer.keep))


async def told(steps: AsyncGenerator[Step, None], writer: "Writer") -> AsyncIterator[dict[str, Any]]:
    async for step in steps:
        yield {"after": step.number, "parts": writer.draft.add(step.number, step.deltas)}
        if writer.is_due:
            await asyncio.to_thread(writer.keep)


class Writer:
    """Keeps the draft of one reader about once a second, if that knows what came before."""

    def __init__(self, item: Item, draft: Draft, *, is_whole: bool) -> None:
        self.item = item
        self.draft = draft
        self.is_whole = is_whole
        self.began = draft.after
        self.kept = draft.after
        self.kept_at = time.monotonic()

    @classmethod
    def behind(cls, item: Item, after: int) -> "Writer":
        known = drafts.draft_of(item)
        if after < 0:
            return cls(item, Draft(), is_whole=True)
        return cls(item, known if known.after == after else Draft(after), is_whole=known.after == after)

    @property
    def has_written(self) -> bool:
        return self.draft.after > self.began

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self.kept_at > KEEP_SECONDS

    def keep(self) -> None:
        self.kept_at = time.monotonic()
        if self.is_whole and self.draft.after > self.kept:
            self.kept = self.draft.after
            drafts.keep(self.item, self.draft)
